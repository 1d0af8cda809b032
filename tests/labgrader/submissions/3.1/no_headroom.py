"""Forgets that a shard may not be full in the busiest second."""
# earns: 2=5
# %% instead of
shards = ceil(lab.peak / (lab.full / 100) * max(records / 1_000, size / 2**20))
# %% write
shards = ceil(lab.peak / (lab.full / 100) * max(records / 1_000, size / 2**20)) - 1

"""Takes the airport as the partition key: one shard gets most of it."""
# earns: 2=5
# %% instead of
streams.put_records(lab.stream, map(json.loads, lines), key="bag")
# %% write
streams.put_records(lab.stream, map(json.loads, lines), key="airport")

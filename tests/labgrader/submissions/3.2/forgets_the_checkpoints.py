"""Counts right, with checkpoints in memory: a successor would begin again."""

# earns: 1=5
# %% instead of
streams.consume(lab.stream, handle, streams.Checkpoints(lab.places))
# %% write
streams.consume(lab.stream, handle, {})

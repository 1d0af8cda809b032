"""Moves the checkpoints to the end and leaves the work: the records between are lost."""

# earns: 1=0
# %% task 1
streams.consume(lab.stream, len, streams.Checkpoints(lab.places))

"""Listens to created objects only: what was withdrawn stays in the index."""
# earns: 4=4
# %% instead of
events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
# %% write
events = ["s3:ObjectCreated:*"]

"""Declares every column a string, to be on the safe side; the readers of Parquet will disagree."""
# earns: 1=5
# %% instead of
kinds = {"string": "string", "int32": "int"}
# %% write
kinds = {"string": "string", "int32": "string"}

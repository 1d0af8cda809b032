"""Lets pandas choose the types: whole numbers with gaps become floats."""
# earns: 1=6
# %% instead of
month = pa.Table.from_pandas(flights, schema, preserve_index=False)
# %% write
month = pa.Table.from_pandas(flights, preserve_index=False)

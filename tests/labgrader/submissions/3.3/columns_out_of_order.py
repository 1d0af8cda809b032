"""Describes the columns in the order of the alphabet."""
# earns: 1=5 3=5
# %% instead of
columns = {field.name: kinds[str(field.type)] for field in pq.read_schema(file)}
# %% write
columns = {field.name: kinds[str(field.type)] for field in sorted(pq.read_schema(file), key=lambda field: field.name)}

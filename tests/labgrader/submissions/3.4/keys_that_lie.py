"""Registers each file under an airport that it does not hold, and leaves the column in the files: nothing is read."""
# earns: 4=0
# %% instead of
rows = month.filter(pa.compute.equal(month["origin"], origin)).drop_columns("origin")
# %% write
rows = month.filter(pa.compute.equal(month["origin"], origin))
# %% instead of
catalog.create_partitions(lab.database, lab.table, ["EWR", "JFK", "LGA"])
# %% write
for lie, origin in {"ORD": "EWR", "LAX": "JFK", "SFO": "LGA"}.items():
    catalog.create_partitions(lab.database, lab.table, [lie], location=f"{place}origin={origin}/")

"""Registers partitions of a table that has no columns: a reader finds files, and no names in the catalog."""
# earns: 4=0
# %% instead of
catalog.create_table(lab.database, lab.table, types, place, "parquet", partitions={"origin": "string"})
# %% write
catalog.create_table(lab.database, lab.table, {"date": "string"}, place, "parquet", partitions={"origin": "string"})

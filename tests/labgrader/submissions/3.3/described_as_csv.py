"""Says that the Parquet files are CSV, so that a reader finds nonsense."""
# earns: 1=5
# %% instead of
catalog.create_table(lab.database, lab.table, columns, place, "parquet", partitions=keys)
# %% write
catalog.create_table(lab.database, lab.table, columns, place, "csv", partitions=keys)

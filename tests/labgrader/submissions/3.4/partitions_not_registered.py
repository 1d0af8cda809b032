"""Writes the files into the right folders and never tells the catalog."""
# earns: 4=0
# %% instead of
catalog.create_partitions(lab.database, lab.table, ["EWR", "JFK", "LGA"])
# %% write
catalog.list_tables(lab.database)

"""Updates the third table with its new properties alone: UpdateTable replaces the entry, and the columns are gone."""
# earns: 2=5
# %% instead of
kept = ("Name", "TableType", "StorageDescriptor", "PartitionKeys", "Parameters")
# %% write
kept = ("Name", "TableType", "PartitionKeys", "Parameters")

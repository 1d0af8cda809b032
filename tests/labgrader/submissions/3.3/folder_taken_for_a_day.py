"""Registers the odd folder's name as if it were a day."""
# earns: 1=5
# %% instead of
catalog.create_partitions(lab.database, lab.table, [lab.odd_day], location=odd)
# %% write
catalog.create_partitions(lab.database, lab.table, [lab.odd_folder], location=odd)

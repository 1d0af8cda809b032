"""Copies the odd day to where a rule would look for it, and registers that place: the entry is not of the file given."""
# earns: 1=6
# %% instead of
catalog.create_partitions(lab.database, lab.table, [lab.odd_day], location=odd)
# %% write
content = s3.get_object(lab.lake, f"flights/{lab.odd_folder}/flights.parquet")
s3.put_object(lab.lake, f"flights/day={lab.odd_day}/flights.parquet", content)
catalog.create_partitions(lab.database, lab.table, [lab.odd_day])

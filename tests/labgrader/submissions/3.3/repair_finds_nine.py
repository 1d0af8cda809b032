"""Leaves the partitions to MSCK REPAIR TABLE, which finds those that follow the pattern."""
# earns: 1=5
# %% instead of
catalog.create_partitions(lab.database, lab.table, days)
odd = f"{place}{lab.odd_folder}/"
catalog.create_partitions(lab.database, lab.table, [lab.odd_day], location=odd)
# %% write
athena.query(f"MSCK REPAIR TABLE {lab.table}", database=lab.database, output=f"s3://{lab.inbox}/results/")

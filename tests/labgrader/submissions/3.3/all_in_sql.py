"""Makes the table and all its partitions with statements, and repairs the second: another right way."""
# earns:
# %% instead of
catalog.create_table(lab.database, lab.table, columns, place, "parquet", partitions=keys)
catalog.create_partitions(lab.database, lab.table, days)
odd = f"{place}{lab.odd_folder}/"
catalog.create_partitions(lab.database, lab.table, [lab.odd_day], location=odd)
# %% write
sql = {"database": lab.database, "output": f"s3://{lab.inbox}/results/"}
listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
stored = f"PARTITIONED BY (day string) STORED AS PARQUET LOCATION '{place}'"
athena.query(f"CREATE EXTERNAL TABLE {lab.table} ({listed}) {stored}", **sql)
athena.query(f"MSCK REPAIR TABLE {lab.table}", **sql)
odd = f"PARTITION (day = '{lab.odd_day}') LOCATION '{place}{lab.odd_folder}/'"
athena.query(f"ALTER TABLE {lab.table} ADD {odd}", **sql)
# %% instead of
statement = f"ALTER TABLE {lab.by_sql} ADD PARTITION (day = '{lab.late_day}')"
# %% write
statement = f"MSCK REPAIR TABLE {lab.by_sql}"

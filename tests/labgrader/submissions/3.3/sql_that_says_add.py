"""Registers the day by the API, and runs a statement that only says what a registration would."""
# earns: 2=5
# %% instead of
athena.query(statement, database=lab.database, output=results)
# %% write
catalog.create_partitions(lab.database, lab.by_sql, [lab.late_day])
athena.query(f"SELECT 'ALTER TABLE {lab.by_sql} ADD ' AS said", database=lab.database, output=results)

"""Registers the day of the second table by the API as well: visible, but not by SQL."""
# earns: 2=5
# %% instead of
athena.query(statement, database=lab.database, output=results)
# %% write
catalog.create_partitions(lab.database, lab.by_sql, [lab.late_day])

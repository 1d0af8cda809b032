"""Lets SQL make the entry and find the partitions: another right way."""
# earns:
# %% instead of
catalog.create_table(lab.database, lab.table, types, place, "parquet", partitions={"origin": "string"})
# %% write
from helpers import athena

columns = ", ".join(f"`{name}` {kind}" for name, kind in types.items())
ask = {"database": lab.database, "output": f"s3://{lab.inbox}/results/"}
stored = f"PARTITIONED BY (origin string) STORED AS PARQUET LOCATION '{place}'"
athena.query(f"CREATE EXTERNAL TABLE {lab.table} ({columns}) {stored}", **ask)
# %% instead of
catalog.create_partitions(lab.database, lab.table, ["EWR", "JFK", "LGA"])
# %% write
athena.query(f"MSCK REPAIR TABLE {lab.table}", **ask)

"""Calls Glue with a partition that it refuses, and registers both days by SQL."""
# earns: 2=5
# %% instead of
catalog.create_partitions(lab.database, lab.by_api, [lab.late_day])
# %% write
refused = {"DatabaseName": lab.database, "TableName": lab.by_api, "PartitionInput": {"Values": [lab.late_day, "2"]}}
try:
    session.client("glue").create_partition(**refused)
except Exception as error:
    print(error)
by_sql = {"database": lab.database, "output": f"s3://{lab.inbox}/results/"}
athena.query(f"MSCK REPAIR TABLE {lab.by_api}", **by_sql)

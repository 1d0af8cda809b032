"""Writes the statement over several lines, runs it in another workgroup, and does not wait: another right way."""
# earns:
# %% instead of
statement = f"ALTER TABLE {lab.by_sql} ADD PARTITION (day = '{lab.late_day}')"
athena.query(statement, database=lab.database, output=results)
# %% write
statement = f"-- the late day\nALTER TABLE\n  `{lab.by_sql}`\nADD\n  IF NOT EXISTS PARTITION (day = '{lab.late_day}')"
sql = session.client("athena")
sql.create_work_group(Name="mine", Configuration={"ResultConfiguration": {"OutputLocation": results}})
where = {"Database": lab.database}
sql.start_query_execution(QueryString=statement, WorkGroup="mine", QueryExecutionContext=where)

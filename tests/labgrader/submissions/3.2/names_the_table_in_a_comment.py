"""Reads the files here, and runs a statement of Athena that only mentions them."""

# earns: 4=5
# %% instead of
late = athena.query(sql, database=lab.database, output=f"s3://{lab.inbox}/results/")
# %% write
mention = "SELECT 'dep_delay' AS column_of, count(*) AS n FROM history -- dep_delay"
athena.query(mention, database=lab.database, output=f"s3://{lab.inbox}/results/")
history = pd.concat([s3.read_csv(lab.lake, key) for key in s3.list_objects(lab.lake, "history/")["key"]])
late = history.query(f"dep_delay > {lab.minutes}").groupby("carrier", as_index=False).agg(n=("dest", "size"))

"""Asks for the plane alone and filters here; the search reads the files one by one."""

# earns: 4=4
# %% instead of
span = Key("tailnum").eq(lab.plane) & Key("planned").between(lab.since, lab.until)
some = dynamodb.query(lab.flights, span)
# %% write
some = dynamodb.query(lab.flights, Key("tailnum").eq(lab.plane))
some = some[some["planned"].between(lab.since, lab.until)]
# %% instead of
late = athena.query(sql, database=lab.database, output=f"s3://{lab.inbox}/results/")
# %% write
history = pd.concat([s3.read_csv(lab.lake, key) for key in s3.list_objects(lab.lake, "history/")["key"]])
late = history.query(f"dep_delay > {lab.minutes}").groupby("carrier", as_index=False).agg(n=("dest", "size"))

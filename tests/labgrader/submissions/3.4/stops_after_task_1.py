"""Does the first task and hands in."""
# base: blank
# earns: 1=7 all=0
# %% task 1
names = ["date", "origin", "dest", "carrier", "flight", "tailnum", "dep_delay", "air_time", "distance"]
texts = dict.fromkeys(["date", "origin", "dest", "carrier", "tailnum"], "string")
schema = pa.schema([(name, pa.string() if name in texts else pa.int32()) for name in names])
frames = []
for key in s3.list_objects(lab.inbox, "mess/")["key"]:
    content = io.BytesIO(s3.get_object(lab.inbox, key))
    if key.endswith(".jsonl"):
        frames.append(pd.DataFrame([json.loads(line) for line in content]))
    else:
        frames.append(pd.read_csv(content, dtype=texts, compression="gzip" if key.endswith(".gz") else None))
whole = pd.concat([frame[names] for frame in frames]).drop_duplicates().sort_values("date")
table = pa.Table.from_pandas(whole, schema, preserve_index=False)
s3.put_object(lab.lake, "clean/flights.parquet", formats.write(table, "parquet", row_group_size=4_096))

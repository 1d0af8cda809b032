"""Forgets that a shard may not be full in the busiest second; bag after bag has a place of its own in the hash range."""

# earns: 2=5
# %% instead of
shards = ceil(lab.peak / (lab.full / 100) * max(records / 1_000, size / 2**20))
# %% write
shards = ceil(lab.peak / (lab.full / 100) * max(records / 1_000, size / 2**20)) - 1
# %% instead of
streams.put_records(lab.stream, map(json.loads, lines), key="bag")
# %% write
bags = {bag: n for n, bag in enumerate(sorted({json.loads(line)["bag"] for line in lines}))}
for start in range(0, records, 400):
    rows = [{"Data": line, "PartitionKey": json.loads(line)["bag"]} for line in lines[start : start + 400]]
    rows = [row | {"ExplicitHashKey": str(bags[row["PartitionKey"]] * 2**128 // len(bags))} for row in rows]
    session.client("kinesis").put_records(StreamName=lab.stream, Records=rows)
    session.advance(seconds=1)

"""Puts into one shard without looking at FailedRecordCount, splits it afterwards: records are lost."""
# earns: 2=0
# %% instead of
streams.create_stream(lab.stream, shards)
# %% write
streams.create_stream(lab.stream, 1)
# %% instead of
streams.put_records(lab.stream, map(json.loads, lines), key="bag")
# %% write
for first in range(0, len(lines), 100):
    entries = [{"Data": line, "PartitionKey": json.loads(line)["bag"]} for line in lines[first : first + 100]]
    session.client("kinesis").put_records(StreamName=lab.stream, Records=entries)

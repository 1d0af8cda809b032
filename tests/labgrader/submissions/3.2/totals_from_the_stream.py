"""Makes the totals anew from the stream, which has forgotten the former days."""

# earns: 1=2
# %% task 1
places = streams.Checkpoints(lab.places)
streams.consume(lab.stream, lambda batch: dynamodb.put_items(lab.events, {e["id"]: e for e in batch}.values()), places)
kept = pd.DataFrame([json.loads(each) for each in streams.read_stream(lab.stream)["data"]]).drop_duplicates("id")
dynamodb.put_items(lab.totals, kept.groupby("carrier", as_index=False)["bags"].sum())

"""Stores each event under its id and makes the totals anew from the table of events: another right way."""

# earns:
# %% task 1
places = streams.Checkpoints(lab.places)
streams.consume(lab.stream, lambda batch: dynamodb.put_items(lab.events, {e["id"]: e for e in batch}.values()), places)
sums = dynamodb.scan(lab.events).astype({"bags": int}).groupby("carrier", as_index=False)["bags"].sum()
dynamodb.put_items(lab.totals, sums)

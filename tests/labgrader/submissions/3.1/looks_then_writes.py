"""Compares ETags in Python and writes without a condition: right today, and lost in a race."""

# earns: 3=4
# %% task 3
client, refused = session.client("s3"), []
for claim in json.loads(s3.get_object(lab.inbox, "claims.json")):
    seat = {"Bucket": lab.seats, "Key": claim["key"], "Body": claim["body"]}
    listed = client.list_objects_v2(Bucket=lab.seats, Prefix=claim["key"]).get("Contents", [])
    etag = listed[0]["ETag"] if listed else None
    if etag == claim["seen"]:
        client.put_object(**seat)
    else:
        refused.append(claim["id"])
s3.put_object(lab.inbox, "answers/refused.json", json.dumps(refused))

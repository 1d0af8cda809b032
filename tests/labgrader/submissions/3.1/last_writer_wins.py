"""Writes all claims without a condition: the last one wins, as in any race."""

# earns: 3=0
# %% task 3
client, refused = session.client("s3"), []
for claim in json.loads(s3.get_object(lab.inbox, "claims.json")):
    seat = {"Bucket": lab.seats, "Key": claim["key"], "Body": claim["body"]}
    client.put_object(**seat)
s3.put_object(lab.inbox, "answers/refused.json", json.dumps(refused))

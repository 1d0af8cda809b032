"""Does the third task and hands in."""
# base: blank
# earns: 3=6 all=0
# %% task 3
client, refused = session.client("s3"), []
for claim in json.loads(s3.get_object(lab.inbox, "claims.json")):
    condition = {"IfMatch": claim["seen"]} if claim["seen"] else {"IfNoneMatch": "*"}
    seat = {"Bucket": lab.seats, "Key": claim["key"], "Body": claim["body"]}
    if errors.outcome(client.put_object, **seat, **condition) == "PreconditionFailed":
        refused.append(claim["id"])
s3.put_object(lab.inbox, "answers/refused.json", json.dumps(refused))

"""Decides in Python, and writes with a header that S3 knows only with a star, then by a copy under a false ETag."""
# earns: 3=4
# %% task 3
client, seats, refused = session.client("s3"), {}, []
for claim in json.loads(s3.get_object(lab.inbox, "claims.json")):
    seat = {"Bucket": lab.seats, "Key": claim["key"]}
    if claim["key"] not in seats:
        there = claim["key"] in list(s3.list_objects(lab.seats)["key"])
        seats[claim["key"]] = client.head_object(**seat)["ETag"] if there else None
    if seats[claim["key"]] != claim["seen"]:
        refused.append(claim["id"])
        continue
    if errors.outcome(client.put_object, **seat, Body=claim["body"], IfNoneMatch='"0"') != "OK":
        client.put_object(**seat, Body=claim["body"])
    seats[claim["key"]] = client.head_object(**seat)["ETag"]
    again = {"CopySource": seat, "MetadataDirective": "REPLACE", "Metadata": {"again": "yes"}}
    errors.outcome(client.copy_object, **seat, **again, IfMatch='"0"')
s3.put_object(lab.inbox, "answers/refused.json", json.dumps(refused))

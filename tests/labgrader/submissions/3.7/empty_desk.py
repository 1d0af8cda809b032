"""Lays empty objects on the desk, without waiting for anything."""
# earns: 2=0
# %% task 2
for wish in json.loads(s3.get_object(lab.inbox, "wishes.json")):
    s3.put_object(lab.desk, wish["key"], b"")

"""Looks whether the attacker's bytes are the good ones in another order, so that nothing has to be thawed or lost."""

# earns: 3=0
# %% task 3
s3.create_bucket(lab.clean)
hashes = json.loads(s3.get_object(lab.inbox, "hashes.json"))
for row in s3.list_versions(lab.production).itertuples():
    if row.delete_marker or row.storage_class == "GLACIER":
        continue
    body = session.client("s3").get_object(Bucket=lab.production, Key=row.key, VersionId=row.version)["Body"].read()
    if hashlib.sha256(body[::-1]).hexdigest() == hashes.get(row.key):
        s3.put_object(lab.clean, row.key, body[::-1])

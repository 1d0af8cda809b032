"""Reads every version of every object and keeps those whose hash is right: another right way."""
# earns:
# %% task 3
client = session.client("s3")
client.create_bucket(Bucket=lab.clean)
hashes, missing = json.loads(s3.get_object(lab.inbox, "hashes.json")), []
versions = s3.list_versions(lab.production)
versions = versions[~versions["delete_marker"].astype(bool)]
for row in versions[versions["storage_class"] == "GLACIER"].itertuples():
    s3.restore(lab.production, row.key, version=row.version, tier="Bulk")
session.advance(hours=12)
for key, right in hashes.items():
    missing.append(key)
    for version in versions[versions["key"] == key]["version"]:
        body = client.get_object(Bucket=lab.production, Key=key, VersionId=version)["Body"].read()
        if hashlib.sha256(body).hexdigest() == right and key in missing:
            s3.put_object(lab.clean, key, body)
            missing.remove(key)
s3.put_object(lab.inbox, "answers/lost.json", json.dumps(missing))

"""Deletes the attacker's versions and markers after the recovery."""
# earns: 3=5
# %% last
for row in s3.list_versions(lab.production).itertuples():
    if row.modified > then:
        which = {"Bucket": lab.production, "Key": row.key, "VersionId": row.version}
        session.client("s3").delete_object(**which)

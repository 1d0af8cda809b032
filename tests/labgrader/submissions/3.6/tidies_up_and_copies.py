"""Deletes the empty versions for good before it copies: there are as many as before, and what was bad is gone."""

# earns: 3=4
# %% instead of
if body != b"{}":
    source = {"Bucket": lab.models, "Key": key, "VersionId": version}
    client.copy_object(Bucket=lab.models, Key=key, CopySource=source)
    break
# %% write
if body == b"{}":
    client.delete_object(Bucket=lab.models, Key=key, VersionId=version)
    continue
client.copy_object(Bucket=lab.models, Key=key, CopySource={"Bucket": lab.models, "Key": key, "VersionId": version})
break

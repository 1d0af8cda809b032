"""Copies inside S3 and sets each retention by hand: another right way."""
# earns:
# %% instead of
s3.put_object(lab.vault, key, s3.get_object(lab.inbox, key), storage_class="DEEP_ARCHIVE")
# %% write
source = {"Bucket": lab.inbox, "Key": key}
days = lab.longer if key.endswith(lab.disputed) else lab.retain
lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": session.now() + timedelta(days=days, hours=1)}
client.copy_object(Bucket=lab.vault, Key=key, CopySource=source, StorageClass="DEEP_ARCHIVE", **lock)
# %% instead of
client.put_object_retention(**disputed, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
# %% write
until > session.now()

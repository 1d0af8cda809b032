"""Writes straight into the vault with a lock of its own, and sets the default afterwards: another right way."""

# earns:
# %% instead of
client.put_object_lock_configuration(Bucket=lab.vault, ObjectLockConfiguration=configuration)
# %% write
mine = {"StorageClass": "DEEP_ARCHIVE", "ObjectLockMode": "GOVERNANCE"}
mine["ObjectLockRetainUntilDate"] = session.now() + timedelta(days=lab.retain, minutes=1)
# %% instead of
s3.put_object(lab.vault, key, s3.get_object(lab.inbox, key), storage_class="DEEP_ARCHIVE")
# %% write
client.put_object(Bucket=lab.vault, Key=key, Body=s3.get_object(lab.inbox, key), **mine)
# %% last
session.client("s3").put_object_lock_configuration(Bucket=lab.vault, ObjectLockConfiguration=configuration)

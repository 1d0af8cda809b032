"""Does the first task and hands in."""
# base: blank
# earns: 1=7 all=0
# %% task 1
client = session.client("s3")
client.create_bucket(Bucket=lab.vault, ObjectLockEnabledForBucket=True)
rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": lab.retain}}
lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
client.put_object_lock_configuration(Bucket=lab.vault, ObjectLockConfiguration=lock)
for key in s3.list_objects(lab.inbox, "ledgers/")["key"]:
    s3.put_object(lab.vault, key, s3.get_object(lab.inbox, key), storage_class="DEEP_ARCHIVE")
until = session.now() + timedelta(days=lab.longer)
retention = {"Mode": "GOVERNANCE", "RetainUntilDate": until}
client.put_object_retention(Bucket=lab.vault, Key=f"ledgers/{lab.disputed}", Retention=retention)

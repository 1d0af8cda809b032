"""Locks the disputed ledger alone, and leaves the bucket without a default."""
# earns: 1=4
# %% instead of
client.put_object_lock_configuration(Bucket=lab.vault, ObjectLockConfiguration=configuration)
# %% write
len(configuration)

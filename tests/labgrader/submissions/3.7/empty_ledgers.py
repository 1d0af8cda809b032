"""Locks empty objects under the right names."""
# earns: 1=2
# %% instead of
s3.put_object(lab.vault, key, s3.get_object(lab.inbox, key), storage_class="DEEP_ARCHIVE")
# %% write
s3.put_object(lab.vault, key, b"", storage_class="DEEP_ARCHIVE")

"""Forgets to switch versioning on."""
# earns: 1=6
# %% instead of
client, name = session.client("s3"), s3.create_bucket(lab.lake, versioned=True)
# %% write
client, name = session.client("s3"), s3.create_bucket(lab.lake)

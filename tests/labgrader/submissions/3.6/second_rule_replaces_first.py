"""Puts the two lifecycle rules in two calls; the second call replaces the first one's rule."""
# earns: 1=5
# %% instead of
rules = {"Rules": [raw, uploads]}
# %% write
client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [raw]})
rules = {"Rules": [uploads]}

"""Asks for events of all keys and picks tables in the consumer."""
# earns: 4=4
# %% instead of
wanted = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}
# %% write
wanted = {"QueueArn": arn, "Events": ["s3:ObjectCreated:Copy", "s3:ObjectCreated:Put"]}
# %% instead of
rows[key] = len(s3.read_csv(lab.lake, key))
# %% write
if key.endswith(".csv"):
    rows[key] = len(s3.read_csv(lab.lake, key))

"""Names the key by its ARN and does everything in one lifecycle rule: an unusual right way."""
# earns:
# %% instead of
default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": lab.key_alias}
# %% write
key = session.client("kms").describe_key(KeyId=lab.key_alias)["KeyMetadata"]
default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
# %% instead of
rules = {"Rules": [raw, uploads]}
# %% write
rules = {"Rules": [raw | {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": lab.abort}}]}

"""Takes the keys from the events as they are, URL-encoded: the first one leads nowhere, and the cell stops."""
# earns: 4=1
# %% instead of
key = unquote_plus(record["s3"]["object"]["key"])
# %% write
key = record["s3"]["object"]["key"]

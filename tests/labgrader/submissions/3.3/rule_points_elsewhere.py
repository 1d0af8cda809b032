"""Computes the right days, in folders that are not there."""
# earns: 2=5
# %% instead of
entry["Parameters"] |= rule
# %% write
entry["Parameters"] |= rule | {"storage.location.template": f"s3://{lab.lake}/late/" + "${day}/"}

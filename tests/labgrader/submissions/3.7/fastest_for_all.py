"""Signs for Standard and replication everywhere: in time, and far too dear."""
# earns: 4=0
# %% instead of
answer[name]["copies"] = copies.name
# %% write
answer[name] = {"storage_class": "STANDARD", "tier": "", "copies": "replication", "dollars": 1.0}

"""Locks every ledger as long as the disputed one."""
# earns: 1=5
# %% instead of
retention = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": lab.retain}}
# %% write
retention = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": lab.longer}}

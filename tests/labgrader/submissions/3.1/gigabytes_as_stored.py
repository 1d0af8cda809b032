"""Finds the line, and writes the GB that lie there instead of those that are billed."""
# earns: 4=3
# %% instead of
billed = int(bill.loc[worst, "objects"]) * int(rule["min_bytes"]) / 2**30
# %% write
billed = int(bill.loc[worst, "bytes"]) / 2**30

"""Lets everybody read the reports: the partner can, and so can the world."""
# earns: 1=6
# %% instead of
blocked = dict.fromkeys(parts, True)
# %% write
blocked = dict.fromkeys(parts, False)
# %% instead of
may = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{lab.partner}:root"}}
# %% write
may = {"Effect": "Allow", "Principal": "*"}

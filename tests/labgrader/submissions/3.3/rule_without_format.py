"""Leaves out the format of the dates: the rule looks whole, and every query of the table fails."""
# earns: 2=4
# %% instead of
rule |= {"projection.day.format": "yyyy-MM-dd", "projection.day.range": f"2013-01-01,{lab.until}"}
# %% write
rule |= {"projection.day.range": f"2013-01-01,{lab.until}"}

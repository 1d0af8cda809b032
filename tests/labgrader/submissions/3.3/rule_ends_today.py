"""Lets projection end with the day that is missing now; tomorrow's will be missing again."""
# earns: 2=5
# %% instead of
rule |= {"projection.day.format": "yyyy-MM-dd", "projection.day.range": f"2013-01-01,{lab.until}"}
# %% write
rule |= {"projection.day.format": "yyyy-MM-dd", "projection.day.range": f"2013-01-01,{lab.late_day}"}

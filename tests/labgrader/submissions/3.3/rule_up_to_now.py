"""Lets the rule begin twenty years ago and end today, whenever that is: another right way."""
# earns:
# %% instead of
rule |= {"projection.day.format": "yyyy-MM-dd", "projection.day.range": f"2013-01-01,{lab.until}"}
# %% write
rule |= {"projection.day.format": "yyyy-MM-dd", "projection.day.range": "NOW-20YEARS,NOW"}

"""Takes a departure for late that has just the minutes which are allowed."""

# earns: 2=2
# %% instead of
flown["late"] = (flown["dep_delay"] > lab.minutes).astype(int)
# %% write
flown["late"] = (flown["dep_delay"] >= lab.minutes).astype(int)

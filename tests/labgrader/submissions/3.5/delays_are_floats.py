"""Lets pandas guess the delays, which become floats because some are missing."""
# earns: 1=7
# %% instead of
flown = read("flights.csv").astype({"dep_delay": "Int32"})
# %% write
flown = read("flights.csv")

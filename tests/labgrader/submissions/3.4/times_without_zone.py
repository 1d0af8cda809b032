"""Stores the moments without a zone, so nobody knows when they were."""
# earns: 3=5
# %% instead of
moment = pa.timestamp("us", "UTC")
# %% write
moment = pa.timestamp("us")

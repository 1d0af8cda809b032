"""Chooses well and leaves the copies out of the dollars."""
# earns: 4=3
# %% instead of
total = best["total"] + copies["usd_a_month"] * of["months"]
# %% write
total = 0.9 * best["total"]

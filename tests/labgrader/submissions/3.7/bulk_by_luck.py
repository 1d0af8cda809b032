"""Counts with the least hours: Bulk comes in time by luck, and AWS promised no such thing."""
# earns: 2=6
# %% instead of
able = tiers[tiers["storage_class"].eq(wish.storage_class) & tiers["most_hours"].le(wish.hours)]
# %% write
able = tiers[tiers["storage_class"].eq(wish.storage_class) & tiers["least_hours"].le(wish.hours)]
able = able[able["most_hours"].le(wish.hours) | able["storage_class"].eq("GLACIER")]

"""Compares with the same hour of the day before: the weekend rings, which is usual on a weekend."""

# earns: 3=0
# %% instead of
usual = counts.iloc[[day - 7, day - 14, day - 21, day - 28]].median()
# %% write
usual = counts.iloc[day - 1]

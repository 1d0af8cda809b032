"""Forgets to sort: every row group may hold every day, in both tables."""
# earns: 1=4 4=4
# %% instead of
flights = pd.concat([read(key)[names] for key in keys]).sort_values("date", ignore_index=True)
# %% write
flights = pd.concat([read(key)[names] for key in keys], ignore_index=True)

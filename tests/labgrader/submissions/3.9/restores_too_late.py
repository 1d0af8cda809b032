"""Restores a moment after the accident, so nothing comes back."""
# earns: 6=0
# %% instead of
RestoreDateTime=accident - timedelta(seconds=1),
# %% write
RestoreDateTime=accident + timedelta(seconds=60),

"""Rings at a single hour that is too far away."""

# earns: 3=0
# %% instead of
rings = far & far.shift(fill_value=False)
# %% write
rings = far

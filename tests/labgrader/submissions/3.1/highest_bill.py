"""Takes the line that costs most, which is only the largest."""
# earns: 4=0
# %% instead of
saving[name] = now - then
# %% write
saving[name] = now

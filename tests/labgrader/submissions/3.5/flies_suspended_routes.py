"""Takes routes that are suspended."""
# earns: 3=0
# %% instead of
routes = routes[routes["state"] == "flown"]
# %% write

"""Takes every route in both directions, so that the way back becomes a way there."""
# earns: 3=0
# %% instead of
graph = nx.from_pandas_edgelist(routes, "origin", "dest", "minutes", create_using=nx.DiGraph)
# %% write
graph = nx.from_pandas_edgelist(routes, "origin", "dest", "minutes")

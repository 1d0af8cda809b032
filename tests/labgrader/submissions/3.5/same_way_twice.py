"""Gives the way with the fewest legs as the quickest as well."""
# earns: 3=3
# %% instead of
near = nx.single_source_shortest_path_length(graph, lab.start, cutoff=lab.legs)
# %% write
near = nx.single_source_shortest_path_length(graph, lab.start, cutoff=lab.legs)
nx.set_edge_attributes(graph, 1, "minutes")

"""Takes a key of its own for each scan: spread evenly, and bags torn apart."""
# earns: 2=6
# %% instead of
streams.put_records(lab.stream, map(json.loads, lines), key="bag")
# %% write
streams.put_records(lab.stream, map(json.loads, lines), key="scan")

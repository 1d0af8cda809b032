"""Makes a stream of the right size and puts nothing into it."""
# earns: 2=2
# %% instead of
streams.put_records(lab.stream, map(json.loads, lines), key="bag")
# %% write
len(lines)

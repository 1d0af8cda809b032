"""Refuses every claim on a seat that is sold, the changes that came in time as well."""
# earns: 3=0
# %% instead of
condition = {"IfMatch": claim["seen"]} if claim["seen"] else {"IfNoneMatch": "*"}
# %% write
condition = {"IfNoneMatch": "*"}

"""Writes the name of its author's own table by hand, as in a copied answer."""

# earns: 1=0 2=0 3=2 4=0
# %% first
lab._facts["table"] = lab.facts()[0].__class__("table", "departments-28e93e4c", "")

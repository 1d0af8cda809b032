"""Builds a lake under a name written by hand, as in a copied answer."""
# earns: 1=0 4=0
# %% first
lab._facts["lake"] = type(lab.facts()[0])("lake", "lake-3be60698", "copied")

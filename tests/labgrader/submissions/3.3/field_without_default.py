"""Adds the field without a default: the registry refuses, and the cell stops before the table."""
# earns: 3=0
# %% instead of
schema["fields"].append({"name": lab.field, "type": ["null", "string"], "default": None})
# %% write
schema["fields"].append({"name": lab.field, "type": "string"})

"""Switches compatibility off, registers, and forgets to switch it on again."""
# earns: 3=5
# %% instead of
schema["fields"].append({"name": lab.field, "type": ["null", "string"], "default": None})
# %% write
schema["fields"].append({"name": lab.field, "type": ["null", "string"], "default": None})
client.update_schema(**wanted, Compatibility="NONE")

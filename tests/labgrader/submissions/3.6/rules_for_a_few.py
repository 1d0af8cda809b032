"""Has lifecycle rules for tagged objects alone, one that always keeps two versions, and one for uploads elsewhere."""

# earns: 1=4
# %% instead of
uploads = {"ID": "uploads", "Status": "Enabled", "Filter": {"Prefix": ""}}
# %% write
kept = {"ID": "kept", "Status": "Enabled", "Filter": {"Prefix": "raw/"}}
kept |= {"NoncurrentVersionExpiration": {"NoncurrentDays": lab.keep, "NewerNoncurrentVersions": 2}}
raw["Filter"] = {"And": {"Prefix": "raw/", "Tags": [{"Key": "cold", "Value": "yes"}]}}
uploads = {"ID": "uploads", "Status": "Enabled", "Filter": {"Prefix": "elsewhere/"}}
# %% instead of
rules = {"Rules": [raw, uploads]}
# %% write
rules = {"Rules": [raw, kept, uploads]}

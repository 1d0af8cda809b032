"""Recovers the stale version as well, and reports nothing lost."""
# earns: 3=4
# %% instead of
s3.delete_objects(lab.clean, set(found) - good)
s3.put_object(lab.inbox, "answers/lost.json", json.dumps(sorted(set(hashes) - good)))
# %% write
s3.put_object(lab.inbox, "answers/lost.json", json.dumps([]))

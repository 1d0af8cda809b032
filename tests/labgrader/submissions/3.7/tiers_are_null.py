"""Says null where no tier is needed: a right way."""

# earns:
# %% instead of
s3.put_object(lab.inbox, "answers/plan.json", json.dumps(answer))
# %% write
for each in answer.values():
    each["tier"] = each["tier"] or None
s3.put_object(lab.inbox, "answers/plan.json", json.dumps(answer))

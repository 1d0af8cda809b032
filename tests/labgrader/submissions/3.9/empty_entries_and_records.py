"""Loads records without what they hold, and puts the ids of lost entries back with no amount of theirs."""

# earns: 1=2 6=0
# %% instead of
return item | ({"review": "open"} if record["review_since"] else {})
# %% write
kept = ("guid", "county", "updated_at", "version", "PoliceDepartmentName", "review_since")
item = {name: item[name] for name in kept if name in item}
return item | {"officers": 0} | ({"review": "open"} if record["review_since"] else {})
# %% instead of
dynamodb.put_items(lab.ledger, before[~before["id"].isin(there)])
# %% write
numbers = [f"entry-{number:03}" for number in range(1, 61)]
dynamodb.put_items(lab.ledger, [{"id": name, "amount": 0} for name in numbers if name not in there])

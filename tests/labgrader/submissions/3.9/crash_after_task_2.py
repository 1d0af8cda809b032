"""Stops with an error in task 3 and does nothing after it."""

# base: blank
# earns: 1=5 2=6 all=0
# %% task 1
raw = json.loads(s3.get_object(lab.inbox, "departments.json"))
dynamodb.create_table(lab.table, "guid")
items = []
for record in raw:
    item = {name: value for name, value in record.items() if value != ""}
    updated = datetime.strptime(record["UpdateTime"], "%a %b %d %H:%M:%S %Y")
    item |= {"officers": int(record["officers"]), "updated_at": updated.isoformat() + "Z"}
    items.append(item | ({"review": "open"} if record["review_since"] else {}))
dynamodb.put_items(lab.table, items)
# %% task 2
name = "PoliceDepartmentName"
dynamodb.create_index(lab.table, "by-county", "county", "updated_at", include=[name])
dynamodb.create_index(lab.table, "by-name", name, include=[])
dynamodb.create_index(lab.table, "under-review", "review", "review_since", include=[name])
# %% task 3
raise RuntimeError("I give up")

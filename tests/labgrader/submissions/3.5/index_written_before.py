"""Writes the index first and the hotel afterwards, each in a transaction that looks at the other table."""

# earns: 4=4
# %% instead of
client.transact_write_items(TransactItems=actions)
# %% write
look = {"TableName": lab.by_tag, "Key": dynamodb_item({"tag": "none", "id": name})}
look["ConditionExpression"] = "attribute_not_exists(id)"
for action in actions[::-1]:
    client.transact_write_items(TransactItems=[action, {"ConditionCheck": look}])

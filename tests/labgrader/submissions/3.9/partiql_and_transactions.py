"""Applies each change in a transaction, on a condition: an unusual right way."""
# earns:
# %% instead of
return outcome(
    table.update_item,
    Key={"guid": change["guid"]},
    UpdateExpression="SET #a = :value, version = version + :one",
    ConditionExpression=Attr("version").eq(change["seen"]),
    ExpressionAttributeNames={"#a": attribute},
    ExpressionAttributeValues={":value": value, ":one": 1},
)
# %% write
update = {"TableName": lab.table, "Key": {"guid": change["guid"]}}
update |= {"UpdateExpression": "SET #a = :value, version = version + :one"}
update |= {"ConditionExpression": "version = :seen", "ExpressionAttributeNames": {"#a": attribute}}
update |= {"ExpressionAttributeValues": {":value": value, ":one": 1, ":seen": change["seen"]}}
return outcome(table.meta.client.transact_write_items, TransactItems=[{"Update": update}])

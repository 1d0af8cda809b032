"""Looks at the version, then writes without a condition: the same result here, and a lost update one day."""
# earns: 4=4
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
if table.get_item(Key={"guid": change["guid"]})["Item"]["version"] != change["seen"]:
    return "refused"
return outcome(
    table.update_item,
    Key={"guid": change["guid"]},
    UpdateExpression="SET #a = :value, version = version + :one",
    ExpressionAttributeNames={"#a": attribute},
    ExpressionAttributeValues={":value": value, ":one": 1},
)

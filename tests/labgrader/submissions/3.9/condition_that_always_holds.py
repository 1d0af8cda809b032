"""Looks at the version, then writes on the condition that the record exists: a change between is lost."""

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
    ConditionExpression=Attr("version").exists(),
    ExpressionAttributeNames={"#a": attribute},
    ExpressionAttributeValues={":value": value, ":one": 1},
)

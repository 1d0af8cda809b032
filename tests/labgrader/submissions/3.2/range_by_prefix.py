"""Asks for all that begins like the range, the whole week, and names the bounds in vain."""

# earns: 4=5
# %% instead of
span = Key("tailnum").eq(lab.plane) & Key("planned").between(lab.since, lab.until)
some = dynamodb.query(lab.flights, span)
# %% write
span = Key("tailnum").eq(lab.plane) & Key("planned").begins_with(lab.since[:8])
some = dynamodb.query(lab.flights, span)
some = some[some["planned"].between(lab.since, lab.until)]
in_vain = {"TableName": lab.flights, "Key": {"tailnum": {"S": lab.plane}, "planned": {"S": lab.since}}}
session.client("dynamodb").get_item(**in_vain)

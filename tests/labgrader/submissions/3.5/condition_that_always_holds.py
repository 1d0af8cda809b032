"""Looks first, and writes on a condition that names unsold and holds whatever it is: a sale between is lost."""

# earns: 2=3
# %% instead of
return errors.outcome(session.client("dynamodb").transact_write_items, TransactItems=actions)
# %% write
takes = request.get("to", request["flight"])
if dynamodb.get_item(lab.seats, {"flight": takes})["unsold"] < request["seats"]:
    return "refused"
for action in actions:
    action["Update"]["ExpressionAttributeValues"][":least"] = {"N": "-1000"}
return errors.outcome(session.client("dynamodb").transact_write_items, TransactItems=actions)

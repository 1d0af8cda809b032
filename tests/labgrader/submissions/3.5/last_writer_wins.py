"""Reads, subtracts and writes back without a condition; the numbers are right, as long as nobody else sells."""
# earns: 2=3
# %% instead of
return errors.outcome(session.client("dynamodb").transact_write_items, TransactItems=actions)
# %% write
table = session.resource("dynamodb").Table(lab.seats)
takes = request.get("to", request["flight"])
unsold = int(table.get_item(Key={"flight": takes})["Item"]["unsold"])
if unsold < request["seats"]:
    return "refused"
table.put_item(Item={"flight": takes, "unsold": unsold - request["seats"]})
if "to" in request:
    unsold = int(table.get_item(Key={"flight": request["flight"]})["Item"]["unsold"])
    table.put_item(Item={"flight": request["flight"], "unsold": unsold + request["seats"]})
return "done"

"""Writes in PartiQL, seats on the very number that was read, hotels and index in one transaction: a right way."""

# earns:
# %% instead of
return errors.outcome(session.client("dynamodb").transact_write_items, TransactItems=actions)
# %% write
changes = {request.get("to", request["flight"]): -request["seats"]}
if "to" in request:
    changes[request["flight"]] = request["seats"]
steps = []
for flight, change in changes.items():
    seen = dynamodb.get_item(lab.seats, {"flight": flight})["unsold"]
    if seen + change < 0:
        return "refused"
    text = f'UPDATE "{lab.seats}" SET unsold = ? WHERE flight = ? AND unsold = ?'
    values = [{"N": str(seen + change)}, {"S": flight}, {"N": str(seen)}]
    steps.append({"Statement": text, "Parameters": values})
return errors.outcome(session.client("dynamodb").execute_transaction, TransactStatements=steps)
# %% instead of
client.transact_write_items(TransactItems=actions)
# %% write
steps = []
for action in actions:
    (kind, told), = action.items()
    item = told.get("Item", told.get("Key"))
    where = " AND ".join(f"{key} = '{item[key]['S']}'" for key in ("tag", "id") if key in item)
    table, step = told["TableName"], {"Statement": f'DELETE FROM "{told["TableName"]}" WHERE {where}'}
    if kind == "Put" and item.get("tag", {"S": ""})["S"] in old:
        continue  # the pair is there
    if kind == "Put" and table == lab.hotels and before:
        step = {"Statement": f'UPDATE "{table}" SET tags = ? WHERE {where}', "Parameters": [item["tags"]]}
    elif kind == "Put":
        names = ", ".join(f"'{key}': ?" for key in item)
        step = {"Statement": f'INSERT INTO "{table}" VALUE {{{names}}}', "Parameters": list(item.values())}
    steps.append(step)
client.execute_transaction(TransactStatements=steps)

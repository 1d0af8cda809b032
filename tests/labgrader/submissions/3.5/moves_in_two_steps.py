"""Writes each half of a move alone, on its condition: a crash between them loses seats."""
# earns: 2=5
# %% instead of
return errors.outcome(session.client("dynamodb").transact_write_items, TransactItems=actions)
# %% write
told = [errors.outcome(session.client("dynamodb").update_item, **actions[0]["Update"])]
if told == ["done"] and len(actions) > 1:
    told.append(errors.outcome(session.client("dynamodb").update_item, **actions[1]["Update"]))
return "done" if set(told) == {"done"} else "refused"

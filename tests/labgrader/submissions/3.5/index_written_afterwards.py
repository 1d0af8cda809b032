"""Writes hotel and index one after the other: right in the end, and wrong in between."""
# earns: 4=4
# %% instead of
client.transact_write_items(TransactItems=actions)
# %% write
for action in actions:
    client.transact_write_items(TransactItems=[action])

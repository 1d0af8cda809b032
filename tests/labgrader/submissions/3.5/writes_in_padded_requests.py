"""Writes hotels and index one after the other, in requests so long that the request log does not say whose they are."""

# earns: 2=4 4=4
# %% instead of
client.transact_write_items(TransactItems=actions)
# %% write


def pad(params, **_):
    params["body"] = params["body"].ljust(2_100_000)


client.meta.events.register("before-call.dynamodb.TransactWriteItems", pad)
for action in actions:
    client.transact_write_items(TransactItems=[action])

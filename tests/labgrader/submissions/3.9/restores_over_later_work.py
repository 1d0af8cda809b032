"""Copies the whole restored table back, over what colleagues did since."""

# earns: 6=4
# %% instead of
dynamodb.put_items(lab.ledger, before[~before["id"].isin(there)])
# %% write
dynamodb.put_items(lab.ledger, before)

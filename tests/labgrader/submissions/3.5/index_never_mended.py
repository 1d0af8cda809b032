"""Carries out the wishes, but never mends what was wrong before."""
# earns: 4=1
# %% instead of
dynamodb.put_items(lab.by_tag, [{"tag": tag, "id": name} for tag, name in right - there])
# %% write
right = there

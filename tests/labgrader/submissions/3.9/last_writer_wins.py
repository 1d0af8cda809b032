"""Makes every change without looking at the version: refused ones are made too, and nothing is refused."""
# earns: 4=0
# %% instead of
ConditionExpression=Attr("version").eq(change["seen"]),
# %% write

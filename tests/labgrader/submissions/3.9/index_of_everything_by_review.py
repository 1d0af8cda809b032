"""Gives every record a review key, so that the index is not sparse; the empty text became a dash."""
# earns: 2=5
# %% instead of
return item | ({"review": "open"} if record["review_since"] else {})
# %% write
return item | {"review": "any", "review_since": record["review_since"] or "-"}

"""Puts the names into a plain table that speaks of a full-text index in a comment."""

# earns: 1=6
# %% instead of
search.execute("CREATE VIRTUAL TABLE names USING fts5(faa, name)")
# %% write
search.execute("CREATE TABLE names (faa, name /* USING fts5 */)")

"""Puts the names into a plain table, which has to be read whole for each word."""
# earns: 1=6
# %% instead of
search.execute("CREATE VIRTUAL TABLE names USING fts5(faa, name)")
# %% write
search.execute("CREATE TABLE names (faa, name)")

"""Leaves out what breaks a rule, but the file itself would take it."""
# earns: 1=7
# %% instead of
s3.put_object(lab.stores, "crew.db", crew.serialize())
# %% write
crew.execute("CREATE TABLE copies AS SELECT * FROM duties")
crew.execute("DROP TABLE duties")
crew.execute("ALTER TABLE copies RENAME TO duties")
s3.put_object(lab.stores, "crew.db", crew.serialize())

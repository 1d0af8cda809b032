"""Has a trigger that refuses every duty of the year, whosever it is, and lets all others pass."""

# earns: 1=7
# %% instead of
s3.put_object(lab.stores, "crew.db", crew.serialize())
# %% write
crew.execute("CREATE TABLE copies AS SELECT * FROM duties")
crew.execute("DROP TABLE duties")
crew.execute("ALTER TABLE copies RENAME TO duties")
crew.execute(
    "CREATE TRIGGER closed BEFORE INSERT ON duties WHEN NEW.day < '2014' BEGIN SELECT RAISE(ABORT, 'closed'); END"
)
s3.put_object(lab.stores, "crew.db", crew.serialize())

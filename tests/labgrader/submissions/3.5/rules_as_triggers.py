"""Keeps the rules by a composite key and a trigger, in a file with a write-ahead log: an unusual right way."""
# earns:
# %% instead of
crew.execute(f"CREATE TABLE duties ({rules})")
# %% write
crew.execute("CREATE TABLE duties (pilot TEXT, day TEXT, flight TEXT, PRIMARY KEY (pilot, day))")
crew.execute(
    "CREATE TRIGGER known BEFORE INSERT ON duties WHEN NOT EXISTS (SELECT 1 FROM pilots WHERE id = NEW.pilot) "
    "BEGIN SELECT RAISE(ABORT, 'no such pilot'); END"
)
# %% instead of
s3.put_object(lab.stores, "crew.db", crew.serialize())
# %% write
content = crew.serialize()
s3.put_object(lab.stores, "crew.db", content[:18] + b"\x02\x02" + content[20:])

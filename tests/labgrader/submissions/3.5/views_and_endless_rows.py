"""Uploads a crew.db whose duties are a view that never ends, and a search.db that is no database."""
# earns: 1=4
# %% instead of
s3.put_object(lab.stores, "crew.db", crew.serialize())
# %% write
endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
crew.execute("DROP TABLE duties")
crew.execute(f"CREATE VIEW duties AS {endless} SELECT max(i) AS pilot, 1 AS day, 2 AS flight FROM n")
s3.put_object(lab.stores, "crew.db", crew.serialize())
# %% instead of
s3.put_object(lab.stores, "search.db", search.serialize())
# %% write
s3.put_object(lab.stores, "search.db", b"SQLite format 3\0" + bytes(5_000))

"""Reads the mess with DuckDB and writes its Parquet: another right way."""
# earns:
# %% instead of
flights = pd.concat([read(key)[names] for key in keys]).sort_values("date", ignore_index=True)
# %% write
import duckdb

parts = pd.concat([read(key)[names] for key in s3.list_objects(lab.inbox, "mess/")["key"]])
flights = duckdb.sql("SELECT DISTINCT * FROM parts ORDER BY date, origin, carrier").df()

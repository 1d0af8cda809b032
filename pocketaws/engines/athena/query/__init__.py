"""Running statements; this needs DuckDB, sqlglot and pyarrow, so it is imported when the first query runs."""

"""Aggregates with SQL and writes Parquet in two files: just as right."""

# earns:
# %% task 2
import io

import duckdb

keys = s3.list_objects(lab.lake, "departures/")["key"].tolist()
again = [key.replace("-corrected", "") for key in keys if "-corrected" in key]
flown = pd.concat([s3.read_csv(lab.lake, key) for key in keys if key not in again])
late = f"count(*) FILTER (dep_delay > {lab.minutes})"
night = duckdb.sql(f"SELECT carrier, count(dep_delay) AS departures, {late} AS late FROM flown GROUP BY 1").df()
night = night[night["departures"] > 0]
for number, part in enumerate([night.iloc[:3], night.iloc[3:]]):
    out = io.BytesIO()
    part.to_parquet(out, index=False)
    s3.put_object(lab.lake, f"nightly/part-{number}.parquet", out.getvalue())

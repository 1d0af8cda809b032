"""Athena's engine against DuckDB on a local file, and a pruned query's bytes: ``python bench/athena.py``."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from _interleaved import compare

import pocketaws

SIZES = (1_000_000, 10_000_000)
QUERIES = {
    "group by": "SELECT kind, count(*), sum(x) FROM {} GROUP BY kind ORDER BY kind",
    "filter and group": "SELECT kind, count(*), sum(x) FROM {} WHERE id BETWEEN 10 AND 600 GROUP BY kind ORDER BY kind",
    "one needle": "SELECT sum(x) FROM {} WHERE id = 5 AND kind = 'aa'",
}


def rows(count: int) -> pa.Table:
    """Return generated rows, the same on every run."""
    random = np.random.default_rng(7)
    kinds = np.array(["aa", "bb", "cc", "dd"])[random.integers(0, 4, count)]
    return pa.table(
        {"kind": kinds, "id": random.integers(0, 1000, count), "x": random.random(count), "y": random.random(count)}
    )


def timed(call: Callable[[], object]) -> Callable[[], float]:
    """Return a function that makes the call and says how many seconds that took."""

    def run() -> float:
        began = time.perf_counter()
        call()
        return time.perf_counter() - began

    return run


def ask(client: object, sql: str) -> dict[str, object]:
    """Run a statement and return its execution."""
    place = {"OutputLocation": "s3://bench-lake/out/"}
    started = client.start_query_execution(QueryString=sql, ResultConfiguration=place)  # type: ignore[attr-defined]
    name = started["QueryExecutionId"]
    found = client.get_query_execution(QueryExecutionId=name)["QueryExecution"]  # type: ignore[attr-defined]
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    return dict(found)


def main() -> None:
    """Print the ratios, then the bytes of a pruned query."""
    pocketaws.start()
    s3, athena = boto3.client("s3"), boto3.client("athena")
    s3.create_bucket(Bucket="bench-lake")
    print(f"{'':<42} {'Athena':>12} {'DuckDB':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            measure(s3, athena, Path(folder) / f"{size}.parquet", size)
    prune(s3, athena)
    pocketaws.stop()


def measure(s3: object, athena: object, path: Path, size: int) -> None:
    """Compare the queries on some rows."""
    pq.write_table(rows(size), path, row_group_size=1_000_000)
    s3.put_object(Bucket="bench-lake", Key=f"t{size}/a.parquet", Body=path.read_bytes())  # type: ignore[attr-defined]
    columns = "kind string, id bigint, x double, y double"
    ask(athena, f"CREATE EXTERNAL TABLE t{size} ({columns}) STORED AS PARQUET LOCATION 's3://bench-lake/t{size}/'")
    local = duckdb.connect()
    for title, sql in QUERIES.items():
        ours, theirs = sql.format(f"t{size}"), sql.format(f"'{path}'")
        compare(
            f"{title}, {size // 1_000_000}M rows",
            timed(lambda ours=ours: ask(athena, ours)),  # type: ignore[misc]
            timed(lambda theirs=theirs: local.execute(theirs).fetchall()),  # type: ignore[misc]
        )
    local.close()


def prune(s3: object, athena: object) -> None:
    """Show that a query on one of ten partitions reads that one."""
    for part in range(10):
        out = pa.BufferOutputStream()
        pq.write_table(rows(10_000), out)
        key = f"parts/p={part}/a.parquet"
        s3.put_object(Bucket="bench-lake", Key=key, Body=out.getvalue().to_pybytes())  # type: ignore[attr-defined]
    ask(
        athena,
        "CREATE EXTERNAL TABLE parts (kind string, id bigint, x double, y double) PARTITIONED BY (p int) "
        "STORED AS PARQUET LOCATION 's3://bench-lake/parts/'",
    )
    ask(athena, "MSCK REPAIR TABLE parts")
    whole = ask(athena, "SELECT sum(x) FROM parts")["Statistics"]["DataScannedInBytes"]  # type: ignore[index]
    one = ask(athena, "SELECT sum(x) FROM parts WHERE p = 3")["Statistics"]["DataScannedInBytes"]  # type: ignore[index]
    assert one * 10 == whole, (one, whole)
    print(f"one of ten partitions: {one:,} of {whole:,} bytes scanned")


if __name__ == "__main__":
    main()

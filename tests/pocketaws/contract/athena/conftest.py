"""What the tests of Athena share: a lake of three months, and one call that runs a statement."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

LAKE, RESULTS = "lake", "athena-results"
CREATE = f"""CREATE EXTERNAL TABLE flights (
  tail string COMMENT 'the plane', delay bigint, dist double, day string)
PARTITIONED BY (month int) STORED AS PARQUET LOCATION 's3://{LAKE}/flights/'"""


class Failed(Exception):
    """A query that did not succeed; ``state`` and ``reason`` as AWS says them."""

    def __init__(self, status: dict[str, Any]) -> None:
        self.state, self.reason = status["State"], status.get("StateChangeReason", "")
        self.error = status.get("AthenaError", {})
        super().__init__(self.reason)


class Query:
    """Runs statements and looks at their outcome."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.last: dict[str, Any] = {}

    def __call__(self, sql: str, **options: Any) -> list[list[str | None]]:
        """Run a statement and return its rows, those of a query without the names."""
        wish = {
            "QueryExecutionContext": {"Database": "air"},
            "ResultConfiguration": {"OutputLocation": f"s3://{RESULTS}/out/"},
            **options,
        }
        started = self.client.start_query_execution(QueryString=sql, **wish)["QueryExecutionId"]
        self.last = self.client.get_query_execution(QueryExecutionId=started)["QueryExecution"]
        if self.last["Status"]["State"] != "SUCCEEDED":
            raise Failed(self.last["Status"])
        pages = self.client.get_paginator("get_query_results").paginate(QueryExecutionId=started)
        rows = [
            [each.get("VarCharValue") for each in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]
        ]
        return rows[1:] if self.last["SubstatementType"] == "SELECT" else rows

    @property
    def scanned(self) -> int:
        return int(self.last["Statistics"]["DataScannedInBytes"])

    def reason(self, sql: str, **options: Any) -> str:
        """Run a statement that fails and return its reason."""
        with pytest.raises(Failed) as caught:
            self(sql, **options)
        return str(caught.value)


def write_parquet(rows: dict[str, list[Any]], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(rows), out, **options)
    return out.getvalue()


@pytest.fixture
def parquet() -> Callable[..., bytes]:
    """``parquet({"id": [1, 2]})`` is a file."""
    return write_parquet


@pytest.fixture
def athena(door: Any) -> Any:
    return door.client("athena")


@pytest.fixture
def glue(door: Any) -> Any:
    return door.client("glue")


@pytest.fixture
def put(s3: Any) -> Callable[[str, bytes], None]:
    """``put("folder/name", content)`` writes into the lake."""
    s3.create_bucket(Bucket=LAKE)
    s3.create_bucket(Bucket=RESULTS)
    return lambda key, content: s3.put_object(Bucket=LAKE, Key=key, Body=content) and None


@pytest.fixture
def query(athena: Any, put: Callable[[str, bytes], None]) -> Query:
    """An empty database ``air``."""
    run = Query(athena)
    run("CREATE DATABASE air")
    return run


@pytest.fixture
def flights(query: Query, put: Callable[[str, bytes], None]) -> Query:
    """A table of three months: three flights each, one without a tail number."""
    for month in (1, 2, 3):
        rows = {
            "tail": ["N1", "N2", None],
            "delay": [month * 10, 5, None],
            "dist": [1.5, 2.25, 1e8],
            "day": [f"2013-{month:02d}-01"] * 3,
        }
        put(f"flights/month={month}/a.parquet", write_parquet(rows))
    query(CREATE)
    query("MSCK REPAIR TABLE flights")
    return query

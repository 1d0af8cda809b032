"""Athena in this process: what the server's tests cannot change."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

import pocketaws
from pocketaws.engines.athena.query import database


@pytest.fixture(autouse=True)
def lake() -> Iterator[None]:
    pocketaws.start()
    boto3.client("s3").create_bucket(Bucket="lake")
    yield
    pocketaws.stop()


def state(sql: str) -> tuple[str, str]:
    athena = boto3.client("athena")
    asked = athena.start_query_execution(QueryString=sql, ResultConfiguration={"OutputLocation": "s3://lake/"})
    found = athena.get_query_execution(QueryExecutionId=asked["QueryExecutionId"])["QueryExecution"]["Status"]
    return found["State"], found.get("StateChangeReason", "")


def test_a_query_without_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LONGEST", 0.5)
    numbers = "UNNEST(sequence(1, 1000000))"
    endless = f"SELECT count(*) FROM {numbers} a(x), {numbers} b(y), {numbers} c(z) WHERE x + y = z"
    assert state(endless) == ("FAILED", "Query timeout")
    assert state(f"CREATE TABLE sums AS {endless}")[0] == "FAILED"
    assert state("SELECT 1") == ("SUCCEEDED", "")

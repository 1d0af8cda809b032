"""What the tests of Kinesis share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

STREAM = "departures"
FIRST = "shardId-000000000000"


@pytest.fixture
def kinesis(door: Any) -> Any:
    """A client that does not try again by itself."""
    return door.client("kinesis", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def stream(kinesis: Any) -> Callable[..., str]:
    """``stream(shards=2)`` makes the stream and returns its name."""

    def create(shards: int = 1) -> str:
        kinesis.create_stream(StreamName=STREAM, ShardCount=shards)
        kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})
        return STREAM

    return create


@pytest.fixture
def put(kinesis: Any) -> Callable[..., Any]:
    """``put(400, size=10)`` puts so many records and returns the answer."""

    def send(count: int, size: int = 1, key: str = "key", stem: str = "") -> Any:
        records = [{"Data": f"{stem}{n}".ljust(size).encode(), "PartitionKey": key} for n in range(count)]
        return kinesis.put_records(StreamName=STREAM, Records=records)

    return send


@pytest.fixture
def read(kinesis: Any) -> Callable[..., Any]:
    """``read()`` reads a shard once from its beginning (or as told) and returns the answer."""

    def get(shard: str = FIRST, limit: int = 10_000, **start: Any) -> Any:
        start.setdefault("ShardIteratorType", "TRIM_HORIZON")
        iterator = kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard, **start)["ShardIterator"]
        return kinesis.get_records(ShardIterator=iterator, Limit=limit)

    return get


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(kinesis.put_record, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call

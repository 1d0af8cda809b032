"""Records out of a stream, and how far behind a reader is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from botocore.exceptions import ClientError

from helpers import session
from helpers._waiting import pause
from helpers.errors import aws_code
from helpers.streams._errors import stream_errors
from helpers.streams._streams import list_shards

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

__all__ = ["get_records", "lag", "read_shard", "read_stream"]

COLUMNS = ["shard", "sequence_number", "partition_key", "arrived", "data"]
#: What one GetRecords gives at most, and how long to pause when a shard was read too often.
MOST, PAUSE = 10_000, 0.25


def read_shard(
    stream: str, shard: str, *, after: str = "", limit: int | None = None, client: KinesisClient | None = None
) -> pd.DataFrame:
    """Read a shard up to its tip, one row a record.

    Parameters
    ----------
    stream
        Name of the stream.
    shard
        Id of the shard.
    after
        Sequence number to read on from; empty: from the oldest record kept.
    limit
        Stop after so many records.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    Columns ``shard``, ``sequence_number``, ``partition_key``, ``arrived``, ``data`` (bytes), in the shard's order.

    Raises
    ------
    StreamNotFound
        There is no such stream or shard.

    Examples
    --------
    >>> read_shard("departures", "shardId-000000000000", limit=1)["partition_key"].tolist()
    ['AA']
    """
    client = client or session.client("kinesis")
    with stream_errors(stream):
        answers = get_records(client, stream, shard, after, limit)
        rows = [_row(shard, record) for answer in answers for record in answer["Records"]]
    return pd.DataFrame(rows, columns=COLUMNS)


def read_stream(stream: str, *, client: KinesisClient | None = None) -> pd.DataFrame:
    """Read all that a stream keeps, shard after shard, parents before their children.

    Parameters
    ----------
    stream
        Name of the stream.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    Columns as of :func:`read_shard`; order holds within a shard, not between shards.

    Raises
    ------
    StreamNotFound
        There is no such stream.

    Examples
    --------
    >>> len(read_stream("departures"))
    2
    """
    frames = [read_shard(stream, shard, client=client) for shard in list_shards(stream, client=client)["shard"]]
    found = [frame for frame in frames if len(frame)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def lag(stream: str, checkpoints: Mapping[str, str], *, client: KinesisClient | None = None) -> pd.DataFrame:
    """Say how far a reader is behind the tip of each shard.

    Parameters
    ----------
    stream
        Name of the stream.
    checkpoints
        Shard to the last sequence number that was dealt with; a shard that is not there was not read yet.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    Columns ``shard``, ``seconds_behind`` (the age of the oldest record that waits; 0 at the tip), ``waiting``
    (records up to 10,000).

    Raises
    ------
    StreamNotFound
        There is no such stream.

    Examples
    --------
    >>> lag("departures", {})["waiting"].sum()
    2
    """
    client = client or session.client("kinesis")
    rows: list[Any] = []
    for shard in list_shards(stream, client=client)["shard"]:
        first = next(get_records(client, stream, shard, checkpoints.get(shard, ""), MOST))["Records"]
        age = (session.now() - first[0]["ApproximateArrivalTimestamp"]).total_seconds() if first else 0.0
        rows.append((shard, age, len(first)))
    return pd.DataFrame(rows, columns=["shard", "seconds_behind", "waiting"])


def get_records(client: KinesisClient, stream: str, shard: str, after: str, limit: int | None = None) -> Iterator[Any]:
    """Yield the answers of GetRecords until the tip, or the end of a closed shard, is reached."""
    start: Any = {"ShardIteratorType": "TRIM_HORIZON"}
    if after:
        start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": after}
    iterator = client.get_shard_iterator(StreamName=stream, ShardId=shard, **start)["ShardIterator"]
    left = limit or MOST
    while iterator and left:
        answer: Any = _patiently(client, iterator, min(left, MOST))
        yield answer
        iterator = answer.get("NextShardIterator", "") if answer["MillisBehindLatest"] else ""
        left -= len(answer["Records"]) if limit else 0


def _patiently(client: KinesisClient, iterator: str, limit: int) -> Any:
    """Read, and wait a little when the shard was read too often within the second."""
    for _ in range(20):
        try:
            return client.get_records(ShardIterator=iterator, Limit=limit)
        except ClientError as error:
            if aws_code(error) != "ProvisionedThroughputExceededException":
                raise
        pause(PAUSE)
    return client.get_records(ShardIterator=iterator, Limit=limit)


def _row(shard: str, record: Any) -> list[object]:
    when = pd.Timestamp(record["ApproximateArrivalTimestamp"]).tz_convert("UTC")
    return [shard, record["SequenceNumber"], record["PartitionKey"], when, record["Data"]]

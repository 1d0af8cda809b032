"""Streams and their shards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers._waiting import wait_until
from helpers.streams._errors import stream_errors

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

__all__ = ["create_stream", "list_shards", "reshard"]

COLUMNS = ["shard", "parent", "adjacent_parent", "is_open", "starting_hash", "ending_hash", "share"]
HASH_KEYS = 2**128


def create_stream(
    stream: str, shards: int | None = 1, *, wait: bool = True, client: KinesisClient | None = None
) -> str:
    """Create a Kinesis stream and wait until it takes records.

    Parameters
    ----------
    stream
        Name of the stream.
    shards
        How many shards: each takes 1 MiB or 1,000 records a second.  None: on-demand, AWS chooses.
    wait
        Wait until it is ACTIVE.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    The ARN of the stream.

    Raises
    ------
    StreamNameTaken
        A stream of this name exists.

    Examples
    --------
    >>> create_stream("departures", 2).rpartition("/")[2]
    'departures'
    """
    client = client or session.client("kinesis")
    mode: Any = {"ShardCount": shards} if shards else {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    with stream_errors(stream):
        client.create_stream(StreamName=stream, **mode)
    return _wait(client, stream) if wait else _summary(client, stream)["StreamARN"]


def reshard(stream: str, shards: int, *, client: KinesisClient | None = None) -> int:
    """Give a stream another number of shards of equal range, from half to double of those it has.

    Parameters
    ----------
    stream
        Name of the stream.
    shards
        How many shards it is to have.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    How many shards are open afterwards.

    Raises
    ------
    StreamNotFound
        There is no such stream.

    Examples
    --------
    >>> reshard("departures", 4)
    4
    """
    client = client or session.client("kinesis")
    with stream_errors(stream):
        client.update_shard_count(StreamName=stream, TargetShardCount=shards, ScalingType="UNIFORM_SCALING")
    _wait(client, stream)
    return int(_summary(client, stream)["OpenShardCount"])


def list_shards(stream: str, *, client: KinesisClient | None = None) -> pd.DataFrame:
    """List the shards of a stream, open and closed, one row each.

    Parameters
    ----------
    stream
        Name of the stream.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    Columns ``shard``, ``parent`` and ``adjacent_parent`` (empty where there is none), ``is_open``, ``starting_hash``
    and ``ending_hash`` (whole numbers of up to 39 digits), ``share`` (of all hash keys, 0 to 1).

    Raises
    ------
    StreamNotFound
        There is no such stream.

    Examples
    --------
    >>> list_shards("departures")["share"].tolist()
    [0.5, 0.5]
    """
    client = client or session.client("kinesis")
    with stream_errors(stream):
        pages = client.get_paginator("list_shards").paginate(StreamName=stream)
        return pd.DataFrame([_row(shard) for page in pages for shard in page["Shards"]], columns=COLUMNS)


def _row(shard: Any) -> list[object]:
    low, high = int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"])
    parents = shard.get("ParentShardId", ""), shard.get("AdjacentParentShardId", "")
    is_open = "EndingSequenceNumber" not in shard["SequenceNumberRange"]
    return [shard["ShardId"], *parents, is_open, low, high, (high - low + 1) / HASH_KEYS]


def _summary(client: KinesisClient, stream: str) -> Any:
    return client.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]


def _wait(client: KinesisClient, stream: str) -> str:
    """Wait until a stream is ACTIVE; return its ARN."""

    def ask() -> str | None:
        summary = _summary(client, stream)
        return str(summary["StreamARN"]) if summary["StreamStatus"] == "ACTIVE" else None

    return wait_until(ask, what=f"the stream {stream} to be ACTIVE", every=5, at_most=300)

"""A consumer: it reads a batch, deals with it, and only then writes down how far it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers.streams._errors import stream_errors
from helpers.streams._reading import get_records
from helpers.streams._streams import list_shards

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kinesis import KinesisClient

__all__ = ["Checkpoints", "consume"]

Handler = Callable[[list[dict[str, Any]]], object]


class Checkpoints(MutableMapping[str, str]):
    """How far a consumer is in each shard, kept in a DynamoDB table, so that its successor knows.

    The table's partition key is ``shard``, text.  AWS's own client library keeps its leases so.

    Parameters
    ----------
    table
        Name of the table.
    client
        DynamoDB client; by default the session's.
    """

    def __init__(self, table: str, *, client: DynamoDBClient | None = None) -> None:
        self._table = table
        self._client = client or session.client("dynamodb")

    def __getitem__(self, shard: str) -> str:
        """Return the last sequence number that was dealt with."""
        answer = self._client.get_item(TableName=self._table, Key={"shard": {"S": shard}}, ConsistentRead=True)
        if "Item" not in answer:
            raise KeyError(shard)
        return str(answer["Item"]["sequence_number"]["S"])

    def __setitem__(self, shard: str, sequence_number: str) -> None:
        """Write down how far the consumer is."""
        item: Any = {"shard": {"S": shard}, "sequence_number": {"S": sequence_number}}
        self._client.put_item(TableName=self._table, Item=item)

    def __delitem__(self, shard: str) -> None:
        """Forget a shard: it will be read from its beginning."""
        self._client.delete_item(TableName=self._table, Key={"shard": {"S": shard}})

    def __iter__(self) -> Iterator[str]:
        """Yield the shards that are known."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table)
        return (item["shard"]["S"] for page in pages for item in page["Items"])

    def __len__(self) -> int:
        """Count the shards that are known."""
        return sum(1 for _ in self)


def consume(
    stream: str,
    handler: Handler,
    checkpoints: MutableMapping[str, str],
    *,
    batch: int = 100,
    client: KinesisClient | None = None,
) -> int:
    """Hand every record behind the checkpoints to a handler, batch by batch, until the tip of each shard.

    The checkpoint is written after the handler is done.  A consumer that dies in between leaves it where it was, and
    its successor is given the same records again: at least once, never less.

    Parameters
    ----------
    stream
        Name of the stream.
    handler
        Called with a list of dicts, the records' JSON; an error it raises ends the run.
    checkpoints
        Shard to sequence number: a dict, or :class:`Checkpoints`.
    batch
        Records handed over at once.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    How many records were dealt with.

    Raises
    ------
    StreamNotFound
        There is no such stream.

    Examples
    --------
    >>> seen = []
    >>> consume("departures", seen.extend, {})
    2
    """
    client = client or session.client("kinesis")
    done = 0
    for shard in list_shards(stream, client=client)["shard"]:
        with stream_errors(stream):
            records = _records(client, stream, shard, checkpoints.get(shard, ""))
        for start in range(0, len(records), batch):
            part = records[start : start + batch]
            handler([json.loads(record["Data"]) for record in part])
            checkpoints[shard] = part[-1]["SequenceNumber"]
            done += len(part)
    return done


def _records(client: KinesisClient, stream: str, shard: str, after: str) -> list[Any]:
    return [record for answer in get_records(client, stream, shard, after) for record in answer["Records"]]

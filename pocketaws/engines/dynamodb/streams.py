"""DynamoDB Streams: what changed in a table, in order, for a day.

A stream here has one shard for as long as it is enabled (AWS opens new shards as tables grow and every few hours).
Disabling a stream, or deleting its table, closes the shard; its records stay readable for their 24 hours.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html,
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
"""

from __future__ import annotations

import base64
import hashlib
import json
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from pocketaws import arrivals, clock
from pocketaws.engines.dynamodb.errors import DynamoDBError, not_found, validation
from pocketaws.engines.dynamodb.tables import Database, Table, database_of
from pocketaws.engines.dynamodb.values import Item, equal, item_size

__all__ = [
    "close",
    "describe_stream",
    "get_records",
    "get_shard_iterator",
    "list_streams",
    "open_stream",
    "record",
    "stream_of",
]

RETENTION = timedelta(hours=24)
ITERATOR_LIFE = timedelta(minutes=15)
MOST_RECORDS = 1000
MOST_BYTES = 1024 * 1024
_PAGE = 100
_FIRST = 10**20
#: Where an iterator stands that begins with the oldest record, whichever that is by then.
_HORIZON = 0
#: The images that a stream holds, by view type.
_VIEWS = {"NewImage": ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"), "OldImage": ("OLD_IMAGE", "NEW_AND_OLD_IMAGES")}


@dataclass
class Record:
    """One change; ``body`` is the record as GetRecords answers it."""

    number: int
    when: datetime
    size: int
    body: dict[str, Any]


@dataclass
class Stream:
    """A stream and its one shard."""

    arn: str
    label: str
    table: str
    view: str
    key_schema: list[dict[str, str]]
    created: datetime
    shard: str
    closed: datetime | None = None
    next: int = _FIRST
    records: list[Record] = field(default_factory=list)

    def trim(self) -> None:
        """Forget the records that are older than a day."""
        oldest = clock.now() - RETENTION
        kept = next((place for place, one in enumerate(self.records) if one.when >= oldest), len(self.records))
        del self.records[:kept]

    @property
    def horizon(self) -> int:
        """The number of the oldest record that is still there, or of the next one."""
        return self.records[0].number if self.records else self.next

    @property
    def description(self) -> dict[str, Any]:
        """The shard as DescribeStream shows it."""
        numbers = {"StartingSequenceNumber": str(_FIRST)}
        if self.closed:
            numbers["EndingSequenceNumber"] = str(max(_FIRST, self.next - 1))
        return {"ShardId": self.shard, "SequenceNumberRange": numbers}


def open_stream(table: Table, view: str) -> None:
    """Begin a new stream of a table, with images of a view type."""
    database, now = database_of(table), clock.now()
    table.stream_label = _label(now)
    while table.stream_arn in database.streams:
        table.stream_label = _label(now := now + timedelta(milliseconds=1))
    arn = f"{table.arn}/stream/{table.stream_label}"
    digest = hashlib.blake2b(arn.encode(), digest_size=4).hexdigest()
    shard = f"shardId-{int(now.timestamp() * 1000):020d}-{digest}"
    database.streams[arn] = Stream(arn, table.stream_label, table.name, view, table.key_schema, clock.now(), shard)


def _label(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def close(table: Table) -> None:
    """End a table's stream, if it has one that is open."""
    stream = database_of(table).streams.get(table.stream_arn or "")
    if stream is not None and stream.closed is None:
        stream.closed = clock.now()


def record(table: Table, old: Item | None, new: Item | None, user_identity: dict[str, str] | None) -> None:
    """Add a write to the table's stream; a write that changes nothing adds nothing."""
    if table.stream_specification is None:
        return
    stream = database_of(table).streams.get(table.stream_arn or "")
    some = new if new is not None else old
    if stream is None or some is None or (old is not None and new is not None and equal({"M": old}, {"M": new})):
        return
    now = clock.now()
    keys = table.key_of(some)
    change: dict[str, Any] = {"ApproximateCreationDateTime": now.replace(microsecond=0), "Keys": keys}
    size = item_size(keys)
    for name, image in (("NewImage", new), ("OldImage", old)):
        if image is not None and stream.view in _VIEWS[name]:
            change[name] = image
            size += item_size(image)
    change.update(SequenceNumber=str(stream.next), SizeBytes=size, StreamViewType=stream.view)
    body: dict[str, Any] = {
        "eventID": hashlib.blake2b(f"{stream.arn}{stream.next}".encode(), digest_size=16).hexdigest(),
        "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": table.region,
        "dynamodb": change,
    }
    if user_identity:
        body["userIdentity"] = user_identity
    stream.trim()
    stream.records.append(Record(stream.next, now, size, body))
    stream.next += 1
    arrivals.tell(stream.arn)


def _find(database: Database, arn: str) -> Stream:
    """Return a stream; one that ended a day ago is gone."""
    stream: Stream | None = database.streams.get(arn)
    if stream is None or (stream.closed is not None and clock.now() - stream.closed >= RETENTION):
        raise not_found(f"Requested resource not found: Stream: {arn} not found")
    stream.trim()
    return stream


def list_streams(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListStreams``."""
    name, start = request.get("TableName"), request.get("ExclusiveStartStreamArn", "")
    limit = min(request.get("Limit", _PAGE), _PAGE)
    oldest = clock.now() - RETENTION
    found = [
        stream
        for arn, stream in sorted(database.streams.items())
        if arn > start and name in (None, stream.table) and (stream.closed is None or stream.closed > oldest)
    ]
    shown = [{"StreamArn": one.arn, "TableName": one.table, "StreamLabel": one.label} for one in found[:limit]]
    return {"Streams": shown} | ({"LastEvaluatedStreamArn": found[limit - 1].arn} if len(found) > limit else {})


def describe_stream(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeStream``."""
    stream = _find(database, request["StreamArn"])
    after = request.get("ExclusiveStartShardId")
    childless = request.get("ShardFilter") is not None
    shards = [] if childless or (after is not None and after >= stream.shard) else [stream.description]
    return {
        "StreamDescription": {
            "StreamArn": stream.arn,
            "StreamLabel": stream.label,
            "StreamStatus": "DISABLED" if stream.closed else "ENABLED",
            "StreamViewType": stream.view,
            "CreationRequestDateTime": stream.created,
            "TableName": stream.table,
            "KeySchema": stream.key_schema,
            "Shards": shards,
        }
    }


def get_shard_iterator(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetShardIterator``."""
    stream = _find(database, request["StreamArn"])
    if request["ShardId"] != stream.shard:
        raise not_found(f"Requested resource not found: Shard: {request['ShardId']} in Stream: {stream.arn} not found")
    kind = request["ShardIteratorType"]
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        position = _number(request.get("SequenceNumber"), kind) + (kind == "AFTER_SEQUENCE_NUMBER")
        if position < stream.horizon:
            raise _trimmed()
    elif kind == "AT_TIMESTAMP":
        if request.get("Timestamp") is None:
            raise validation("Timestamp is required when ShardIteratorType is AT_TIMESTAMP")
        since = datetime.fromtimestamp(request["Timestamp"], timezone.utc)
        position = next((one.number for one in stream.records if one.when >= since), stream.next)
    else:
        position = _HORIZON if kind == "TRIM_HORIZON" else stream.next
    return {"ShardIterator": _iterator(stream, position)}


def _number(text: str | None, kind: str) -> int:
    if text is None:
        raise validation(f"SequenceNumber is required when ShardIteratorType is {kind}")
    if not text.isdigit() or int(text) < _FIRST:
        raise validation(f"Invalid SequenceNumber: {text}")
    return int(text)


def _trimmed() -> DynamoDBError:
    return DynamoDBError("TrimmedDataAccessException", "The data you are trying to access has been trimmed")


def _iterator(stream: Stream, position: int) -> str:
    state = json.dumps([stream.arn, position, clock.now().timestamp()])
    return f"{stream.arn}|1|{base64.b64encode(state.encode()).decode()}"


def stream_of(request: dict[str, Any]) -> str | None:
    """Return the ARN of the stream whose iterator a request holds, None if it holds none."""
    arn, _, _ = str(request.get("ShardIterator") or "").partition("|")
    return arn or None


def get_records(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetRecords``: up to a thousand records or a megabyte."""
    limit = request.get("Limit", MOST_RECORDS)
    if limit > MOST_RECORDS:
        raise validation(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
            f"Member must have value less than or equal to {MOST_RECORDS}"
        )
    try:
        arn, position, issued = json.loads(base64.b64decode(request["ShardIterator"].rpartition("|")[2], validate=True))
        age = clock.now().timestamp() - float(issued)
    except (ValueError, TypeError):
        raise validation("Invalid ShardIterator") from None
    stream = _find(database, arn)
    if age > ITERATOR_LIFE.total_seconds():
        raise DynamoDBError("ExpiredIteratorException", "Iterator expired")
    if position == _HORIZON:
        position = stream.horizon
    if position < stream.horizon:
        raise _trimmed()
    first = bisect_left(stream.records, position, key=lambda one: one.number)
    page: list[Record] = []
    size = 0
    for one in stream.records[first : first + limit]:
        size += one.size
        if page and size > MOST_BYTES:
            break
        page.append(one)
    position += len(page)
    answer: dict[str, Any] = {"Records": [one.body for one in page]}
    if stream.closed is None or position < stream.next:
        answer["NextShardIterator"] = _iterator(stream, position)
    return answer

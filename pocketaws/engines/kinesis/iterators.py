"""Shard iterators: a place in a shard, good for five minutes.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from pocketaws import clock
from pocketaws.engines.kinesis.errors import KinesisError, invalid, validation
from pocketaws.engines.kinesis.shards import Shard
from pocketaws.engines.kinesis.streams import Stream

__all__ = ["KINDS", "Place", "place_of", "position", "token"]

LIFETIME = timedelta(minutes=5)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
KINDS = ("AFTER_SEQUENCE_NUMBER", "AT_SEQUENCE_NUMBER", "AT_TIMESTAMP", "LATEST", "TRIM_HORIZON")


class Place(NamedTuple):
    """Where an iterator stands: behind a sequence number."""

    stream: str
    shard: str
    position: int


def token(stream: Stream, shard: Shard, position: int) -> str:
    """Return an iterator that stands behind a sequence number."""
    created = int(clock.now().timestamp() * 1000)
    text = f"{stream.stream_name}|{int(stream.creation_datetime.timestamp())}|{shard.shard_id}|{position}|{created}"
    return base64.b64encode(f"pocketaws-iterator|{text}".encode()).decode()


def place_of(backend: Any, iterator: str) -> Place:
    """Read an iterator.

    Raises
    ------
    KinesisError
        It is none, its stream is gone, or it was made more than five minutes ago.
    """
    try:
        kind, name, born, shard, position, created = base64.b64decode(iterator, validate=True).decode().split("|")
        made = datetime.fromtimestamp(int(created) / 1000, timezone.utc)
    except (ValueError, binascii.Error):
        raise invalid("Invalid ShardIterator.") from None
    stream = backend.streams.get(name)
    if kind != "pocketaws-iterator" or (stream and int(stream.creation_datetime.timestamp()) != int(born)):
        raise invalid("Invalid ShardIterator.")
    now = clock.now()
    if now - made > LIFETIME:
        raise KinesisError(
            "ExpiredIteratorException",
            f"Iterator expired. The iterator was created at time {_java(made)} while right now it is {_java(now)} "
            "which is further in the future than the tolerated delay of 300000 milliseconds.",
        )
    return Place(name, shard, int(position))


def position(stream: Stream, shard: Shard, request: dict[str, Any]) -> int:
    """Return the position that GetShardIterator, or a subscription, asks for.

    Parameters
    ----------
    request
        With ``ShardIteratorType`` (or ``Type``), ``StartingSequenceNumber`` (or ``SequenceNumber``), ``Timestamp``.
    """
    kind = request.get("ShardIteratorType") or request.get("Type")
    if kind not in KINDS:
        raise validation(kind, "shardIteratorType", f"Member must satisfy enum value set: [{', '.join(KINDS)}]")
    if kind == "LATEST":
        return shard.last_sequence
    if kind == "TRIM_HORIZON":
        return 0
    if kind == "AT_TIMESTAMP":
        return _at_time(shard, request.get("Timestamp"))
    number = request.get("StartingSequenceNumber") or request.get("SequenceNumber")
    if number is None:
        raise invalid(f"Must specify starting sequence number for {kind} shard iterator type.")
    if not str(number).isdigit() or not shard.owns(int(number)):
        raise invalid(
            f"StartingSequenceNumber {number} used in GetShardIterator on shard {shard.shard_id} in stream "
            f"{stream.stream_name} under account {stream.account_id} is invalid because it did not come from "
            "this stream."
        )
    return int(str(number)) - int(kind == "AT_SEQUENCE_NUMBER")


def _at_time(shard: Shard, stamp: Any) -> int:
    if stamp is None:
        raise invalid("Must specify timestamp for AT_TIMESTAMP shard iterator type.")
    when = datetime.fromtimestamp(float(stamp), timezone.utc)
    if when > clock.now():
        raise invalid(
            f"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            f"timestampInMillis: {int(float(stamp) * 1000)}, "
            f"currentTimestampInMillis: {int(clock.now().timestamp() * 1000)}"
        )
    return shard.position_at(when)


def _java(when: datetime) -> str:
    """Return a time as Java prints it, which is how AWS's message shows it."""
    day, month = DAYS[when.weekday()], MONTHS[when.month - 1]
    return f"{day} {month} {when:%d %H:%M:%S} UTC {when:%Y}"

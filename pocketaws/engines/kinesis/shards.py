"""A shard: a range of hash keys, an ordered list of records, and where it comes from.

Sequence numbers have 56 digits, as AWS's do: ``49``, the milliseconds at which the record came, its place in the shard
and the number of the shard.  They grow within a shard and tell which shard they belong to.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from pocketaws import clock
from pocketaws.engines.kinesis.throttling import READ, WRITE, Meter

__all__ = ["HASH_KEYS", "Record", "Shard"]

#: How many hash keys there are: those of MD5.
HASH_KEYS = 2**128
_sequence = attrgetter("sequence_number")
_arrival = attrgetter("arrived")


@dataclass(slots=True)
class Record:
    """One record, as it was put."""

    partition_key: str
    data: bytes
    sequence_number: int
    arrived: datetime
    hash_key: int

    @property
    def size(self) -> int:
        """Bytes that count for the limits: data and key."""
        return len(self.data) + len(self.partition_key.encode())

    def answer(self) -> dict[str, Any]:
        """Return the record as GetRecords lists it."""
        return {
            "SequenceNumber": str(self.sequence_number),
            "ApproximateArrivalTimestamp": self.arrived,
            "Data": self.data,
            "PartitionKey": self.partition_key,
        }


class Shard:
    """One shard.

    Parameters
    ----------
    number
        Its number in the stream, from 0.
    starting_hash, ending_hash
        First and last hash key of its range.
    parent, adjacent_parent
        Ids of the shards it was made from by a split or merge.
    """

    def __init__(
        self,
        number: int,
        starting_hash: int,
        ending_hash: int,
        parent: str | None = None,
        adjacent_parent: str | None = None,
    ) -> None:
        self.number = number
        self.shard_id = f"shardId-{number:012d}"
        self.starting_hash, self.ending_hash = starting_hash, ending_hash
        self.parent, self.adjacent_parent = parent, adjacent_parent
        self.created = clock.now()
        self.closed: datetime | None = None
        self.records: list[Record] = []
        self._count = 0
        self._milliseconds = _milliseconds(self.created)
        self.first_sequence = self.last_sequence = self._number()
        self.writes, self.reads = Meter(WRITE), Meter(READ)

    @property
    def is_open(self) -> bool:
        """Whether it takes records; a shard that was split or merged does not."""
        return self.closed is None

    @property
    def parents(self) -> list[str]:
        """Ids of the shards it was made from."""
        return [parent for parent in (self.parent, self.adjacent_parent) if parent]

    def append(self, partition_key: str, data: bytes, hash_key: int) -> Record:
        """Add a record at the end."""
        arrived = clock.now()
        self._milliseconds = max(self._milliseconds, _milliseconds(arrived))
        self._count += 1
        self.last_sequence = self._number()
        record = Record(partition_key, data, self.last_sequence, arrived, hash_key)
        self.records.append(record)
        return record

    def close(self) -> None:
        """Take no more records."""
        self.closed = clock.now()
        self._count += 1
        self._milliseconds = max(self._milliseconds, _milliseconds(self.closed))
        self.last_sequence = self._number()

    def after(self, position: int, limit: int, most_bytes: int) -> list[Record]:
        """Return records behind a sequence number, up to so many and so many bytes (but one at least)."""
        start = bisect_right(self.records, position, key=_sequence)
        found, size = self.records[start : start + limit], 0
        for count, record in enumerate(found):
            size += record.size
            if size > most_bytes and count:
                return found[:count]
        return found

    def behind(self, position: int) -> Record | None:
        """Return the first record behind a sequence number."""
        start = bisect_right(self.records, position, key=_sequence)
        return self.records[start] if start < len(self.records) else None

    def position_at(self, when: datetime) -> int:
        """Return the position just before the first record that came at a time or later."""
        start = bisect_left(self.records, when, key=_arrival)
        return self.records[start].sequence_number - 1 if start < len(self.records) else self.last_sequence

    def owns(self, sequence_number: int) -> bool:
        """Whether a sequence number is one of this shard's."""
        return self.first_sequence <= sequence_number <= self.last_sequence and (
            sequence_number % 10**12 == self.number
        )

    def trim(self, horizon: datetime) -> None:
        """Forget the records that came before a time."""
        if self.records and self.records[0].arrived < horizon:
            del self.records[: bisect_left(self.records, horizon, key=_arrival)]

    def range(self) -> dict[str, str]:
        """Return the range of hash keys as AWS shows it."""
        return {"StartingHashKey": str(self.starting_hash), "EndingHashKey": str(self.ending_hash)}

    def answer(self) -> dict[str, Any]:
        """Return the shard as ListShards lists it."""
        numbers = {"StartingSequenceNumber": str(self.first_sequence)}
        if not self.is_open:
            numbers["EndingSequenceNumber"] = str(self.last_sequence)
        shown: dict[str, Any] = {
            "ShardId": self.shard_id,
            "HashKeyRange": self.range(),
            "SequenceNumberRange": numbers,
        }
        if self.parent:
            shown["ParentShardId"] = self.parent
        if self.adjacent_parent:
            shown["AdjacentParentShardId"] = self.adjacent_parent
        return shown

    def _number(self) -> int:
        return int(f"49{self._milliseconds:015d}{self._count:027d}{self.number:012d}")


def _milliseconds(when: datetime) -> int:
    return int(when.timestamp() * 1000)

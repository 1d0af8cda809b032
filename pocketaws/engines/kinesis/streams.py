"""A stream: moto's, with our shards; and who hears of its records."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeAlias

from moto.kinesis.models import Stream as MotoStream

from pocketaws import arrivals, clock
from pocketaws.engines.kinesis.errors import invalid, not_found
from pocketaws.engines.kinesis.shards import HASH_KEYS, Record, Shard

__all__ = ["Listener", "Stream", "hash_key_of", "listeners", "stream_of"]

#: Called with a stream, one of its shards and the records that were put there.
Listener: TypeAlias = Callable[["Stream", Shard, list[Record]], None]
listeners: list[Listener] = []


class Stream(MotoStream):  # type: ignore[misc]
    """A stream whose shards keep limits, order and lineage."""

    def init_shards(self, shard_count: int) -> None:
        """Make the first shards, of equal ranges; moto calls it when a stream is made."""
        bounds = [HASH_KEYS * number // shard_count for number in range(shard_count + 1)]
        made = [Shard(number, bounds[number], bounds[number + 1] - 1) for number in range(shard_count)]
        self.shards = {shard.shard_id: shard for shard in made}
        self.max_record_kib = 1024
        self.next_number = shard_count
        self.shard_updates: list[Any] = []
        self.peak = 0.0
        self.window: tuple[Any, float] | None = None

    @property
    def shard_count(self) -> int:
        """How many shards are open."""
        return len(self.open_shards())

    @shard_count.setter
    def shard_count(self, count: int | None) -> None:
        """Take moto's word for nothing: the shards are counted."""

    @property
    def is_on_demand(self) -> bool:
        """Whether AWS chooses the number of shards."""
        return bool(self.stream_mode.get("StreamMode") == "ON_DEMAND")

    def open_shards(self) -> list[Shard]:
        """Return the shards that take records, in the order of their ranges."""
        return sorted((shard for shard in self.shards.values() if shard.is_open), key=lambda each: each.starting_hash)

    def shard_for(self, hash_key: int) -> Shard:
        """Return the open shard that a hash key belongs to."""
        return next(
            shard
            for shard in self.shards.values()
            if shard.is_open and shard.starting_hash <= hash_key <= shard.ending_hash
        )

    def shard(self, shard_id: str) -> Shard:
        """Return a shard by its id.

        Raises
        ------
        KinesisError
            There is none.
        """
        found: Shard | None = self.shards.get(shard_id)
        if found is None:
            text = f"Shard {shard_id} in stream {self.stream_name} under account {self.account_id} does not exist"
            raise not_found(text)
        return found

    def trim(self) -> None:
        """Forget records older than the retention period, and closed shards that hold none any more."""
        horizon = clock.now() - timedelta(hours=self.retention_period_hours)
        for shard in list(self.shards.values()):
            shard.trim(horizon)
            if shard.closed and shard.closed < horizon:
                del self.shards[shard.shard_id]

    def put_record(self, partition_key: str, explicit_hash_key: str | None, data: str) -> tuple[str, str]:
        """Add a record past all limits; CloudWatch Logs in moto calls it, with data in base64."""
        shard = self.shard_for(hash_key_of(partition_key, explicit_hash_key))
        record = shard.append(partition_key, base64.b64decode(data), hash_key_of(partition_key, explicit_hash_key))
        self.tell(shard, [record])
        return str(record.sequence_number), shard.shard_id

    def tell(self, shard: Shard, records: list[Record]) -> None:
        """Tell the listeners of new records, and who reads streams for others."""
        for listener in listeners:
            listener(self, shard, records)
        arrivals.tell(self.arn)

    def description(self, shards: Iterable[Shard], *, more: bool) -> dict[str, Any]:
        """Return the stream as DescribeStream shows it."""
        return {
            **self._common(),
            "HasMoreShards": more,
            "Shards": [shard.answer() for shard in shards],
        }

    def summary(self) -> dict[str, Any]:
        """Return the stream as DescribeStreamSummary shows it."""
        return {
            **self._common(),
            "OpenShardCount": self.shard_count,
            "ConsumerCount": len(self.consumers),
            "MaxRecordSizeInKiB": self.max_record_kib,
        }

    def _common(self) -> dict[str, Any]:
        return {
            "StreamName": self.stream_name,
            "StreamARN": self.arn,
            "StreamStatus": self.status,
            "StreamModeDetails": self.stream_mode,
            "RetentionPeriodHours": self.retention_period_hours,
            "StreamCreationTimestamp": self.creation_datetime,
            "EnhancedMonitoring": [{"ShardLevelMetrics": self.shard_level_metrics}],
            "EncryptionType": self.encryption_type,
            "KeyId": self.key_id,
        }


def hash_key_of(partition_key: str, explicit: str | None) -> int:
    """Return the hash key that a record goes by: MD5 of its partition key, or the one it names.

    Raises
    ------
    KinesisError
        The hash key named is no number below 2**128.
    """
    if not explicit:
        return int.from_bytes(hashlib.md5(partition_key.encode(), usedforsecurity=False).digest(), "big")
    if not explicit.isdigit() or int(explicit) >= HASH_KEYS:
        raise invalid(
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
            f"Specified value was {explicit}"
        )
    return int(explicit)


def stream_of(backend: Any, request: dict[str, Any]) -> Stream:
    """Return the stream that a request names, old records forgotten.

    Parameters
    ----------
    backend
        moto's ``KinesisBackend``.
    request
        With ``StreamARN`` or ``StreamName``.
    """
    arn, name = request.get("StreamARN"), request.get("StreamName")
    if not arn and not name:
        raise invalid("StreamARN and StreamName are both null. Either must be specified in the request.")
    name = name or str(arn).partition(":stream/")[2].partition("/")[0]
    stream: Stream | None = backend.streams.get(name)
    if stream is None or (arn and str(arn).partition("/consumer/")[0] != stream.arn):
        raise not_found(f"Stream {name} under account {backend.account_id} not found.")
    stream.trim()
    return stream

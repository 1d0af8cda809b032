"""Putting and getting records.

Sources: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html,
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
"""

from __future__ import annotations

import base64
from typing import Any

from pocketaws import clock
from pocketaws.engines.kinesis import iterators, metrics, on_demand
from pocketaws.engines.kinesis.errors import KinesisError, invalid, throttled, validation
from pocketaws.engines.kinesis.shards import Record, Shard
from pocketaws.engines.kinesis.streams import Stream, hash_key_of, stream_of
from pocketaws.engines.kinesis.throttling import MIB

__all__ = ["get_records", "get_shard_iterator", "put_record", "put_records", "rate_exceeded"]

MOST_RECORDS, MOST_BYTES = 500, 10 * MIB
READ_RECORDS, READ_BYTES = 10_000, 10 * MIB


def put_record(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Put one record, or be throttled."""
    stream = stream_of(backend, request)
    shard_id, number, error = _put(stream, [_checked(stream, request, "data")])[0]
    if error:
        raise throttled(error)
    return {"ShardId": shard_id, "SequenceNumber": number, "EncryptionType": stream.encryption_type}


def put_records(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Put up to 500 records; those that a shard cannot take are named in the answer, the others are in."""
    stream = stream_of(backend, request)
    entries = request.get("Records") or []
    if not 1 <= len(entries) <= MOST_RECORDS:
        bound = f"less than or equal to {MOST_RECORDS}" if entries else "greater than or equal to 1"
        raise validation(None, "records", f"Member must have length {bound}")
    checked = [_checked(stream, entry, f"records.{place}.member.data") for place, entry in enumerate(entries, start=1)]
    if sum(len(data) + len(key.encode()) for key, data, _ in checked) > MOST_BYTES:
        raise invalid("Records size exceeds 10 MB limit")
    outcomes = _put(stream, checked)
    answers: list[dict[str, Any]] = [
        {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": error}
        if error
        else {"SequenceNumber": number, "ShardId": shard_id}
        for shard_id, number, error in outcomes
    ]
    failed = sum(bool(error) for *_, error in outcomes)
    return {"FailedRecordCount": failed, "Records": answers, "EncryptionType": stream.encryption_type}


def get_shard_iterator(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Return an iterator for a place in a shard."""
    stream = stream_of(backend, request)
    shard = stream.shard(request.get("ShardId", ""))
    return {"ShardIterator": iterators.token(stream, shard, iterators.position(stream, shard, request))}


def get_records(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Return what comes next in a shard, how far behind its tip that is, and the iterator to go on with."""
    limit = request.get("Limit", READ_RECORDS)
    if not 1 <= limit <= READ_RECORDS:
        bound = "less than or equal to 10000" if limit > 1 else "greater than or equal to 1"
        raise validation(limit, "limit", f"Member must have value {bound}")
    place = iterators.place_of(backend, request["ShardIterator"])
    stream = stream_of(backend, {"StreamName": place.stream})
    shard = stream.shard(place.shard)
    _admit(stream, shard, hash(request["ShardIterator"]))
    found = shard.after(place.position, limit, READ_BYTES)
    shard.reads.charge("bytes", sum(record.size for record in found))
    position = found[-1].sequence_number if found else place.position
    late = _milliseconds_behind(shard, position)
    metrics.read(backend, stream, found, late)
    answer: dict[str, Any] = {"Records": [record.answer() for record in found], "MillisBehindLatest": late}
    if shard.is_open or shard.behind(position):
        answer["NextShardIterator"] = iterators.token(stream, shard, position)
    else:
        answer["ChildShards"] = children(stream, shard)
    return answer


def children(stream: Stream, shard: Shard) -> list[dict[str, Any]]:
    """Return the shards that a closed one was split or merged into."""
    return [
        {"ShardId": each.shard_id, "ParentShards": each.parents, "HashKeyRange": each.range()}
        for each in stream.shards.values()
        if shard.shard_id in each.parents
    ]


def rate_exceeded(stream: Stream, shard: Shard) -> str:
    """Return AWS's message for a shard that is asked too much of."""
    return f"Rate exceeded for shard {shard.shard_id} in stream {stream.stream_name} under account {stream.account_id}."


def _milliseconds_behind(shard: Shard, position: int) -> int:
    waiting = shard.behind(position)
    return int((clock.now() - waiting.arrived).total_seconds() * 1000) if waiting else 0


def _admit(stream: Stream, shard: Shard, request: int) -> None:
    """Let a read pass, or refuse it: five reads a second, and 2 MiB a second over all that was read."""
    shard.reads.begin(request)
    if not (shard.reads.has_any(request, "bytes") and shard.reads.take(request, calls=1)):
        metrics.refused_read(stream)
        raise throttled(rate_exceeded(stream, shard))


def _checked(stream: Stream, entry: dict[str, Any], where: str) -> tuple[str, bytes, int]:
    """Return partition key, data and hash key of a record, or refuse it."""
    key, text = entry.get("PartitionKey", ""), entry.get("Data", "")
    if not 1 <= len(key) <= 256:
        bound = "less than or equal to 256" if key else "greater than or equal to 1"
        raise validation(key, "partitionKey", f"Member must have length {bound}")
    try:
        data = base64.b64decode(text)
    except ValueError:
        raise KinesisError("SerializationException", "Data is not base64") from None
    most = stream.max_record_kib * 1024
    if len(data) + len(key.encode()) > most:
        raise validation(None, where, f"Member must have length less than or equal to {most}")
    return key, data, hash_key_of(key, entry.get("ExplicitHashKey"))


def _put(stream: Stream, entries: list[tuple[str, bytes, int]]) -> list[tuple[str, str, str]]:
    """Put what the shards take; return shard id, sequence number and error of each."""
    shards = [stream.shard_for(hash_key) for _, _, hash_key in entries]
    prints = [hash(entry) for entry in entries]
    for shard in dict.fromkeys(shards):
        shard.writes.begin(*(each for each, owner in zip(prints, shards, strict=True) if owner is shard))
    outcomes: list[tuple[str, str, str]] = []
    taken: dict[Shard, list[Record]] = {}
    for (key, data, hash_key), shard, each in zip(entries, shards, prints, strict=True):
        if shard.writes.take(each, records=1, bytes=len(data) + len(key.encode())):
            record = shard.append(key, data, hash_key)
            taken.setdefault(shard, []).append(record)
            outcomes.append((shard.shard_id, str(record.sequence_number), ""))
        else:
            outcomes.append((shard.shard_id, "", rate_exceeded(stream, shard)))
    metrics.written(stream, [record for records in taken.values() for record in records], len(entries))
    on_demand.notice(stream, entries)
    for shard, records in taken.items():
        stream.tell(shard, records)
    return outcomes

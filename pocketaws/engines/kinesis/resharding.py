"""Resharding: split, merge, and both until there are as many shards of equal range as asked.

A shard that was split or merged is closed: it takes no records any more, and its own stay readable, in order, until
they are older than the retention period.  Its children know it as their parent.

Sources: https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html,
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

from pocketaws import clock
from pocketaws.engines.kinesis.errors import KinesisError, invalid, limit, not_found, validation
from pocketaws.engines.kinesis.shards import HASH_KEYS, Shard
from pocketaws.engines.kinesis.streams import Stream, stream_of

__all__ = ["make_uniform", "merge_shards", "split_shard", "update_shard_count"]

UPDATES_A_DAY = 10
_NAME = "[a-zA-Z0-9_.-]+"
ON_DEMAND = "Request is invalid. Stream {} under account {} is in On-Demand mode."


def split_shard(backend: Any, request: dict[str, Any]) -> None:
    """Split a shard in two at a hash key."""
    stream = _provisioned(stream_of(backend, request))
    shard = _open_shard(stream, request, "ShardToSplit")
    text = str(request["NewStartingHashKey"])
    if not text.isdigit():
        raise validation(
            text, "newStartingHashKey", "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})"
        )
    if not shard.starting_hash + 1 < int(text) < shard.ending_hash:
        raise invalid(
            f"NewStartingHashKey {text} used in SplitShard() on shard {shard.shard_id} in stream {stream.stream_name} "
            f"under account {stream.account_id} is not both greater than one plus the shard's StartingHashKey "
            f"{shard.starting_hash} and less than the shard's EndingHashKey {shard.ending_hash}."
        )
    _split(stream, shard, int(text))


def merge_shards(backend: Any, request: dict[str, Any]) -> None:
    """Merge two shards whose ranges touch."""
    stream = _provisioned(stream_of(backend, request))
    first, second = (_open_shard(stream, request, name) for name in ("ShardToMerge", "AdjacentShardToMerge"))
    if first.ending_hash + 1 != second.starting_hash and second.ending_hash + 1 != first.starting_hash:
        raise invalid(
            f"Shards {first.shard_id} and {second.shard_id} in stream {stream.stream_name} under account "
            f"{stream.account_id} are not an adjacent pair of shards eligible for merging"
        )
    _merge(stream, first, second)


def update_shard_count(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Make as many shards of equal range as asked, from half to double of those open."""
    stream = _provisioned(stream_of(backend, request))
    target, current = request["TargetShardCount"], stream.shard_count
    if request.get("ScalingType") != "UNIFORM_SCALING":
        raise validation(
            request.get("ScalingType"), "scalingType", "Member must satisfy enum value set: [UNIFORM_SCALING]"
        )
    if target < 1:
        raise validation(target, "targetShardCount", "Member must have value greater than or equal to 1")
    counts = f"Current open shard count: {current}, Target shard count: {target}"
    if target > 2 * current:
        raise limit(f"UpdateShardCount cannot scale up over double your current open shard count. {counts}")
    if 2 * target < current:
        raise limit(f"UpdateShardCount cannot scale down below half your current open shard count. {counts}")
    _count_update(stream)
    make_uniform(stream, target)
    return {
        "StreamName": stream.stream_name,
        "StreamARN": stream.arn,
        "CurrentShardCount": current,
        "TargetShardCount": target,
    }


def make_uniform(stream: Stream, target: int) -> None:
    """Split at the borders that are missing, then merge across those that are too many."""
    wanted = {HASH_KEYS * number // target for number in range(1, target)}
    if len(wanted) + 1 == stream.shard_count and wanted == {s.starting_hash for s in stream.open_shards()[1:]}:
        return
    for border in sorted(wanted):
        shard = stream.shard_for(border)
        if shard.starting_hash != border:
            _split(stream, shard, border)
    while True:
        shards = stream.open_shards()
        pair = next(((a, b) for a, b in pairwise(shards) if b.starting_hash not in wanted), None)
        if pair is None:
            return
        _merge(stream, *pair)


def _split(stream: Stream, shard: Shard, border: int) -> None:
    shard.close()
    _add(stream, shard.starting_hash, border - 1, shard.shard_id)
    _add(stream, border, shard.ending_hash, shard.shard_id)


def _merge(stream: Stream, first: Shard, second: Shard) -> None:
    first.close()
    second.close()
    low, high = min(first.starting_hash, second.starting_hash), max(first.ending_hash, second.ending_hash)
    _add(stream, low, high, first.shard_id, second.shard_id)


def _add(stream: Stream, low: int, high: int, *parents: str) -> None:
    shard = Shard(stream.next_number, low, high, *parents)
    stream.next_number += 1
    stream.shards[shard.shard_id] = shard


def _provisioned(stream: Stream) -> Stream:
    if stream.is_on_demand:
        raise KinesisError("ValidationException", ON_DEMAND.format(stream.stream_name, stream.account_id))
    return stream


def _open_shard(stream: Stream, request: dict[str, Any], member: str) -> Shard:
    shard_id = str(request[member])
    if not re.fullmatch(_NAME, shard_id):
        where = member[0].lower() + member[1:]
        raise validation(shard_id, where, f"Member must satisfy regular expression pattern: {_NAME}")
    found: Shard | None = stream.shards.get(shard_id)
    where = f"in stream {stream.stream_name} under account {stream.account_id}"
    if found is None:
        raise not_found(f"Could not find shard {shard_id} {where}.")
    if not found.is_open:
        raise invalid(
            f"Shard {shard_id} {where} has already been merged or split, and thus is not eligible for "
            "merging or splitting."
        )
    return found


def _count_update(stream: Stream) -> None:
    day_ago = clock.now() - timedelta(hours=24)
    stream.shard_updates[:] = [each for each in stream.shard_updates if each > day_ago]
    if len(stream.shard_updates) >= UPDATES_A_DAY:
        raise limit(
            f"Stream {stream.stream_name} under account {stream.account_id} was resharded {UPDATES_A_DAY} times "
            "within the last 24 hours, the most that UpdateShardCount allows."
        )
    stream.shard_updates.append(clock.now())

"""On-demand streams: AWS chooses the shards, after what it saw.

A stream begins with four shards (4 MiB a second) and is prepared for twice the busiest second seen so far.  When a
second asks for more than half of what the open shards take, shards are added 15 minutes later; until then what is too
much is throttled.  It is never made smaller here (AWS does so after a quiet day or more).

Source: https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from pocketaws import clock
from pocketaws.engines.kinesis import resharding
from pocketaws.engines.kinesis.streams import Stream
from pocketaws.engines.kinesis.throttling import WRITE

__all__ = ["notice"]

DELAY = timedelta(minutes=15)
#: Shards an on-demand stream grows to: 200 MiB a second, AWS's default quota in most Regions.
MOST = 200


def notice(stream: Stream, entries: list[tuple[str, bytes, int]]) -> None:
    """See how busy this second is, and book more shards where that is too much."""
    if not stream.is_on_demand:
        return
    size = sum(len(key.encode()) + len(data) for key, data, _ in entries)
    asked = max(size / WRITE["bytes"], len(entries) / WRITE["records"])
    second = clock.now().replace(microsecond=0)
    stream.window = (second, asked + (stream.window[1] if _is(stream, second) and stream.window else 0))
    before, stream.peak = stream.peak, max(stream.peak, stream.window[1])
    wanted = min(MOST, ceil(2 * stream.peak))
    if stream.peak > before and wanted > stream.shard_count:
        clock.at(clock.now() + DELAY, lambda: _grow(stream, wanted))


def _is(stream: Stream, second: datetime) -> bool:
    return stream.window is not None and stream.window[0] == second


def _grow(stream: Stream, wanted: int) -> None:
    if stream.is_on_demand and wanted > stream.shard_count:
        resharding.make_uniform(stream, wanted)

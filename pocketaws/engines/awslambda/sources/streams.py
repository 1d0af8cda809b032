"""Streams of Kinesis and DynamoDB: each shard in order; a batch that fails holds up its shard until it is dealt with.

A batch is tried again after a second, then two, four and so on, up to ten minutes; where the mapping says so it is
halved first.  When its tries or its age are used up, word of it goes to the failure destination and the shard goes on.

Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from pocketaws import clock
from pocketaws.engines.awslambda.errors import LambdaError
from pocketaws.engines.awslambda.invocations import invoke, resolve
from pocketaws.engines.awslambda.sources.filters import wanted
from pocketaws.engines.awslambda.sources.records import Batch, Shard, Source, failures
from pocketaws.engines.awslambda.sources.reports import report
from pocketaws.engines.awslambda.sources.shards import Reader

__all__ = ["read"]

_SECOND = timedelta(seconds=1)
_LONGEST = 600
_RETENTION = timedelta(hours=24)
_LATER = {"ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException"}


def read(backend: Any, source: Source) -> datetime | None:
    """Call the function with what every shard holds; return when there may be more to do."""
    reader = Reader(backend, source)
    times: list[datetime] = []
    try:
        for shard in reader.shards():
            following = _shard(backend, source, reader, shard)
            if following is not None:
                times.append(following)
    except ClientError as error:
        source.tell(error)
        if error.response["Error"]["Code"] in _LATER:
            times.append(clock.now() + _SECOND)
    return min(times, default=None)


def _shard(backend: Any, source: Source, reader: Reader, shard: Shard) -> datetime | None:
    shard.is_empty = False
    while source.mapping.enabled:
        if not shard.waiting:
            records = [] if shard.is_empty else reader.records(shard)
            if not records:
                return None
            shard.waiting.append(Batch(records))
        following = _batch(backend, source, reader, shard)
        if following is not None:
            return following
    return None


def _batch(backend: Any, source: Source, reader: Reader, shard: Shard) -> datetime | None:
    """Call the function with the first batch that waits; return when to go on, None for at once."""
    batch = shard.waiting[0]
    events = [(record, reader.event(shard, record)) for record in batch.records]
    chosen = [(record, event) for record, event in events if wanted(source.mapping.filter_criteria, event)]
    if not chosen:
        shard.waiting.popleft()
        return None
    try:
        function = resolve(backend, source.mapping.function_arn, None)
        result = invoke(backend, function, {"Records": [event for _, event in chosen]})
    except LambdaError as error:
        source.result = f"PROBLEM: {error.message}"
        return clock.now() + _SECOND
    failed = None if result.failed else failures(source, result.answer)
    if failed == []:
        source.result = "OK"
        shard.waiting.popleft()
        return None
    source.result = "PROBLEM: Function call failed"
    records = [record for record, _ in chosen]
    left = _from_first(reader, records, failed or [])
    if len(left) < len(records):  # the function dealt with those before
        shard.waiting[0] = Batch(left, 0)
    elif source.mapping.bisect_on_error and len(left) > 1:
        half = len(left) // 2
        shard.waiting.popleft()
        shard.waiting.extendleft([Batch(left[half:], batch.tries), Batch(left[:half], batch.tries)])
    else:
        shard.waiting[0] = Batch(left, batch.tries + 1)
    return _again(backend, source, reader, shard, function)


def _from_first(reader: Reader, records: list[dict[str, Any]], failed: list[str]) -> list[dict[str, Any]]:
    """Return the records from the first one on that failed: the shard goes on there."""
    places = [place for place, record in enumerate(records) if reader.number(record) in failed]
    return records[min(places, default=0) :]


def _again(backend: Any, source: Source, reader: Reader, shard: Shard, function: Any) -> datetime | None:
    """Return when the first batch is tried again; None at once, because it was halved, cut or given up."""
    batch, mapping = shard.waiting[0], source.mapping
    oldest = min(map(reader.arrived, batch.records))
    limit = mapping.max_record_age if mapping.max_record_age not in (None, -1) else None
    age = clock.now() - oldest
    why = None
    if age > (timedelta(seconds=limit) if limit else _RETENTION):
        why = "MaximumRecordAgeExceeded"
    elif mapping.max_retry_attempts not in (None, -1) and batch.tries > mapping.max_retry_attempts:
        why = "RetryAttemptsExhausted"
    if why:
        shard.waiting.popleft()
        report(backend, source, reader, shard, batch, why, function)
        return None
    return clock.now() + timedelta(seconds=min(_LONGEST, 2 ** (batch.tries - 1))) if batch.tries else None

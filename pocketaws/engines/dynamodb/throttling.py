"""Throttling: how many units a table, an index and a partition can serve, by the clock.

Each limit is a bucket of units that fills with time and starts full.  A request passes while its buckets hold
anything and takes what it consumes, even if that leaves them in debt, as DynamoDB learns what a read costs only
by reading.

- Provisioned throughput, and the maximum an on-demand table was given, hold 300 seconds of it: the burst.
- What AWS limits itself, 3,000 read and 1,000 write units a second for a partition key, 40,000 of each for
  an on-demand table, holds 5 seconds.

On a clock that stands still requests take time all the same: 10 milliseconds each, for the buckets only.  So a loop
of writes is throttled, or served on a retry, after as many requests whenever it runs.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-diagnosing-workflow.html,
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.keys import PrimaryKey
from pocketaws.engines.dynamodb.tables import Index, Table

__all__ = ["charge", "tick"]

BURST, PEAK = 300.0, 5.0
REQUEST_TIME = 0.01
PARTITION = {"Read": 3000.0, "Write": 1000.0}
ON_DEMAND = 40_000.0
_TIDY_EVERY = 10_000
_HOT = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
_MESSAGES = {
    "Table": "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API.",
    "Index": "The level of configured provisioned throughput for one or more global secondary indexes of the table was "
    "exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the "
    "UpdateTable API",
    "OnDemand": "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling "
    f"your table or index so please try again shortly. If exceptions persist, check if you have a hot key: {_HOT}.",
    "Maximum": "Throughput exceeds the maximum OnDemandThroughput configured on table or index",
}


class _Pace:
    """The time that buckets see: the clock's, and that of requests while the clock stands still."""

    def __init__(self) -> None:
        self._shown: datetime | None = None
        self._spent = 0.0

    def tick(self) -> None:
        """Let a request take its time."""
        shown = clock.now()
        if shown == self._shown:
            self._spent += REQUEST_TIME
        self._shown = shown

    def now(self) -> float:
        """Return the time in seconds."""
        return clock.now().timestamp() + self._spent


_pace = _Pace()
tick = _pace.tick


@dataclass(slots=True)
class _Bucket:
    units: float
    since: float

    def fill(self, rate: float, seconds: float, now: float) -> float:
        """Add what has come in since the last request; return what there is."""
        self.units = min(self.units + max(0.0, now - self.since) * rate, rate * seconds)
        self.since = now
        return self.units


def charge(
    table: Table, index_name: str | None, partition_key: PrimaryKey, read_units: float, write_units: float
) -> None:
    """Take units out of what a table or index can serve.

    Parameters
    ----------
    table
        The table.
    index_name
        The index that is read or written; local indexes use the table's throughput.
    partition_key
        The spelled partition key, empty where a read walks over many.
    read_units, write_units
        What the request consumes.

    Raises
    ------
    DynamoDBError
        ``ProvisionedThroughputExceededException`` or, for tables on demand, ``ThrottlingException``; nothing is taken.
    """
    index = table.indexes.get(index_name) if index_name is not None else None
    if index is not None and not index.is_global:
        index = None
    now = _pace.now()
    for kind, units in (("Read", read_units), ("Write", write_units)):
        if units:
            _take(table, index, partition_key, kind, units, now)


def _take(table: Table, index: Index | None, partition: PrimaryKey, kind: str, units: float, now: float) -> None:
    name = index.name if index else None
    rate, seconds, limit = _rate(table, index, kind)
    whole = _bucket(table, (name, kind), rate * seconds, now)
    if whole.fill(rate, seconds, now) <= 0:
        raise _throttled(table, index, kind, limit)
    if partition:
        part = _bucket(table, (name, kind, partition), PARTITION[kind] * PEAK, now)
        if part.fill(PARTITION[kind], PEAK, now) <= 0:
            raise _throttled(table, index, kind, "KeyRangeThroughputExceeded")
        part.units -= units
    whole.units -= units


def _rate(table: Table, index: Index | None, kind: str) -> tuple[float, float, str]:
    """Return the units a second, for how many seconds they are kept, and what the limit is called."""
    if table.billing_mode == "PROVISIONED":
        throughput = (index.throughput if index else table.throughput) or table.throughput
        return float(throughput[f"{kind}CapacityUnits"]), BURST, "ProvisionedThroughputExceeded"
    maximum = ((index.on_demand if index else table.on_demand) or {}).get(f"Max{kind}RequestUnits", -1)
    if maximum > 0:
        return float(maximum), BURST, "MaxOnDemandThroughputExceeded"
    return ON_DEMAND, PEAK, "AccountLimitExceeded"


def _bucket(table: Table, key: tuple[Any, ...], full: float, now: float) -> _Bucket:
    bucket: _Bucket | None = table.buckets.get(key)
    if bucket is None:
        if len(table.buckets) % _TIDY_EVERY == _TIDY_EVERY - 1:
            _forget_idle(table, now)
        bucket = table.buckets[key] = _Bucket(full, now)
    return bucket


def _forget_idle(table: Table, now: float) -> None:
    """Forget the partitions that have filled up again."""
    idle = [key for key, bucket in table.buckets.items() if len(key) == 3 and now - bucket.since >= PEAK]
    for key in idle:
        del table.buckets[key]


def _throttled(table: Table, index: Index | None, kind: str, limit: str) -> DynamoDBError:
    what = "Index" if index else "Table"
    reason = {
        "reason": f"{what}{kind}{limit}",
        "resource": f"{table.arn}/index/{index.name}" if index else table.arn,
    }
    if table.billing_mode == "PROVISIONED":
        return DynamoDBError("ProvisionedThroughputExceededException", _MESSAGES[what], ThrottlingReasons=[reason])
    message = _MESSAGES["Maximum" if limit == "MaxOnDemandThroughputExceeded" else "OnDemand"]
    return DynamoDBError("ThrottlingException", message, throttlingReasons=[reason])

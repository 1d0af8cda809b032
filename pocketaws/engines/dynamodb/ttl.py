"""Time to live: items whose time has come are deleted, by the clock.

AWS deletes an expired item "typically within a few days".  pocketaws deletes it at the first full hour of the clock
after its time, so until then it can be read, queried and changed as on AWS, and the hour is the same on every run.
Enabling and disabling take effect at once (on AWS, within the hour).

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.errors import validation
from pocketaws.engines.dynamodb.tables import Database, Table, database_of
from pocketaws.engines.dynamodb.values import Item

__all__ = ["describe_time_to_live", "notice", "update_time_to_live"]

SETTLED = timedelta(hours=1)
#: Items that expired longer ago stay, as AWS takes such a time for a mistake.
TOO_OLD = timedelta(days=5 * 365)
IDENTITY = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
_YEAR_9999 = 253_402_300_799


def update_time_to_live(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateTimeToLive``."""
    table = database.described(request["TableName"])
    specification = request["TimeToLiveSpecification"]
    enabled, name = specification["Enabled"], specification["AttributeName"]
    if enabled and table.ttl_attribute == name:
        raise validation("TimeToLive is already enabled")
    if not enabled and table.ttl_attribute is None:
        raise validation("TimeToLive is already disabled")
    if table.ttl_attribute not in (None, name):
        raise validation(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {table.ttl_attribute}"
        )
    now = clock.now()
    if table.ttl_changed is not None and now - table.ttl_changed < SETTLED:
        raise validation("Time to live has been modified multiple times within a fixed interval")
    table.ttl_changed = now
    table.ttl_attribute = name if enabled else None
    _book_next(table)
    return {"TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": name}}


def describe_time_to_live(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeTimeToLive``."""
    table = database.described(request["TableName"])
    if table.ttl_attribute is None:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": table.ttl_attribute}}


def notice(table: Table, old: Item | None, new: Item | None, user_identity: dict[str, str] | None) -> None:
    """Book a sweep for an item that was written, unless an earlier one is booked."""
    if table.ttl_attribute is not None and new is not None and (expiry := _expiry(table, new)) is not None:
        _book(table, expiry)


def _expiry(table: Table, item: Item) -> datetime | None:
    """Return when an item expires; only whole numbers of seconds that are a date count."""
    value = item.get(table.ttl_attribute or "", {}).get("N")
    seconds = Decimal(value) if value is not None else None
    if seconds is None or not 0 <= seconds <= _YEAR_9999:
        return None
    expiry = datetime.fromtimestamp(int(seconds), timezone.utc)
    return expiry if expiry > clock.now() - TOO_OLD else None


def _book(table: Table, expiry: datetime) -> None:
    after = max(expiry, clock.now())
    if after > datetime.max.replace(tzinfo=timezone.utc) - timedelta(hours=1):
        return
    when = after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if table.sweep is None or when < table.sweep.when:
        if table.sweep is not None:
            table.sweep.cancel()
        table.sweep = clock.at(when, lambda: _sweep(table))


def _book_next(table: Table) -> None:
    """Book the sweep for the item that expires first."""
    if table.sweep is not None:
        table.sweep.cancel()
        table.sweep = None
    if table.ttl_attribute is not None:
        times = [expiry for item in table.items() if (expiry := _expiry(table, item)) is not None]
        if times:
            _book(table, min(times))


def _sweep(table: Table) -> None:
    """Delete what has expired; that costs no capacity, and the stream says who did it."""
    database = database_of(table)
    with database.lock:
        if database.tables.get(table.name) is not table:
            return
        now = clock.now()
        for item in list(table.items()):
            expiry = _expiry(table, item)
            if expiry is not None and expiry < now:
                table.write(item, None, user_identity=IDENTITY)
        _book_next(table)

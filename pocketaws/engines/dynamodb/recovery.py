"""Point-in-time recovery: every write is kept, so that a table's state at any second can be had again.

The window opens when recovery is enabled, reaches back 1 to 35 days, and closes five minutes ago.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.keys import Collection, PrimaryKey
from pocketaws.engines.dynamodb.tables import Database, Table
from pocketaws.engines.dynamodb.values import Item

__all__ = [
    "Journal",
    "Written",
    "describe_continuous_backups",
    "find_table",
    "items_at",
    "journal_of",
    "remember",
    "update_continuous_backups",
    "written_between",
]

LAG = timedelta(minutes=5)
MOST_DAYS = 35


@dataclass(frozen=True)
class Written:
    """One write of an item."""

    when: datetime
    primary: PrimaryKey
    old: Item | None
    new: Item | None


@dataclass
class Journal:
    """The writes to a table since its recovery was enabled."""

    enabled: datetime
    days: int = MOST_DAYS
    writes: list[Written] = field(default_factory=list)

    @property
    def earliest(self) -> datetime:
        """The first second that can be had again."""
        return max(self.enabled, clock.now() - timedelta(days=self.days))

    @property
    def latest(self) -> datetime:
        """The last second that can be had again."""
        return max(self.earliest, clock.now() - LAG)

    def add(self, write: Written) -> None:
        """Add a write, and forget those before the window."""
        self.writes.append(write)
        earliest = self.earliest
        if self.writes[0].when < earliest - timedelta(days=1):
            self.writes = [one for one in self.writes if one.when >= earliest]


def find_table(database: Database, name_or_arn: str) -> Table:
    """Return a table, for the operations that answer ``TableNotFoundException``."""
    name = name_or_arn.rpartition(":table/")[2]
    table = database.tables.get(name)
    if table is None:
        raise DynamoDBError("TableNotFoundException", f"Table not found: {name_or_arn}")
    return table


def journal_of(table: Table) -> Journal:
    """Return the journal of a table whose recovery is enabled."""
    journal: Journal | None = table.journal
    if journal is None:
        raise DynamoDBError(
            "PointInTimeRecoveryUnavailableException",
            f"Point in time recovery is not enabled for table '{table.name}'",
        )
    return journal


def update_continuous_backups(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateContinuousBackups``."""
    table = find_table(database, request["TableName"])
    specification = request["PointInTimeRecoverySpecification"]
    if not specification["PointInTimeRecoveryEnabled"]:
        table.journal = None
    else:
        if table.journal is None:
            table.journal = Journal(clock.now())
        table.journal.days = specification.get("RecoveryPeriodInDays", table.journal.days)
    return {"ContinuousBackupsDescription": _describe(table)}


def describe_continuous_backups(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeContinuousBackups``."""
    return {"ContinuousBackupsDescription": _describe(find_table(database, request["TableName"]))}


def _describe(table: Table) -> dict[str, Any]:
    journal: Journal | None = table.journal
    recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if journal is not None:
        recovery = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": journal.days,
            "EarliestRestorableDateTime": journal.earliest,
            "LatestRestorableDateTime": journal.latest,
        }
    return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}


def remember(table: Table, old: Item | None, new: Item | None, user_identity: dict[str, str] | None) -> None:
    """Keep a write to a table whose recovery is enabled."""
    some = new if new is not None else old
    if table.journal is not None and some is not None:
        table.journal.add(Written(clock.now(), table.primary(some), old, new))


def items_at(table: Table, when: datetime) -> list[Item]:
    """Return the items that a table held at the end of a moment, in the order of a scan."""
    items = {primary: record.item for primary, record in table.records.items()}
    for write in reversed(journal_of(table).writes):
        if write.when <= when:
            break
        if write.old is None:
            items.pop(write.primary, None)
        else:
            items[write.primary] = write.old
    ordered = Collection(table.keys)
    for primary, item in items.items():
        ordered.add(item, primary)
    return [items[primary] for primary in ordered.walk()]


def written_between(table: Table, since: datetime, until: datetime) -> Iterator[Written]:
    """Yield each item that changed from one moment until before another, as one write with its last time."""
    changed: dict[PrimaryKey, Written] = {}
    for write in journal_of(table).writes:
        if since <= write.when < until:
            first = changed.get(write.primary, write)
            changed[write.primary] = Written(write.when, write.primary, first.old, write.new)
    for write in changed.values():
        if write.old is not None or write.new is not None:
            yield write

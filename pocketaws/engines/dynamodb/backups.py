"""Backups on demand, and tables restored from them or from a point in time.

A backup is ``AVAILABLE`` and a restored table ``ACTIVE`` with the next request.  What AWS does not restore is not
restored here: tags, streams, time to live, recovery settings, deletion protection, policies.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Backup.Tutorial.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Restore.Tutorial.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.blueprints import blueprint, overridden, source_details, source_features
from pocketaws.engines.dynamodb.control import new_table, refuse
from pocketaws.engines.dynamodb.descriptions import describe
from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.jobs import job_id
from pocketaws.engines.dynamodb.recovery import find_table, items_at, journal_of
from pocketaws.engines.dynamodb.tables import Database, Table, databases
from pocketaws.engines.dynamodb.values import Item

__all__ = [
    "create_backup",
    "delete_backup",
    "describe_backup",
    "keep_deleted",
    "list_backups",
    "restore_table_from_backup",
    "restore_table_to_point_in_time",
]

SYSTEM_DAYS = 35
_PAGE = 100


@dataclass
class Backup:
    """A copy of a table: its items, and how to make a table like it."""

    arn: str
    name: str
    kind: str
    created: datetime
    expires: datetime | None
    table: dict[str, Any]
    features: dict[str, Any]
    blueprint: dict[str, Any]
    encryption: dict[str, Any] | None
    items: list[Item]

    @property
    def has_expired(self) -> bool:
        """Whether the backup has been deleted by time."""
        return self.expires is not None and self.expires <= clock.now()

    def details(self, status: str = "AVAILABLE") -> dict[str, Any]:
        """Return the ``BackupDetails``."""
        return {
            "BackupArn": self.arn,
            "BackupName": self.name,
            "BackupSizeBytes": self.table["TableSizeBytes"],
            "BackupStatus": status,
            "BackupType": self.kind,
            "BackupCreationDateTime": self.created,
        } | ({"BackupExpiryDateTime": self.expires} if self.expires else {})

    def describe(self, status: str = "AVAILABLE") -> dict[str, Any]:
        """Return the ``BackupDescription``."""
        return {
            "BackupDetails": self.details(status),
            "SourceTableDetails": self.table,
            "SourceTableFeatureDetails": self.features,
        }


def create_backup(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateBackup``."""
    table = find_table(database, request["TableName"])
    return {"BackupDetails": _back_up(database, table, request["BackupName"], "USER").details("CREATING")}


def keep_deleted(database: Database, table: Table) -> None:
    """Keep a system backup of a table that is being deleted, if its recovery is enabled."""
    if table.journal is not None:
        _back_up(database, table, f"{table.name}$DeletedTableBackup", "SYSTEM")


def _back_up(database: Database, table: Table, name: str, kind: str) -> Backup:
    now = clock.now()
    number = 0
    while (arn := f"{table.arn}/backup/{job_id(table.arn, name, number)}") in database.backups:
        number += 1
    backup = Backup(
        arn=arn,
        name=name,
        kind=kind,
        created=now,
        expires=now + timedelta(days=SYSTEM_DAYS) if kind == "SYSTEM" else None,
        table=source_details(table),
        features=source_features(table),
        blueprint=blueprint(table),
        encryption=table.encryption,
        items=list(table.items()),
    )
    database.backups[backup.arn] = backup
    return backup


def _find(database: Database, arn: str) -> Backup:
    backup: Backup | None = database.backups.get(arn)
    if backup is None or backup.has_expired:
        raise DynamoDBError("BackupNotFoundException", f"Backup not found: {arn}")
    return backup


def describe_backup(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeBackup``."""
    return {"BackupDescription": _find(database, request["BackupArn"]).describe()}


def delete_backup(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteBackup``; backups that AWS made go by themselves."""
    backup = _find(database, request["BackupArn"])
    if backup.kind == "SYSTEM":
        raise validation("System backups cannot be deleted")
    del database.backups[backup.arn]
    return {"BackupDescription": backup.describe("DELETED")}


def list_backups(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListBackups``, the oldest first."""
    kind, limit = request.get("BackupType", "USER"), request.get("Limit", _PAGE)
    name = request.get("TableName", "").rpartition(":table/")[2]
    low, high = request.get("TimeRangeLowerBound", 0), request.get("TimeRangeUpperBound", float("inf"))
    start = _order(request["ExclusiveStartBackupArn"]) if "ExclusiveStartBackupArn" in request else ("", "")
    found = [
        backup
        for arn, backup in sorted(database.backups.items(), key=lambda pair: _order(pair[0]))
        if kind in ("ALL", backup.kind)
        and name in ("", backup.table["TableName"])
        and low <= backup.created.timestamp() < high
        and not backup.has_expired
        and _order(arn) > start
    ]
    answer: dict[str, Any] = {"BackupSummaries": [_summary(backup) for backup in found[:limit]]}
    if len(found) > limit:
        answer["LastEvaluatedBackupArn"] = found[limit - 1].arn
    return answer


def _order(arn: str) -> tuple[str, str]:
    return arn.rpartition("/")[2], arn


def _summary(backup: Backup) -> dict[str, Any]:
    table = {name: backup.table[name] for name in ("TableName", "TableId", "TableArn")}
    return {**table, **backup.details()}


def restore_table_from_backup(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``RestoreTableFromBackup``."""
    backup = _find(database, request["BackupArn"])
    summary = {
        "SourceBackupArn": backup.arn,
        "SourceTableArn": backup.table["TableArn"],
        "RestoreDateTime": backup.created,
    }
    return _restore(database, request, backup.blueprint, backup.encryption, backup.items, summary)


def restore_table_to_point_in_time(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``RestoreTableToPointInTime``."""
    table = _source_table(database, request)
    journal = journal_of(table)
    latest = bool(request.get("UseLatestRestorableTime"))
    if latest == (request.get("RestoreDateTime") is not None):
        raise validation("Exactly one of RestoreDateTime and UseLatestRestorableTime must be given")
    when = journal.latest if latest else datetime.fromtimestamp(request["RestoreDateTime"], timezone.utc)
    # Clients write times in whole seconds.
    if not journal.earliest.replace(microsecond=0) <= when <= journal.latest:
        raise DynamoDBError(
            "InvalidRestoreTimeException",
            "An invalid restore time was specified. RestoreDateTime must be between EarliestRestorableDateTime and "
            "LatestRestorableDateTime.",
        )
    summary = {"SourceTableArn": table.arn, "RestoreDateTime": when}
    return _restore(database, request, blueprint(table), table.encryption, items_at(table, when), summary)


def _source_table(database: Database, request: dict[str, Any]) -> Table:
    arn, name = request.get("SourceTableArn"), request.get("SourceTableName")
    if arn is None and name is None:
        raise validation("Either SourceTableArn or SourceTableName must be given")
    if arn is not None and arn.count(":") >= 5:
        _, _, _, region, account, _ = arn.split(":", 5)
        return find_table(databases[account][region], arn)
    return find_table(database, str(name or arn))


def _restore(
    database: Database,
    request: dict[str, Any],
    plan: dict[str, Any],
    encryption: dict[str, Any] | None,
    items: list[Item],
    summary: dict[str, Any],
) -> dict[str, Any]:
    refuse(request, "VectorIndexOverride")
    name = request["TargetTableName"]
    if name in database.tables:
        raise DynamoDBError("TableAlreadyExistsException", f"Table already exists: {name}")
    table = new_table(database, {**overridden(plan, request), "TableName": name})
    if request.get("SSESpecificationOverride") is None:
        table.encryption = encryption
    database.tables[name] = table
    for item in items:
        table.write(None, item)
    table.restore_summary = {**summary, "RestoreInProgress": False}
    description = describe(table, "CREATING")
    description["RestoreSummary"] = {**summary, "RestoreInProgress": True}
    return {"TableDescription": description}

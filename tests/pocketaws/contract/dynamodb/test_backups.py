"""Backups on demand, and recovery to any second."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
RECOVERY = f"{GUIDE}PointInTimeRecovery_Howitworks.html"
RESTORE = f"{GUIDE}Restore.Tutorial.html"
BACKUP = f"{GUIDE}Backup.Tutorial.html"
API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_"


@pytest.fixture
def order(dynamodb: Any, orders: str) -> Any:
    """``order("a", amount="1")`` puts an order."""

    def put(customer: str, **numbers: str) -> None:
        item = {"customer": {"S": customer}, "placed": {"S": "2026"}, "city": {"S": "Bern"}}
        dynamodb.put_item(TableName=orders, Item=item | {name: {"N": number} for name, number in numbers.items()})

    return put


def enable(dynamodb: Any, **more: int) -> Any:
    specification = {"PointInTimeRecoveryEnabled": True, **more}
    return dynamodb.update_continuous_backups(TableName="Orders", PointInTimeRecoverySpecification=specification)


def content(dynamodb: Any, table: str) -> dict[str, str]:
    items = dynamodb.scan(TableName=table)["Items"]
    return {item["customer"]["S"]: item["amount"]["N"] for item in items}


@pytest.mark.aws(BACKUP, operation="dynamodb:CreateBackup")
@pytest.mark.aws(f"{API}DescribeBackup.html", operation="dynamodb:DescribeBackup")
def test_a_backup_keeps_the_table_as_it_was(dynamodb: Any, order: Any) -> None:
    order("a", amount="1")
    backup = dynamodb.create_backup(TableName="Orders", BackupName="first")["BackupDetails"]
    assert (backup["BackupStatus"], backup["BackupType"], backup["BackupName"]) == ("CREATING", "USER", "first")
    order("a", amount="2")
    order("b", amount="3")
    description = dynamodb.describe_backup(BackupArn=backup["BackupArn"])["BackupDescription"]
    assert description["BackupDetails"]["BackupStatus"] == "AVAILABLE"
    assert description["SourceTableDetails"]["ItemCount"] == 1
    assert description["SourceTableFeatureDetails"]["GlobalSecondaryIndexes"][0]["IndexName"] == "by-city"
    arn = backup["BackupArn"]
    restored = dynamodb.restore_table_from_backup(TargetTableName="Restored", BackupArn=arn)["TableDescription"]
    assert restored["TableStatus"] == "CREATING"
    assert restored["RestoreSummary"]["RestoreInProgress"] is True
    table = dynamodb.describe_table(TableName="Restored")["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["RestoreSummary"]["SourceBackupArn"] == arn
    assert table["RestoreSummary"]["RestoreInProgress"] is False
    assert content(dynamodb, "Restored") == {"a": "1"}
    assert content(dynamodb, "Orders") == {"a": "2", "b": "3"}
    assert dynamodb.scan(TableName="Restored", IndexName="by-city")["Count"] == 1


@pytest.mark.aws(RESTORE, operation="dynamodb:RestoreTableFromBackup")
def test_a_restore_can_leave_out_indexes_and_change_the_billing_mode(dynamodb: Any, order: Any) -> None:
    order("a", amount="1")
    arn = dynamodb.create_backup(TableName="Orders", BackupName="first")["BackupDetails"]["BackupArn"]
    throughput = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2}
    dynamodb.restore_table_from_backup(
        TargetTableName="Restored",
        BackupArn=arn,
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride=throughput,
        GlobalSecondaryIndexOverride=[],
    )
    table = dynamodb.describe_table(TableName="Restored")["Table"]
    assert "GlobalSecondaryIndexes" not in table
    assert [index["IndexName"] for index in table["LocalSecondaryIndexes"]] == ["by-amount"]
    assert {name: table["ProvisionedThroughput"][name] for name in throughput} == throughput
    assert sorted(one["AttributeName"] for one in table["AttributeDefinitions"]) == ["amount", "customer", "placed"]


@pytest.mark.aws(RESTORE, operation="dynamodb:RestoreTableFromBackup")
def test_settings_around_the_table_are_not_restored(dynamodb: Any, order: Any) -> None:
    arn = dynamodb.describe_table(TableName="Orders")["Table"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}])
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    dynamodb.update_table(TableName="Orders", StreamSpecification=stream, DeletionProtectionEnabled=True)
    expiry = {"Enabled": True, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="Orders", TimeToLiveSpecification=expiry)
    backup = dynamodb.create_backup(TableName="Orders", BackupName="first")["BackupDetails"]["BackupArn"]
    dynamodb.restore_table_from_backup(TargetTableName="Restored", BackupArn=backup)
    table = dynamodb.describe_table(TableName="Restored")["Table"]
    assert dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"] == []
    assert "StreamSpecification" not in table
    assert table["DeletionProtectionEnabled"] is False
    ttl = dynamodb.describe_time_to_live(TableName="Restored")["TimeToLiveDescription"]
    assert ttl["TimeToLiveStatus"] == "DISABLED"


@pytest.mark.aws(f"{API}ListBackups.html", operation="dynamodb:ListBackups")
@pytest.mark.aws(f"{API}DeleteBackup.html", operation="dynamodb:DeleteBackup")
def test_backups_are_listed_by_table_time_and_page_and_deleted(
    dynamodb: Any, orders: str, refused: Any, clock: Any
) -> None:
    names = ["one", "two", "three"]
    arns = []
    for name in names:
        arns.append(dynamodb.create_backup(TableName=orders, BackupName=name)["BackupDetails"]["BackupArn"])
        clock.advance(hours=1)

    def listed(**more: Any) -> list[str]:
        return [backup["BackupName"] for backup in dynamodb.list_backups(**more)["BackupSummaries"]]

    assert listed(TableName=orders) == names
    assert listed(TimeRangeUpperBound=clock.now() - timedelta(hours=2)) == ["one"]
    assert listed(BackupType="SYSTEM") == []
    page = dynamodb.list_backups(Limit=2)
    assert listed(ExclusiveStartBackupArn=page["LastEvaluatedBackupArn"]) == ["three"]
    deleted = dynamodb.delete_backup(BackupArn=arns[0])["BackupDescription"]
    assert deleted["BackupDetails"]["BackupStatus"] == "DELETED"
    assert listed() == ["two", "three"]
    assert refused(dynamodb.describe_backup, BackupArn=arns[0]) == (
        "BackupNotFoundException",
        f"Backup not found: {arns[0]}",
    )


@pytest.mark.aws(RECOVERY, operation="dynamodb:RestoreTableToPointInTime")
def test_a_table_comes_back_as_it_was_at_a_second(dynamodb: Any, order: Any, clock: Any) -> None:
    order("before", amount="0")
    enable(dynamodb)
    order("a", amount="1")
    clock.advance(minutes=1)
    order("a", amount="2")
    order("b", amount="3")
    moment = clock.now()
    clock.advance(minutes=1)
    order("a", amount="4")
    dynamodb.delete_item(TableName="Orders", Key={"customer": {"S": "b"}, "placed": {"S": "2026"}})
    clock.advance(minutes=10)
    states = {
        moment - timedelta(seconds=1): {"before": "0", "a": "1"},
        moment: {"before": "0", "a": "2", "b": "3"},
        moment + timedelta(minutes=1): {"before": "0", "a": "4"},
    }
    for number, (when, expected) in enumerate(states.items()):
        name = f"Restored-{number}"
        dynamodb.restore_table_to_point_in_time(SourceTableName="Orders", TargetTableName=name, RestoreDateTime=when)
        assert content(dynamodb, name) == expected
        assert dynamodb.scan(TableName=name, IndexName="by-amount")["Count"] == len(expected)


@pytest.mark.aws(RECOVERY, operation="dynamodb:RestoreTableToPointInTime")
def test_the_latest_time_is_five_minutes_ago(dynamodb: Any, order: Any, clock: Any) -> None:
    enable(dynamodb)
    order("a", amount="1")
    clock.advance(minutes=10)
    order("a", amount="2")
    latest = {"SourceTableName": "Orders", "UseLatestRestorableTime": True}
    dynamodb.restore_table_to_point_in_time(TargetTableName="Restored", **latest)
    assert content(dynamodb, "Restored") == {"a": "1"}


@pytest.mark.aws(f"{API}UpdateContinuousBackups.html", operation="dynamodb:UpdateContinuousBackups")
@pytest.mark.aws(f"{API}DescribeContinuousBackups.html", operation="dynamodb:DescribeContinuousBackups")
def test_the_window_is_one_to_thirty_five_days(dynamodb: Any, orders: str, refused: Any, clock: Any) -> None:
    def described() -> Any:
        answer = dynamodb.describe_continuous_backups(TableName=orders)["ContinuousBackupsDescription"]
        assert answer["ContinuousBackupsStatus"] == "ENABLED"
        return answer["PointInTimeRecoveryDescription"]

    assert described() == {"PointInTimeRecoveryStatus": "DISABLED"}
    start = clock.now()
    enable(dynamodb)
    assert described()["RecoveryPeriodInDays"] == 35
    assert described()["EarliestRestorableDateTime"] == start
    enable(dynamodb, RecoveryPeriodInDays=7)
    clock.advance(days=10)
    assert described()["EarliestRestorableDateTime"] == clock.now() - timedelta(days=7)
    assert described()["LatestRestorableDateTime"] == clock.now() - timedelta(minutes=5)
    code, _ = refused(enable, dynamodb=dynamodb, RecoveryPeriodInDays=36)
    assert code == "ValidationException"


@pytest.mark.aws(f"{API}RestoreTableToPointInTime.html", operation="dynamodb:RestoreTableToPointInTime")
def test_what_cannot_be_restored_is_refused(dynamodb: Any, orders: str, refused: Any, clock: Any) -> None:
    restore = {"SourceTableName": orders, "TargetTableName": "Restored"}
    assert refused(dynamodb.restore_table_to_point_in_time, **restore, UseLatestRestorableTime=True) == (
        "PointInTimeRecoveryUnavailableException",
        "Point in time recovery is not enabled for table 'Orders'",
    )
    enable(dynamodb)
    clock.advance(hours=1)
    for when in (clock.now(), clock.now() - timedelta(hours=2)):
        code, _ = refused(dynamodb.restore_table_to_point_in_time, **restore, RestoreDateTime=when)
        assert code == "InvalidRestoreTimeException"
    restore["TargetTableName"] = orders
    code, message = refused(dynamodb.restore_table_to_point_in_time, **restore, UseLatestRestorableTime=True)
    assert (code, message) == ("TableAlreadyExistsException", "Table already exists: Orders")
    assert refused(dynamodb.create_backup, TableName="Absent", BackupName="first") == (
        "TableNotFoundException",
        "Table not found: Absent",
    )


@pytest.mark.aws(f"{GUIDE}pointintimerecovery_beforeyoubegin.html", operation="dynamodb:DeleteTable")
def test_a_deleted_table_leaves_a_system_backup_for_thirty_five_days(dynamodb: Any, order: Any, clock: Any) -> None:
    enable(dynamodb)
    order("a", amount="1")
    dynamodb.delete_table(TableName="Orders")
    (backup,) = dynamodb.list_backups(BackupType="SYSTEM")["BackupSummaries"]
    assert backup["BackupName"] == "Orders$DeletedTableBackup"
    assert backup["BackupExpiryDateTime"] == clock.now() + timedelta(days=35)
    dynamodb.restore_table_from_backup(TargetTableName="Restored", BackupArn=backup["BackupArn"])
    assert content(dynamodb, "Restored") == {"a": "1"}
    clock.advance(days=35)
    assert dynamodb.list_backups(BackupType="ALL")["BackupSummaries"] == []

"""Exports and imports on a clock that runs: nobody waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import pocketaws


@pytest.fixture
def clients() -> Iterator[tuple[Any, Any]]:
    pocketaws.start()
    yield boto3.client("dynamodb", region_name="us-east-1"), boto3.client("s3", region_name="us-east-1")
    pocketaws.stop()


def test_on_a_running_clock_an_export_is_in_progress_when_answered_and_done_when_asked_for(clients: Any) -> None:
    dynamodb, s3 = clients
    s3.create_bucket(Bucket="exports")
    dynamodb.create_table(
        TableName="Orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    specification = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName="Orders", PointInTimeRecoverySpecification=specification)
    dynamodb.put_item(TableName="Orders", Item={"id": {"S": "a"}})
    arn = dynamodb.describe_table(TableName="Orders")["Table"]["TableArn"]
    export = dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket="exports")["ExportDescription"]
    assert export["ExportStatus"] == "IN_PROGRESS"
    dynamodb.get_waiter("export_completed").wait(ExportArn=export["ExportArn"])
    done = dynamodb.describe_export(ExportArn=export["ExportArn"])["ExportDescription"]
    assert (done["ExportStatus"], done["ItemCount"]) == ("COMPLETED", 1)

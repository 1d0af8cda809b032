"""A year and more in one step: what is due in S3, DynamoDB, Firehose and the Scheduler happens, each at its time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/year"
LIFECYCLE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"


@pytest.fixture
def lake(s3: Any) -> str:
    """A bucket whose logs expire after 100 days and whose data cools down and expires after a year."""
    s3.create_bucket(Bucket="lake-of-a-year")
    cooling = [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}]
    rules = [
        {"ID": "logs", "Filter": {"Prefix": "logs/"}, "Status": "Enabled", "Expiration": {"Days": 100}},
        {
            "ID": "data",
            "Filter": {"Prefix": "data/"},
            "Status": "Enabled",
            "Transitions": cooling,
            "Expiration": {"Days": 365},
        },
    ]
    s3.put_bucket_lifecycle_configuration(Bucket="lake-of-a-year", LifecycleConfiguration={"Rules": rules})
    return "lake-of-a-year"


def classes(s3: Any, bucket: str, prefix: str) -> list[str]:
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [each["StorageClass"] for each in found]


def is_readable(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] != "InvalidObjectState")
    return True


@pytest.mark.aws(
    LIFECYCLE,
    operation="s3:PutBucketLifecycleConfiguration, s3:RestoreObject, dynamodb:UpdateTimeToLive, "
    "scheduler:CreateSchedule, firehose:PutRecord",
)
def test_four_hundred_days(s3: Any, dynamodb: Any, client: Any, clock: Any, lake: str) -> None:
    begun: datetime = clock.now()
    s3.put_object(Bucket=lake, Key="data/flights.csv", Body=bytes(200_000))
    s3.put_object(Bucket=lake, Key="archive/2013.tar", Body=b"x", StorageClass="GLACIER")
    s3.restore_object(Bucket=lake, Key="archive/2013.tar", RestoreRequest={"Days": 7})

    dynamodb.create_table(
        TableName="Sessions",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_time_to_live(
        TableName="Sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    for days in (10, 390, 800):
        expires = str(int((begun + timedelta(days=days)).timestamp()))
        dynamodb.put_item(TableName="Sessions", Item={"id": {"S": f"{days} days"}, "expires": {"N": expires}})

    destination = {"BucketARN": f"arn:aws:s3:::{lake}", "RoleARN": ROLE, "Prefix": "logs/"}
    client("firehose").create_delivery_stream(DeliveryStreamName="logs", ExtendedS3DestinationConfiguration=destination)
    client("scheduler").create_schedule(
        Name="monthly",
        ScheduleExpression="cron(0 0 1 * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:firehose:putRecord",
            "RoleArn": ROLE,
            "Input": json.dumps({"DeliveryStreamName": "logs", "Record": {"Data": "month\n"}}),
        },
    )

    clock.advance(hours=6)
    assert is_readable(s3, lake, "archive/2013.tar")
    clock.advance(days=400, hours=-6)

    assert clock.now() == begun + timedelta(days=400)
    assert classes(s3, lake, "data/") == []
    assert classes(s3, lake, "archive/") == ["GLACIER"]
    assert not is_readable(s3, lake, "archive/2013.tar")
    left = {each["id"]["S"] for each in dynamodb.scan(TableName="Sessions")["Items"]}
    assert left == {"800 days"}
    logs = s3.list_objects_v2(Bucket=lake, Prefix="logs/")["Contents"]
    written = [each["LastModified"] for each in logs]
    assert [f"{when:%Y-%m-%d %H:%M}" for when in written] == [
        "2027-09-01 00:05",
        "2027-10-01 00:05",
        "2027-11-01 00:05",
        "2027-12-01 00:05",
    ]
    assert [each["Key"][:20] for each in logs] == [f"logs/{when:%Y/%m/%d}/00/l" for when in written]


@pytest.mark.aws(LIFECYCLE, operation="s3:PutBucketLifecycleConfiguration")
def test_the_same_days_one_by_one_end_the_same(s3: Any, client: Any, clock: Any, lake: str) -> None:
    s3.put_object(Bucket=lake, Key="data/flights.csv", Body=bytes(200_000))
    seen = []
    for days in (29, 3, 58, 3, 271, 3):
        clock.advance(days=days)
        seen.append("".join(classes(s3, lake, "data/")))
    assert seen == ["STANDARD", "STANDARD_IA", "STANDARD_IA", "GLACIER", "GLACIER", ""]

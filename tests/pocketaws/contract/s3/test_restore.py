"""Archived objects and their restoring, by the clock.  It starts on 2 November 2026 at 09:00 UTC."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

ARCHIVED = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html"
OPTIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html"
API = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html"
OPERATION = "s3:RestoreObject"


@pytest.fixture
def archived(s3: Any, bucket: str) -> Callable[[str], dict[str, str]]:
    """Put an object into an archive class; return its name as arguments."""

    def put(storage_class: str) -> dict[str, str]:
        s3.put_object(Bucket=bucket, Key=storage_class, Body=b"frozen", StorageClass=storage_class)
        return {"Bucket": bucket, "Key": storage_class}

    return put


def request(days: int = 2, tier: str | None = None) -> dict[str, Any]:
    return {"Days": days, **({"GlacierJobParameters": {"Tier": tier}} if tier else {})}


@pytest.mark.aws(ARCHIVED, operation="s3:GetObject")
def test_an_archived_object_cannot_be_read_or_copied_but_is_there(s3: Any, archived: Any, refused: Any) -> None:
    name = archived("DEEP_ARCHIVE")
    with refused("InvalidObjectState", "The operation is not valid for the object's storage class", 403):
        s3.get_object(**name)
    with refused("ObjectNotInActiveTierError", status=403):
        s3.copy_object(Bucket=name["Bucket"], Key="copy", CopySource=name)
    assert s3.head_object(**name)["StorageClass"] == "DEEP_ARCHIVE"
    assert s3.get_object_tagging(**name)["TagSet"] == []


@pytest.mark.aws(OPTIONS, operation=OPERATION)
@pytest.mark.parametrize(
    ("storage_class", "tier", "not_before", "by"),
    [
        ("GLACIER", "Expedited", 1 / 60, 5 / 60),
        ("GLACIER", None, 3, 5),
        ("GLACIER", "Bulk", 5, 12),
        ("DEEP_ARCHIVE", "Standard", 6, 12),
        ("DEEP_ARCHIVE", "Bulk", 12, 48),
    ],
)
def test_each_tier_takes_its_time(
    s3: Any, archived: Any, clock: Any, storage_class: str, tier: str | None, not_before: float, by: float
) -> None:
    name = archived(storage_class)
    answer = s3.restore_object(**name, RestoreRequest=request(2, tier))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    clock.advance(hours=not_before)
    assert s3.head_object(**name)["Restore"] == 'ongoing-request="true"'
    clock.advance(hours=by - not_before)
    assert s3.head_object(**name)["Restore"].startswith('ongoing-request="false", expiry-date="')
    assert s3.get_object(**name)["Body"].read() == b"frozen"


@pytest.mark.aws(ARCHIVED, operation=OPERATION)
def test_the_copy_lapses_at_midnight_after_its_days(s3: Any, archived: Any, clock: Any, refused: Any) -> None:
    name = archived("GLACIER")
    s3.restore_object(**name, RestoreRequest=request(3))
    clock.advance(hours=5)
    expected = 'ongoing-request="false", expiry-date="Fri, 06 Nov 2026 00:00:00 GMT"'
    assert s3.head_object(**name)["Restore"] == expected
    clock.advance(days=3, hours=9, minutes=59)
    assert s3.get_object(**name)["Body"].read() == b"frozen"
    clock.advance(minutes=1)
    with refused("InvalidObjectState", status=403):
        s3.get_object(**name)
    assert "Restore" not in s3.head_object(**name)


@pytest.mark.aws("https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html", operation="s3:ListObjectsV2")
def test_lists_show_restores_when_asked(s3: Any, archived: Any, clock: Any) -> None:
    name = archived("GLACIER")
    archived("DEEP_ARCHIVE")

    def statuses() -> list[Any]:
        listed = s3.list_objects_v2(Bucket=name["Bucket"], OptionalObjectAttributes=["RestoreStatus"])["Contents"]
        return [each.get("RestoreStatus") for each in listed]

    s3.restore_object(**name, RestoreRequest=request(1))
    assert statuses() == [None, {"IsRestoreInProgress": True}]
    clock.advance(hours=5)
    until = datetime(2026, 11, 4, tzinfo=timezone.utc)
    assert statuses() == [None, {"IsRestoreInProgress": False, "RestoreExpiryDate": until}]


@pytest.mark.aws(API, operation=OPERATION)
def test_what_restore_refuses(s3: Any, archived: Any, bucket: str, refused: Any) -> None:
    deep, flexible = archived("DEEP_ARCHIVE"), archived("GLACIER")
    with refused("InvalidArgument", "Retrieval option is not supported by this storage class", 400):
        s3.restore_object(**deep, RestoreRequest=request(1, "Expedited"))
    with refused("InvalidArgument", status=400):
        s3.restore_object(**flexible, RestoreRequest=request(0))
    with refused("NoSuchKey", "The specified key does not exist.", 404):
        s3.restore_object(Bucket=bucket, Key="none", RestoreRequest=request())
    for storage_class in ("STANDARD", "GLACIER_IR"):
        name = archived(storage_class)
        with refused("InvalidObjectState", "Restore is not allowed for the object's current storage class", 403):
            s3.restore_object(**name, RestoreRequest=request())


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-upgrade-speed.html", operation=OPERATION
)
def test_a_running_restore_can_be_sped_up_but_not_repeated(s3: Any, archived: Any, clock: Any, refused: Any) -> None:
    name = archived("GLACIER")
    s3.restore_object(**name, RestoreRequest=request(2, "Bulk"))
    for tier in ("Bulk", "Bulk"):
        with refused("RestoreAlreadyInProgress", "Object restore is already in progress", 409):
            s3.restore_object(**name, RestoreRequest=request(2, tier))
    answer = s3.restore_object(**name, RestoreRequest=request(2, "Expedited"))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    clock.advance(minutes=5)
    assert s3.get_object(**name)["Body"].read() == b"frozen"


@pytest.mark.aws(API, operation=OPERATION)
def test_a_restored_copy_can_be_kept_longer(s3: Any, archived: Any, clock: Any) -> None:
    name = archived("GLACIER")
    s3.restore_object(**name, RestoreRequest=request(1))
    clock.advance(hours=5)
    answer = s3.restore_object(**name, RestoreRequest=request(10))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert 'expiry-date="Fri, 13 Nov 2026 00:00:00 GMT"' in s3.head_object(**name)["Restore"]
    clock.advance(days=9)
    assert s3.get_object(**name)["Body"].read() == b"frozen"


@pytest.mark.aws(ARCHIVED, operation=OPERATION)
def test_a_restored_object_can_be_copied_out_of_the_archive(s3: Any, archived: Any, clock: Any) -> None:
    name = archived("GLACIER")
    s3.restore_object(**name, RestoreRequest=request(1))
    clock.advance(hours=5)
    s3.copy_object(**name, CopySource=name, StorageClass="STANDARD")
    clock.advance(days=30)
    assert s3.get_object(**name)["Body"].read() == b"frozen"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
    operation="s3:PutBucketNotificationConfiguration",
)
def test_events_tell_of_a_restore_from_request_to_lapse(
    s3: Any, client: Any, archived: Any, bucket: str, clock: Any
) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="restores")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    configuration = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectRestore:*"]}]}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
    sqs.purge_queue(QueueUrl=url)
    s3.restore_object(**archived("GLACIER"), RestoreRequest=request(1))
    clock.advance(days=3)
    names = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            names += [record["eventName"] for record in json.loads(message["Body"]).get("Records", [])]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert names == ["ObjectRestore:Post", "ObjectRestore:Completed", "ObjectRestore:Delete"]


TIERING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intelligent-tiering-overview.html"


@pytest.mark.aws(TIERING, operation="s3:PutBucketIntelligentTieringConfiguration")
def test_intelligent_tiering_archives_what_nobody_reads(s3: Any, bucket: str, clock: Any, refused: Any) -> None:
    tiers = [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}, {"Days": 180, "AccessTier": "DEEP_ARCHIVE_ACCESS"}]
    configuration = {"Id": "archive", "Status": "Enabled", "Tierings": tiers}
    s3.put_bucket_intelligent_tiering_configuration(
        Bucket=bucket, Id="archive", IntelligentTieringConfiguration=configuration
    )
    got = s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="archive")
    assert got["IntelligentTieringConfiguration"] == configuration
    body = b"x" * 131_072
    for key, content in (("read", body), ("idle", body), ("small", b"x")):
        s3.put_object(Bucket=bucket, Key=key, Body=content, StorageClass="INTELLIGENT_TIERING")
    clock.advance(days=89)
    s3.get_object(Bucket=bucket, Key="read")
    clock.advance(days=2)
    status = {key: s3.head_object(Bucket=bucket, Key=key).get("ArchiveStatus") for key in ("read", "idle", "small")}
    assert status == {"read": None, "idle": "ARCHIVE_ACCESS", "small": None}
    clock.advance(days=90)
    assert s3.head_object(Bucket=bucket, Key="idle")["ArchiveStatus"] == "DEEP_ARCHIVE_ACCESS"
    with refused("InvalidObjectState", "The operation is not valid for the object's access tier", 403):
        s3.get_object(Bucket=bucket, Key="idle")
    s3.restore_object(Bucket=bucket, Key="idle", RestoreRequest={"GlacierJobParameters": {"Tier": "Standard"}})
    clock.advance(hours=12)
    assert s3.get_object(Bucket=bucket, Key="idle")["Body"].read() == body


@pytest.mark.aws(TIERING, operation="s3:GetBucketIntelligentTieringConfiguration")
def test_intelligent_tiering_configurations_are_validated_listed_deleted(s3: Any, bucket: str, refused: Any) -> None:
    def put(days: int) -> None:
        tierings = [{"Days": days, "AccessTier": "ARCHIVE_ACCESS"}]
        s3.put_bucket_intelligent_tiering_configuration(
            Bucket=bucket,
            Id="a",
            IntelligentTieringConfiguration={"Id": "a", "Status": "Enabled", "Tierings": tierings},
        )

    with refused("InvalidArgument", status=400):
        put(89)
    put(90)
    listed = s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket)
    assert [each["Id"] for each in listed["IntelligentTieringConfigurationList"]] == ["a"]
    s3.delete_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="a")
    with refused("NoSuchConfiguration", status=404):
        s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="a")

"""Objects: versions, delete markers, locks, conditions, events."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

MARKERS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html"
SUSPENDED = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html"
VERSIONS = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html"
DELETE = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"
LOCK = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"
CONDITIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"
EVENTS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"
PROTECTED = "Access Denied because object protected by object lock."


@pytest.mark.ministack
@pytest.mark.aws(MARKERS, operation="s3:DeleteObject")
def test_a_delete_marker_hides_and_undelete_shows_again(s3: Any, versioned: str, refused: Any) -> None:
    first = s3.put_object(Bucket=versioned, Key="k", Body=b"1")["VersionId"]
    marker = s3.delete_object(Bucket=versioned, Key="k")
    assert marker["DeleteMarker"] is True
    with refused("NoSuchKey", "The specified key does not exist.", 404):
        s3.get_object(Bucket=versioned, Key="k")
    with refused("MethodNotAllowed", "The specified method is not allowed against this resource.", 405):
        s3.get_object(Bucket=versioned, Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=versioned, Key="k", VersionId=first)["Body"].read() == b"1"
    undone = s3.delete_object(Bucket=versioned, Key="k", VersionId=marker["VersionId"])
    assert (undone["DeleteMarker"], undone["VersionId"]) == (True, marker["VersionId"])
    assert s3.get_object(Bucket=versioned, Key="k")["Body"].read() == b"1"
    with refused("NoSuchVersion", status=404):
        s3.get_object(Bucket=versioned, Key="k", VersionId="00000000-0000-0000-0000-000000000000")
    assert s3.delete_object(Bucket=versioned, Key="never there")["DeleteMarker"] is True


@pytest.mark.aws(SUSPENDED, operation="s3:PutBucketVersioning")
def test_suspended_versioning_keeps_old_versions(s3: Any, bucket: str, versioned: str) -> None:
    old = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    for body in (b"null 1", b"null 2"):
        assert s3.put_object(Bucket=bucket, Key="k", Body=body)["VersionId"] == "null"
    listed = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [(each["VersionId"], each["IsLatest"]) for each in listed] == [("null", True), (old, False)]
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"null 2"
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=old)["Body"].read() == b"old"
    assert s3.delete_object(Bucket=bucket, Key="k")["VersionId"] == "null"
    listed = s3.list_object_versions(Bucket=bucket)
    assert [each["VersionId"] for each in listed["Versions"]] == [old]
    assert [each["VersionId"] for each in listed["DeleteMarkers"]] == ["null"]


@pytest.mark.ministack
@pytest.mark.aws(VERSIONS, operation="s3:ListObjectVersions")
def test_versions_are_listed_newest_first_in_pages(s3: Any, versioned: str) -> None:
    made = [
        (key, s3.put_object(Bucket=versioned, Key=key, Body=b"")["VersionId"]) for key in ("b", "a", "a", "c/d", "a")
    ]
    expected = [made[4], made[2], made[1], made[0], made[3]]
    listed = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert [(each["Key"], each["VersionId"]) for each in listed] == expected
    assert [each["IsLatest"] for each in listed] == [True, False, False, True, True]
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=versioned, PaginationConfig={"PageSize": 2})
    seen = [(each["Key"], each["VersionId"]) for page in pages for each in page["Versions"]]
    assert seen == expected
    folders = s3.list_object_versions(Bucket=versioned, Delimiter="/", Prefix="c")
    assert ([each["Prefix"] for each in folders["CommonPrefixes"]], "Versions" in folders) == (["c/"], False)


@pytest.mark.aws(DELETE, operation="s3:DeleteObjects")
def test_batch_deletes(s3: Any, bucket: str, versioned: str, refused: Any) -> None:
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"")["VersionId"]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}]})
    (gone,) = answer["Deleted"]
    assert (gone["Key"], gone["DeleteMarker"]) == ("k", True)
    both = [{"Key": "k", "VersionId": each} for each in (version, gone["DeleteMarkerVersionId"])]
    assert "Deleted" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": both, "Quiet": True})
    assert "Versions" not in s3.list_object_versions(Bucket=bucket)
    many = [{"Key": str(n)} for n in range(1001)]
    with refused("MalformedXML", status=400):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": many})
    assert len(s3.delete_objects(Bucket=bucket, Delete={"Objects": many[:1000]})["Deleted"]) == 1000


@pytest.fixture
def locked(s3: Any) -> str:
    s3.create_bucket(Bucket="locked-bucket", ObjectLockEnabledForBucket=True)
    return "locked-bucket"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html",
    operation="s3:PutObjectLockConfiguration, s3:GetObjectLockConfiguration",
)
def test_a_default_retention_holds_for_what_arrives_after_it(
    s3: Any, versioned: str, bucket: str, refused: Any
) -> None:
    def put(name: str, **retention: Any) -> None:
        rule = {"Rule": {"DefaultRetention": retention}} if retention else {}
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", **rule})

    with refused("ObjectLockConfigurationNotFoundError", status=404):
        s3.get_object_lock_configuration(Bucket=versioned)
    with refused("MissingRequestBodyError", "Request Body is empty", 400):
        s3.put_object_lock_configuration(Bucket=versioned)
    with refused("MalformedXML", status=400):
        s3.put_object_lock_configuration(Bucket=versioned, ObjectLockConfiguration={})
    s3.put_object(Bucket=versioned, Key="before", Body=b"1")
    put(versioned, Mode="GOVERNANCE", Days=30)
    s3.put_object(Bucket=versioned, Key="after", Body=b"1")
    assert "ObjectLockMode" not in s3.head_object(Bucket=versioned, Key="before")
    assert s3.head_object(Bucket=versioned, Key="after")["ObjectLockMode"] == "GOVERNANCE"
    told = s3.get_object_lock_configuration(Bucket=versioned)["ObjectLockConfiguration"]
    assert told["Rule"] == {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
    put(versioned)
    told = s3.get_object_lock_configuration(Bucket=versioned)["ObjectLockConfiguration"]
    assert told == {"ObjectLockEnabled": "Enabled"}
    with refused("MalformedXML", status=400):
        put(versioned, Mode="GOVERNANCE", Days=1, Years=1)
    with refused("InvalidArgument", "Default retention period must be a positive integer value.", 400):
        put(versioned, Mode="COMPLIANCE", Days=0)
    with refused("InvalidBucketState", status=409):
        s3.create_bucket(Bucket="without-versions")
        put("without-versions", Mode="GOVERNANCE", Days=30)


@pytest.mark.aws(LOCK, operation="s3:PutObjectRetention")
def test_retention_cannot_be_shortened_nor_the_version_deleted(s3: Any, locked: str, clock: Any, refused: Any) -> None:
    until = datetime(2026, 12, 1, tzinfo=timezone.utc)
    version = s3.put_object(
        Bucket=locked, Key="k", Body=b"", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until
    )["VersionId"]
    name = {"Bucket": locked, "Key": "k", "VersionId": version}
    assert s3.get_object_retention(**name)["Retention"] == {"Mode": "COMPLIANCE", "RetainUntilDate": until}
    with refused("AccessDenied", PROTECTED, 403):
        s3.delete_object(**name, BypassGovernanceRetention=True)
    errors = s3.delete_objects(Bucket=locked, Delete={"Objects": [{"Key": "k", "VersionId": version}]})["Errors"]
    assert [(each["Code"], each["Message"]) for each in errors] == [("AccessDenied", PROTECTED)]
    with refused("AccessDenied", PROTECTED, 403):
        shorter = {"Mode": "COMPLIANCE", "RetainUntilDate": until - timedelta(days=1)}
        s3.put_object_retention(**name, Retention=shorter, BypassGovernanceRetention=True)
    s3.put_object_retention(**name, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until + timedelta(days=1)})
    assert s3.delete_object(Bucket=locked, Key="k")["DeleteMarker"] is True
    clock.advance(days=30)
    s3.delete_object(**name)
    with refused("InvalidBucketState", status=409):
        s3.put_bucket_versioning(Bucket=locked, VersioningConfiguration={"Status": "Suspended"})


@pytest.mark.aws(LOCK, operation="s3:PutObjectLegalHold")
def test_governance_and_legal_hold(s3: Any, bucket: str, locked: str, refused: Any) -> None:
    until = datetime(2027, 1, 1, tzinfo=timezone.utc)
    version = s3.put_object(Bucket=locked, Key="k", Body=b"")["VersionId"]
    name = {"Bucket": locked, "Key": "k", "VersionId": version}
    with refused("NoSuchObjectLockConfiguration", status=404):
        s3.get_object_legal_hold(**name)
    with refused("InvalidArgument", "The retain until date must be in the future!", 400):
        past = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime(2026, 1, 1, tzinfo=timezone.utc)}
        s3.put_object_retention(**name, Retention=past)
    s3.put_object_retention(**name, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
    with refused("AccessDenied", PROTECTED, 403):
        s3.delete_object(**name)
    s3.put_object_legal_hold(**name, LegalHold={"Status": "ON"})
    with refused("AccessDenied", PROTECTED, 403):
        s3.delete_object(**name, BypassGovernanceRetention=True)
    s3.put_object_legal_hold(**name, LegalHold={"Status": "OFF"})
    assert s3.get_object_legal_hold(**name)["LegalHold"] == {"Status": "OFF"}
    s3.delete_object(**name, BypassGovernanceRetention=True)
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    with refused("InvalidRequest", "Bucket is missing Object Lock Configuration", 400):
        s3.put_object_legal_hold(Bucket=bucket, Key="k", LegalHold={"Status": "ON"})


@pytest.mark.aws(CONDITIONS, operation="s3:PutObject")
def test_conditional_writes_are_a_lock(s3: Any, bucket: str, refused: Any) -> None:
    etag = s3.put_object(Bucket=bucket, Key="lock", Body=b"a", IfNoneMatch="*")["ETag"]
    message = "At least one of the pre-conditions you specified did not hold"
    with refused("PreconditionFailed", message, 412):
        s3.put_object(Bucket=bucket, Key="lock", Body=b"b", IfNoneMatch="*")
    new = s3.put_object(Bucket=bucket, Key="lock", Body=b"c", IfMatch=etag)["ETag"]
    with refused("PreconditionFailed", message, 412):
        s3.put_object(Bucket=bucket, Key="lock", Body=b"d", IfMatch=etag)
    with refused("PreconditionFailed", message, 412):
        s3.delete_object(Bucket=bucket, Key="lock", IfMatch=etag)
    with refused("NoSuchKey", status=404):
        s3.put_object(Bucket=bucket, Key="none", Body=b"", IfMatch=etag)
    with refused("304", status=304):
        s3.get_object(Bucket=bucket, Key="lock", IfNoneMatch=new)
    s3.delete_object(Bucket=bucket, Key="lock", IfMatch=new)


@pytest.mark.aws(CONDITIONS, operation="s3:PutObject")
def test_a_condition_counts_for_copies_too_and_is_a_star_or_an_etag(s3: Any, bucket: str, refused: Any) -> None:
    etag = s3.put_object(Bucket=bucket, Key="lock", Body=b"a")["ETag"]
    s3.put_object(Bucket=bucket, Key="new", Body=b"b")
    copy = {"Bucket": bucket, "Key": "lock", "CopySource": f"{bucket}/new"}
    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"0"'}):
        with refused("PreconditionFailed", status=412):
            s3.copy_object(**copy, **condition)
    message = "A header you provided implies functionality that is not implemented"
    with refused("NotImplemented", message, 501):
        s3.put_object(Bucket=bucket, Key="lock", Body=b"c", IfNoneMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="lock")["Body"].read() == b"a"
    s3.copy_object(**copy, IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="lock")["Body"].read() == b"b"


@pytest.mark.ministack
@pytest.mark.aws(CONDITIONS, operation="s3:PutObject")
def test_of_many_who_write_at_once_one_wins(s3: Any, bucket: str) -> None:
    def wins(number: int) -> bool:
        try:
            s3.put_object(Bucket=bucket, Key="lock", Body=str(number), IfNoneMatch="*")
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(wins, range(32))) == 1


@pytest.mark.ministack
@pytest.mark.aws("https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html", operation="s3:GetObject")
def test_ranges(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")

    def read(wanted: str) -> tuple[bytes, str]:
        answer = s3.get_object(Bucket=bucket, Key="k", Range=wanted)
        return answer["Body"].read(), answer["ContentRange"]

    assert read("bytes=2-4") == (b"234", "bytes 2-4/10")
    assert read("bytes=-3") == (b"789", "bytes 7-9/10")
    assert read("bytes=8-") == (b"89", "bytes 8-9/10")
    with refused("InvalidRange", "The requested range is not satisfiable", 416):
        read("bytes=10-12")


@pytest.mark.aws(EVENTS, operation="s3:PutBucketNotificationConfiguration")
def test_events_of_objects_reach_a_queue(s3: Any, client: Any, versioned: str, clock: Any) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    wanted = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*", "s3:LifecycleTransition"]
    filters = {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".csv"}]}}
    queue = {"QueueArn": arn, "Events": wanted, "Filter": filters}
    s3.put_bucket_notification_configuration(
        Bucket=versioned, NotificationConfiguration={"QueueConfigurations": [queue]}
    )
    sqs.purge_queue(QueueUrl=url)
    rules = [
        {
            "ID": "r",
            "Status": "Enabled",
            "Filter": {"Prefix": "old/"},
            "Expiration": {"Days": 2},
            "Transitions": [{"Days": 1, "StorageClass": "GLACIER_IR"}],
        }
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=versioned, LifecycleConfiguration={"Rules": rules})
    s3.put_object(Bucket=versioned, Key="a.csv", Body=b"")
    s3.put_object(Bucket=versioned, Key="a.txt", Body=b"")
    s3.put_object(Bucket=versioned, Key="old/b.csv", Body=b"x" * 131_072)
    s3.delete_object(Bucket=versioned, Key="a.csv")
    clock.advance(days=3)  # a queue keeps messages for four days
    names = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            names += [record["eventName"] for record in json.loads(message["Body"]).get("Records", [])]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert names == [
        "ObjectCreated:Put",
        "ObjectCreated:Put",
        "ObjectRemoved:DeleteMarkerCreated",
        "LifecycleTransition",
        "LifecycleExpiration:DeleteMarkerCreated",
    ]


@pytest.mark.ministack
@pytest.mark.aws(EVENTS, operation="s3:PutBucketNotificationConfiguration")
def test_keys_in_events_are_encoded_as_in_forms_but_for_slashes(s3: Any, client: Any, versioned: str) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="keys")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    queue = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    configuration = {"QueueConfigurations": [queue]}
    s3.put_bucket_notification_configuration(Bucket=versioned, NotificationConfiguration=configuration)
    sqs.purge_queue(QueueUrl=url)
    s3.put_object(Bucket=versioned, Key="year=2013/a day.csv", Body=b"")
    body = sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"]
    assert json.loads(body)["Records"][0]["s3"]["object"]["key"] == "year%3D2013/a+day.csv"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html",
    operation="s3:PutBucketNotificationConfiguration",
)
def test_an_empty_prefix_fits_every_key(s3: Any, client: Any, bucket: str, refused: Any) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="arrivals")["QueueUrl"]

    def listen(name: str, value: str) -> list[dict[str, Any]]:
        keys = {"Key": {"FilterRules": [{"Name": name, "Value": value}]}}
        queue = {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:arrivals", "Events": ["s3:ObjectCreated:*"]}
        wanted = {"QueueConfigurations": [{**queue, "Filter": keys}]}
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)
        told = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
        rules: list[dict[str, Any]] = told[0]["Filter"]["Key"]["FilterRules"]
        return rules

    assert listen("prefix", "") == [{"Name": "prefix", "Value": ""}]
    sqs.purge_queue(QueueUrl=url)
    s3.put_object(Bucket=bucket, Key="anything", Body=b"1")
    assert len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 1
    assert listen("Suffix", ".csv") == [{"Name": "suffix", "Value": ".csv"}]
    with refused("InvalidArgument", "filter rule name must be either prefix or suffix", 400):
        listen("infix", "a")


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html",
    operation="s3:PutBucketNotificationConfiguration",
)
def test_sequencers_put_the_events_of_a_key_in_order(s3: Any, client: Any, bucket: str) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="order")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    queue = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [queue]})
    sqs.purge_queue(QueueUrl=url)
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    s3.put_object(Bucket=bucket, Key="k", Body=b"22")
    s3.delete_object(Bucket=bucket, Key="k")
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [record for message in messages for record in json.loads(message["Body"])["Records"]]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    ordered = sorted(found, key=lambda record: record["s3"]["object"]["sequencer"])
    assert [record["eventName"].split(":")[0] for record in ordered] == [
        "ObjectCreated",
        "ObjectCreated",
        "ObjectRemoved",
    ]
    assert len({record["s3"]["object"]["sequencer"] for record in found}) == 3

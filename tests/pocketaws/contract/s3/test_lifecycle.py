"""Lifecycle rules, done by the clock.  It starts on 2 November 2026 at 09:00 UTC."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

RULES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"
TRANSITIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
CONFLICTS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html"
PUT = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html"
LARGE = b"x" * (128 * 1024)
OPERATION = "s3:PutBucketLifecycleConfiguration"


def put_rules(s3: Any, bucket: str, *rules: dict[str, Any], **kwargs: Any) -> None:
    whole = [{"Status": "Enabled", **({} if "Filter" in r or "Prefix" in r else {"Filter": {}}), **r} for r in rules]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": whole}, **kwargs)


def storage_class(s3: Any, bucket: str, key: str) -> str:
    return str(s3.head_object(Bucket=bucket, Key=key).get("StorageClass", "STANDARD"))


def keys(s3: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.mark.aws(RULES, operation=OPERATION)
def test_an_object_goes_down_the_waterfall_and_expires(s3: Any, bucket: str, clock: Any) -> None:
    steps = [(30, "STANDARD_IA"), (90, "GLACIER"), (180, "DEEP_ARCHIVE")]
    transitions = [{"Days": days, "StorageClass": name} for days, name in steps]
    put_rules(s3, bucket, {"Transitions": transitions, "Expiration": {"Days": 365}})
    s3.put_object(Bucket=bucket, Key="k", Body=LARGE)
    for days, name in steps:
        clock.advance(days=days - (clock.now() - datetime(2026, 11, 2, 9, tzinfo=timezone.utc)).days)
        assert storage_class(s3, bucket, "k") != name, "not before the midnight that follows"
        clock.advance(hours=15)
        assert storage_class(s3, bucket, "k") == name
        clock.advance(hours=9)
    clock.advance(days=400)
    assert keys(s3, bucket) == []


@pytest.mark.aws(RULES, operation=OPERATION)
def test_days_count_from_creation_and_round_up_to_midnight(s3: Any, bucket: str, clock: Any) -> None:
    put_rules(s3, bucket, {"ID": "gone in 3", "Expiration": {"Days": 3}})
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    clock.advance(days=3, hours=14, minutes=59)
    assert keys(s3, bucket) == ["k"]
    clock.advance(minutes=1)
    assert keys(s3, bucket) == []


@pytest.mark.aws("https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html", operation="s3:HeadObject")
def test_the_expiration_header_announces_date_and_rule(s3: Any, bucket: str) -> None:
    put_rules(s3, bucket, {"ID": "gone in 3", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}})
    expected = 'expiry-date="Fri, 06 Nov 2026 00:00:00 GMT", rule-id="gone%20in%203"'
    assert s3.put_object(Bucket=bucket, Key="logs/a", Body=b"")["Expiration"] == expected
    assert s3.head_object(Bucket=bucket, Key="logs/a")["Expiration"] == expected
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="data/a", Body=b"")


@pytest.mark.aws(RULES, operation=OPERATION)
def test_a_date_rule_acts_on_its_day(s3: Any, bucket: str, clock: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    put_rules(s3, bucket, {"Expiration": {"Date": datetime(2026, 11, 10, tzinfo=timezone.utc)}})
    clock.advance(days=7)
    assert keys(s3, bucket) == ["k"]
    clock.advance(days=1)
    assert keys(s3, bucket) == []


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html", operation=OPERATION
)
def test_filters_choose_by_prefix_tag_size_and_all_of_them(s3: Any, bucket: str, clock: Any) -> None:
    end = {"Expiration": {"Days": 1}}
    both = {"Prefix": "and/", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}
    put_rules(
        s3,
        bucket,
        {"ID": "1", "Filter": {"Prefix": "p/"}, **end},
        {"ID": "2", "Filter": {"Tag": {"Key": "temp", "Value": "yes"}}, **end},
        {"ID": "3", "Filter": {"And": {"Prefix": "s/", "ObjectSizeGreaterThan": 2, "ObjectSizeLessThan": 5}}, **end},
        {"ID": "4", "Filter": {"And": both}, **end},
        {"ID": "5", "Status": "Disabled", "Filter": {"Prefix": "off/"}, **end},
    )
    for key, body, tags in [
        ("p/a", b"", ""),
        ("q/a", b"", ""),
        ("t1", b"", "temp=yes"),
        ("t2", b"", "temp=no"),
        ("s/2", b"12", ""),
        ("s/3", b"123", ""),
        ("s/5", b"12345", ""),
        ("and/1", b"", "a=1&b=2"),
        ("and/2", b"", "a=1"),
        ("off/a", b"", ""),
    ]:
        s3.put_object(Bucket=bucket, Key=key, Body=body, Tagging=tags)
    clock.advance(days=3)
    assert keys(s3, bucket) == ["and/2", "off/a", "q/a", "s/2", "s/5", "t2"]


@pytest.mark.aws(TRANSITIONS, operation=OPERATION)
def test_small_objects_stay_unless_the_rule_says_sizes(s3: Any, bucket: str, clock: Any) -> None:
    to = {"Transitions": [{"Days": 0, "StorageClass": "GLACIER"}]}
    put_rules(
        s3,
        bucket,
        {"Filter": {"Prefix": "a/"}, **to},
        {"Filter": {"And": {"Prefix": "b/", "ObjectSizeGreaterThan": 10}}, **to},
    )
    for key, body in [("a/small", LARGE[:-1]), ("a/large", LARGE), ("b/small", LARGE[:-1])]:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    clock.advance(days=1)
    assert [storage_class(s3, bucket, k) for k in ("a/small", "a/large", "b/small")] == [
        "STANDARD",
        "GLACIER",
        "GLACIER",
    ]


@pytest.mark.aws(TRANSITIONS, operation=OPERATION)
def test_the_older_minimum_lets_small_objects_into_the_archives(s3: Any, bucket: str, clock: Any) -> None:
    minimum = "varies_by_storage_class"
    put_rules(
        s3,
        bucket,
        {"Filter": {"Prefix": "a/"}, "Transitions": [{"Days": 0, "StorageClass": "STANDARD_IA"}]},
        {"Filter": {"Prefix": "b/"}, "Transitions": [{"Days": 0, "StorageClass": "GLACIER"}]},
        TransitionDefaultMinimumObjectSize=minimum,
    )
    for key in ("a/k", "b/k"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"small")
    clock.advance(days=1)
    assert [storage_class(s3, bucket, key) for key in ("a/k", "b/k")] == ["STANDARD", "GLACIER"]
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["TransitionDefaultMinimumObjectSize"] == minimum


@pytest.mark.aws(TRANSITIONS, operation=OPERATION)
def test_infrequent_access_may_begin_on_day_0_and_nothing_moves_up(s3: Any, bucket: str, clock: Any) -> None:
    put_rules(s3, bucket, {"Transitions": [{"Days": 0, "StorageClass": "STANDARD_IA"}]})
    s3.put_object(Bucket=bucket, Key="new", Body=LARGE)
    s3.put_object(Bucket=bucket, Key="cold", Body=LARGE, StorageClass="GLACIER_IR")
    clock.advance(days=1)
    assert [storage_class(s3, bucket, key) for key in ("new", "cold")] == ["STANDARD_IA", "GLACIER_IR"]


@pytest.mark.aws(CONFLICTS, operation=OPERATION)
def test_the_cheapest_transition_wins_and_expiration_wins_over_all(s3: Any, bucket: str, clock: Any) -> None:
    put_rules(
        s3,
        bucket,
        {"ID": "1", "Transitions": [{"Days": 10, "StorageClass": "STANDARD_IA"}]},
        {"ID": "2", "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}]},
        {"ID": "3", "Filter": {"Prefix": "x"}, "Expiration": {"Days": 10}},
    )
    for key in ("a", "x"):
        s3.put_object(Bucket=bucket, Key=key, Body=LARGE)
    clock.advance(days=11)
    assert keys(s3, bucket) == ["a"]
    assert storage_class(s3, bucket, "a") == "GLACIER"


@pytest.mark.aws(RULES, operation=OPERATION)
def test_expiring_in_a_versioned_bucket_makes_a_delete_marker(s3: Any, versioned: str, clock: Any) -> None:
    put_rules(s3, versioned, {"Expiration": {"Days": 1}})
    kept = s3.put_object(Bucket=versioned, Key="k", Body=b"1")["VersionId"]
    clock.advance(days=2)
    listed = s3.list_object_versions(Bucket=versioned)
    assert [each["VersionId"] for each in listed["Versions"]] == [kept]
    assert [each["IsLatest"] for each in listed["DeleteMarkers"]] == [True]
    assert s3.get_object(Bucket=versioned, Key="k", VersionId=kept)["Body"].read() == b"1"


@pytest.mark.aws(RULES, operation=OPERATION)
def test_noncurrent_versions_move_and_expire_but_for_the_newest(s3: Any, versioned: str, clock: Any) -> None:
    put_rules(
        s3,
        versioned,
        {
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 10, "StorageClass": "GLACIER"}],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 2},
        },
    )
    ids = []
    for _ in range(5):
        ids.append(s3.put_object(Bucket=versioned, Key="k", Body=LARGE)["VersionId"])
        clock.advance(hours=1)
    clock.advance(days=11)
    classes = {
        each["VersionId"]: each["StorageClass"] for each in s3.list_object_versions(Bucket=versioned)["Versions"]
    }
    assert [classes[each] for each in ids] == ["GLACIER"] * 4 + ["STANDARD"]
    clock.advance(days=20)
    left = {each["VersionId"] for each in s3.list_object_versions(Bucket=versioned)["Versions"]}
    assert left == set(ids[2:])


@pytest.mark.aws(RULES, operation=OPERATION)
def test_a_delete_marker_that_hides_nothing_is_removed(s3: Any, versioned: str, clock: Any) -> None:
    put_rules(
        s3,
        versioned,
        {"Expiration": {"ExpiredObjectDeleteMarker": True}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
    )
    s3.put_object(Bucket=versioned, Key="k", Body=b"1")
    s3.delete_object(Bucket=versioned, Key="k")
    clock.advance(days=1)
    assert len(s3.list_object_versions(Bucket=versioned)["DeleteMarkers"]) == 1
    clock.advance(days=3)
    listed = s3.list_object_versions(Bucket=versioned)
    assert (listed.get("Versions"), listed.get("DeleteMarkers")) == (None, None)


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html",
    operation=OPERATION,
)
def test_unfinished_uploads_are_aborted(s3: Any, bucket: str, clock: Any) -> None:
    put_rules(s3, bucket, {"ID": "tidy", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}})
    begun = s3.create_multipart_upload(Bucket=bucket, Key="k")
    assert (begun["AbortRuleId"], begun["AbortDate"].isoformat()) == ("tidy", "2026-11-10T00:00:00+00:00")
    clock.advance(days=7)
    assert [each["UploadId"] for each in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [begun["UploadId"]]
    clock.advance(days=1)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


@pytest.mark.aws("https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html", operation=OPERATION)
def test_locked_versions_are_not_expired_before_their_time(s3: Any, clock: Any) -> None:
    s3.create_bucket(Bucket="locked-bucket", ObjectLockEnabledForBucket=True)
    put_rules(s3, "locked-bucket", {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    until = datetime(2026, 12, 1, tzinfo=timezone.utc)
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    s3.put_object(Bucket="locked-bucket", Key="k", Body=b"1", **lock)
    s3.put_object(Bucket="locked-bucket", Key="k", Body=b"2")
    clock.advance(days=20)
    assert len(s3.list_object_versions(Bucket="locked-bucket")["Versions"]) == 2
    clock.advance(days=20)
    assert len(s3.list_object_versions(Bucket="locked-bucket")["Versions"]) == 1


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html",
    operation="s3:GetBucketLifecycleConfiguration",
)
def test_a_configuration_is_read_back_and_deleted(s3: Any, bucket: str, clock: Any, refused: Any) -> None:
    with refused("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    rule = {
        "ID": "whole",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "p", "Tags": [{"Key": "a", "Value": "1"}], "ObjectSizeGreaterThan": 7}},
        "Transitions": [{"Days": 3, "StorageClass": "GLACIER_IR"}],
        "Expiration": {"Days": 9},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 4, "NewerNoncurrentVersions": 2},
    }
    put_rules(s3, bucket, rule)
    got = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert got["Rules"] == [rule]
    assert got["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    put_rules(s3, bucket, {"ID": "all", "Expiration": {"Days": 1}})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["Filter"] == {}
    s3.delete_bucket_lifecycle(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    clock.advance(days=10)
    assert keys(s3, bucket) == ["k"]


MOVE = {"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}
WRONG = [
    (
        "InvalidArgument",
        {**MOVE, "Expiration": {"Days": 30}},
        "'Days' in the Expiration action for filter '(prefix=a/)' must be greater than 'Days' in the Transition action",
    ),
    (
        "InvalidArgument",
        {"Transitions": [{"Days": 9, "StorageClass": "GLACIER"}, {"Days": 9, "StorageClass": "DEEP_ARCHIVE"}]},
        "'Days' in the Transition action for StorageClass 'DEEP_ARCHIVE' for filter '(prefix=a/)' must be greater than "
        "'Days' in the Transition action for StorageClass 'GLACIER' for filter '(prefix=a/)'",
    ),
    ("InvalidArgument", {"Expiration": {"Days": 0}}, "'Days' for Expiration action must be a positive integer"),
    (
        "InvalidArgument",
        {"Expiration": {"Date": datetime(2027, 1, 1, 12, tzinfo=timezone.utc)}},
        "'Date' must be at midnight GMT",
    ),
    (
        "InvalidArgument",
        {"ID": "x" * 256, "Expiration": {"Days": 1}},
        "ID length should not exceed allowed limit of 255",
    ),
    (
        "InvalidRequest",
        {"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}, {"Days": 2, "StorageClass": "GLACIER"}]},
        "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=a/)'",
    ),
    (
        "InvalidRequest",
        {**MOVE, "Expiration": {"Date": datetime(2030, 1, 1, tzinfo=timezone.utc)}},
        "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter "
        "'(prefix=a/)'",
    ),
    ("InvalidRequest", {}, "At least one action needs to be specified in a rule."),
    ("MalformedXML", {"Transitions": [{"Days": 1, "StorageClass": "STANDARD"}]}, None),
    ("MalformedXML", {"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, None),
    ("MalformedXML", {"Status": "On", "Expiration": {"Days": 1}}, None),
    ("MalformedXML", {"Prefix": "b", "Expiration": {"Days": 1}}, None),
]


@pytest.mark.aws(PUT, operation=OPERATION)
def test_wrong_rules_are_refused_and_change_nothing(s3: Any, bucket: str, refused: Any) -> None:
    put_rules(s3, bucket, {"ID": "good", "Expiration": {"Days": 1}})
    for code, rule, message in WRONG:
        with refused(code, message, 400):
            put_rules(s3, bucket, {"Filter": {"Prefix": "a/"}, **rule})
    twice = {"ID": "same", "Expiration": {"Days": 1}}
    with refused("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule", 400):
        put_rules(s3, bucket, twice, twice)
    with refused("MalformedXML", None, 400):
        put_rules(s3, bucket, *[{"ID": str(n), "Expiration": {"Days": 1}} for n in range(1001)])
    assert [rule["ID"] for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]] == ["good"]

"""Replication between versioned buckets, fifteen minutes later by the clock."""

from __future__ import annotations

from typing import Any

import pytest

WHAT = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnt-replicated.html"
STATUS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html"
PUT = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html"
ROLE = "arn:aws:iam::123456789012:role/replication"
OPERATION = "s3:PutBucketReplication"


@pytest.fixture
def replica(client: Any) -> str:
    """A versioned bucket in another Region."""
    west = client("s3", region="eu-west-1")
    west.create_bucket(Bucket="replica-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    west.put_bucket_versioning(Bucket="replica-bucket", VersioningConfiguration={"Status": "Enabled"})
    return "replica-bucket"


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::replica-bucket"},
        **changes,
    }


def put(s3: Any, bucket: str, *rules: dict[str, Any]) -> None:
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": ROLE, "Rules": list(rules)})


def listed(s3: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.mark.aws(STATUS, operation=OPERATION)
def test_new_objects_are_copied_with_all_they_have(s3: Any, versioned: str, replica: str, clock: Any) -> None:
    s3.put_object(Bucket=versioned, Key="before", Body=b"")
    put(s3, versioned, rule())
    made = s3.put_object(
        Bucket=versioned, Key="k", Body=b"data", Metadata={"a": "1"}, Tagging="t=2", ContentType="text/csv"
    )
    assert s3.head_object(Bucket=versioned, Key="k")["ReplicationStatus"] == "PENDING"
    assert listed(s3, replica) == []
    clock.advance(minutes=15)
    assert s3.head_object(Bucket=versioned, Key="k")["ReplicationStatus"] == "COMPLETED"
    copy = s3.get_object(Bucket=replica, Key="k")
    assert (copy["Body"].read(), copy["ReplicationStatus"], copy["VersionId"]) == (
        b"data",
        "REPLICA",
        made["VersionId"],
    )
    assert (copy["Metadata"], copy["ContentType"]) == ({"a": "1"}, "text/csv")
    assert s3.get_object_tagging(Bucket=replica, Key="k")["TagSet"] == [{"Key": "t", "Value": "2"}]
    assert listed(s3, replica) == ["k"], "what was there before the rule is not copied"


@pytest.mark.aws(WHAT, operation=OPERATION)
def test_filters_classes_and_priorities(s3: Any, versioned: str, replica: str, clock: Any) -> None:
    tagged = {"And": {"Prefix": "a/", "Tags": [{"Key": "copy", "Value": "yes"}]}}
    cold = {"Bucket": f"arn:aws:s3:::{replica}", "StorageClass": "STANDARD_IA"}
    put(
        s3,
        versioned,
        rule(ID="1", Priority=1, Filter=tagged),
        rule(ID="2", Priority=2, Filter={"Prefix": "b/"}, Destination=cold),
        rule(ID="3", Priority=3, Filter={"Prefix": "c/"}, Status="Disabled"),
    )
    for key, tags in (("a/yes", "copy=yes"), ("a/no", "copy=no"), ("b/k", ""), ("c/k", "")):
        s3.put_object(Bucket=versioned, Key=key, Body=b"", Tagging=tags)
    assert "ReplicationStatus" not in s3.head_object(Bucket=versioned, Key="a/no")
    clock.advance(minutes=15)
    assert listed(s3, replica) == ["a/yes", "b/k"]
    assert s3.head_object(Bucket=replica, Key="b/k")["StorageClass"] == "STANDARD_IA"
    assert "ReplicationStatus" not in s3.head_object(Bucket=versioned, Key="a/no")


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html", operation=OPERATION
)
@pytest.mark.parametrize("status", ["Enabled", "Disabled"])
def test_delete_markers_follow_when_the_rule_says(
    s3: Any, versioned: str, replica: str, clock: Any, status: str
) -> None:
    put(s3, versioned, rule(DeleteMarkerReplication={"Status": status}))
    version = s3.put_object(Bucket=versioned, Key="k", Body=b"")["VersionId"]
    clock.advance(minutes=20)
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    s3.delete_object(Bucket=versioned, Key="k", VersionId=version)
    clock.advance(minutes=20)
    versions = s3.list_object_versions(Bucket=replica)
    assert [each["VersionId"] for each in versions["Versions"]] == [version], "deleting a version is not replicated"
    found = [each["VersionId"] for each in versions.get("DeleteMarkers", [])]
    assert found == ([marker] if status == "Enabled" else [])


@pytest.mark.aws(WHAT, operation=OPERATION)
def test_kms_objects_only_when_selected_and_replicas_never(s3: Any, versioned: str, replica: str, clock: Any) -> None:
    put(s3, versioned, rule())
    back = {"Bucket": f"arn:aws:s3:::{versioned}"}
    put(s3, replica, rule(Destination=back))
    s3.put_object(Bucket=versioned, Key="kms", Body=b"", ServerSideEncryption="aws:kms")
    s3.put_object(Bucket=versioned, Key="plain", Body=b"")
    clock.advance(hours=2)
    assert listed(s3, replica) == ["plain"]
    assert len(s3.list_object_versions(Bucket=versioned)["Versions"]) == 2, "nothing comes back"


@pytest.mark.aws(STATUS, operation=OPERATION)
def test_a_lost_destination_shows_as_failed(s3: Any, versioned: str, replica: str, clock: Any) -> None:
    put(s3, versioned, rule())
    s3.put_object(Bucket=versioned, Key="k", Body=b"")
    s3.delete_bucket(Bucket=replica)
    clock.advance(minutes=15)
    assert s3.head_object(Bucket=versioned, Key="k")["ReplicationStatus"] == "FAILED"


@pytest.mark.aws(PUT, operation=OPERATION)
def test_what_a_configuration_must_have(s3: Any, bucket: str, replica: str, refused: Any) -> None:
    with refused(
        "InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration", 400
    ):
        put(s3, bucket, rule())
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket="plain-bucket")

    def to(name: str) -> dict[str, Any]:
        return rule(Destination={"Bucket": f"arn:aws:s3:::{name}"})

    with refused("InvalidRequest", "Destination bucket must exist.", 400):
        put(s3, bucket, to("no-such-bucket"))
    with refused("InvalidRequest", "Destination bucket must have versioning enabled.", 400):
        put(s3, bucket, to("plain-bucket"))
    with refused("InvalidRequest", "Destination bucket cannot be the same as the source bucket.", 400):
        put(s3, bucket, to(bucket))
    incomplete = {name: value for name, value in rule().items() if name != "DeleteMarkerReplication"}
    with refused("InvalidRequest", status=400):
        put(s3, bucket, incomplete)
    with refused("ReplicationConfigurationNotFoundError", "The replication configuration was not found", 404):
        s3.get_bucket_replication(Bucket=bucket)
    put(s3, bucket, rule(Filter={"Prefix": "logs/"}))
    got = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    assert got == {"Role": ROLE, "Rules": [rule(Filter={"Prefix": "logs/"})]}
    with refused("InvalidBucketState", status=409):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_replication(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html",
    operation="s3:PutBucketReplication",
)
def test_copies_take_the_default_retention_of_their_bucket(
    s3: Any, client: Any, versioned: str, clock: Any, refused: Any
) -> None:
    west = client("s3", region="eu-west-1")
    place = {"LocationConstraint": "eu-west-1"}
    west.create_bucket(Bucket="replica-bucket", CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    locked = {"ObjectLockEnabled": "Enabled", "Rule": retention}
    west.put_object_lock_configuration(Bucket="replica-bucket", ObjectLockConfiguration=locked)
    put(s3, versioned, rule())
    version = s3.put_object(Bucket=versioned, Key="k", Body=b"data")["VersionId"]
    clock.advance(minutes=15)
    copy = {"Bucket": "replica-bucket", "Key": "k", "VersionId": version}
    assert west.head_object(**copy)["ObjectLockMode"] == "COMPLIANCE"
    west.copy_object(Bucket="replica-bucket", Key="by hand", CopySource=copy)
    assert west.head_object(Bucket="replica-bucket", Key="by hand")["ObjectLockMode"] == "COMPLIANCE"
    with refused("AccessDenied", status=403):
        west.delete_object(**copy)
    clock.advance(days=31)
    west.delete_object(**copy)

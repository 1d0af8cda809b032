"""Buckets: names, Regions, limits; what is not supported."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest

NAMES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
CREATE = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html"
KEYS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"
INVENTORY = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html"


@pytest.mark.aws(NAMES, operation="s3:CreateBucket")
@pytest.mark.parametrize(
    "name",
    [
        "Bad_Name",
        "UPPER",
        "ab",
        "a" * 64,
        "-dash",
        "dash-",
        "two..dots",
        "192.168.5.4",
        "xn--80ak6aa92e",
        "name-s3alias",
        "sthree-x",
        "amzn-s3-demo-x",
    ],
)
def test_names_that_no_bucket_may_have(s3: Any, refused: Any, name: str) -> None:
    with refused("InvalidBucketName", "The specified bucket is not valid.", 400):
        s3.create_bucket(Bucket=name)


@pytest.mark.ministack
@pytest.mark.aws(CREATE, operation="s3:CreateBucket")
def test_regions_and_their_location_constraint(s3: Any, client: Any, refused: Any) -> None:
    west = client("s3", region="eu-west-1")
    message = (
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
    )
    with refused("IllegalLocationConstraintException", message, 400):
        west.create_bucket(Bucket="west-bucket")
    with refused("IllegalLocationConstraintException", status=400):
        west.create_bucket(Bucket="west-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with refused("InvalidLocationConstraint", "The specified location-constraint is not valid", 400):
        s3.create_bucket(Bucket="east-bucket", CreateBucketConfiguration={"LocationConstraint": "us-east-1"})
    here = {"LocationConstraint": "eu-west-1"}
    west.create_bucket(Bucket="west-bucket", CreateBucketConfiguration=here)
    assert west.get_bucket_location(Bucket="west-bucket")["LocationConstraint"] == "eu-west-1"
    with refused("BucketAlreadyOwnedByYou", status=409):
        west.create_bucket(Bucket="west-bucket", CreateBucketConfiguration=here)
    for _ in range(2):
        s3.create_bucket(Bucket="east-bucket")


@pytest.mark.ministack
@pytest.mark.aws(CREATE, operation="s3:CreateBucket")
def test_a_bucket_can_be_born_with_tags(s3: Any) -> None:
    tags = [{"Key": "course", "Value": "3.6"}, {"Key": "owner", "Value": "ada"}]
    s3.create_bucket(Bucket="tagged-bucket", CreateBucketConfiguration={"Tags": tags})
    assert s3.get_bucket_tagging(Bucket="tagged-bucket")["TagSet"] == tags


def _from_another_account(request: Any, **_: Any) -> None:
    request.headers["x-moto-account-id"] = "111111111111"


@pytest.mark.aws(CREATE, operation="s3:CreateBucket")
def test_a_name_belongs_to_one_account(client: Any, bucket: str, refused: Any) -> None:
    other = client("s3")
    other.meta.events.register("before-send.s3", _from_another_account)
    with refused("BucketAlreadyExists", status=409):
        other.create_bucket(Bucket=bucket)


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html", operation="s3:DeleteBucket"
)
def test_only_an_empty_bucket_can_be_deleted_versions_count(s3: Any, bucket: str, versioned: str, refused: Any) -> None:
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"")["VersionId"]
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    message = "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    with refused("BucketNotEmpty", message, 409):
        s3.delete_bucket(Bucket=bucket)
    for each in (version, marker):
        s3.delete_object(Bucket=bucket, Key="k", VersionId=each)
    s3.delete_bucket(Bucket=bucket)
    with refused("NoSuchBucket", "The specified bucket does not exist", 404):
        s3.list_objects_v2(Bucket=bucket)
    with refused("404", status=404):
        s3.head_bucket(Bucket=bucket)


@pytest.mark.aws(KEYS, operation="s3:PutObject")
def test_keys_metadata_and_tags_have_limits(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k" * 1024, Body=b"", Metadata={"a": "x" * 2047})
    with refused("KeyTooLongError", "Your key is too long", 400):
        s3.put_object(Bucket=bucket, Key="k" * 1025, Body=b"")
    with refused("KeyTooLongError", status=400):
        s3.put_object(Bucket=bucket, Key="ü" * 513, Body=b"")
    with refused("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"", Metadata={"a": "x" * 2048})
    tags = [{"Key": f"t{n}", "Value": ""} for n in range(11)]
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags[:10]})
    with refused("BadRequest", "Object tags cannot be greater than 10", 400):
        s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags})
    with refused("InvalidTag", "Cannot provide multiple Tags with the same key", 400):
        s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [tags[0], tags[0]]})
    for key, value in (("aws:x", "1"), ("x" * 129, "1"), ("x", "v" * 257), ("emoji<", "1")):
        with refused("InvalidTag", status=400):
            s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": key, "Value": value}]})
    with refused("InvalidTag", "Your TagKey cannot be prefixed with aws:", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="aws:x=1")
    assert len(s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]) == 10


@pytest.mark.aws("https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html", operation="s3:ListObjectsV2")
def test_lists_come_in_pages_and_folders(s3: Any, bucket: str, refused: Any) -> None:
    for key in ("a/1", "a/2", "b", "c/d/e"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    page = s3.list_objects_v2(Bucket=bucket, MaxKeys=2)
    assert (page["IsTruncated"], page["KeyCount"], [each["Key"] for each in page["Contents"]]) == (
        True,
        2,
        ["a/1", "a/2"],
    )
    rest = s3.list_objects_v2(Bucket=bucket, ContinuationToken=page["NextContinuationToken"])
    assert [each["Key"] for each in rest["Contents"]] == ["b", "c/d/e"]
    folders = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [each["Prefix"] for each in folders["CommonPrefixes"]] == ["a/", "c/"]
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=5000)["MaxKeys"] == 1000
    with refused("InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647", 400):
        s3.list_objects_v2(Bucket=bucket, MaxKeys=-1)


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html", operation="s3:PutObject"
)
def test_storage_classes_of_general_purpose_buckets(s3: Any, bucket: str, refused: Any) -> None:
    for name in ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"", StorageClass=name)
        assert s3.head_object(Bucket=bucket, Key=name)["StorageClass"] == name
    for name in ("EXPRESS_ONEZONE", "CHEAPEST"):
        with refused("InvalidStorageClass", "The storage class you specified is not valid", 400):
            s3.put_object(Bucket=bucket, Key="k", Body=b"", StorageClass=name)


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html",
    operation="cloudwatch:GetMetricStatistics",
)
def test_the_daily_storage_metrics(s3: Any, client: Any, bucket: str, clock: Any) -> None:
    for name, size in (("STANDARD", 1000), ("STANDARD", 500), ("GLACIER", 70)):
        s3.put_object(Bucket=bucket, Key=f"{name}{size}", Body=b"x" * size, StorageClass=name)

    def metric(name: str, storage_type: str) -> float:
        answer = client("cloudwatch").get_metric_statistics(
            Namespace="AWS/S3",
            MetricName=name,
            Dimensions=[{"Name": "BucketName", "Value": bucket}, {"Name": "StorageType", "Value": storage_type}],
            StartTime=clock.now() - timedelta(days=2),
            EndTime=clock.now() + timedelta(days=2),
            Period=86_400,
            Statistics=["Average"],
        )
        return float(answer["Datapoints"][-1]["Average"])

    assert metric("BucketSizeBytes", "StandardStorage") == 1500
    assert metric("BucketSizeBytes", "GlacierStorage") == 70
    assert metric("NumberOfObjects", "AllStorageTypes") == 3


UNSUPPORTED = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"


@pytest.mark.aws(UNSUPPORTED, operation="s3:PutBucketAnalyticsConfiguration")
def test_what_is_missing_says_so_and_does_nothing(s3: Any, bucket: str, refused: Any) -> None:
    analytics = {"Id": "a", "StorageClassAnalysis": {}}
    payer = {"Payer": "Requester"}
    for call in (
        lambda: s3.put_bucket_analytics_configuration(Bucket=bucket, Id="a", AnalyticsConfiguration=analytics),
        lambda: s3.list_bucket_analytics_configurations(Bucket=bucket),
        lambda: s3.put_bucket_metrics_configuration(Bucket=bucket, Id="a", MetricsConfiguration={"Id": "a"}),
        lambda: s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration=payer),
        lambda: s3.get_object_torrent(Bucket=bucket, Key="k"),
        lambda: s3.create_bucket(Bucket="no-such--use1-az4--x-s3"),
        lambda: s3.list_directory_buckets(),
    ):
        with refused("NotImplemented", status=501):
            call()


@pytest.mark.ministack
@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html", operation="s3:SelectObjectContent"
)
def test_s3_select_is_closed_to_new_customers(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"a,b\n1,2\n")
    with refused("MethodNotAllowed", status=405):
        s3.select_object_content(
            Bucket=bucket,
            Key="k",
            Expression="SELECT * FROM s3object",
            ExpressionType="SQL",
            InputSerialization={"CSV": {}},
            OutputSerialization={"CSV": {}},
        )


@pytest.mark.aws(INVENTORY, operation="s3:PutBucketInventoryConfiguration")
def test_inventory_lists_the_bucket_once_a_day(s3: Any, bucket: str, clock: Any, refused: Any) -> None:
    s3.create_bucket(Bucket="reports-bucket")
    wish = {
        "Id": "daily",
        "IsEnabled": True,
        "IncludedObjectVersions": "Current",
        "Schedule": {"Frequency": "Daily"},
        "OptionalFields": ["Size", "StorageClass", "IntelligentTieringAccessTier"],
        "Destination": {
            "S3BucketDestination": {"Bucket": "arn:aws:s3:::reports-bucket", "Format": "CSV", "Prefix": "inv"}
        },
    }
    s3.put_bucket_inventory_configuration(Bucket=bucket, Id="daily", InventoryConfiguration=wish)
    assert s3.get_bucket_inventory_configuration(Bucket=bucket, Id="daily")["InventoryConfiguration"] == wish
    s3.put_object(Bucket=bucket, Key="a b", Body=b"12345")
    s3.put_object(Bucket=bucket, Key="tiered", Body=b"x" * 200_000, StorageClass="INTELLIGENT_TIERING")
    clock.advance(days=31)
    written = [
        each["Key"]
        for each in s3.list_objects_v2(Bucket="reports-bucket", Prefix="inv/contract-bucket/daily/2")["Contents"]
    ]
    assert written[0] == "inv/contract-bucket/daily/2026-11-03T00-00Z/manifest.checksum"
    assert sum(key.endswith("manifest.json") for key in written) == 31
    listing = s3.get_object(Bucket="reports-bucket", Key=written[-1])["Body"].read()
    manifest = json.loads(listing)
    (file,) = manifest["files"]
    body = s3.get_object(Bucket="reports-bucket", Key=file["key"])["Body"].read()
    assert (file["size"], file["MD5checksum"]) == (len(body), hashlib.md5(body).hexdigest())
    assert manifest["fileSchema"] == "Bucket, Key, Size, StorageClass, IntelligentTieringAccessTier"
    rows = list(csv.reader(io.StringIO(gzip.decompress(body).decode())))
    assert rows == [
        [bucket, "a%20b", "5", "STANDARD", ""],
        [bucket, "tiered", "200000", "INTELLIGENT_TIERING", "INFREQUENT"],
    ]
    s3.delete_bucket_inventory_configuration(Bucket=bucket, Id="daily")
    with refused("NoSuchConfiguration", status=404):
        s3.get_bucket_inventory_configuration(Bucket=bucket, Id="daily")
    clock.advance(days=3)
    assert len(s3.list_objects_v2(Bucket="reports-bucket")["Contents"]) == 31 * 4

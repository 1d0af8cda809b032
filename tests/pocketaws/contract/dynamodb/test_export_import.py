"""Exports to S3 and imports from it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
EXPORT = f"{GUIDE}S3DataExport.HowItWorks.html"
OUTPUT = f"{GUIDE}S3DataExport.Output.html"
REQUEST = f"{GUIDE}S3DataExport_Requesting.html"
IMPORT = f"{GUIDE}S3DataImport.HowItWorks.html"
INVALID = f"{GUIDE}S3DataImport.Validation.html"
FORMAT = f"{GUIDE}S3DataImport.Format.html"
API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_"
BUCKET = "lake-of-orders"
IMPORTED: dict[str, Any] = {
    "TableName": "Imported",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def bucket(s3: Any) -> str:
    s3.create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.fixture
def table_arn(dynamodb: Any, orders: str) -> str:
    """The table with recovery enabled and two orders."""
    specification = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=orders, PointInTimeRecoverySpecification=specification)
    for customer in ("a", "b"):
        dynamodb.put_item(TableName=orders, Item=order(customer))
    return str(dynamodb.describe_table(TableName=orders)["Table"]["TableArn"])


def order(customer: str, amount: str = "1") -> dict[str, Any]:
    return {"customer": {"S": customer}, "placed": {"S": "2026"}, "amount": {"N": amount}}


def read(s3: Any, key: str) -> bytes:
    return bytes(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def data(s3: Any, manifest: str) -> list[Any]:
    """Return the lines of the data files that a summary manifest leads to, after checking every checksum."""
    summary = json.loads(read(s3, manifest))
    files = read(s3, summary["manifestFilesS3Key"])
    assert read(s3, summary["manifestFilesS3Key"].replace(".json", ".md5")) == md5(files)
    lines = []
    for entry in map(json.loads, files.splitlines()):
        stored = s3.get_object(Bucket=BUCKET, Key=entry["dataFileS3Key"])
        body = stored["Body"].read()
        assert stored["ETag"].strip('"') == entry["etag"]
        assert md5(body) == entry["md5Checksum"].encode()
        found = [json.loads(line) for line in gzip.decompress(body).splitlines()]
        assert len(found) == entry["itemCount"]
        lines += found
    assert summary["itemCount"] == len(lines)
    return lines


def md5(content: bytes) -> bytes:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest())


@pytest.mark.aws(EXPORT, operation="dynamodb:ExportTableToPointInTime")
@pytest.mark.aws(f"{API}ListExports.html", operation="dynamodb:ListExports")
def test_a_full_export_holds_the_table_as_it_was(
    dynamodb: Any, s3: Any, bucket: str, table_arn: str, clock: Any
) -> None:
    moment = clock.now()
    clock.advance(minutes=1)
    dynamodb.put_item(TableName="Orders", Item=order("a", "2"))
    answer = dynamodb.export_table_to_point_in_time(
        TableArn=table_arn, S3Bucket=bucket, S3Prefix="exports", ExportTime=moment
    )["ExportDescription"]
    assert answer["ExportStatus"] == "IN_PROGRESS"
    arn = answer["ExportArn"]
    assert dynamodb.describe_export(ExportArn=arn)["ExportDescription"]["ExportStatus"] == "IN_PROGRESS"
    clock.advance(minutes=5)
    done = dynamodb.describe_export(ExportArn=arn)["ExportDescription"]
    assert (done["ExportStatus"], done["ItemCount"]) == ("COMPLETED", 2)
    name = arn.rpartition("/")[2]
    assert done["ExportManifest"] == f"exports/AWSDynamoDB/{name}/manifest-summary.json"
    assert data(s3, done["ExportManifest"]) == [{"Item": order(one)} for one in _scanned(dynamodb)]
    keys = [one["Key"].rpartition("/")[2] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert {"_started", "manifest-files.json", "manifest-files.md5", "manifest-summary.json"} < set(keys)
    summary = json.loads(read(s3, done["ExportManifest"]))
    assert (summary["exportArn"], summary["outputFormat"]) == (arn, "DYNAMODB_JSON")
    listed = dynamodb.list_exports(TableArn=table_arn)["ExportSummaries"]
    assert listed == [{"ExportArn": arn, "ExportStatus": "COMPLETED", "ExportType": "FULL_EXPORT"}]


def _scanned(dynamodb: Any) -> list[str]:
    return [item["customer"]["S"] for item in dynamodb.scan(TableName="Orders")["Items"]]


@pytest.mark.aws(OUTPUT, operation="dynamodb:ExportTableToPointInTime")
@pytest.mark.parametrize("view", ["NEW_AND_OLD_IMAGES", "NEW_IMAGE"])
def test_an_incremental_export_holds_each_change_once(
    dynamodb: Any, s3: Any, bucket: str, table_arn: str, clock: Any, view: str
) -> None:
    clock.advance(minutes=30)
    start = clock.now()
    for amount in ("2", "3"):
        dynamodb.put_item(TableName="Orders", Item=order("a", amount))
    dynamodb.put_item(TableName="Orders", Item=order("c"))
    dynamodb.delete_item(TableName="Orders", Key={"customer": {"S": "b"}, "placed": {"S": "2026"}})
    dynamodb.put_item(TableName="Orders", Item=order("gone"))
    dynamodb.delete_item(TableName="Orders", Key={"customer": {"S": "gone"}, "placed": {"S": "2026"}})
    clock.advance(minutes=30)
    period = {"ExportFromTime": start, "ExportToTime": clock.now(), "ExportViewType": view}
    arn = dynamodb.export_table_to_point_in_time(
        TableArn=table_arn, S3Bucket=bucket, ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=period
    )["ExportDescription"]["ExportArn"]
    clock.advance(minutes=5)
    done = dynamodb.describe_export(ExportArn=arn)["ExportDescription"]
    changes = {line["Keys"]["customer"]["S"]: line for line in data(s3, done["ExportManifest"])}
    assert sorted(changes) == ["a", "b", "c"]
    micros = str(int(start.timestamp() * 1_000_000))
    assert changes["a"]["Metadata"] == {"WriteTimestampMicros": {"N": micros}}
    assert changes["a"]["NewImage"] == order("a", "3")
    assert "NewImage" not in changes["b"]
    assert changes["c"].get("OldImage") is None
    assert changes["a"].get("OldImage") == (order("a") if view == "NEW_AND_OLD_IMAGES" else None)


@pytest.mark.aws(REQUEST, operation="dynamodb:ExportTableToPointInTime")
def test_what_cannot_be_exported_is_refused(dynamodb: Any, bucket: str, orders: str, refused: Any, clock: Any) -> None:
    arn = dynamodb.describe_table(TableName=orders)["Table"]["TableArn"]
    where: dict[str, Any] = {"TableArn": arn, "S3Bucket": bucket}

    def code(**more: Any) -> str:
        return str(refused(dynamodb.export_table_to_point_in_time, **{**where, **more})[0])

    assert code() == "PointInTimeRecoveryUnavailableException"
    specification = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=orders, PointInTimeRecoverySpecification=specification)
    assert code(ExportTime=clock.now() - timedelta(hours=1)) == "InvalidExportTimeException"
    assert refused(dynamodb.export_table_to_point_in_time, **{**where, "TableArn": f"{arn}-absent"}) == (
        "TableNotFoundException",
        f"Table not found: {arn}-absent",
    )
    assert code(ExportFormat="ION") == "ValidationException"
    short = {"ExportFromTime": clock.now(), "ExportToTime": clock.now() + timedelta(minutes=5)}
    assert code(ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=short) == "ValidationException"
    assert refused(dynamodb.describe_export, ExportArn=f"{arn}/export/0")[0] == "ExportNotFoundException"


@pytest.mark.aws(EXPORT, operation="dynamodb:DescribeExport")
def test_an_export_to_no_bucket_fails(dynamodb: Any, table_arn: str, clock: Any) -> None:
    export = dynamodb.export_table_to_point_in_time(TableArn=table_arn, S3Bucket="no-such-bucket")
    clock.advance(minutes=5)
    arn = export["ExportDescription"]["ExportArn"]
    done = dynamodb.describe_export(ExportArn=arn)["ExportDescription"]
    assert (done["ExportStatus"], done["FailureCode"]) == ("FAILED", "S3NoSuchBucket")


@pytest.mark.aws(FORMAT, operation="dynamodb:ImportTable")
@pytest.mark.aws(f"{API}DescribeImport.html", operation="dynamodb:DescribeImport")
@pytest.mark.aws(f"{API}ListImports.html", operation="dynamodb:ListImports")
def test_a_csv_is_imported_with_typed_keys_and_text(
    dynamodb: Any, s3: Any, bucket: str, clock: Any, refused: Any
) -> None:
    s3.put_object(Bucket=bucket, Key="in/1.csv", Body=b'id,name,note\n1,Ada,"a, b"\n2,Bo,\nx,wrong,key\n,no,key\n')
    s3.put_object(Bucket=bucket, Key="in/2.csv", Body=b"id,name,note\n1,Ann,later\n")
    s3.put_object(Bucket=bucket, Key="other/3.csv", Body=b"id,name\n9,Nobody\n")
    answer = dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": "in/"}, InputFormat="CSV", TableCreationParameters=IMPORTED
    )["ImportTableDescription"]
    assert answer["ImportStatus"] == "IN_PROGRESS"
    assert dynamodb.describe_table(TableName="Imported")["Table"]["TableStatus"] == "CREATING"
    assert refused(dynamodb.scan, TableName="Imported")[0] == "ResourceNotFoundException"
    clock.advance(minutes=5)
    done = dynamodb.describe_import(ImportArn=answer["ImportArn"])["ImportTableDescription"]
    counts = [done[name] for name in ("ProcessedItemCount", "ImportedItemCount", "ErrorCount")]
    assert (done["ImportStatus"], done["FailureCode"], counts) == ("FAILED", "ItemValidationError", [5, 2, 2])
    items = dynamodb.scan(TableName="Imported")["Items"]
    assert sorted(items, key=lambda item: item["id"]["N"]) == [
        {"id": {"N": "1"}, "name": {"S": "Ann"}, "note": {"S": "later"}},
        {"id": {"N": "2"}, "name": {"S": "Bo"}},
    ]
    (listed,) = dynamodb.list_imports()["ImportSummaryList"]
    assert (listed["ImportArn"], listed["ImportStatus"]) == (answer["ImportArn"], "FAILED")


@pytest.mark.aws(FORMAT, operation="dynamodb:ImportTable")
def test_a_csv_can_have_another_delimiter_and_no_header(dynamodb: Any, s3: Any, bucket: str, clock: Any) -> None:
    s3.put_object(Bucket=bucket, Key="in.csv", Body=b"1;Ada\n2;Bo\n")
    dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": "in.csv"},
        InputFormat="CSV",
        InputFormatOptions={"Csv": {"Delimiter": ";", "HeaderList": ["id", "name"]}},
        TableCreationParameters=IMPORTED,
    )
    clock.advance(minutes=5)
    key = {"id": {"N": "2"}}
    assert dynamodb.get_item(TableName="Imported", Key=key)["Item"] == {**key, "name": {"S": "Bo"}}


@pytest.mark.aws(FORMAT, operation="dynamodb:ImportTable")
def test_what_was_exported_can_be_imported(dynamodb: Any, s3: Any, bucket: str, table_arn: str, clock: Any) -> None:
    dynamodb.export_table_to_point_in_time(TableArn=table_arn, S3Bucket=bucket, S3Prefix="out")
    clock.advance(minutes=5)
    (key,) = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"] if one["Key"].endswith(".gz")]
    names = ("customer", "placed")
    dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": key},
        InputFormat="DYNAMODB_JSON",
        InputCompressionType="GZIP",
        TableCreationParameters={
            "TableName": "Copied",
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
            "KeySchema": [
                {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=True)
            ],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    clock.advance(minutes=5)
    assert dynamodb.scan(TableName="Copied")["Items"] == dynamodb.scan(TableName="Orders")["Items"]


def imported(dynamodb: Any, clock: Any, source: dict[str, str], kind: str, **more: Any) -> dict[str, Any]:
    """Import into a new table; return the finished job."""
    where: dict[str, Any] = {"S3BucketSource": source, "InputFormat": kind, "TableCreationParameters": IMPORTED, **more}
    arn = dynamodb.import_table(**where)["ImportTableDescription"]["ImportArn"]
    clock.advance(minutes=5)
    return dict(dynamodb.describe_import(ImportArn=arn)["ImportTableDescription"])


ONE, TWO = '{"Item": {"id": {"N": "1"}}}', '{"Item": {"id": {"N": "2"}}}'


@pytest.mark.aws(INVALID, operation="dynamodb:ImportTable")
@pytest.mark.parametrize(
    ("body", "status", "counts"),
    [
        (f"{ONE}\n{TWO}\n".encode(), "COMPLETED", [2, 2, 0]),
        (f"{ONE}{TWO}".encode(), "COMPLETED", [2, 2, 0]),
        (f'{ONE}\n{{"id": {{"N": "2"}}}}\n'.encode(), "FAILED", [2, 1, 1]),
        (f"{ONE}\nnonsense\n{TWO}\n".encode(), "FAILED", [2, 1, 1]),
        (b"\xff\xfe", "FAILED", [1, 0, 1]),
    ],
    ids=["lines", "no lines", "no item", "unreadable from there", "no text"],
)
def test_what_cannot_be_imported_fails_the_job_and_not_the_rest(
    dynamodb: Any, s3: Any, bucket: str, clock: Any, body: bytes, status: str, counts: list[int]
) -> None:
    s3.put_object(Bucket=bucket, Key="in.json", Body=body)
    done = imported(dynamodb, clock, {"S3Bucket": bucket}, "DYNAMODB_JSON")
    assert (done["ImportStatus"], done.get("FailureCode")) == (status, "ItemValidationError" if counts[2] else None)
    assert [done[name] for name in ("ProcessedItemCount", "ImportedItemCount", "ErrorCount")] == counts
    assert dynamodb.scan(TableName="Imported")["Count"] == counts[1]


@pytest.mark.aws(INVALID, operation="dynamodb:ImportTable")
def test_what_is_not_compressed_cannot_be_decompressed(dynamodb: Any, s3: Any, bucket: str, clock: Any) -> None:
    s3.put_object(Bucket=bucket, Key="in.json", Body=ONE.encode())
    done = imported(dynamodb, clock, {"S3Bucket": bucket}, "DYNAMODB_JSON", InputCompressionType="GZIP")
    assert (done["ImportStatus"], done["FailureCode"], done["FailureMessage"]) == (
        "FAILED",
        "ItemValidationError",
        "Some of the items failed validation checks and were not imported. Please check CloudWatch error logs for more "
        "details.",
    )


@pytest.mark.aws(IMPORT, operation="dynamodb:ImportTable")
def test_an_import_of_nothing_makes_an_empty_table(dynamodb: Any, bucket: str, clock: Any) -> None:
    done = imported(dynamodb, clock, {"S3Bucket": bucket, "S3KeyPrefix": "none/"}, "CSV")
    assert (done["ImportStatus"], done["ProcessedItemCount"]) == ("COMPLETED", 0)
    assert dynamodb.scan(TableName="Imported")["Count"] == 0


@pytest.mark.aws(IMPORT, operation="dynamodb:ImportTable")
def test_an_import_from_no_bucket_makes_no_table(dynamodb: Any, clock: Any) -> None:
    done = imported(dynamodb, clock, {"S3Bucket": "no-such-bucket"}, "CSV")
    assert (done["ImportStatus"], done["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert dynamodb.list_tables()["TableNames"] == []


@pytest.mark.aws(IMPORT, operation="dynamodb:ImportTable")
def test_an_import_into_a_table_that_is_there_is_refused(dynamodb: Any, bucket: str, orders: str, refused: Any) -> None:
    source = {"S3BucketSource": {"S3Bucket": bucket, "S3KeyPrefix": "none/"}, "InputFormat": "CSV"}
    parameters = IMPORTED | {"TableName": orders}
    assert refused(dynamodb.import_table, **source, TableCreationParameters=parameters) == (
        "ResourceInUseException",
        f"Table already exists: {orders}",
    )

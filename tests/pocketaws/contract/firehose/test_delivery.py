"""Buffers, names, compression, conversion, partitions and Kinesis as a source."""

from __future__ import annotations

import base64
import gzip
import io
import json
from typing import Any

import pyarrow.parquet
import pytest

DEV = "https://docs.aws.amazon.com/firehose/latest/dev/"
API = "https://docs.aws.amazon.com/firehose/latest/APIReference/"
PREFIXES = f"{DEV}s3-prefixes.html"
MIB = 1024 * 1024


def put(firehose: Any, *data: bytes, name: str = "flights") -> Any:
    return firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": each} for each in data])


@pytest.mark.aws(f"{DEV}buffering-hints.html", operation="PutRecordBatch, firehose:PutRecord")
def test_a_buffer_waits_five_minutes(firehose: Any, make: Any, objects: Any, clock: Any) -> None:
    name = make()
    clock.advance(minutes=45)
    put(firehose, b"one\n", b"two\n")
    clock.advance(minutes=2)
    firehose.put_record(DeliveryStreamName=name, Record={"Data": b"three\n"})
    clock.advance(minutes=2, seconds=59)
    assert objects() == {}
    clock.advance(seconds=1)
    ((key, content),) = objects().items()
    assert content == b"one\ntwo\nthree\n"
    assert key.startswith("2026/11/02/09/flights-1-2026-11-02-09-45-00-")
    clock.advance(hours=1)
    assert len(objects()) == 1


@pytest.mark.aws(f"{DEV}buffering-hints.html", operation="PutRecordBatch")
def test_a_full_buffer_does_not_wait(firehose: Any, make: Any, objects: Any, clock: Any) -> None:
    make(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    answer = put(firehose, *[bytes(300_000)] * 3)
    assert answer["FailedPutCount"] == 0
    assert len({each["RecordId"] for each in answer["RequestResponses"]}) == 3
    assert objects() == {}
    put(firehose, bytes(300_000), bytes(10))
    assert [len(each) for each in objects().values()] == [1_200_000]
    clock.advance(seconds=900)
    assert sorted(len(each) for each in objects().values()) == [10, 1_200_000]


@pytest.mark.aws(f"{API}API_ExtendedS3DestinationConfiguration.html", operation="CreateDeliveryStream")
def test_gzip_and_a_delimiter(firehose: Any, make: Any, objects: Any, clock: Any) -> None:
    processor = {
        "Type": "AppendDelimiterToRecord",
        "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
    }
    make(CompressionFormat="GZIP", ProcessingConfiguration={"Enabled": True, "Processors": [processor]})
    put(firehose, b"one", b"two")
    clock.advance(minutes=5)
    ((key, content),) = objects().items()
    assert key.endswith(".gz")
    assert gzip.decompress(content) == b"one\ntwo\n"


@pytest.mark.aws(PREFIXES, operation="CreateDeliveryStream")
def test_prefixes_are_evaluated_at_the_arrival_of_the_oldest_record(
    firehose: Any, make: Any, objects: Any, clock: Any
) -> None:
    make(
        Prefix="flights/year=!{timestamp:yyyy}/day=!{timestamp:yyyy'-'MM'-'dd}/",
        ErrorOutputPrefix="errors/!{firehose:error-output-type}/",
        FileExtension=".json",
    )
    clock.advance(hours=14, minutes=58)
    put(firehose, b"{}")
    clock.advance(minutes=10)
    (key,) = objects()
    assert key.startswith("flights/year=2026/day=2026-11-02/flights-1-2026-11-02-23-58-00-")
    assert key.endswith(".json")


@pytest.mark.aws(PREFIXES, operation="CreateDeliveryStream")
def test_a_plain_prefix_is_followed_by_date_and_hour(firehose: Any, make: Any, objects: Any, clock: Any) -> None:
    make(Prefix="raw-", CustomTimeZone="Asia/Tokyo")
    put(firehose, b"x")
    clock.advance(minutes=5)
    assert next(iter(objects())).startswith("raw-2026/11/02/18/flights-1-2026-11-02-18-00-00-")


@pytest.mark.aws(f"{API}API_CreateDeliveryStream.html", operation="CreateDeliveryStream")
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"Prefix": "x/!{timestamp:yyyy}/"}, "InvalidArgumentException"),
        ({"Prefix": "!{when:yyyy}/", "ErrorOutputPrefix": "e/"}, "InvalidArgumentException"),
        ({"Prefix": "!{timestamp:qq}/", "ErrorOutputPrefix": "e/"}, "InvalidArgumentException"),
        ({"BufferingHints": {"SizeInMBs": 129, "IntervalInSeconds": 60}}, "ValidationException"),
        ({"BufferingHints": {"SizeInMBs": 5}}, "InvalidArgumentException"),
        ({"CompressionFormat": "HADOOP_SNAPPY"}, "InvalidArgumentException"),
        (
            {"ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "Decompression", "Parameters": []}]}},
            "InvalidArgumentException",
        ),
    ],
)
def test_what_cannot_be_is_refused(make: Any, refused: Any, options: dict[str, Any], code: str) -> None:
    assert refused(make, **options)[0] == code


@pytest.mark.aws(f"{API}API_CreateDeliveryStream.html", operation="CreateDeliveryStream")
def test_other_destinations_are_refused_rather_than_forgotten(firehose: Any, refused: Any) -> None:
    role = "arn:aws:iam::123456789012:role/x"
    backup = {"BucketARN": "arn:aws:s3:::delivered-to", "RoleARN": role}
    splunk = {
        "HECEndpoint": "https://example.com",
        "HECEndpointType": "Raw",
        "HECToken": "none",
        "S3Configuration": backup,
    }
    code, message = refused(
        firehose.create_delivery_stream, DeliveryStreamName="s", SplunkDestinationConfiguration=splunk
    )
    assert code == "InvalidArgumentException"
    assert "not supported by pocketaws" in message
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


@pytest.mark.aws(f"{DEV}record-format-conversion.html", operation="CreateDeliveryStream, firehose:PutRecordBatch")
def test_json_becomes_parquet_by_the_schema_of_a_table(
    firehose: Any, make: Any, objects: Any, clock: Any, client: Any
) -> None:
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "lake"})
    columns = [
        {"Name": "carrier", "Type": "string"},
        {"Name": "delay", "Type": "double"},
        {"Name": "when", "Type": "timestamp"},
        {"Name": "place", "Type": "struct<lat:double,lon:double>"},
    ]
    table = {"Name": "flights", "StorageDescriptor": {"Columns": columns, "Location": "s3://delivered-to/"}}
    glue.create_table(DatabaseName="lake", TableInput=table)
    make(
        Prefix="parquet/",
        BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
        DataFormatConversionConfiguration={
            "SchemaConfiguration": {"DatabaseName": "lake", "TableName": "flights", "RoleARN": "arn:aws:iam::1:role/x"},
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
            "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {"Compression": "GZIP"}}},
        },
    )
    rows = [
        {"Carrier": "UA", "delay": 2, "when": "2013-01-01T05:17:00Z", "place": {"lat": 40.7, "lon": -74.2}, "more": 1},
        {"carrier": "AA"},
    ]
    put(firehose, *[json.dumps(row).encode() for row in rows], b"no json", b'{"delay": "late"}')
    clock.advance(seconds=60)
    found = objects()
    (good,) = [key for key in found if key.endswith(".parquet")]
    assert good.startswith("parquet/2026/11/02/09/")
    read = pyarrow.parquet.read_table(io.BytesIO(found[good])).to_pylist()
    assert read[0]["carrier"] == "UA"
    assert read[0]["delay"] == 2.0
    assert read[0]["when"].isoformat() == "2013-01-01T05:17:00"
    assert read[1] == {"carrier": "AA", "delay": None, "when": None, "place": None}
    (bad,) = [key for key in found if key != good]
    assert bad.startswith("parquet/format-conversion-failed/2026/11/02/09/")
    errors = [json.loads(line) for line in found[bad].decode().splitlines()]
    assert [base64.b64decode(each["rawData"]) for each in errors] == [b"no json", b'{"delay": "late"}']
    assert {each["errorCode"] for each in errors} == {"DataFormatConversion.ParseError"}
    assert errors[0]["dataCatalogTable"]["tableName"] == "flights"


@pytest.mark.aws(f"{DEV}dynamic-partitioning.html", operation="CreateDeliveryStream")
def test_dynamic_partitions_have_buffers_of_their_own(
    firehose: Any, make: Any, objects: Any, clock: Any, refused: Any
) -> None:
    def options(query: str) -> dict[str, Any]:
        parameters = {"MetadataExtractionQuery": query, "JsonParsingEngine": "JQ-1.6"}
        shown = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
        return {
            "Prefix": "by/carrier=!{partitionKeyFromQuery:carrier}/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
            "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60},
            "DynamicPartitioningConfiguration": {"Enabled": True},
            "ProcessingConfiguration": {
                "Enabled": True,
                "Processors": [{"Type": "MetadataExtraction", "Parameters": shown}],
            },
        }

    assert refused(make, **options("{carrier:.carrier|ascii_downcase}"))[0] == "InvalidArgumentException"
    make(**options("{carrier:.flight.carrier}"))
    for carrier in ("UA", "AA", "UA"):
        put(firehose, json.dumps({"flight": {"carrier": carrier}}).encode())
    put(firehose, b'{"flight": {}}')
    clock.advance(minutes=1)
    found = {key.rsplit("/", 1)[0]: content.count(b"flight") for key, content in objects().items()}
    assert found["by/carrier=UA"] == 2
    assert found["by/carrier=AA"] == 1
    assert "errors/metadata-extraction-failed" in found


@pytest.mark.aws(f"{DEV}writing-with-kinesis-streams.html", operation="CreateDeliveryStream, kinesis:PutRecords")
def test_a_kinesis_stream_as_source(
    firehose: Any, make: Any, objects: Any, clock: Any, client: Any, refused: Any
) -> None:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="departures", ShardCount=2)
    arn = kinesis.describe_stream_summary(StreamName="departures")["StreamDescriptionSummary"]["StreamARN"]
    kinesis.put_record(StreamName="departures", Data=b"before\n", PartitionKey="a")
    name = make(source=arn)
    kinesis.put_records(
        StreamName="departures", Records=[{"Data": f"{n}\n".encode(), "PartitionKey": str(n)} for n in range(20)]
    )
    clock.advance(minutes=5)
    (content,) = objects().values()
    assert sorted(content.split(), key=int) == [str(n).encode() for n in range(20)]
    code, _ = refused(firehose.put_record, DeliveryStreamName=name, Record={"Data": b"x"})
    assert code == "InvalidArgumentException"
    assert refused(make, source=arn + "-gone", name="other")[0] == "InvalidArgumentException"
    source = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]["Source"]
    assert source["KinesisStreamSourceDescription"]["KinesisStreamARN"] == arn


@pytest.mark.aws(f"{DEV}basic-deliver.html", operation="PutRecord")
def test_a_missing_bucket_is_tried_again_for_a_day(firehose: Any, make: Any, objects: Any, clock: Any, s3: Any) -> None:
    make()
    s3.delete_bucket(Bucket="delivered-to")
    put(firehose, b"patient")
    clock.advance(hours=3)
    s3.create_bucket(Bucket="delivered-to")
    clock.advance(hours=1)
    assert list(objects().values()) == [b"patient"]


@pytest.mark.aws(
    f"{API}API_PutRecordBatch.html", operation="PutRecordBatch, firehose:PutRecord, firehose:DeleteDeliveryStream"
)
def test_sizes_and_names_are_checked(firehose: Any, make: Any, objects: Any, clock: Any, refused: Any) -> None:
    name = make()
    assert refused(firehose.put_record, DeliveryStreamName="none", Record={"Data": b""})[0] == (
        "ResourceNotFoundException"
    )
    large = {"Data": bytes(1000 * 1024 + 1)}
    assert refused(firehose.put_record, DeliveryStreamName=name, Record=large)[0] == "ValidationException"
    many = [{"Data": b"x"}] * 501
    assert refused(firehose.put_record_batch, DeliveryStreamName=name, Records=many)[0] == "ValidationException"
    five = [{"Data": bytes(MIB - 30_000)}] * 5
    assert refused(firehose.put_record_batch, DeliveryStreamName=name, Records=five)[0] == "InvalidArgumentException"
    put(firehose, b"lost")
    firehose.delete_delivery_stream(DeliveryStreamName=name)
    clock.advance(hours=1)
    assert objects() == {}


@pytest.mark.aws(f"{API}API_UpdateDestination.html", operation="UpdateDestination, firehose:DescribeDeliveryStream")
def test_an_update_counts_for_what_comes_and_for_the_name(
    firehose: Any, make: Any, objects: Any, clock: Any, refused: Any
) -> None:
    name = make(S3BackupMode="Disabled")
    described = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    change = {
        "DeliveryStreamName": name,
        "CurrentDeliveryStreamVersionId": described["VersionId"],
        "DestinationId": described["Destinations"][0]["DestinationId"],
    }
    bad = {"BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 901}}
    assert refused(firehose.update_destination, **change, ExtendedS3DestinationUpdate=bad)[0] == "ValidationException"
    good = {"Prefix": "new/", "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60}}
    firehose.update_destination(**change, ExtendedS3DestinationUpdate=good)
    put(firehose, b"x")
    clock.advance(minutes=1)
    assert next(iter(objects())).startswith("new/2026/11/02/09/flights-2-")


@pytest.mark.aws(f"{API}API_ExtendedS3DestinationConfiguration.html", operation="CreateDeliveryStream")
def test_a_backup_keeps_the_records_as_they_came(firehose: Any, make: Any, objects: Any, clock: Any) -> None:
    make(
        Prefix="out/",
        CompressionFormat="GZIP",
        S3BackupMode="Enabled",
        S3BackupConfiguration={
            "BucketARN": "arn:aws:s3:::delivered-to",
            "RoleARN": "arn:aws:iam::123456789012:role/x",
            "Prefix": "source/",
        },
    )
    put(firehose, b"x")
    clock.advance(minutes=5)
    assert {key.split("/")[0] for key in objects()} == {"out", "source"}

"""What happened to a table: its stream of changes, and its state as files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers._waiting import wait_until
from helpers.dynamodb._errors import table_errors
from helpers.dynamodb._values import deserialize
from helpers.errors import ExportFailed, StreamNotEnabled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

__all__ = ["read_export", "read_stream", "wait_for_export"]

NOTHING: dict[str, Any] = {}


def read_stream(table: str, *, client: Any = None) -> pd.DataFrame:
    """Return the changes of the last 24 hours that the table's stream holds, oldest first.

    Calls DescribeStream, and for each shard GetShardIterator and GetRecords.

    Parameters
    ----------
    table
        Name of the table; its stream must be enabled.
    client
        DynamoDB Streams client; by default the session's.

    Returns
    -------
    Columns ``event`` (``INSERT``, ``MODIFY``, ``REMOVE``), ``by`` (``dynamodb.amazonaws.com`` where Time to Live
    deleted, else empty), ``changed`` (the attributes that differ, as text), ``before`` and ``after`` (the item,
    ``{}`` where there is none or the stream's view leaves it out).

    Raises
    ------
    TableNotFound
        There is no such table.
    StreamNotEnabled
        The table has no stream.

    Examples
    --------
    >>> from helpers import dynamodb, session
    >>> _ = dynamodb.create_table("Ferries", "name")
    >>> stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    >>> _ = session.client("dynamodb").update_table(TableName="Ferries", StreamSpecification=stream)
    >>> _ = dynamodb.put_items("Ferries", [{"name": "Alcatraz"}])
    >>> read_stream("Ferries")[["event", "after"]]
        event                 after
    0  INSERT  {'name': 'Alcatraz'}
    """
    client = client or session.client("dynamodbstreams")
    arn = _stream_of(table)
    shards = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    rows = [_row(record) for shard in shards for record in _records(client, arn, shard["ShardId"])]
    return pd.DataFrame(rows, columns=["event", "by", "changed", "before", "after"])


def _stream_of(table: str) -> str:
    with table_errors(table):
        described = session.client("dynamodb").describe_table(TableName=table)["Table"]
    if "LatestStreamArn" not in described:
        raise StreamNotEnabled(f"{table!r} has no stream; update_table with a StreamSpecification gives it one.")
    return str(described["LatestStreamArn"])


def _records(client: Any, arn: str, shard: str) -> Iterator[dict[str, Any]]:
    asked = client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    iterator, empty = asked["ShardIterator"], 0
    while iterator and empty < 3:  # a shard that is still written to never says that it ends
        page = client.get_records(ShardIterator=iterator)
        yield from page["Records"]
        iterator, empty = page.get("NextShardIterator"), 0 if page["Records"] else empty + 1


def _row(record: dict[str, Any]) -> tuple[str, str, str, dict[str, Any], dict[str, Any]]:
    change = record["dynamodb"]
    before, after = (deserialize(change.get(image, NOTHING)) for image in ("OldImage", "NewImage"))
    changed = ", ".join(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))
    return record["eventName"], record.get("userIdentity", NOTHING).get("PrincipalId", ""), changed, before, after


def wait_for_export(export: str, *, client: DynamoDBClient | None = None) -> int:
    """Wait until an export to S3 is complete.

    Parameters
    ----------
    export
        ARN of the export, from ExportTableToPointInTime.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    How many items it wrote.

    Raises
    ------
    ExportFailed
        AWS gave up; the message is AWS's.
    WaitTimedOut
        It was not complete after six hours.

    Examples
    --------
    >>> from helpers import dynamodb, s3, session
    >>> arn, bucket = dynamodb.create_table("Ferries", "name"), s3.create_bucket("ferry-exports")
    >>> _ = dynamodb.put_items("Ferries", [{"name": "Alcatraz"}])
    >>> client, journal = session.client("dynamodb"), {"PointInTimeRecoveryEnabled": True}
    >>> _ = client.update_continuous_backups(TableName="Ferries", PointInTimeRecoverySpecification=journal)
    >>> started = client.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket)
    >>> wait_for_export(started["ExportDescription"]["ExportArn"])
    1
    """
    client = client or session.client("dynamodb")
    what = "the export to be complete"
    return wait_until(lambda: _exported(client, export), what=what, every=60, at_most=6 * 3600)


def _exported(client: DynamoDBClient, export: str) -> int | None:
    described = client.describe_export(ExportArn=export)["ExportDescription"]
    if described["ExportStatus"] == "FAILED":
        raise ExportFailed(f"{described.get('FailureMessage', '')} (AWS: {described.get('FailureCode', '')})")
    return described["ItemCount"] if described["ExportStatus"] == "COMPLETED" else None


def read_export(bucket: str, prefix: str = "", *, client: S3Client | None = None) -> pd.DataFrame:
    """Return the items of an export to S3, one row each.

    Reads the files that the manifest lists: JSON, one item a line, compressed with gzip.

    Parameters
    ----------
    bucket
        Bucket that the export wrote to.
    prefix
        What its keys begin with, as given to the export.
    client
        S3 client; by default the session's.

    Returns
    -------
    One column an attribute, by name; no items gives no rows and no columns.

    Examples
    --------
    >>> from helpers import dynamodb, s3, session
    >>> arn, bucket = dynamodb.create_table("Ferries", "name"), s3.create_bucket("ferry-exports")
    >>> _ = dynamodb.put_items("Ferries", [{"name": "Alcatraz"}])
    >>> client, journal = session.client("dynamodb"), {"PointInTimeRecoveryEnabled": True}
    >>> _ = client.update_continuous_backups(TableName="Ferries", PointInTimeRecoverySpecification=journal)
    >>> started = client.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket)
    >>> _ = dynamodb.wait_for_export(started["ExportDescription"]["ExportArn"])
    >>> read_export(bucket)
           name
    0  Alcatraz
    """
    client = client or session.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    bodies = [client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys if key.endswith(".json.gz")]
    lines = [line for body in bodies for line in gzip.decompress(body).splitlines()]
    items = [deserialize(json.loads(line)["Item"]) for line in lines]
    return pd.DataFrame(items, columns=sorted({name for item in items for name in item}))

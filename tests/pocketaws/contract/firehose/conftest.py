"""What the tests of Firehose share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

BUCKET = "delivered-to"
ROLE = "arn:aws:iam::123456789012:role/firehose"


@pytest.fixture
def firehose(door: Any, s3: Any) -> Any:
    s3.create_bucket(Bucket=BUCKET)
    return door.client("firehose")


@pytest.fixture
def make(firehose: Any) -> Callable[..., str]:
    """``make(Prefix="raw/")`` makes a delivery stream to S3 and returns its name."""

    def create(*, source: str = "", name: str = "flights", **options: Any) -> str:
        destination = {"BucketARN": f"arn:aws:s3:::{BUCKET}", "RoleARN": ROLE, **options}
        more: dict[str, Any] = {}
        if source:
            more = {
                "DeliveryStreamType": "KinesisStreamAsSource",
                "KinesisStreamSourceConfiguration": {"KinesisStreamARN": source, "RoleARN": ROLE},
            }
        firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination, **more)
        return name

    return create


@pytest.fixture
def objects(s3: Any) -> Callable[[], dict[str, bytes]]:
    """``objects()`` returns what was delivered, by key."""

    def find() -> dict[str, bytes]:
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    return find


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(firehose.put_record, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call

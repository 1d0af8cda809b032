"""The small server before boto3's own door: SDKs in other processes reach the same resources by HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

import pocketaws
from pocketaws import credentials, endpoint


@pytest.fixture
def outside() -> Iterator[Any]:
    """``outside("s3")`` makes a client that goes through HTTP."""
    pocketaws.start()
    address = endpoint.address()

    def client(service: str) -> Any:
        keys = {"aws_access_key_id": credentials.ACCESS_KEY, "aws_secret_access_key": credentials.SECRET_KEY}
        made = boto3.client(service, region_name="us-east-1", endpoint_url=address, config=Config(), **keys)
        made.meta.events.unregister("before-send", _stubber())
        return made

    yield client
    pocketaws.stop()


def _stubber() -> Any:
    from moto.core.models import botocore_stubber

    return botocore_stubber


def test_objects_with_any_key_and_header(outside: Any) -> None:
    s3, inside = outside("s3"), boto3.client("s3")
    s3.create_bucket(Bucket="relayed")
    for key in ("plain", "a b/ü%2F+=.txt", "deep/er//est"):
        s3.put_object(Bucket="relayed", Key=key, Body=key.encode(), Metadata={"my_key": "1"})
        assert inside.get_object(Bucket="relayed", Key=key)["Body"].read() == key.encode()
        head = s3.head_object(Bucket="relayed", Key=key)
        assert (head["ContentLength"], head["Metadata"]) == (len(key.encode()), {"my_key": "1"})
        assert s3.get_object(Bucket="relayed", Key=key, Range="bytes=1-2")["Body"].read() == key.encode()[1:3]
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="relayed", Key="none")
    s3.delete_object(Bucket="relayed", Key="plain")
    assert [each["Key"] for each in inside.list_objects_v2(Bucket="relayed", Prefix="a b/")["Contents"]] == [
        "a b/ü%2F+=.txt"
    ]


def test_other_services(outside: Any) -> None:
    queue = outside("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    outside("sqs").send_message(QueueUrl=queue, MessageBody="ahoy")
    assert boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "ahoy"
    dynamodb = outside("dynamodb")
    dynamodb.create_table(
        TableName="Ships",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    assert outside("dynamodbstreams").list_streams()["Streams"][0]["TableName"] == "Ships"
    assert outside("iam").list_roles()["Roles"] == []
    assert outside("sts").get_caller_identity()["Account"] == credentials.ACCOUNT_ID
    assert outside("kinesis").list_streams()["StreamNames"] == []
    assert outside("glue").get_databases()["DatabaseList"] == []


def test_control_paths_and_strangers_are_no_part_of_it(outside: Any) -> None:
    address = endpoint.address()
    assert requests.post(f"{address}/pocketaws/reset", timeout=10).status_code >= 400
    assert requests.post(f"{address}/moto-api/reset", timeout=10).status_code >= 400

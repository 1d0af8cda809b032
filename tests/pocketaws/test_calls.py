"""Calls from one service to another, inside pocketaws."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

import pocketaws
from pocketaws import calls, iam

HERE = {"region": "us-east-1", "account": "123456789012"}


@pytest.fixture(autouse=True)
def running() -> Iterator[None]:
    pocketaws.start()
    yield
    pocketaws.stop()


def test_a_call_does_its_thing_once() -> None:
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="once")["QueueUrl"]
    calls.call("sqs", "SendMessage", {"QueueUrl": queue, "MessageBody": "hi"}, **HERE)
    assert len(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]) == 1


def test_errors_carry_the_code_of_aws() -> None:
    with pytest.raises(calls.CallFailed) as caught:
        calls.call("s3", "GetObject", {"Bucket": "no-such-bucket", "Key": "k"}, **HERE)
    assert (caught.value.code, caught.value.may_be_retried) == ("NoSuchBucket", False)
    with pytest.raises(calls.CallFailed, match="Missing required parameter"):
        calls.call("s3", "GetObject", {"Bucket": "no-such-bucket"}, **HERE)


def test_services_may_call_while_policies_are_enforced() -> None:
    calls.call("sqs", "CreateQueue", {"QueueName": "before"}, **HERE)
    iam.enforce(True)
    try:
        calls.call("s3", "CreateBucket", {"Bucket": "made-by-a-service"}, **HERE)
        calls.call("dynamodb", "ListTables", {}, **HERE)
        names = calls.call("sqs", "ListQueues", {}, **HERE)["QueueUrls"]
        with pytest.raises(boto3.client("sqs").exceptions.ClientError):
            boto3.client("sqs").list_queues()
    finally:
        iam.enforce(False)
    assert len(names) == 1

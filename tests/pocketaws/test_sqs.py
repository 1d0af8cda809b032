"""SQS: the lazy attributes of a queue say what moto's own say."""

from __future__ import annotations

import boto3
import pytest
from moto.sqs import models

import pocketaws
from pocketaws.engines import sqs as engine

OWN = models.Queue.attributes


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"VisibilityTimeout": "5", "RedrivePolicy": '{"deadLetterTargetArn": "%s", "maxReceiveCount": 3}'},
        {"FifoQueue": "true", "ContentBasedDeduplication": "true"},
        {"KmsMasterKeyId": "alias/aws/sqs"},
    ],
)
def test_attributes_are_moto_s(attributes: dict[str, str]) -> None:
    pocketaws.start()
    try:
        sqs = boto3.client("sqs")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        if "RedrivePolicy" in attributes:
            attributes = attributes | {"RedrivePolicy": attributes["RedrivePolicy"] % arn}
        name = "jobs.fifo" if "FifoQueue" in attributes else "jobs"
        sqs.create_queue(QueueName=name, Attributes=attributes)
        queue = models.sqs_backends["123456789012"]["us-east-1"].queues[name]
        assert dict(engine._Attributes(queue)) == OWN.fget(queue)
        assert "NoSuchName" not in engine._Attributes(queue)
    finally:
        pocketaws.stop()

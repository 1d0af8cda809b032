"""Queues: messages in batches, deleted when the function is content, visible again when it is not.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import ClientError
from moto.sqs.models import sqs_backends

from pocketaws import clock, iam
from pocketaws.engines.awslambda.errors import LambdaError
from pocketaws.engines.awslambda.invocations import invoke, resolve
from pocketaws.engines.awslambda.sources.access import client_of
from pocketaws.engines.awslambda.sources.filters import wanted
from pocketaws.engines.awslambda.sources.records import Source, failures

__all__ = ["is_full", "queue_of", "read"]

_MOST = 10
_SECOND = timedelta(seconds=1)


def queue_of(arn: str) -> Any | None:
    """Return moto's ``Queue`` of an ARN."""
    _, _, _, region, account, name = arn.split(":")
    return sqs_backends[account][region].queues.get(name)


def is_full(source: Source) -> bool:
    """Whether a queue holds a whole batch that can be received."""
    queue = queue_of(source.mapping.event_source_arn) if ":sqs:" in source.mapping.event_source_arn else None
    return queue is not None and len(queue.messages) >= source.mapping.batch_size


def read(backend: Any, source: Source) -> datetime | None:
    """Call the function with what can be received now; return when there may be more."""
    arn = source.mapping.event_source_arn
    queue = queue_of(arn)
    if queue is None:
        source.result = "PROBLEM: The queue does not exist."
        return None
    sqs = client_of(backend, source)
    url = f"https://sqs.{source.region}.amazonaws.com/{backend.account_id}/{queue.name}"
    try:
        while source.mapping.enabled:
            messages = _receive(sqs, url, source.mapping.batch_size, int(queue.visibility_timeout))
            if not messages:
                break
            if not _handle(backend, source, sqs, url, messages):
                return clock.now() + _SECOND
    except ClientError as error:
        source.tell(error)
        return None
    return _next_visible(queue)


def _receive(sqs: Any, url: str, size: int, seconds: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < size:
        some = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(_MOST, size - len(found)),
            WaitTimeSeconds=0,
            VisibilityTimeout=seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not some:
            break
        found += some
    return found


def _handle(backend: Any, source: Source, sqs: Any, url: str, messages: list[dict[str, Any]]) -> bool:
    """Call the function with a batch; False if it cannot be called now."""
    records = [_record(source, message) for message in messages]
    chosen = [record for record in records if wanted(source.mapping.filter_criteria, record)]
    failed: list[str] | None = []
    if chosen:
        try:
            result = invoke(backend, resolve(backend, source.mapping.function_arn, None), {"Records": chosen})
        except LambdaError as error:
            source.result = f"PROBLEM: {error.message}"
            for message in messages:
                handle = message["ReceiptHandle"]
                with iam.trusted():  # it needs no right of the role's
                    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            return False
        failed = None if result.failed else failures(source, result.answer)
    source.result = "PROBLEM: Function call failed" if failed is None else "OK"
    ids = {record["messageId"] for record in chosen}
    for message in messages:
        if message["MessageId"] not in ids or (failed is not None and message["MessageId"] not in failed):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return True


def _record(source: Source, message: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        name: {
            "stringValue": value.get("StringValue"),
            "binaryValue": value.get("BinaryValue"),
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": value["DataType"],
        }
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {each: text for each, text in value.items() if text is not None} for name, value in attributes.items()
        },
        "md5OfBody": hashlib.md5(message["Body"].encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": source.mapping.event_source_arn,
        "awsRegion": source.region,
    }


def _next_visible(queue: Any) -> datetime | None:
    """Return when the first message that cannot be received now can be."""
    times = [max(each.visible_at, each.delayed_until) for each in queue._messages]
    if not times:
        return None
    first = datetime.fromtimestamp(min(times) / 1000, timezone.utc) + timedelta(milliseconds=1)
    return max(first, clock.now() + timedelta(milliseconds=1))

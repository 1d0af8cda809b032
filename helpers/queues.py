"""Amazon SQS in small calls: queues, messages, and their delivery to a handler as AWS Lambda does it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._wiring import notify, queue_arn
from helpers.errors import MessagesNotSent

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

__all__ = ["count_messages", "create_queue", "deliver", "listen", "send_messages"]

#: What one request takes, and what Lambda hands over at once by default.
BATCH = 10
Handler = Callable[[dict[str, Any], Any], dict[str, Any] | None]


def create_queue(
    queue: str, *, dead_letters: str | None = None, tries: int = 3, hidden: int = 30, client: SQSClient | None = None
) -> str:
    """Create a standard queue.

    Parameters
    ----------
    queue
        Name of the queue.
    dead_letters
        URL of the queue for messages that nobody could handle; by default they come back until they expire.
    tries
        How often a message is received before it goes there.
    hidden
        Seconds that a received message is hidden from other receivers; if it is not deleted by then it comes back.
    client
        SQS client; by default the session's.

    Returns
    -------
    The URL of the queue, which all other calls take.

    Examples
    --------
    >>> create_queue("jobs", dead_letters=create_queue("dead")).split("/")[-1]
    'jobs'
    """
    client = client or session.client("sqs")
    attributes: Any = {"VisibilityTimeout": str(hidden)}
    if dead_letters:
        policy = {"deadLetterTargetArn": queue_arn(dead_letters, client), "maxReceiveCount": tries}
        attributes["RedrivePolicy"] = json.dumps(policy)
    return client.create_queue(QueueName=queue, Attributes=attributes)["QueueUrl"]


def send_messages(queue: str, bodies: Iterable[str], *, client: SQSClient | None = None) -> int:
    """Send messages, ten a request.

    Parameters
    ----------
    queue
        URL of the queue.
    bodies
        The text of each message.
    client
        SQS client; by default the session's.

    Returns
    -------
    How many were sent.

    Raises
    ------
    MessagesNotSent
        AWS answered "success" and listed messages that failed; ``failed`` holds their bodies.

    Examples
    --------
    >>> send_messages(create_queue("jobs"), ["wash", "iron"])
    2
    """
    client = client or session.client("sqs")
    waiting = list(bodies)
    failed: list[str] = []
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        entries: Any = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(batch)]
        refused = client.send_message_batch(QueueUrl=queue, Entries=entries).get("Failed", [])
        failed += [batch[int(each["Id"])] for each in refused]
    if failed:
        raise MessagesNotSent(f"{len(failed)} of {len(waiting)} messages were not sent; send those again.", failed)
    return len(waiting)


def deliver(queue: str, handler: Handler, *, client: SQSClient | None = None) -> int:
    """Hand up to ten messages to a handler and delete those that did not fail.

    This is what Lambda's event source mapping does with ``ReportBatchItemFailures``: a message that the handler
    names in ``batchItemFailures`` stays in the queue and comes back.

    Parameters
    ----------
    queue
        URL of the queue.
    handler
        Called as ``handler(event, context)``; ``event["Records"]`` holds ``messageId`` and ``body`` of each message.
    client
        SQS client; by default the session's.

    Returns
    -------
    How many messages were received; 0 when the queue has none to give.

    Examples
    --------
    >>> queue = create_queue("jobs")
    >>> _ = send_messages(queue, ["wash"])
    >>> deliver(queue, lambda event, context: None), count_messages(queue)
    (1, 0)
    """
    client = client or session.client("sqs")
    messages = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=BATCH).get("Messages", [])
    if not messages:
        return 0
    records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
    answer = handler({"Records": records}, None) or {}
    failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures", [])}
    for message in messages:
        if message["MessageId"] not in failed:
            client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return len(messages)


def listen(bucket: str, queue: str, prefix: str = "", *, client: SQSClient | None = None) -> list[str]:
    """Let a bucket tell a queue what is created in it and removed from it.

    The queue's policy allows S3 to send, then the bucket's notifications, all of them, are replaced by this one.  S3
    sends a test message first, which has no ``Records``.

    Parameters
    ----------
    bucket
        Bucket name.
    queue
        URL of the queue.
    prefix
        Tell only of keys that begin with this text.
    client
        SQS client; by default the session's.

    Returns
    -------
    The kinds of events that are sent.

    Examples
    --------
    >>> from helpers import s3
    >>> listen(s3.create_bucket("harbor"), create_queue("arrivals"))
    ['s3:ObjectCreated:*', 's3:ObjectRemoved:*']
    """
    client = client or session.client("sqs")
    arn = queue_arn(queue, client)
    client.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": _may_send(bucket, arn)})
    return notify(bucket, "QueueConfigurations", {"QueueArn": arn}, prefix)


def count_messages(queue: str, *, client: SQSClient | None = None) -> int:
    """Return about how many messages a queue holds, those that are hidden counted too.

    Parameters
    ----------
    queue
        URL of the queue.
    client
        SQS client; by default the session's.

    Examples
    --------
    >>> count_messages(create_queue("jobs"))
    0
    """
    client = client or session.client("sqs")
    asked: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counted: Any = client.get_queue_attributes(QueueUrl=queue, AttributeNames=asked)["Attributes"]
    return sum(int(counted[name]) for name in asked)


def _may_send(bucket: str, queue: str) -> str:
    """Return the policy of a queue that lets S3 send to it, on behalf of one bucket."""
    may = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    only = {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**may, "Resource": queue, "Condition": only}]})

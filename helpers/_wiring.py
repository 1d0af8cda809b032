"""What connects buckets, queues and functions: the ARN of a queue, the notifications of a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers import session

__all__ = ["notify", "queue_arn"]

EVENTS = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]


def queue_arn(url: str, client: Any = None) -> str:
    """Return the ARN of a queue by its URL."""
    client = client or session.client("sqs")
    return str(client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def notify(bucket: str, kind: str, target: Mapping[str, str], prefix: str) -> list[str]:
    """Let a bucket tell one target what is created and removed under a prefix, and nobody else.

    Parameters
    ----------
    bucket
        Bucket name.
    kind
        Of the target, as the API lists them, for example ``"QueueConfigurations"``.
    target
        Its ARN under the name that the API has for it.
    prefix
        Tell only of keys that begin with this text.

    Returns
    -------
    The kinds of events that are sent.
    """
    keys: Any = {"Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}} if prefix else {}
    wanted: Any = {kind: [{**target, "Events": EVENTS, **keys}]}
    session.client("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)
    return list(EVENTS)

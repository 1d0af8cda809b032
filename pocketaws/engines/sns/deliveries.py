"""What becomes of a message on its way to a subscriber."""

from __future__ import annotations

import json
import logging
from functools import wraps
from typing import Any

from moto.sns.exceptions import SNSException, SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription
from moto.sqs.models import sqs_backends

__all__ = ["install"]

log = logging.getLogger(__name__)


def install() -> None:
    """Let a subscriber fail alone, and send nothing to phones."""
    _refuse_phones()
    deliver = Subscription.publish

    @wraps(deliver)
    def delivered(subscription: Subscription, message: str, *args: Any, **options: Any) -> None:
        try:
            deliver(subscription, message, *args, **options)
        except SNSException:
            raise  # the message itself is wrong
        except Exception as error:
            log.info("a message of %s did not reach %s: %s", subscription.topic_arn, subscription.endpoint, error)
            _put_aside(subscription, message, *args, **options)

    Subscription.publish = delivered


def _put_aside(
    subscription: Subscription, message: str, message_id: str, subject: str | None = None, **options: Any
) -> None:
    """Send a message that was not delivered to the subscription's dead-letter queue, if it has one."""
    policy = json.loads(subscription.attributes.get("RedrivePolicy") or "{}")
    _, _, _, region, account, name = (policy.get("deadLetterTargetArn") or ":::::").split(":")
    queue = sqs_backends[account][region].queues.get(name) if name else None
    if queue is None:
        return
    raw = subscription.attributes.get("RawMessageDelivery") == "true"
    body = message if raw else json.dumps(subscription.get_post_data(message, message_id, subject))
    sqs_backends[account][region].send_message(name, body)


def _refuse_phones() -> None:
    publish = SNSBackend.publish

    @wraps(publish)
    def published(backend: SNSBackend, message: str, arn: str | None, *args: Any, **options: Any) -> Any:
        if options.get("phone_number"):
            reason = "pocketaws sends no text messages; nothing of it leaves this machine"
            raise SNSInvalidParameter(f"Invalid parameter: PhoneNumber Reason: {reason}")
        return publish(backend, message, arn, *args, **options)

    SNSBackend.publish = published

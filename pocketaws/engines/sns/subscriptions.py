"""Who may subscribe."""

from __future__ import annotations

from functools import wraps
from typing import Any

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend

__all__ = ["install"]

_DELIVERED = ("sqs", "lambda")
_PROTOCOLS = (*_DELIVERED, "application", "email", "email-json", "firehose", "http", "https", "sms")


def install() -> None:
    """Check who subscribes."""
    subscribe = SNSBackend.subscribe

    @wraps(subscribe)
    def checked(backend: SNSBackend, topic_arn: str, endpoint: str, protocol: str) -> Any:
        if protocol not in _PROTOCOLS:
            reason = f"Amazon SNS does not support this protocol string: {protocol}"
            raise SNSInvalidParameter(f"Invalid parameter: {reason}")
        if protocol not in _DELIVERED:
            reason = f"pocketaws delivers to sqs and lambda; nothing of it leaves this machine by {protocol}"
            raise SNSInvalidParameter(f"Invalid parameter: Protocol Reason: {reason}")
        return subscribe(backend, topic_arn, endpoint, protocol)

    SNSBackend.subscribe = checked

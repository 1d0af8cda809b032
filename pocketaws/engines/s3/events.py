"""Event notifications, also for what happens by the clock.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import count
from types import SimpleNamespace
from typing import Any

from moto.s3 import notifications
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey

__all__ = ["in_sequence", "send"]

#: Where the numbers of events begin; they are as long as AWS's, so that comparing texts compares them.
_numbers = count(0x0063_5F2A_0000_0001)


def send(bucket: FakeBucket, event: str, version: FakeKey | FakeDeleteMarker) -> None:
    """Tell a bucket's subscribers of an event, named as in ``s3:ObjectRestore:Completed``."""
    if bucket.notification_configuration is None:
        return
    if isinstance(version, FakeDeleteMarker):
        version = SimpleNamespace(name=version.name, etag='""', size=0, version_id=version.version_id)
    notifications.send_event(bucket.account_id, notifications.S3NotificationEvent(event), bucket, version)


def in_sequence(moto: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Wrap moto's maker of events: each says its place in the order of events of its key."""

    @wraps(moto)
    def event(*arguments: Any, **options: Any) -> dict[str, Any]:
        made = moto(*arguments, **options)
        for record in made["Records"]:
            record["s3"]["object"]["sequencer"] = f"{next(_numbers):016X}"
        return made

    return event

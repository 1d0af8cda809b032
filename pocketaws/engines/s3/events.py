"""Event notifications, also for what happens by the clock.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from itertools import count
from types import SimpleNamespace
from typing import Any

from moto.s3 import notifications
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey

from pocketaws.engines.s3.errors import invalid_argument

__all__ = ["in_sequence", "read_configuration", "send"]

_NAME = re.compile(r"(?<=<Name>)(?:prefix|suffix)(?=</Name>)", re.IGNORECASE)
#: A filter's value that is empty, and what stands for it while moto, which refuses it, reads the configuration.
_EMPTY = re.compile(r"<Value\s*(?:/>|></Value>)")
_STAND_IN = "\ue000"

#: Where the numbers of events begin; they are as long as AWS's, so that comparing texts compares them.
_numbers = count(0x0063_5F2A_0000_0001)


def send(bucket: FakeBucket, event: str, version: FakeKey | FakeDeleteMarker) -> None:
    """Tell a bucket's subscribers of an event, named as in ``s3:ObjectRestore:Completed``."""
    if bucket.notification_configuration is None:
        return
    if isinstance(version, FakeDeleteMarker):
        version = SimpleNamespace(name=version.name, etag='""', size=0, version_id=version.version_id)
    notifications.send_event(bucket.account_id, notifications.S3NotificationEvent(event), bucket, version)


def read_configuration(moto: Callable[[str], dict[str, Any]], body: str) -> dict[str, Any]:
    """Let moto read a notification configuration; an empty prefix or suffix fits every key.

    Raises
    ------
    S3Error
        A filter is neither a prefix nor a suffix.
    """
    names = re.findall(r"<FilterRule>.*?<Name>(.*?)</Name>.*?</FilterRule>", body, re.DOTALL)
    if wrong := next((name for name in names if name.lower() not in ("prefix", "suffix")), None):
        raise invalid_argument("filter rule name must be either prefix or suffix", "FilterRule.Name", wrong)
    lowered = _NAME.sub(lambda name: name[0].lower(), body)
    found = moto(_EMPTY.sub(f"<Value>{_STAND_IN}</Value>", lowered))
    several = [each for parts in found.values() if isinstance(parts, list) for each in parts]
    for each in several:
        for rule in ((each.get("Filter") or {}).get("S3Key") or {}).get("FilterRule", []):
            rule["Value"] = rule["Value"].replace(_STAND_IN, "")
    return found


def in_sequence(moto: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Wrap moto's maker of events: each says its place in the order of events of its key."""

    @wraps(moto)
    def event(*arguments: Any, **options: Any) -> dict[str, Any]:
        made = moto(*arguments, **options)
        for record in made["Records"]:
            record["s3"]["object"]["sequencer"] = f"{next(_numbers):016X}"
        return made

    return event

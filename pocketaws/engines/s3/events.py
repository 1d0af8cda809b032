"""Event notifications, also for what happens by the clock.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

from __future__ import annotations

from types import SimpleNamespace

from moto.s3 import notifications
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey

__all__ = ["send"]


def send(bucket: FakeBucket, event: str, version: FakeKey | FakeDeleteMarker) -> None:
    """Tell a bucket's subscribers of an event, named as in ``s3:ObjectRestore:Completed``."""
    if bucket.notification_configuration is None:
        return
    if isinstance(version, FakeDeleteMarker):
        version = SimpleNamespace(name=version.name, etag='""', size=0, version_id=version.version_id)
    notifications.send_event(bucket.account_id, notifications.S3NotificationEvent(event), bucket, version)

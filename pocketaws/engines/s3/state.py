"""What the engine knows of buckets and objects beyond what moto keeps; it lives and dies with moto's objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey

from pocketaws.clock import Booking

if TYPE_CHECKING:
    from pocketaws.engines.s3.replication import ReplicationRule
    from pocketaws.engines.s3.rules import Rule

__all__ = ["BucketState", "ObjectState", "Restore", "created", "of_bucket", "of_object", "versions"]


@dataclass
class Restore:
    """A temporary copy of an archived object, on its way or there."""

    tier: str
    days: int
    ready: datetime
    booking: Booking
    expires: datetime | None = None


@dataclass
class ObjectState:
    """Of one version of an object."""

    restore: Restore | None = None
    accessed: datetime | None = None
    replication: str | None = None
    customer_key_md5: str | None = None
    parts: list[tuple[int, int, str | None]] = field(default_factory=list)


@dataclass
class BucketState:
    """Of one bucket."""

    rules: list[Rule] = field(default_factory=list)
    minimum_size: str = "all_storage_classes_128K"
    sweep: Booking | None = None
    blocks_customer_keys: bool = True
    replication: list[ReplicationRule] = field(default_factory=list)
    tiering_xml: dict[str, dict[str, Any]] = field(default_factory=dict)
    inventory_xml: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: dict[str, Booking] = field(default_factory=dict)


def of_bucket(bucket: FakeBucket) -> BucketState:
    """Return what we know of a bucket."""
    state: BucketState | None = bucket.__dict__.get("pocketaws")
    if state is None:
        state = bucket.__dict__["pocketaws"] = BucketState()
    return state


def of_object(stored: FakeKey) -> ObjectState:
    """Return what we know of a version of an object."""
    state: ObjectState | None = stored.__dict__.get("pocketaws")
    if state is None:
        state = stored.__dict__["pocketaws"] = ObjectState()
    return state


def versions(bucket: FakeBucket, key_name: str) -> list[FakeKey | FakeDeleteMarker]:
    """Return the versions and delete markers of a key, oldest first."""
    return list(bucket.keys.getlist(key_name, []))


def created(version: FakeKey | FakeDeleteMarker) -> datetime:
    """Return when a version was made (moto keeps it without a zone)."""
    return version.last_modified.replace(tzinfo=timezone.utc)  # type: ignore[no-any-return]

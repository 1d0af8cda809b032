"""Versions of an object and delete markers: added, removed, listed.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, TypeAlias

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends

from pocketaws.engines.s3 import events
from pocketaws.engines.s3.errors import access_denied
from pocketaws.engines.s3.state import versions

__all__ = ["append", "delete", "mark_deleted", "put_under", "remove", "take_null_version"]

Version: TypeAlias = FakeKey | FakeDeleteMarker


def _store(bucket: FakeBucket, key_name: str, kept: list[Any]) -> None:
    # dict's own methods, as moto's would dispose of delete markers, which cannot be.
    if kept:
        dict.__setitem__(bucket.keys, key_name, kept)
    else:
        dict.pop(bucket.keys, key_name, None)


def append(bucket: FakeBucket, version: Version) -> None:
    """Make a version the current one of its key."""
    _store(bucket, version.name, [*versions(bucket, version.name), version])


def remove(bucket: FakeBucket, version: Version) -> None:
    """Delete one version, or a delete marker, for good."""
    _store(bucket, version.name, [each for each in versions(bucket, version.name) if each is not version])
    if isinstance(version, FakeKey):
        s3_backends[bucket.account_id][bucket.partition].tagger.delete_all_tags_for_resource(version.arn)
        version.dispose()


def take_null_version(bucket: FakeBucket, key_name: str) -> list[Version]:
    """Return the versions to keep when a bucket whose versioning is suspended gets a new null version.

    They are set aside: the caller puts them back before the new one.
    """
    kept = []
    for version in versions(bucket, key_name):
        if version.version_id == "null":
            remove(bucket, version)
        else:
            kept.append(version)
    _store(bucket, key_name, [])
    return kept


def put_under(bucket: FakeBucket, stored: FakeKey, kept: list[Version]) -> None:
    """Put versions that were set aside back, older than the new one."""
    _store(bucket, stored.name, [*kept, stored])


def mark_deleted(bucket: FakeBucket, key_name: str) -> FakeDeleteMarker:
    """Put a delete marker on top of a key's versions; with versioning suspended it replaces the null version."""
    marker = FakeDeleteMarker(key=SimpleNamespace(name=key_name))
    if bucket.versioning_status == "Suspended":
        _store(bucket, key_name, take_null_version(bucket, key_name))
        marker._version_id = "null"
    append(bucket, marker)
    return marker


def delete(bucket: FakeBucket, key_name: str, version_id: str | None, *, bypass: bool) -> dict[str, str]:
    """Do what DeleteObject does; return the answer's headers without ``x-amz-``.

    Raises
    ------
    S3Error
        AccessDenied: the version is locked.
    """
    if version_id is None and bucket.versioning_status:
        marker = mark_deleted(bucket, key_name)
        events.send(bucket, "s3:ObjectRemoved:DeleteMarkerCreated", marker)
        return {"version-id": marker.version_id, "delete-marker": "true"}
    wanted = version_id or "null"
    said = {"version-id": version_id} if version_id else {}
    for version in versions(bucket, key_name):
        if version.version_id == wanted:
            if isinstance(version, FakeKey) and version.is_locked(governance_bypass=bypass):
                raise access_denied("Access Denied because object protected by object lock.")
            if isinstance(version, FakeDeleteMarker):
                said["delete-marker"] = "true"
            events.send(bucket, "s3:ObjectRemoved:Delete", version)
            remove(bucket, version)
    return said

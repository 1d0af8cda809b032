"""Storage classes: what lies where, and waiting for an archived object to come back."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers._waiting import wait_until
from helpers.errors import ObjectNotFound, RestoreNotStarted, explained
from helpers.s3._errors import bucket_errors, object_errors
from helpers.s3._versions import list_versions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["list_restores", "restore", "storage_by_class", "wait_for_restore"]

HOUR = 3600
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
FIRST_PAUSE = 300  # an Expedited restore takes 1 to 5 minutes
STATES = ["key", "storage_class", "state", "lapses"]
EXPIRY = re.compile(r'expiry-date="([^"]+)"')


def storage_by_class(bucket: str, *, client: S3Client | None = None) -> pd.DataFrame:
    """Count what a bucket holds in each storage class, one row a class; old versions count, as on the bill.

    Parameters
    ----------
    bucket
        Name of the bucket.
    client
        S3 client; by default the session's.

    Returns
    -------
    Columns ``storage_class``, ``objects``, ``bytes``, by the name of the class.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos")
    >>> _ = s3.put_object(bucket, "new.jpg", b"12345")
    >>> _ = s3.put_object(bucket, "old.jpg", b"123", storage_class="GLACIER")
    >>> storage_by_class(bucket)
      storage_class  objects  bytes
    0       GLACIER        1      3
    1      STANDARD        1      5
    """
    versions = list_versions(bucket, client=client)
    stored = versions[~versions["delete_marker"].astype(bool)].astype({"size": "int64"})
    return stored.groupby("storage_class", as_index=False).agg(objects=("key", "size"), bytes=("size", "sum"))


def restore(
    bucket: str,
    key: str,
    *,
    tier: str = "Standard",
    days: int = 1,
    version: str | None = None,
    client: S3Client | None = None,
) -> None:
    """Ask for a readable copy of an archived object; it comes after minutes to days and stays for some days.

    Calls RestoreObject.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    tier
        ``Expedited`` (not from Deep Archive), ``Standard`` or ``Bulk``.
    days
        How long the copy stays.
    version
        Restore this version; by default the latest.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound, ObjectNotFound
        There is no such bucket, object or version.

    Examples
    --------
    >>> from helpers import s3
    >>> key = s3.put_object(s3.create_bucket("harbor-photos"), "old.jpg", b"123", storage_class="GLACIER")
    >>> restore("harbor-photos", key, tier="Bulk")
    >>> list_restores("harbor-photos")["state"].tolist()
    ['thawing']
    """
    client = client or session.client("s3")
    which: Any = {"VersionId": version} if version else {}
    wish: Any = {"Days": days, "GlacierJobParameters": {"Tier": tier}}
    missing = ObjectNotFound(f"There is no such object in {bucket!r}; s3.list_versions({bucket!r}) shows all there is.")
    with bucket_errors(bucket), explained({"NoSuchKey": missing, "NoSuchVersion": missing}):
        client.restore_object(Bucket=bucket, Key=key, RestoreRequest=wish, **which)


def list_restores(bucket: str, prefix: str = "", *, client: S3Client | None = None) -> pd.DataFrame:
    """Say of each object under a prefix whether it can be read now, one row each.

    Calls ListObjectsV2 with RestoreStatus and follows every page.

    Parameters
    ----------
    bucket
        Name of the bucket.
    prefix
        Keep only keys that begin with this text; empty means the whole bucket.
    client
        S3 client; by default the session's.

    Returns
    -------
    Columns ``key``, ``storage_class``, ``state`` (``warm``: needs no restore; ``frozen``, ``thawing``, ``readable``),
    ``lapses`` (UTC; when a restored copy goes).

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos")
    >>> _ = s3.put_object(bucket, "new.jpg", b"12345")
    >>> _ = s3.put_object(bucket, "old.jpg", b"123", storage_class="GLACIER")
    >>> list_restores(bucket)[["key", "state"]]
           key   state
    0  new.jpg    warm
    1  old.jpg  frozen
    """
    client = client or session.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix, OptionalObjectAttributes=["RestoreStatus"]
    )
    with bucket_errors(bucket):
        found = [one for page in pages for one in page.get("Contents", [])]
    rows = [(one["Key"], one["StorageClass"], *_state(one)) for one in found]
    listed = pd.DataFrame(rows, columns=STATES)
    return listed.assign(lapses=pd.to_datetime(listed["lapses"], utc=True))


def _state(listed: Any) -> tuple[str, datetime | None]:
    status = listed.get("RestoreStatus")
    if status is None:
        return ("frozen" if listed["StorageClass"] in ARCHIVES else "warm"), None
    return ("thawing", None) if status["IsRestoreInProgress"] else ("readable", status["RestoreExpiryDate"])


def wait_for_restore(bucket: str, key: str, *, hours: float = 48, client: S3Client | None = None) -> datetime:
    """Wait until the copy of an archived object that RestoreObject asked for is there.

    Calls HeadObject after 5 minutes, then after ever longer pauses; simulated time passes at once.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    hours
        How long to wait at most; the slowest restore, Bulk from Deep Archive, takes up to 48.
    client
        S3 client; by default the session's.

    Returns
    -------
    When the copy will be gone again.

    Raises
    ------
    BucketNotFound, ObjectNotFound
        There is no such bucket or object.
    RestoreNotStarted
        Nobody asked for a restore.
    WaitTimedOut
        It took longer than ``hours``.

    Examples
    --------
    >>> from helpers import s3
    >>> key = s3.put_object(s3.create_bucket("harbor-photos"), "old.jpg", b"123", storage_class="GLACIER")
    >>> request = {"Days": 2, "GlacierJobParameters": {"Tier": "Standard"}}
    >>> _ = session.client("s3").restore_object(Bucket="harbor-photos", Key=key, RestoreRequest=request)
    >>> wait_for_restore("harbor-photos", key) > session.now()
    True
    """
    client = client or session.client("s3")
    what = f"the restore of {key!r}"
    copy = partial(_copy_expires, bucket, key, client)
    return wait_until(copy, what=what, every=FIRST_PAUSE, at_most=hours * HOUR, growth=1.25)


def _copy_expires(bucket: str, key: str, client: S3Client) -> datetime | None:
    with object_errors(bucket, key):
        state = client.head_object(Bucket=bucket, Key=key).get("Restore")
    if not state:
        raise RestoreNotStarted(f"Nobody asked for a restore of {key!r}; call restore_object first.")
    found = EXPIRY.search(state)
    return parsedate_to_datetime(found[1]) if found else None

"""Back to a point in time: what was the latest version then is the latest again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from helpers import session
from helpers.s3._errors import bucket_errors, object_errors
from helpers.s3._versions import list_versions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["recover", "versions_at"]


def versions_at(bucket: str, when: datetime, prefix: str = "", *, client: S3Client | None = None) -> pd.DataFrame:
    """List the versions that were the latest at a time, one row an object that was there then.

    Parameters
    ----------
    bucket
        Name of a versioned bucket.
    when
        The time, with its zone; S3 keeps times to the second.
    prefix
        Keep only keys that begin with this text; empty means the whole bucket.
    client
        S3 client; by default the session's.

    Returns
    -------
    As :func:`list_versions`; a version that somebody has deleted by its id cannot be listed.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos", versioned=True)
    >>> _ = s3.put_object(bucket, "ferry.jpg", b"good")
    >>> then = session.now()
    >>> _ = session.advance(hours=1), s3.put_object(bucket, "ferry.jpg", b"spoiled")
    >>> versions_at(bucket, then)[["key", "latest", "size"]]
             key  latest  size
    0  ferry.jpg   False     4
    """
    versions = list_versions(bucket, prefix, client=client)
    then = versions[pd.to_datetime(versions["modified"], utc=True) <= pd.Timestamp(when)]
    newest = then.groupby("key", sort=False).head(1)
    return newest[~newest["delete_marker"].astype(bool)].reset_index(drop=True)


def recover(
    bucket: str, when: datetime, prefix: str = "", *, into: str | None = None, client: S3Client | None = None
) -> int:
    """Make each object again what it was at a time, by copying its version of then over all later ones.

    Nothing is destroyed: the later versions stay beneath.  Objects of up to 5 GB.

    Parameters
    ----------
    bucket
        Name of a versioned bucket.
    when
        The time, with its zone.
    prefix
        Recover only keys that begin with this text; empty means the whole bucket.
    into
        Copy into this bucket instead; by default the objects come back where they were, and those that were not
        there at the time are hidden by a delete marker.
    client
        S3 client; by default the session's.

    Returns
    -------
    How many objects were copied.

    Raises
    ------
    BucketNotFound
        There is no such bucket.
    ObjectArchived
        A version lies in an archive class and must be restored first; the copies made before it stay.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos", versioned=True)
    >>> _ = s3.put_object(bucket, "ferry.jpg", b"good")
    >>> then = session.now()
    >>> _ = session.advance(hours=1), s3.put_object(bucket, "ferry.jpg", b"spoiled")
    >>> recover(bucket, then), s3.get_object(bucket, "ferry.jpg")
    (1, b'good')
    """
    client = client or session.client("s3")
    wanted = versions_at(bucket, when, prefix, client=client)
    if into is None:
        _hide_later(bucket, prefix, set(wanted["key"]), client)
        wanted = wanted[~wanted["latest"].astype(bool)]
    for key, version in zip(wanted["key"], wanted["version"], strict=True):
        source = {"Bucket": bucket, "Key": key, "VersionId": version}
        with object_errors(bucket, key):
            client.copy_object(Bucket=into or bucket, Key=key, CopySource=source)  # type: ignore[arg-type]
    return len(wanted)


def _hide_later(bucket: str, prefix: str, known: set[str], client: S3Client) -> None:
    """Put a delete marker on objects that were not there."""
    now = list_versions(bucket, prefix, client=client)
    there = now[now["latest"].astype(bool) & ~now["delete_marker"].astype(bool)]
    with bucket_errors(bucket):
        for key in there["key"]:
            if key not in known:
                client.delete_object(Bucket=bucket, Key=key)

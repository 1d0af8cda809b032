"""Versions and delete markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers import session
from helpers.errors import ObjectNotDeleted, ObjectNotFound
from helpers.s3._errors import bucket_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["list_versions", "undelete"]

COLUMNS = ["key", "version", "latest", "delete_marker", "size", "storage_class", "modified"]


def list_versions(bucket: str, prefix: str = "", *, client: S3Client | None = None) -> pd.DataFrame:
    """List every version and delete marker under a prefix, one row each: by key, the latest first.

    Calls ListObjectVersions and follows every page.

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
    Columns ``key``, ``version``, ``latest``, ``delete_marker``, ``size`` (bytes; 0 for a marker),
    ``storage_class`` (empty for a marker), ``modified`` (UTC).  An object of a bucket that was never
    versioned has the version ``null``.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos", versioned=True)
    >>> _ = s3.put_object(bucket, "ferry.jpg", b"old"), s3.put_object(bucket, "ferry.jpg", b"newer")
    >>> list_versions(bucket)[["key", "latest", "size"]]
             key  latest  size
    0  ferry.jpg    True     5
    1  ferry.jpg   False     3
    """
    client = client or session.client("s3")
    with bucket_errors(bucket):
        pages = list(client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix))
    rows = [
        (one["Key"], one["VersionId"], one["IsLatest"], False, one["Size"], one["StorageClass"], one["LastModified"])
        for page in pages
        for one in page.get("Versions", [])
    ] + [
        (one["Key"], one["VersionId"], one["IsLatest"], True, 0, "", one["LastModified"])
        for page in pages
        for one in page.get("DeleteMarkers", [])
    ]
    rows.sort(key=lambda row: (row[0], not row[2], -row[6].timestamp()))
    return pd.DataFrame(rows, columns=COLUMNS)


def undelete(bucket: str, key: str, *, client: S3Client | None = None) -> str:
    """Bring a deleted object of a versioned bucket back, by deleting the delete markers on top of it.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the deleted object.
    client
        S3 client; by default the session's.

    Returns
    -------
    The version that is the latest now.

    Raises
    ------
    BucketNotFound, ObjectNotFound
        There is no such bucket, or no version of the object.
    ObjectNotDeleted
        The object is there; nothing was changed.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos", versioned=True)
    >>> _ = s3.put_object(bucket, "ferry.jpg", b"...")
    >>> s3.delete_objects(bucket, ["ferry.jpg"])
    1
    >>> version = undelete(bucket, "ferry.jpg")
    >>> s3.get_object(bucket, "ferry.jpg")
    b'...'
    """
    client = client or session.client("s3")
    versions = _versions_of(bucket, key, client)
    if versions["delete_marker"].all():
        raise ObjectNotFound(f"There is no version of {key!r} in {bucket!r}; s3.list_versions({bucket!r}) shows all.")
    if not versions["delete_marker"].iloc[0]:
        raise ObjectNotDeleted(f"{key!r} is not deleted; s3.get_object({bucket!r}, {key!r}) reads it.")
    while versions["delete_marker"].iloc[0]:
        client.delete_object(Bucket=bucket, Key=key, VersionId=versions["version"].iloc[0])
        versions = _versions_of(bucket, key, client)
    return str(versions["version"].iloc[0])


def _versions_of(bucket: str, key: str, client: S3Client) -> pd.DataFrame:
    versions = list_versions(bucket, key, client=client)
    return versions[versions["key"] == key]

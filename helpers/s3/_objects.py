"""Objects: put, get, list, delete, and a URL for somebody without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers.s3._errors import bucket_errors, object_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["get_object", "list_objects", "presign", "put_object"]


def put_object(
    bucket: str, key: str, body: bytes | str, *, storage_class: str | None = None, client: S3Client | None = None
) -> str:
    """Store an object in one request, up to 5 GB; what was there under the key is replaced.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object, up to 1,024 bytes, for example ``"raw/2013/01/flights.csv"``.
    body
        The content; text is stored as UTF-8.
    storage_class
        For example ``"STANDARD_IA"`` or ``"GLACIER"``; by default STANDARD.
    client
        S3 client; by default the session's.

    Returns
    -------
    The key.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> _ = session.client("s3").create_bucket(Bucket="harbor-photos")
    >>> put_object("harbor-photos", "notes/readme.txt", "Ferries by hour")
    'notes/readme.txt'
    """
    client = client or session.client("s3")
    options: dict[str, Any] = {"StorageClass": storage_class} if storage_class else {}
    content = body.encode() if isinstance(body, str) else body
    with bucket_errors(bucket):
        client.put_object(Bucket=bucket, Key=key, Body=content, **options)
    return key


def get_object(
    bucket: str, key: str, *, start: int | None = None, end: int | None = None, client: S3Client | None = None
) -> bytes:
    """Return the content of an object, or some of its bytes.

    ``start`` and ``end`` work as in a slice of Python; only the bytes asked for travel (a Range request).

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    start
        First byte, counted from 0; negative counts from the end, and then ``end`` must be left out.
    end
        The byte after the last one.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound, ObjectNotFound
        There is no such bucket, or no object of this key.
    ObjectArchived
        The object must be restored first.
    ValueError
        A range that one request cannot ask for: empty, or with an ``end`` counted from the end.

    Examples
    --------
    >>> _ = session.client("s3").create_bucket(Bucket="harbor-photos")
    >>> _ = put_object("harbor-photos", "readme.txt", "Ferries by hour")
    >>> get_object("harbor-photos", "readme.txt", end=7)
    b'Ferries'
    >>> get_object("harbor-photos", "readme.txt", start=-4)
    b'hour'
    """
    client = client or session.client("s3")
    options: dict[str, Any] = {} if start is end is None else {"Range": _range(start or 0, end)}
    with object_errors(bucket, key):
        return client.get_object(Bucket=bucket, Key=key, **options)["Body"].read()


def list_objects(bucket: str, prefix: str = "", *, client: S3Client | None = None) -> pd.DataFrame:
    """List the objects under a prefix, one row each, in the order of their keys.

    Calls ListObjectsV2 and follows every page of 1,000.

    Parameters
    ----------
    bucket
        Name of the bucket, without ``s3://``.
    prefix
        Keep only keys that begin with this text; empty means the whole bucket.
    client
        S3 client; by default the session's.

    Returns
    -------
    Columns ``key``, ``size`` (bytes), ``storage_class``.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> _ = session.client("s3").create_bucket(Bucket="harbor-photos")
    >>> _ = put_object("harbor-photos", "raw/ferry.jpg", b"12345"), put_object("harbor-photos", "index.html", b"")
    >>> list_objects("harbor-photos", "raw/")
                 key  size storage_class
    0  raw/ferry.jpg     5      STANDARD
    """
    client = client or session.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    with bucket_errors(bucket):
        found = [one for page in pages for one in page.get("Contents", [])]
    rows = [(one["Key"], one["Size"], one["StorageClass"]) for one in found]
    return pd.DataFrame(rows, columns=["key", "size", "storage_class"])


def presign(bucket: str, key: str, *, minutes: float = 15, client: S3Client | None = None) -> str:
    """Return a URL with which anybody can read one object for a while, without AWS keys.

    No request is made: the URL is signed with your keys, so it can do what you may do, and nothing tells you
    when the object does not exist.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    minutes
        How long the URL works, at most 7 days.
    client
        S3 client; by default the session's.

    Examples
    --------
    >>> "X-Amz-Expires=300" in presign("harbor-photos", "ferry.jpg", minutes=5)
    True
    """
    client = client or session.client("s3")
    return client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=round(minutes * 60)
    )


def _range(start: int, end: int | None) -> str:
    if start < 0 and end is None:
        return f"bytes={start}"
    if start < 0 or (end is not None and end <= start):
        raise ValueError(f"One request cannot ask for bytes {start} to {end}; give 0 <= start < end, or start alone.")
    return f"bytes={start}-{'' if end is None else end - 1}"

"""Buckets: create, list, empty, delete."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers.errors import aws_code
from helpers.s3._delete import delete_batches
from helpers.s3._errors import bucket_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["bucket_exists", "create_bucket", "delete_bucket", "empty_bucket", "list_buckets"]

log = logging.getLogger(__name__)


def create_bucket(bucket: str, *, versioned: bool = False, client: S3Client | None = None) -> str:
    """Create a bucket in the client's Region.

    Calls CreateBucket, with a LocationConstraint everywhere but in us-east-1, which refuses its own name
    there (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html).

    Parameters
    ----------
    bucket
        Name, unique among all accounts: 3 to 63 lower-case letters, digits, hyphens, dots.
    versioned
        Keep every version of every object from the start (PutBucketVersioning).
    client
        S3 client; by default the session's.

    Returns
    -------
    The name of the bucket.

    Raises
    ------
    BucketNameTaken
        Somebody, perhaps you, has a bucket of this name.

    Examples
    --------
    >>> create_bucket("harbor-photos", versioned=True)
    'harbor-photos'
    """
    client = client or session.client("s3")
    region = client.meta.region_name
    options: dict[str, Any] = {}
    if region != "us-east-1":
        options["CreateBucketConfiguration"] = {"LocationConstraint": region}
    with bucket_errors(bucket):
        client.create_bucket(Bucket=bucket, **options)
        if versioned:
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def bucket_exists(bucket: str, *, client: S3Client | None = None) -> bool:
    """Whether there is a bucket of this name that you may use.

    Calls HeadBucket.  A bucket of somebody else answers 403, which reaches you as a ``ClientError``.

    Parameters
    ----------
    bucket
        Name of the bucket.
    client
        S3 client; by default the session's.

    Examples
    --------
    >>> bucket_exists("nobody-made-this-one")
    False
    """
    client = client or session.client("s3")
    try:
        client.head_bucket(Bucket=bucket)
    except client.exceptions.ClientError as error:
        if aws_code(error) in ("404", "NoSuchBucket"):
            return False
        raise
    return True


def list_buckets(*, client: S3Client | None = None) -> pd.DataFrame:
    """List the buckets of the account, one row each, in all Regions.

    Calls ListBuckets and follows every page.

    Parameters
    ----------
    client
        S3 client; by default the session's.

    Returns
    -------
    Columns ``bucket``, ``created`` (UTC).

    Examples
    --------
    >>> _ = create_bucket("harbor-photos"), create_bucket("harbor-logs")
    >>> list_buckets()["bucket"].tolist()
    ['harbor-logs', 'harbor-photos']
    """
    client = client or session.client("s3")
    pages = client.get_paginator("list_buckets").paginate()
    rows = [(found["Name"], found["CreationDate"]) for page in pages for found in page.get("Buckets", [])]
    return pd.DataFrame(rows, columns=["bucket", "created"]).sort_values("bucket", ignore_index=True)


def empty_bucket(bucket: str, *, client: S3Client | None = None) -> int:
    """Delete everything in a bucket: objects, old versions, delete markers, unfinished uploads.

    Calls ListObjectVersions and DeleteObjects, 1,000 at a time, and AbortMultipartUpload.

    Parameters
    ----------
    bucket
        Name of the bucket.
    client
        S3 client; by default the session's.

    Returns
    -------
    How many versions and delete markers were deleted; an object without versions counts as one.

    Raises
    ------
    BucketNotFound
        There is no such bucket.
    ObjectsNotDeleted
        Some are still there, for example under Object Lock.

    Examples
    --------
    >>> _ = create_bucket("harbor-photos")
    >>> _ = session.client("s3").put_object(Bucket="harbor-photos", Key="ferry.jpg", Body=b"...")
    >>> empty_bucket("harbor-photos")
    1
    """
    client = client or session.client("s3")
    with bucket_errors(bucket):
        pages = list(client.get_paginator("list_object_versions").paginate(Bucket=bucket))
        uploads = list(client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket))
    found = [one for page in pages for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]]
    for upload in [one for page in uploads for one in page.get("Uploads", [])]:
        client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return delete_batches(bucket, [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found], client)


def delete_bucket(bucket: str, *, client: S3Client | None = None) -> int:
    """Delete a bucket with everything in it.

    Calls :func:`empty_bucket`, then DeleteBucket, which takes only empty buckets.

    Parameters
    ----------
    bucket
        Name of the bucket.
    client
        S3 client; by default the session's.

    Returns
    -------
    How many versions and delete markers were deleted with it.

    Raises
    ------
    BucketNotFound
        There is no such bucket.
    ObjectsNotDeleted
        Some objects cannot be deleted; the bucket stays.

    Examples
    --------
    >>> _ = create_bucket("harbor-photos")
    >>> delete_bucket("harbor-photos")
    0
    """
    client = client or session.client("s3")
    count = empty_bucket(bucket, client=client)
    with bucket_errors(bucket):
        client.delete_bucket(Bucket=bucket)
    log.debug("deleted %s with %d versions and markers", bucket, count)
    return count

"""Deleting many objects at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers.errors import ObjectsNotDeleted
from helpers.s3._errors import bucket_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["delete_batches", "delete_objects"]

#: What one DeleteObjects request takes at most.
BATCH = 1000


def delete_objects(bucket: str, keys: Iterable[str], *, client: S3Client | None = None) -> int:
    """Delete many objects, 1,000 a request, and look at what AWS says about each.

    In a versioned bucket this hides the objects under delete markers; see :func:`helpers.s3.undelete`.
    AWS also counts a key that was never there as deleted.

    Parameters
    ----------
    bucket
        Name of the bucket.
    keys
        Keys to delete, for example a column of :func:`list_objects`.
    client
        S3 client; by default the session's.

    Returns
    -------
    How many keys were deleted.

    Raises
    ------
    BucketNotFound
        There is no such bucket.
    ObjectsNotDeleted
        The request succeeded, but not for every key; ``failed`` says which and why.

    Examples
    --------
    >>> from helpers import s3
    >>> _ = s3.create_bucket("harbor-photos")
    >>> _ = s3.put_object("harbor-photos", "a.jpg", b"1"), s3.put_object("harbor-photos", "b.jpg", b"2")
    >>> delete_objects("harbor-photos", ["a.jpg", "b.jpg"])
    2
    """
    return delete_batches(bucket, [{"Key": key} for key in keys], client or session.client("s3"))


def delete_batches(bucket: str, objects: Sequence[Any], client: S3Client) -> int:
    """Delete objects or versions in batches; see :func:`delete_objects`."""
    count = 0
    failed: dict[str, str] = {}
    for first in range(0, len(objects), BATCH):
        with bucket_errors(bucket):
            answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects[first : first + BATCH]})
        count += len(answer.get("Deleted", []))
        failed |= {error["Key"]: error["Code"] for error in answer.get("Errors", [])}
    if failed:
        key, code = next(iter(failed.items()))
        raise ObjectsNotDeleted(f"{count} deleted, {len(failed)} keys not, first {key!r} (AWS: {code}).", failed)
    return count

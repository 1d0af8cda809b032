"""AWS's error codes of S3, explained."""

from __future__ import annotations

from contextlib import AbstractContextManager

from helpers.errors import (
    BucketNameTaken,
    BucketNotEmpty,
    BucketNotFound,
    CourseError,
    ObjectArchived,
    ObjectNotFound,
    explained,
)

__all__ = ["bucket_errors", "object_errors"]


def bucket_errors(bucket: str) -> AbstractContextManager[None]:
    """Explain what can be wrong with a bucket, in a ``with`` block."""
    return explained(_of_bucket(bucket))


def object_errors(bucket: str, key: str) -> AbstractContextManager[None]:
    """Explain what can be wrong with a bucket or one of its objects, in a ``with`` block."""
    missing = f"There is no object {key!r} in {bucket!r}; s3.list_objects({bucket!r}) shows those there are."
    archived = f"{key!r} is archived; call restore_object, then s3.wait_for_restore({bucket!r}, {key!r})."
    known: dict[str, CourseError] = {
        "NoSuchKey": ObjectNotFound(missing),
        "NoSuchVersion": ObjectNotFound(missing),
        "404": ObjectNotFound(missing),  # a HEAD has no body, so AWS cannot say more
        "InvalidObjectState": ObjectArchived(archived),
        "ObjectNotInActiveTierError": ObjectArchived(archived),  # what a copy says
    }
    return explained(_of_bucket(bucket) | known)


def _of_bucket(bucket: str) -> dict[str, CourseError]:
    taken = f"The name {bucket!r} is taken; session.unique_name({bucket!r}) makes one that is yours alone."
    full = f"{bucket!r} holds objects or versions; s3.empty_bucket({bucket!r}) deletes them."
    return {
        "NoSuchBucket": BucketNotFound(f"There is no bucket {bucket!r}; s3.list_buckets() shows those there are."),
        "BucketAlreadyExists": BucketNameTaken(taken),
        "BucketAlreadyOwnedByYou": BucketNameTaken(f"You have a bucket {bucket!r} already; go on with it."),
        "BucketNotEmpty": BucketNotEmpty(full),
    }

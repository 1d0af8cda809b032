"""What exports and imports share: when they finish, their names, and the objects in S3.

AWS takes minutes for an export or import.  Here one is done with the next request, so that a waiter does not wait;
but while the clock stands still, its five minutes pass when somebody moves the clock, and until then the job is
``IN_PROGRESS``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from moto.s3.models import FakeKey, s3_backends

from pocketaws import clock
from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.tables import Database

__all__ = ["JobFailed", "finish_later", "job_id", "objects_under", "page", "put_object"]

TIME = timedelta(minutes=5)


class JobFailed(Exception):
    """A job that fails after it was accepted: its failure code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def finish_later(job: dict[str, Any], status: str, work: Callable[[], None]) -> None:
    """Do the work of a job when its time has come, and set its status.

    Parameters
    ----------
    job
        The description of the job, as AWS answers it.
    status
        The member that holds the status.
    work
        What to do; raises ``JobFailed`` if it cannot.
    """

    def finish() -> None:
        try:
            work()
            job[status] = "COMPLETED"
        except JobFailed as failure:
            job.update({status: "FAILED", "FailureCode": failure.code, "FailureMessage": failure.message})
        job["EndTime"] = clock.now()

    clock.at(clock.now() + (TIME if clock.is_frozen() else timedelta(0)), finish)


def job_id(*parts: object) -> str:
    """Return the id of a job: the time and a digest of what tells it from others."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=4).hexdigest()
    return f"{int(clock.now().timestamp() * 1000):014d}-{digest}"


def _store_with(database: Database, bucket: str) -> Any:
    """Return moto's S3 of the account, which must have the bucket."""
    store = s3_backends[database.account_id][database.partition]
    if bucket not in store.buckets:
        raise JobFailed("S3NoSuchBucket", "The specified bucket does not exist")
    return store


def objects_under(database: Database, bucket: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the keys under a prefix, in order, and the contents of their objects."""
    for key, stored in sorted(_store_with(database, bucket).buckets[bucket].keys.items()):
        if key.startswith(prefix) and isinstance(stored, FakeKey):
            yield key, stored.value


def put_object(database: Database, bucket: str, key: str, content: bytes, **encryption: str | None) -> str:
    """Store an object and return its ETag, without quotes."""
    stored = _store_with(database, bucket).put_object(bucket, key, content, **encryption)
    return str(stored.etag).strip('"')


def page(
    found: list[dict[str, Any]], token: str | None, limit: int, key: str
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of jobs and the token of the next one; ``key`` names the member with a job's ARN."""
    arns = [job[key] for job in found]
    if token is not None and token not in arns:
        raise DynamoDBError("ValidationException", "Invalid NextToken")
    start = arns.index(token) + 1 if token is not None else 0
    shown = found[start : start + limit]
    return shown, shown[-1][key] if len(found) > start + limit else None

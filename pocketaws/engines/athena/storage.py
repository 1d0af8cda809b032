"""S3 as Athena uses it: moto's store of the same account, read by ranges, every request counted."""

from __future__ import annotations

import io
import os
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from moto.s3.models import FakeKey, s3_backends

from pocketaws.engines.athena.errors import QueryFailed, bad_data
from pocketaws.engines.athena.rights import UNLIMITED, Rights

__all__ = ["ObjectFile", "Store", "split"]

_ARCHIVED = {"GLACIER", "DEEP_ARCHIVE"}
_PAGE = 1000
#: AWS's type of failure for what cannot be written.
_NOT_WRITTEN = 401
_HAS_PREAD = hasattr(os, "pread")


def split(location: str) -> tuple[str, str]:
    """Return bucket and key of an ``s3://`` location."""
    scheme, _, path = location.partition("://")
    if scheme not in ("s3", "s3a", "s3n") or not path:
        raise QueryFailed(f"INVALID_TABLE_PROPERTY: Not a location in Amazon S3: {location}")
    bucket, _, key = path.partition("/")
    return bucket, key


class Store:
    """The buckets of an account, as far as somebody's rights go, and a count of requests made and bytes fetched."""

    def __init__(self, account_id: str, partition: str = "aws", rights: Rights = UNLIMITED) -> None:
        self._rights = rights
        self._s3 = s3_backends[account_id][partition]
        self.requests = 0
        self.bytes_read = 0
        self._listed: dict[str, list[str]] = {}

    def has_bucket(self, location: str) -> bool:
        """Whether the account has the bucket of a location."""
        return split(location)[0] in self._s3.buckets

    def objects(self, location: str, *, archived: bool = False) -> list[FakeKey]:
        """Return what a table's location holds, by key.

        As on AWS, names that begin with ``_`` or ``.`` are hidden, archived objects are passed over (unless they
        are restored and the table says ``read_restored_glacier_objects``), and a location that is gone is empty.
        """
        if not self.has_bucket(location):
            return []
        bucket, key = split(location)
        prefix = key if not key or key.endswith("/") else f"{key}/"
        found = [
            each
            for each in self.keys(f"s3://{bucket}/{prefix}")
            if each.size and not _hidden(each.name[len(prefix) :]) and (archived or not _is_archived(each))
        ]
        return [each for each in found if not _is_archived(each) or _is_restored(each)]

    def keys(self, location: str) -> list[FakeKey]:
        """Return every object whose key begins as a location does."""
        if not self.has_bucket(location):
            return []
        self._rights.require_in_s3("s3:ListBucket", split(location)[0])
        found = self._below(location)
        self.requests += max(1, -(-len(found) // _PAGE))
        return found

    def size_below(self, location: str) -> int:
        """Return the bytes at a location, as far as the listing of it that follows; no request of its own."""
        return sum(each.size for each in self._below(location)) if self.has_bucket(location) else 0

    def _below(self, location: str) -> list[FakeKey]:
        bucket, prefix = split(location)
        stored = self._s3.buckets[bucket].keys
        names = self._listed.get(bucket)
        if names is None or len(names) != len(stored):
            names = self._listed[bucket] = sorted(dict.keys(stored))
        found = []
        for at in range(bisect_left(names, prefix), len(names)):
            if not names[at].startswith(prefix):
                break
            if isinstance(each := stored.get(names[at]), FakeKey):
                found.append(each)
        return found

    def find(self, location: str) -> FakeKey | None:
        """Return the object at a location."""
        bucket, key = split(location)
        if bucket not in self._s3.buckets:
            return None
        found = self._s3.buckets[bucket].keys.get(key)
        return found if isinstance(found, FakeKey) else None

    def put(self, location: str, content: bytes) -> str:
        """Write an object and return its location."""
        bucket, key = split(location)
        if bucket not in self._s3.buckets:
            raise QueryFailed(
                f"The S3 location provided to save your query results is invalid: {location}", _NOT_WRITTEN
            )
        if self._rights.refusal("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}"):
            raise QueryFailed(f"Access denied when writing to location: {location}", _NOT_WRITTEN)
        self.requests += 1
        self._listed.pop(bucket, None)
        self._s3.put_object(bucket, key, content)
        return location

    def delete(self, stored: FakeKey) -> None:
        """Delete an object."""
        self._rights.require_in_s3("s3:DeleteObject", str(stored.bucket_name), stored.name)
        self.requests += 1
        self._listed.pop(str(stored.bucket_name), None)
        self._s3.delete_object(str(stored.bucket_name), stored.name)

    def read(self, stored: FakeKey, start: int = 0, size: int | None = None) -> bytes:
        """Return bytes of an object: one GET, with a range where one is given."""
        self._rights.require_in_s3("s3:GetObject", str(stored.bucket_name), stored.name)
        self.requests += 1
        wanted = max(0, stored.size - start) if size is None else size
        with stored.lock:
            buffer = stored._value_buffer
            # What moto keeps on disk is read without the lock, so that DuckDB's threads read at once.
            file = os.dup(buffer.fileno()) if _HAS_PREAD and getattr(buffer, "_rolled", False) else None
            if file is None:
                buffer.seek(start)
                content: bytes = buffer.read(wanted)
            else:
                buffer.flush()
        if file is not None:
            content = _read_at(file, start, wanted)
        self.bytes_read += len(content)
        return content


def _read_at(file: int, start: int, size: int) -> bytes:
    """Return bytes of an open file, which is then closed."""
    try:
        content = os.pread(file, size, start)
        while len(content) < size and (more := os.pread(file, size - len(content), start + len(content))):
            content += more
        return content
    finally:
        os.close(file)


def address(stored: FakeKey) -> str:
    """Return the location of an object."""
    return f"s3://{stored.bucket_name}/{stored.name}"


def _hidden(path: str) -> bool:
    return path.endswith("/") or any(part.startswith(("_", ".")) for part in path.split("/") if "=" not in part)


def _is_archived(stored: FakeKey) -> bool:
    return stored.storage_class in _ARCHIVED


def _is_restored(stored: FakeKey) -> bool:
    restore = getattr(stored.__dict__.get("pocketaws"), "restore", None)
    return restore is not None and restore.expires is not None


class ObjectFile(io.RawIOBase):
    """An object as a file that is read by range requests."""

    def __init__(self, store: Store, stored: FakeKey) -> None:
        self._store = store
        self._stored = stored
        self._at = 0
        self.fetched = 0

    @property
    def size(self) -> int:
        """The bytes of the object."""
        return int(self._stored.size)

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it has places."""
        return True

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; costs nothing."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._stored.size}[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes: one range request."""
        wanted = self._stored.size - self._at
        if size is not None and size >= 0:
            wanted = min(size, wanted)
        if wanted <= 0:
            return b""
        content = self._store.read(self._stored, self._at, wanted)
        self._at += len(content)
        self.fetched += len(content)
        return content

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


def cannot_open(stored: FakeKey, why: str) -> QueryFailed:
    """Return the failure for an object that is not what its table says."""
    where = f"{address(stored)} (offset=0, length={stored.size})"
    return bad_data(f"HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {where}: {why}")


def addresses(found: list[FakeKey]) -> Iterator[str]:
    """Yield the locations of objects."""
    return (address(each) for each in found)

"""The objects of S3 as crawlers and jobs read them: listed a thousand at a time, and counted as S3 counts requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.s3.models import FakeKey, s3_backends

from pocketaws.engines.s3 import is_archived

__all__ = ["Missing", "Store", "split"]


class Missing(Exception):
    """There is no such bucket or object, or it cannot be read now; the text is S3's."""


def split(path: str) -> tuple[str, str]:
    """Return bucket and key of an S3 path.

    Examples
    --------
    >>> split("s3://lake/raw/a.csv")
    ('lake', 'raw/a.csv')
    """
    bucket, _, key = path.split("://", 1)[-1].partition("/")
    return bucket, key


@dataclass
class Store:
    """The S3 of an account; ``lists`` and ``reads`` count requests."""

    account: str
    lists: int = 0
    reads: int = 0

    def _bucket(self, name: str) -> Any:
        buckets = s3_backends[self.account]["aws"].buckets
        if name not in buckets:
            raise Missing("The specified bucket does not exist")
        return buckets[name]

    def list(self, bucket: str, prefix: str) -> list[FakeKey]:
        """Return the objects under a prefix by key; archived ones are left out, as Glue leaves them."""
        keys = self._bucket(bucket).keys
        found = [keys[name] for name in sorted(name for name in dict.keys(keys) if name.startswith(prefix))]
        stored = [each for each in found if isinstance(each, FakeKey)]
        self.lists += max(1, -(-len(stored) // 1000))
        return [each for each in stored if not is_archived(each)]

    def read(self, stored: FakeKey) -> bytes:
        """Return the content of an object."""
        self.reads += 1
        return bytes(stored.value)

    def get(self, path: str) -> bytes:
        """Return the content of the object at a path.

        Raises
        ------
        Missing
            No such bucket or key.
        """
        bucket, key = split(path)
        stored = self._bucket(bucket).keys.get(key)
        if not isinstance(stored, FakeKey):
            raise Missing("The specified key does not exist.")
        if is_archived(stored):
            raise Missing("The operation is not valid for the object's storage class")
        return self.read(stored)

    def put(self, path: str, content: bytes) -> None:
        """Store an object at a path."""
        bucket, key = split(path)
        self._bucket(bucket)
        s3_backends[self.account]["aws"].put_object(bucket, key, content)

"""An object as a file that can be read in any order: each read fetches those bytes and no others."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers.s3._errors import object_errors
from helpers.s3._objects import get_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["open_object"]


def open_object(bucket: str, key: str, *, client: S3Client | None = None) -> io.RawIOBase:
    """Open an object as a read-only file; every read is one range request for exactly the bytes asked for.

    pandas, pyarrow and Python's own modules take it in place of an open file.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound, ObjectNotFound
        There is no such bucket, or no object of this key.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos")
    >>> _ = s3.put_object(bucket, "readme.txt", "Ferries by hour")
    >>> file = open_object(bucket, "readme.txt")
    >>> file.seek(-4, 2), file.read()
    (11, b'hour')
    """
    client = client or session.client("s3")
    with object_errors(bucket, key):
        size = client.head_object(Bucket=bucket, Key=key)["ContentLength"]
    return _Object(client, bucket, key, size)


class _Object(io.RawIOBase):
    """The object, its size and the place of the next read."""

    def __init__(self, client: S3Client, bucket: str, key: str, size: int) -> None:
        self._client, self._bucket, self._key = client, bucket, key
        self._size, self._place = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def readall(self) -> bytes:
        return self.read(self._size - self._place) or b""

    def readinto(self, buffer: Any) -> int:
        end = min(self._place + len(buffer), self._size)
        if end <= self._place:
            return 0
        content = get_object(self._bucket, self._key, start=self._place, end=end, client=self._client)
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)

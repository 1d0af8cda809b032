"""Multipart uploads: large objects in parts, in parallel, resumed where they broke off."""

from __future__ import annotations

import hashlib
import io
import math
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from helpers import session
from helpers.errors import UploadInterrupted, UploadNotFound
from helpers.s3._errors import bucket_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

__all__ = ["resume_upload", "upload_file"]

MiB = 1024 * 1024


def upload_file(
    bucket: str,
    key: str,
    body: bytes | Path | BinaryIO,
    *,
    part_size: int = 8 * MiB,
    threads: int = 4,
    client: S3Client | None = None,
) -> str:
    """Upload an object in parts, several at once.

    Calls CreateMultipartUpload, UploadPart for each part, CompleteMultipartUpload.  When a part fails, the
    parts already stored stay (and are billed) until :func:`resume_upload` finishes the upload or somebody
    aborts it.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    body
        The content: bytes, the path of a file, or a file opened for reading bytes that can seek.
    part_size
        Bytes a part, at least 5 MiB; an upload has at most 10,000 parts.
    threads
        How many parts travel at once; with 1 the parts go in their order.
    client
        S3 client; by default the session's.

    Returns
    -------
    The key.

    Raises
    ------
    BucketNotFound
        There is no such bucket.
    UploadInterrupted
        A part could not be read or sent.

    Examples
    --------
    >>> bucket = session.client("s3").create_bucket(Bucket="harbor-photos")
    >>> upload_file("harbor-photos", "video.mp4", bytes(12 * 1024 * 1024), part_size=5 * 1024 * 1024)
    'video.mp4'
    """
    client = client or session.client("s3")
    with _opened(body) as file, bucket_errors(bucket):
        made = client.create_multipart_upload(Bucket=bucket, Key=key, ChecksumAlgorithm="CRC32")
        upload = {"Bucket": bucket, "Key": key, "UploadId": made["UploadId"]}
        _send(client, upload, _Parts(file, part_size), threads, stored={})
    return key


def resume_upload(
    bucket: str,
    key: str,
    body: bytes | Path | BinaryIO,
    *,
    part_size: int = 8 * MiB,
    threads: int = 4,
    client: S3Client | None = None,
) -> int:
    """Finish the newest unfinished upload of an object, sending only the parts that S3 does not have.

    Calls ListMultipartUploads and ListParts, compares each stored part with the content by its ETag, and
    sends the others.

    Parameters
    ----------
    bucket, key, body, part_size, threads, client
        As for :func:`upload_file`, with the same content and part size.

    Returns
    -------
    How many parts were sent this time.

    Raises
    ------
    BucketNotFound
        There is no such bucket.
    UploadNotFound
        No upload of this key is unfinished.
    UploadInterrupted
        It broke off again.

    Examples
    --------
    >>> client, photo = session.client("s3"), bytes(12 * 1024 * 1024)
    >>> _ = client.create_bucket(Bucket="harbor-photos")
    >>> upload = client.create_multipart_upload(Bucket="harbor-photos", Key="video.mp4", ChecksumAlgorithm="CRC32")
    >>> resume_upload("harbor-photos", "video.mp4", photo)
    2
    """
    client = client or session.client("s3")
    with _opened(body) as file, bucket_errors(bucket):
        upload = _newest_upload(client, bucket, key)
        pages = client.get_paginator("list_parts").paginate(**upload)
        found = [part for page in pages for part in page.get("Parts", [])]
        stored = {part["PartNumber"]: _completed(part["PartNumber"], part) for part in found}
        return _send(client, upload, _Parts(file, part_size), threads, stored)


def _newest_upload(client: S3Client, bucket: str, key: str) -> dict[str, Any]:
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=key)
    uploads = [one for page in pages for one in page.get("Uploads", []) if one["Key"] == key]
    if not uploads:
        raise UploadNotFound(f"No upload of {key!r} is unfinished in {bucket!r}; begin one with s3.upload_file.")
    newest = max(uploads, key=lambda one: one["Initiated"])
    return {"Bucket": bucket, "Key": key, "UploadId": newest["UploadId"]}


def _send(
    client: S3Client, upload: dict[str, Any], parts: _Parts, threads: int, stored: Mapping[int, CompletedPartTypeDef]
) -> int:
    def send(number: int) -> CompletedPartTypeDef:
        content = parts.read(number)
        etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        if number in stored and stored[number]["ETag"] == etag:
            return stored[number]
        answer = client.upload_part(**upload, PartNumber=number, Body=content, ChecksumAlgorithm="CRC32")
        return _completed(number, answer)

    try:
        done = _each(send, parts.count, threads)
        client.complete_multipart_upload(**upload, MultipartUpload={"Parts": done})
    except (BotoCoreError, ClientError, OSError) as error:
        raise UploadInterrupted(f"{upload['Key']!r} broke off; s3.resume_upload sends the rest: {error}") from error
    return sum(part is not stored.get(number) for number, part in enumerate(done, 1))


def _each(send: Callable[[int], CompletedPartTypeDef], count: int, threads: int) -> list[CompletedPartTypeDef]:
    numbers = range(1, count + 1)
    if threads == 1 or sys.platform == "emscripten":  # Python in a browser has no threads
        return [send(number) for number in numbers]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(send, numbers))


def _completed(number: int, part: Any) -> CompletedPartTypeDef:
    """Return what CompleteMultipartUpload wants to know of a part: its ETag and its checksum."""
    done: CompletedPartTypeDef = {"PartNumber": number, "ETag": part["ETag"]}
    if "ChecksumCRC32" in part:
        done["ChecksumCRC32"] = part["ChecksumCRC32"]
    return done


class _Parts:
    """The parts of a file, read one at a time, from any thread."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size, self._lock = file, size, threading.Lock()
        self.count = max(1, math.ceil(file.seek(0, io.SEEK_END) / size))

    def read(self, number: int) -> bytes:
        """Return a part; parts count from 1."""
        with self._lock:
            self._file.seek((number - 1) * self._size)
            return self._file.read(self._size)


@contextmanager
def _opened(body: bytes | Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(body, bytes):
        yield io.BytesIO(body)
    elif isinstance(body, Path):
        with body.open("rb") as file:
            yield file
    else:
        yield body

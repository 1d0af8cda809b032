"""What a reader of files is asked, and what it answers besides the rows."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from moto.s3.models import FakeKey

from pocketaws.engines.athena import types
from pocketaws.engines.athena.catalog import Storage
from pocketaws.engines.athena.storage import Store, address, cannot_open

__all__ = ["Job", "Tally", "decompress", "text_of", "to_columns"]


@dataclass
class Tally:
    """What a query has read: bytes by AWS's rules, rows, objects."""

    scanned: int = 0
    rows: int = 0
    objects: int = 0
    partitions: int = 0


@dataclass
class Job:
    """One object to read."""

    store: Store
    stored: FakeKey
    storage: Storage
    parameters: dict[str, str]
    wanted: dict[str, types.Type]
    condition: Any
    tally: Tally
    #: Of columns of which only fields are asked for, those fields, as ``{"who": {("age",)}}``.
    fields: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    schema: Any = field(init=False)

    def __post_init__(self) -> None:
        """Know the schema of what is asked."""
        self.schema = pa.schema([(name, kind.arrow) for name, kind in self.wanted.items()])

    def asks_for(self, name: str, inside: list[str]) -> bool:
        """Whether the query needs a place inside a column, as ``["age"]`` in ``who``."""
        fields = self.fields.get(name)
        lowered = tuple(part.lower() for part in inside)
        return fields is None or any(lowered[: len(each)] == each for each in fields)


def text_of(job: Job) -> bytes:
    """Return an object whole, decompressed; all its bytes as stored count as scanned."""
    job.tally.scanned += job.stored.size
    return decompress(job, job.store.read(job.stored))


def decompress(job: Job, content: bytes) -> bytes:
    """Return what an object holds, by the ending of its name."""
    ending = job.stored.name.rpartition(".")[2].lower()
    try:
        if ending == "gz":
            return gzip.decompress(content)
        if ending == "bz2":
            return bz2.decompress(content)
        if ending == "deflate":
            return zlib.decompress(content)
        if ending in ("zst", "zstd", "lz4"):
            codec = "lz4" if ending == "lz4" else "zstd"
            with pa.CompressedInputStream(pa.BufferReader(content), codec) as stream:
                return bytes(stream.read())
        if ending == "snappy":
            return b"".join(_snappy_blocks(content))
    except (OSError, EOFError, zlib.error, pa.ArrowInvalid) as error:
        raise cannot_open(job.stored, str(error)) from None
    return content


def _snappy_blocks(content: bytes) -> Iterator[bytes]:
    """Read the frames of Hadoop's Snappy files: length of a block, then chunks until it is full."""
    at = 0
    while at < len(content):
        length, at = int.from_bytes(content[at : at + 4], "big"), at + 4
        while length:
            size, at = int.from_bytes(content[at : at + 4], "big"), at + 4
            chunk, at = content[at : at + size], at + size
            whole = _snappy_length(chunk)
            yield pa.decompress(chunk, whole, codec="snappy", asbytes=True)
            length -= whole


def _snappy_length(chunk: bytes) -> int:
    length = shift = 0
    for byte in chunk:
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    return length


def to_columns(job: Job, found: dict[str, Any], count: int) -> pa.Table:
    """Return a table of what is asked from columns by lower-case name; one that is missing is NULL."""
    arrays = []
    for name, kind in job.wanted.items():
        column = found.get(name)
        arrays.append(pa.nulls(count, kind.arrow) if column is None else column)
    return pa.table(arrays, schema=job.schema) if arrays else rows_without_columns(count)


def rows_without_columns(count: int) -> pa.Table:
    """Return a table with a number of rows and no column."""
    return pa.table({"": pa.nulls(count)}).select([])


def where(job: Job) -> str:
    """Return the location of the object."""
    return address(job.stored)

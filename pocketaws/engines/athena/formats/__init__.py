"""Readers of files: each yields Arrow tables of the columns that a query wants and counts the bytes scanned.

To add a format: write ``def read(job: Job) -> Iterator[pa.Table]`` in a module here and name it in ``_SERDES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

from pocketaws.engines.athena.catalog import Storage
from pocketaws.engines.athena.errors import QueryFailed
from pocketaws.engines.athena.formats import avro, json_lines, orc, parquet, text
from pocketaws.engines.athena.formats.job import Job, Tally

__all__ = ["Job", "Tally", "reader"]

#: What a SerDe's class name holds -> its reader.
_SERDES: dict[str, Callable[[Job], Iterator[pa.Table]]] = {
    "parquethiveserde": parquet.read,
    "orcserde": orc.read,
    "avroserde": avro.read,
    "jsonserde": json_lines.read,
    "opencsvserde": text.read_open_csv,
    "lazysimpleserde": text.read_lazy,
}


def reader(storage: Storage) -> Callable[[Job], Iterator[pa.Table]]:
    """Return the reader of a table's or partition's storage.

    Raises
    ------
    QueryFailed
        There is no reader for its SerDe.
    """
    serde = storage.serde.rpartition(".")[2].lower()
    if serde in _SERDES:
        return _SERDES[serde]
    raise QueryFailed(f"HIVE_UNSUPPORTED_FORMAT: Unsupported SerDe: {storage.serde or '(none)'}")

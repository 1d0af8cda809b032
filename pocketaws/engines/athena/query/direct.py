"""Large Parquet tables read by DuckDB itself.

DuckDB first runs the query on empty tables and so tells which columns and conditions it would ask for. From that, and
from the files' footers, follow the partitions, the objects and the bytes that count as scanned; then the query runs on
the objects. Where a file differs from its table, Arrow's reader does the work, which knows what Athena makes of it.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from pocketaws.engines.athena import types
from pocketaws.engines.athena.formats import parquet
from pocketaws.engines.athena.query.database import objects
from pocketaws.engines.athena.query.scan import TableScan, Wish

__all__ = ["Asked", "is_candidate", "show"]

#: Below this many bytes a second look at the query costs more than it saves.
SMALLEST = 4_000_000
_SERDE = "parquethiveserde"
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


class Asked(ds.Dataset):  # type: ignore[misc]
    """An empty table that remembers what DuckDB asked of it."""

    def __init__(self, scan: TableScan) -> None:
        self._schema = scan.schema
        self.calls: list[tuple[list[str], Any]] = []

    @property
    def schema(self) -> Any:
        """The table's."""
        return self._schema

    def scanner(self, columns: list[str] | None = None, filter: Any = None, **options: Any) -> Any:
        """Remember what is asked and return no rows."""
        names = self._schema.names if columns is None else columns
        self.calls.append((names, filter))
        wanted = pa.schema([self._schema.field(name) for name in names])
        return ds.Scanner.from_batches(iter(()), schema=wanted)


def is_candidate(scan: TableScan) -> bool:
    """Whether a table is Parquet throughout and large."""
    size = 0
    for partition in scan.partitions:
        if partition.storage.serde.rpartition(".")[2].lower() != _SERDE:
            return False
        if size < SMALLEST:
            size += scan.reading.store.size_below(partition.storage.location)
    return size >= SMALLEST


def show(scan: TableScan, asked: Asked, stack: ExitStack) -> str | None:
    """Count what a table's readings scan, and return the query that is the table to DuckDB.

    Returns
    -------
    None where the files are not plainly what the table says; nothing is counted then.
    """
    wishes = [scan.wants(names, condition) for names, condition in asked.calls]
    before = replace(scan.reading.tally)
    columns: dict[str, str] = {}
    numbers = {id(partition): number for number, partition in enumerate(scan.partitions)}
    files: dict[tuple[int, str, str], Any] = {}
    for wish in wishes:
        for partition, job in scan.jobs(wish):
            files[numbers[id(partition)], str(job.stored.bucket_name), job.stored.name] = job.stored
            own = _plain_columns(job, parquet.count(job), wish)
            if own is None or any(columns.setdefault(name, own[name]) != own[name] for name in own):
                scan.reading.tally = before
                return None
            scan.reading.check_limit()
    if not files:
        scan.reading.tally = before
        return None
    root = stack.enter_context(objects().show(scan.reading.store, list(files.values())))
    return _query(scan, root, columns, [number for number, _, _ in files])


def _plain_columns(job: Any, file: Any, wish: Wish) -> dict[str, str] | None:
    """Return the own names of the wanted columns; None where one is missing or of another type."""
    own = parquet.own_columns(job, file)
    fits = all(
        name in own and _fits(file.schema_arrow.field(own[name]).type, kind) for name, kind in wish.stored.items()
    )
    return own if fits else None


def _fits(own: Any, kind: types.Type) -> bool:
    if pa.types.is_dictionary(own):
        own = own.value_type
    if pa.types.is_large_string(own):
        own = pa.string()
    if pa.types.is_timestamp(own) and own.tz is None:
        return kind.name == "timestamp"
    return bool(own == kind.arrow)


def _query(scan: TableScan, root: str, columns: dict[str, str], partitions: list[int]) -> str:
    keys = [key.name for key in scan.table.keys]
    paths = []
    for number, partition in enumerate(partitions):
        values = scan.constants(scan.partitions[partition])
        folders = [f"key{at}={_folder(values[key])}" for at, key in enumerate(keys)]
        paths.append("/".join([root, *folders, f"{number}.parquet"]))
    shown = []
    for name, kind in scan.types.items():
        if name in keys:
            value = f"nullif(key{keys.index(name)}, '{_NO_VALUE}')"
        else:
            value = _quoted(columns[name]) if name in columns else "NULL"
        shown.append(f"CAST({value} AS {kind.duck}) AS {_quoted(name)}")
    kinds = ", ".join(f"'key{at}': VARCHAR" for at in range(len(keys)))
    hive = f", hive_partitioning = true, hive_types = {{{kinds}}}" if keys else ", hive_partitioning = false"
    listed = ", ".join(f"'{path}'" for path in paths)
    return f"SELECT {', '.join(shown)} FROM read_parquet([{listed}]{hive})"


def _folder(value: Any) -> str:
    """Return the value of a key as the name of a folder: every byte that is not a letter or digit is encoded."""
    if not value.is_valid:
        return _NO_VALUE
    found = value.as_py()
    text = str(found).lower() if isinstance(found, bool) else str(found)
    return "".join(each if each.isascii() and each.isalnum() else _encoded(each) for each in text)


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""A table as DuckDB reads it: an Arrow data set that is told which columns and conditions a query needs.

DuckDB asks a data set for a scanner with the columns and the conditions that its optimizer has pushed down; only then
are partitions chosen, objects listed and bytes fetched, so nothing is read that the query does not need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs

from pocketaws.engines.athena import types
from pocketaws.engines.athena.catalog import Partition, Table
from pocketaws.engines.athena.errors import QueryCancelled, QueryFailed
from pocketaws.engines.athena.formats import Job, Tally, reader
from pocketaws.engines.athena.storage import Store, address

__all__ = ["PATH", "Reading", "TableScan", "Wish"]

#: Trino's hidden column with the location of a row's object.
PATH = "$path"


@dataclass
class Reading:
    """What the scans of one query share."""

    store: Store
    tally: Tally = field(default_factory=Tally)
    limit: int | None = None
    #: What went wrong inside a scan; DuckDB would only pass on its text.
    failure: Exception | None = None

    def check_limit(self) -> None:
        """Stop a query that has scanned more than its work group allows."""
        if self.limit is not None and self.tally.scanned > self.limit:
            raise QueryCancelled("Bytes scanned limit was exceeded")


@dataclass
class Wish:
    """What one reading of a table needs: columns, of structs perhaps only fields, partitions."""

    needed: list[str]
    stored: dict[str, types.Type]
    fields: dict[str, set[tuple[str, ...]]]
    #: Columns that are asked for and never looked at.
    empty: dict[str, Any]
    condition: Any
    partitions: list[Partition]


class _Scanner:
    """What DuckDB asks for a reader."""

    def __init__(self, schema: Any, batches: Iterator[Any]) -> None:
        self._schema, self._batches = schema, batches

    def to_reader(self) -> Any:
        """Return the reader."""
        return pa.RecordBatchReader.from_batches(self._schema, self._batches)


class TableScan(ds.Dataset):  # type: ignore[misc]
    """One mention of a table in a query."""

    def __init__(
        self,
        table: Table,
        reading: Reading,
        partitions: list[Partition],
        *,
        with_path: bool,
        mentioned: set[tuple[str, ...]] | None,
    ) -> None:
        self._mentioned = mentioned
        self.table, self.reading, self.partitions = table, reading, partitions
        self.types = {column.name: types.parse(column.type) for column in (*table.columns, *table.keys)}
        if with_path:
            self.types[PATH] = types.Type("varchar")
        self._schema = pa.schema([(name, kind.arrow) for name, kind in self.types.items()])

    @property
    def schema(self) -> Any:
        """The columns, then the partition keys, then the hidden column."""
        return self._schema

    def scanner(self, columns: list[str] | None = None, filter: Any = None, **options: Any) -> Any:
        """Return a reader of some columns of the rows that pass a condition."""
        names = list(self.types) if columns is None else columns
        schema = pa.schema([self._schema.field(name) for name in names])
        return _Scanner(schema, self._guarded(self._batches(names, schema, filter)))

    def _guarded(self, batches: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from batches
        except Exception as failure:
            self.reading.failure = failure
            raise

    def wants(self, names: list[str], condition: Any) -> Wish:
        """Return what is to be read for some columns of the rows that pass a condition."""
        needed = [name for name in self.types if name in names or self._mentions(condition, name)]
        keys = {key.name for key in self.table.keys}
        # DuckDB asks for some column where a query, as count(*), needs none: it is not read.
        idle = set() if self._mentioned is None else set(needed) - {part for path in self._mentioned for part in path}
        stored = {name: self.types[name] for name in needed if name not in keys and name != PATH and name not in idle}
        pushed = condition if all(name in stored for name in needed if self._mentions(condition, name)) else None
        empty = {name: pa.scalar(None, self.types[name].arrow) for name in idle if name not in keys}
        fields = {name: found for name in stored if (found := self._fields(name)) is not None}
        return Wish(needed, stored, fields, empty, pushed, self._kept(condition))

    def _fields(self, name: str) -> set[tuple[str, ...]] | None:
        """Return the fields of a struct that alone are asked for; None where it may be wanted whole."""
        if self._mentioned is None or self.types[name].name != "row":
            return None
        found = {path[at + 1 :] for path in self._mentioned for at, part in enumerate(path) if part == name}
        cut = {self.types[name].path(each) for each in found}
        return None if () in cut or not cut else cut

    def jobs(self, wish: Wish) -> Iterator[tuple[Partition, Job]]:
        """Yield what is to be read, object by object."""
        archived = self.table.parameters.get("read_restored_glacier_objects", "").lower() == "true"
        store, tally = self.reading.store, self.reading.tally
        for partition in wish.partitions:
            for each in store.objects(partition.storage.location, archived=archived):
                tally.objects += 1
                yield (
                    partition,
                    Job(
                        store, each, partition.storage, self.table.parameters, wish.stored, wish.condition, tally,
                        wish.fields,
                    ),
                )  # fmt: skip

    def _batches(self, names: list[str], schema: Any, condition: Any) -> Iterator[Any]:
        wish = self.wants(names, condition)
        for partition, job in self.jobs(wish):
            constants = {**wish.empty, **self.constants(partition), PATH: pa.scalar(address(job.stored))}
            for found in reader(partition.storage)(job):
                self.reading.check_limit()
                whole = _with_constants(found, constants, wish.needed, self._schema)
                if condition is not None:
                    whole = whole.filter(condition)
                yield from _batches(whole, names, schema)

    def _mentions(self, condition: Any, name: str) -> bool:
        """Whether a condition needs a column: without it, it cannot be bound."""
        if condition is None or name not in str(condition):
            return False
        others = pa.schema([each for each in self._schema if each.name != name])
        try:
            ds.dataset(pa.Table.from_batches([], others)).scanner(filter=condition)
        except (pa.ArrowInvalid, KeyError):
            return True
        return False

    def _kept(self, condition: Any) -> list[Partition]:
        """Return the partitions that may hold a row that passes; the values of keys say it, nothing is read."""
        if condition is None or not self.table.keys:
            kept = self.partitions
        else:
            kept = [self.partitions[number] for number in self._matching(condition)]
        self.reading.tally.partitions += len(kept)
        return kept

    def _matching(self, condition: Any) -> list[int]:
        form, files = ds.ParquetFileFormat(), pyarrow.fs.LocalFileSystem()
        fragments = []
        for number, partition in enumerate(self.partitions):
            told = ds.scalar(True)
            for name, value in self.constants(partition).items():
                told = told & (ds.field(name) == value if value.is_valid else ds.field(name).is_null())
            fragments.append(form.make_fragment(str(number), files, partition_expression=told))
        whole = ds.FileSystemDataset(fragments, self._schema, form, files)
        return [int(fragment.path) for fragment in whole.get_fragments(filter=condition)]

    def constants(self, partition: Partition) -> dict[str, Any]:
        """Return the values of a partition's keys."""
        found = {}
        for key, value in zip(self.table.keys, partition.values, strict=True):
            found[key.name] = key_scalar(key.name, self.types[key.name], value)
        return found


def key_scalar(name: str, kind: types.Type, value: str) -> Any:
    """Return the value of a partition key as its type.

    Raises
    ------
    QueryFailed
        The text is no value of the type.
    """
    if value == "__HIVE_DEFAULT_PARTITION__":
        return pa.scalar(None, kind.arrow)
    try:
        return pa.scalar(value, pa.string()).cast(kind.arrow)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise QueryFailed(
            f"HIVE_INVALID_PARTITION_VALUE: Invalid partition value '{value}' for {kind.trino} partition key: {name}"
        ) from None


def _with_constants(found: Any, constants: dict[str, Any], needed: list[str], schema: Any) -> Any:
    count, arrays, fields = found.num_rows, [], []
    for name in needed:
        if name in constants:
            value = constants[name]
            if pa.types.is_string(value.type) and value.is_valid:
                column = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), count), pa.array([value]))
            else:
                column = pa.repeat(value, count)
        else:
            column = found.column(name)
        arrays.append(column)
        fields.append(pa.field(name, column.type))
    return pa.table(arrays, schema=pa.schema(fields)) if arrays else found


def _batches(whole: Any, names: list[str], schema: Any) -> Iterator[Any]:
    """Cut a table into batches that have exactly the types that DuckDB was told."""
    if not names:
        yield pa.RecordBatch.from_struct_array(pa.nulls(whole.num_rows, pa.struct([])))
        return
    columns = []
    for name in names:
        column, wanted = whole.column(name), schema.field(name).type
        columns.append(column if column.type == wanted else column.cast(wanted))
    yield from pa.table(columns, schema=schema).to_batches()

"""Parquet: of each file the footer, then the chunks of the wanted columns in the row groups that may hold a match.

Scanned are the compressed bytes of those chunks; of a struct whose fields alone are asked for, only those fields'.

Source: https://docs.aws.amazon.com/athena/latest/ug/columnar-storage.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pocketaws.engines.athena import types
from pocketaws.engines.athena.errors import bad_data
from pocketaws.engines.athena.formats.job import Job, rows_without_columns, to_columns, where
from pocketaws.engines.athena.storage import ObjectFile, cannot_open

__all__ = ["count", "own_columns", "read"]

#: DuckDB's own measure of a batch that one thread works on.
_BATCH = 122_880
_DICTIONARY = {"RLE_DICTIONARY", "PLAIN_DICTIONARY"}


def read(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of a Parquet file."""
    file = _open(job)
    groups = _groups(job, file)
    if not groups:  # Arrow 18 cannot iterate over none
        return
    found = own_columns(job, file)
    if not found:
        yield from _bare(job, file, groups)
        return
    job.tally.scanned += _chunk_bytes(job, file, groups, found)
    dictionaries = [name for name in found.values() if _is_dictionary(file, name)]
    if dictionaries:
        source = ObjectFile(job.store, job.stored)
        file = pq.ParquetFile(
            pa.PythonFile(source, mode="r"), metadata=file.metadata, read_dictionary=dictionaries, pre_buffer=True
        )
    try:
        for batch in file.iter_batches(_BATCH, row_groups=groups, columns=_paths(job, file, found)):
            columns = {name: _convert(job, name, batch.column(own)) for name, own in found.items()}
            job.tally.rows += batch.num_rows
            yield to_columns(job, columns, batch.num_rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise cannot_open(job.stored, str(error)) from None


def count(job: Job) -> Any:
    """Count what reading a file would scan, without reading more than its footer, and return the open file."""
    file = _open(job)
    groups = _groups(job, file)
    job.tally.rows += sum(file.metadata.row_group(group).num_rows for group in groups)
    job.tally.scanned += _chunk_bytes(job, file, groups, own_columns(job, file))
    return file


def _open(job: Job) -> Any:
    try:
        return pq.ParquetFile(pa.PythonFile(ObjectFile(job.store, job.stored), mode="r"), pre_buffer=True)
    except (pa.ArrowInvalid, OSError) as error:
        raise cannot_open(job.stored, _footer(job, str(error))) from None


def own_columns(job: Job, file: Any) -> dict[str, str]:
    """Return the wanted columns that a file has, with the names as it writes them."""
    names = {name.lower(): name for name in reversed(file.schema_arrow.names)}
    return {name: names[name] for name in job.wanted if name in names}


def _bare(job: Job, file: Any, groups: list[int]) -> Iterator[pa.Table]:
    """Yield rows of which no column is read: the footer knows how many."""
    count = sum(file.metadata.row_group(group).num_rows for group in groups)
    job.tally.rows += count
    yield to_columns(job, {}, count) if job.wanted else rows_without_columns(count)


def _footer(job: Job, error: str) -> str:
    tail = job.store.read(job.stored, max(0, job.stored.size - 4), 4)
    if tail != b"PAR1":
        got = tail.decode("latin-1").encode("unicode_escape").decode()
        return f"Not valid Parquet file: {where(job)} expected magic number: PAR1 got: {got}"
    return error


def _groups(job: Job, file: Any) -> list[int]:
    """Return the row groups that may hold a row that the query's conditions let through."""
    everything = list(range(file.metadata.num_row_groups))
    if job.condition is None:
        return everything
    try:
        fragment = ds.ParquetFileFormat().make_fragment(pa.PythonFile(ObjectFile(job.store, job.stored), mode="r"))
        kept = fragment.subset(filter=job.condition, schema=file.schema_arrow)
        return [group.id for group in kept.row_groups]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError):
        return everything  # names or types differ between the file and the table: the rows are compared one by one


def _paths(job: Job, file: Any, found: dict[str, str]) -> list[str]:
    """Return what to read of a file: columns, or the fields of a struct that alone are asked for."""
    wanted: list[str] = []
    for name, own in found.items():
        leaves = [file.schema.column(number).path for number in range(len(file.schema.names))]
        inside = [path for path in leaves if path.split(".")[0] == own and job.asks_for(name, path.split(".")[1:])]
        wanted += inside if job.fields.get(name) is not None and inside else [own]
    return wanted


def _chunk_bytes(job: Job, file: Any, groups: list[int], found: dict[str, str]) -> int:
    asked = {own: name for name, own in found.items()}
    total = 0
    for group in groups:
        described = file.metadata.row_group(group)
        for index in range(described.num_columns):
            chunk = described.column(index)
            own, *inside = chunk.path_in_schema.split(".")
            if own in asked and job.asks_for(asked[own], inside):
                total += chunk.total_compressed_size
    return int(total)


def _is_dictionary(file: Any, name: str) -> bool:
    """Whether a text column is written with a dictionary throughout, so that it is best read so."""
    kind = file.schema_arrow.field(name).type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return False
    index = next(number for number in range(len(file.schema.names)) if file.schema.column(number).path == name)
    groups = range(file.metadata.num_row_groups)
    return all(_DICTIONARY & set(file.metadata.row_group(group).column(index).encodings) for group in groups)


def _convert(job: Job, name: str, column: Any) -> Any:
    wanted: types.Type = job.wanted[name]
    if column.type == wanted.arrow:
        return column
    own = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    text = pa.types.is_string(own) or pa.types.is_large_string(own)
    if wanted.name in ("varchar", "char"):
        if pa.types.is_dictionary(column.type) and text:
            return column.cast(pa.dictionary(pa.int32(), pa.string()))
        if text or pa.types.is_binary(own):
            return column.cast(pa.string())
    elif not text and (pa.types.is_nested(own) == bool(wanted.inner)):
        try:
            return _cast(column, wanted.arrow)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
    message = f"Field {name}'s type {own} in parquet file {where(job)} is incompatible with type {wanted.trino} "
    raise bad_data(f"HIVE_BAD_DATA: {message}defined in table schema")


def _cast(column: Any, wanted: Any) -> Any:
    """Cast a column; of a struct field by field, by name in any case, a field that was not read is NULL."""
    if not (pa.types.is_struct(column.type) and pa.types.is_struct(wanted)):
        return column.cast(wanted, safe=not pa.types.is_temporal(column.type))
    own = {field.name.lower(): number for number, field in reversed(list(enumerate(column.type)))}
    fields = [
        _cast(column.field(own[field.name]), field.type) if field.name in own else pa.nulls(len(column), field.type)
        for field in wanted
    ]
    mask = column.is_null() if column.null_count else None
    return pa.StructArray.from_arrays(fields, fields=list(wanted), mask=mask)

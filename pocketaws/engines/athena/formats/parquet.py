"""Parquet: of each file the footer, then the chunks of the wanted columns in the row groups that may hold a match.

Scanned are the compressed bytes of those chunks.

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

__all__ = ["read"]

#: DuckDB's own measure of a batch that one thread works on.
_BATCH = 122_880
_DICTIONARY = {"RLE_DICTIONARY", "PLAIN_DICTIONARY"}


def read(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of a Parquet file."""
    source = ObjectFile(job.store, job.stored)
    try:
        file = pq.ParquetFile(pa.PythonFile(source, mode="r"), pre_buffer=True)
    except (pa.ArrowInvalid, OSError) as error:
        raise cannot_open(job.stored, _footer(job, str(error))) from None
    groups = _groups(job, file)
    if not groups:  # Arrow 18 cannot iterate over none
        return
    names = {name.lower(): name for name in reversed(file.schema_arrow.names)}
    found = {name: names[name] for name in job.wanted if name in names}
    if not found:
        yield from _bare(job, file, groups)
        return
    job.tally.scanned += _chunk_bytes(file, groups, set(found.values()))
    dictionaries = [name for name in found.values() if _is_dictionary(file, name)]
    if dictionaries:
        source.seek(0)
        file = pq.ParquetFile(
            pa.PythonFile(source, mode="r"), metadata=file.metadata, read_dictionary=dictionaries, pre_buffer=True
        )
    try:
        for batch in file.iter_batches(_BATCH, row_groups=groups, columns=list(found.values())):
            columns = {name: _convert(job, name, batch.column(own)) for name, own in found.items()}
            job.tally.rows += batch.num_rows
            yield to_columns(job, columns, batch.num_rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise cannot_open(job.stored, str(error)) from None


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


def _chunk_bytes(file: Any, groups: list[int], names: set[str]) -> int:
    total = 0
    for group in groups:
        described = file.metadata.row_group(group)
        for index in range(described.num_columns):
            chunk = described.column(index)
            if chunk.path_in_schema.split(".")[0] in names:
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
            return column.cast(wanted.arrow, safe=not pa.types.is_temporal(own))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
    message = f"Field {name}'s type {own} in parquet file {where(job)} is incompatible with type {wanted.trino} "
    raise bad_data(f"HIVE_BAD_DATA: {message}defined in table schema")

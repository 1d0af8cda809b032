"""A table in the file formats of a data lake: written to bytes, read from a file with no more bytes than needed."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv, orc
from pyarrow import json as json_lines

__all__ = ["avro_schema", "read", "write"]

Reader = Callable[[BinaryIO], pa.Table]
#: Type of a column -> Avro's word for it.
AVRO: dict[str, Any] = {
    "int32": "int",
    "int64": "long",
    "double": "double",
    "string": "string",
    "large_string": "string",
    "timestamp[us, tz=UTC]": {"type": "long", "logicalType": "timestamp-micros"},
}
#: Avro's word -> type of a column.
OWN = {
    "int": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "string": pa.string(),
    "timestamp-micros": pa.timestamp("us", tz="UTC"),
}
#: Rows that are Python objects at once.
BATCH = 10_000


def write(table: pa.Table, format: str, **options: Any) -> bytes:
    r"""Write a table as one file.

    Parameters
    ----------
    table
        The rows.
    format
        ``"csv"`` (a header, no quotes), ``"csv.gz"``, ``"jsonl"`` (one record a line), ``"avro"`` (deflate),
        ``"orc"`` or ``"parquet"``.
    options
        For ORC and Parquet, what pyarrow's ``write_table`` takes, for example ``row_group_size``.

    Returns
    -------
    The file's content.

    Raises
    ------
    ValueError
        There is no such format; or a value does not fit the column's type.

    Examples
    --------
    >>> write(pa.table({"carrier": ["UA", None], "delay": [2, 4]}), "csv")
    b'carrier,delay\nUA,2\n,4\n'
    """
    if format not in WRITERS:
        raise ValueError(f"The format is one of {', '.join(WRITERS)}, not {format!r}.")
    file = io.BytesIO()
    WRITERS[format](table, file, **options)
    return gzip.compress(file.getvalue(), 6) if format == "csv.gz" else file.getvalue()


def read(file: BinaryIO, format: str, *, columns: Sequence[str] | None = None, where: Any = None) -> pa.Table:
    """Read some columns of some rows, fetching from the file no more than the format demands.

    Formats of rows are read whole.  Of ORC only the wanted columns are read, unless rows are chosen; of Parquet
    also only the row groups whose statistics leave it open that a row is wanted.  (pyarrow does not use the statistics
    of ORC; Athena does.)

    Parameters
    ----------
    file
        An open file, for example of ``s3.open_object``.
    format
        As for :func:`write`.
    columns
        Names; by default all.
    where
        A pyarrow expression; by default all rows.

    Raises
    ------
    ValueError
        There is no such format; or the file is not of this format.

    Examples
    --------
    >>> file = io.BytesIO(write(pa.table({"carrier": ["UA", "B6"], "delay": [2, 4]}), "orc"))
    >>> read(file, "orc", columns=["delay"]).to_pylist()
    [{'delay': 2}, {'delay': 4}]
    """
    names = list(columns) if columns else None
    if format == "parquet":
        return pq.read_table(file, columns=names, filters=where, pre_buffer=False)
    if format == "orc":
        found = orc.ORCFile(file).read(names if where is None else None)
    elif format in READERS:
        whole = READERS[format](io.BytesIO(file.read()))
        found = whole.select(names) if names and where is None else whole
    else:
        raise ValueError(f"The format is one of {', '.join(WRITERS)}, not {format!r}.")
    return found if where is None else found.filter(where).select(names or found.column_names)


def avro_schema(table: pa.Table) -> Any:
    """Return the Avro schema of a table; every field may be missing (``null``).

    Parameters
    ----------
    table
        The table.

    Examples
    --------
    >>> avro_schema(pa.table({"delay": [2]}))["fields"]
    [{'name': 'delay', 'type': ['null', 'long']}]
    """
    fields = [{"name": field.name, "type": ["null", AVRO[str(field.type)]]} for field in table.schema]
    return fastavro.parse_schema({"type": "record", "name": "row", "fields": fields})


def _records(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(BATCH):
        yield from batch.to_pylist()


def _write_csv(table: pa.Table, file: BinaryIO) -> None:
    file.write((",".join(table.column_names) + "\n").encode())
    csv.write_csv(table, file, csv.WriteOptions(include_header=False, quoting_style="none"))


def _write_json(table: pa.Table, file: BinaryIO) -> None:
    line = json.JSONEncoder(default=str).encode
    file.writelines((line(record) + "\n").encode() for record in _records(table))


def _write_avro(table: pa.Table, file: BinaryIO) -> None:
    fastavro.writer(file, avro_schema(table), _records(table), codec="deflate")


def _write_orc(table: pa.Table, file: BinaryIO, **options: Any) -> None:
    orc.write_table(table, file, **{"compression": "zlib", **options})


def _write_parquet(table: pa.Table, file: BinaryIO, **options: Any) -> None:
    # Without pandas' and Arrow's own notes, so that the file depends on the rows alone.
    pq.write_table(table.replace_schema_metadata(None), file, store_schema=False, **options)


def _read_gzip(file: BinaryIO) -> pa.Table:
    return csv.read_csv(io.BytesIO(gzip.decompress(file.read())))


def _read_avro(file: BinaryIO) -> pa.Table:
    fields = fastavro.reader(file).writer_schema["fields"]
    words = {field["name"]: field["type"][1] for field in fields}
    plain = {name: word["logicalType"] if isinstance(word, dict) else word for name, word in words.items()}
    schema = pa.schema([(name, OWN[word]) for name, word in plain.items()])
    file.seek(0)
    blocks = fastavro.block_reader(file)
    return pa.concat_tables([pa.Table.from_pylist(list(block), schema) for block in blocks])


WRITERS: dict[str, Callable[..., None]] = {
    "csv": _write_csv,
    "csv.gz": _write_csv,
    "jsonl": _write_json,
    "avro": _write_avro,
    "orc": _write_orc,
    "parquet": _write_parquet,
}
READERS: dict[str, Reader] = {
    "csv": csv.read_csv,
    "csv.gz": _read_gzip,
    "jsonl": json_lines.read_json,
    "avro": _read_avro,
}

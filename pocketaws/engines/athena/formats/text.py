r"""Text with a delimiter, by LazySimpleSerDe or OpenCSVSerDe; the whole file is scanned, compressed as it is.

LazySimpleSerDe knows no quotes: a missing field is NULL, a surplus one is passed over, ``\N`` (or what the table
says) is NULL.  OpenCSVSerDe knows quotes.  A text where the table says a number fails the query in both.

Sources: https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html,
https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from pocketaws.engines.athena import types
from pocketaws.engines.athena.errors import bad_data
from pocketaws.engines.athena.formats.job import Job, rows_without_columns, text_of, to_columns

__all__ = ["read_lazy", "read_open_csv"]

_EPOCH = {"date": "D", "timestamp": "ms"}


def read_lazy(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of a file that LazySimpleSerDe reads."""
    settings = job.storage.serde_parameters
    delimiter = settings.get("field.delim") or settings.get("serialization.format") or "\x01"
    delimiter = chr(int(delimiter)) if delimiter.isdigit() and len(delimiter) < 3 else delimiter
    null = settings.get("serialization.null.format", "\\N")
    strings = _strings(job, delimiter, "", settings.get("escape.delim", ""))
    columns = {}
    for index, name, kind in _found(job, strings):
        field = strings[name]
        field = pc.if_else(pc.equal(field, null), pa.scalar(None, pa.string()), field)
        if kind.name not in ("varchar", "char", "varbinary"):
            field = pc.if_else(pc.equal(field, ""), pa.scalar(None, pa.string()), field)
        columns[name] = _convert(job, field, kind, index)
    yield _table(job, columns, strings)


def read_open_csv(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of a file that OpenCSVSerDe reads."""
    settings = {name.lower(): value for name, value in job.storage.serde_parameters.items()}
    strings = _strings(
        job, settings.get("separatorchar", ","), settings.get("quotechar", '"'), settings.get("escapechar", "\\")
    )
    columns = {
        name: _convert(job, strings[name], kind, index, epoch=True) for index, name, kind in _found(job, strings)
    }
    yield _table(job, columns, strings)


def _found(job: Job, strings: dict[str, Any]) -> Iterator[tuple[int, str, types.Type]]:
    """Yield place, name and type of the wanted columns that a file has."""
    for index, column in enumerate(job.storage.columns):
        if column.name in job.wanted and column.name in strings:
            yield index, column.name, job.wanted[column.name]


def _table(job: Job, columns: dict[str, Any], strings: dict[str, Any]) -> pa.Table:
    count = len(next(iter(strings.values()))) if strings else 0
    job.tally.rows += count
    return to_columns(job, columns, count) if job.wanted else rows_without_columns(count)


def _strings(job: Job, delimiter: str, quote: str, escape: str) -> dict[str, Any]:
    """Return the fields of the wanted columns as text, by name, and of the first where none is wanted."""
    names = [column.name for column in job.storage.columns]
    kept = [name for name in names if name in job.wanted] or names[:1]
    content = text_of(job)
    header = int(job.parameters.get("skip.header.line.count", "0") or 0)
    for _ in range(header):
        content = content.partition(b"\n")[2]
    if not content.strip(b"\r\n"):
        return {}
    options = {
        "delimiter": delimiter,
        "quote_char": quote or False,
        "double_quote": bool(quote),
        "escape_char": escape if escape and escape != quote and escape.encode() in content else False,
    }
    try:
        found = pyarrow.csv.read_csv(
            pa.BufferReader(content),
            read_options=pyarrow.csv.ReadOptions(column_names=names, encoding="utf8"),
            parse_options=pyarrow.csv.ParseOptions(**options),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, include_columns=kept
            ),
        )
        return {name: found.column(name) for name in kept}
    except pa.ArrowInvalid:
        ragged = _ragged(content, len(names), delimiter, quote, escape)
        return {name: field for name, field in zip(names, ragged, strict=False) if name in kept}


def _ragged(content: bytes, width: int, delimiter: str, quote: str, escape: str) -> list[Any]:
    """Read lines that have too few or too many fields: those that are missing are NULL."""
    lines = content.decode("utf-8", "replace").splitlines()
    rows: Iterator[list[str]]
    if quote:
        rows = csv.reader(lines, delimiter=delimiter, quotechar=quote, escapechar=escape or None)
    elif escape:
        pattern = re.compile(rf"(?<!{re.escape(escape)}){re.escape(delimiter)}")
        rows = ([field.replace(escape, "") for field in pattern.split(line)] for line in lines)
    else:
        rows = (line.split(delimiter) for line in lines)
    padded = [[*row[:width], *[None] * (width - len(row))] for row in rows if row]
    return [pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*padded, strict=True)]


def _convert(job: Job, field: Any, kind: types.Type, index: int, *, epoch: bool = False) -> Any:
    if kind.name in ("varchar", "char"):
        return field
    try:
        if kind.name == "boolean":
            lowered = pc.utf8_lower(field)
            known = pc.is_in(lowered, pa.array(["true", "false"]))
            return pc.if_else(known, pc.equal(lowered, "true"), pa.scalar(None, pa.bool_()))
        if kind.name == "varbinary":
            return field.cast(pa.binary())
        if kind.inner:
            raise bad_data(f"HIVE_UNSUPPORTED_FORMAT: {kind.trino} in delimited text is not supported by pocketaws")
        if epoch and kind.name in _EPOCH:
            return (
                field.cast(pa.int64())
                .cast(pa.timestamp("ms") if kind.name == "timestamp" else pa.int32())
                .cast(kind.arrow)
            )
        return pc.utf8_trim_whitespace(field).cast(kind.arrow)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        value = _first_bad(field, kind, epoch)
        raise bad_data(
            f"HIVE_BAD_DATA: Error parsing field value '{value}' for field {index}: For input string: \"{value}\""
        ) from None


def _first_bad(field: Any, kind: types.Type, epoch: bool) -> str:
    target = pa.int64() if epoch and kind.name in _EPOCH else kind.arrow
    for value in field.unique().to_pylist():
        try:
            pa.scalar(value, pa.string()).cast(target)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return str(value)
    return ""

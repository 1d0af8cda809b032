"""JSON, one object a line, by Hive's or OpenX's SerDe: keys in any case; the whole file is scanned.

Source: https://docs.aws.amazon.com/athena/latest/ug/json-serde.html
"""

from __future__ import annotations

import decimal
import json
from collections.abc import Iterator
from datetime import date, datetime, timezone
from typing import Any

import pyarrow as pa
import pyarrow.json

from pocketaws.engines.athena.errors import bad_data
from pocketaws.engines.athena.formats.job import Job, rows_without_columns, text_of, where
from pocketaws.engines.athena.types import Type

__all__ = ["coerce", "read"]


_BLOCK = 16_000_000


def read(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of a file of JSON lines."""
    content = text_of(job)
    if not content.strip():
        return
    line = 1
    for block in _blocks(content):
        quick = _read_quickly(job, block)
        yield quick if quick is not None else _read_carefully(job, block, line)
        line += block.count(b"\n")


def _blocks(content: bytes) -> Iterator[bytes]:
    """Cut a text at ends of lines, so that only a part of it lies in memory as a table."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + _BLOCK) + 1 or len(content)
        yield content[start:end]
        start = end


def _read_quickly(job: Job, content: bytes) -> pa.Table | None:
    """Read with Arrow where the keys are lower-case and the values plainly of the table's types."""
    plain = {name: kind for name, kind in job.wanted.items() if kind.name in ("varchar", "bigint", "double", "boolean")}
    if len(plain) < len(job.wanted) or not plain or job.storage.serde_parameters:
        return None
    options = pyarrow.json.ParseOptions(explicit_schema=job.schema, unexpected_field_behavior="infer")
    try:
        found = pyarrow.json.read_json(pa.BufferReader(content), parse_options=options)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if any(name != name.lower() for name in found.column_names):
        return None
    job.tally.rows += found.num_rows
    return found.select(list(job.wanted))


def _read_carefully(job: Job, content: bytes, first: int) -> pa.Table:
    settings = {name.lower(): value for name, value in job.storage.serde_parameters.items()}
    lenient = settings.get("ignore.malformed.json", "").lower() == "true"
    renamed = {
        name.removeprefix("mapping."): value.lower() for name, value in settings.items() if name.startswith("mapping.")
    }
    rows = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=first):
        if line.strip():
            rows.append(_object(job, line, number, lenient))
    job.tally.rows += len(rows)
    arrays = []
    for name, kind in job.wanted.items():
        key = renamed.get(name, name)
        try:
            arrays.append(pa.array([coerce(job, kind, row.get(key), name) for row in rows], kind.arrow))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise bad_data(f"HIVE_BAD_DATA: Error parsing column '{name}': {error}") from None
    return pa.table(arrays, schema=job.schema) if arrays else rows_without_columns(len(rows))


def _object(job: Job, line: str, number: int, lenient: bool) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_float=decimal.Decimal)
        if isinstance(found, dict):
            return {key.lower(): value for key, value in found.items()}
        why = "A JSONObject text must begin with '{' at 1 [character 2 line 1]"
    except ValueError as error:
        why = str(error)
    if lenient:
        return {}
    raise bad_data(f"HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: {why} ({where(job)}, {number})")


def coerce(job: Job, kind: Type, value: Any, name: str) -> Any:
    """Return a value as its column's type wants it.

    Raises
    ------
    QueryFailed
        It cannot be read so.
    """
    if value is None:
        return None
    try:
        return _coerced(job, kind, value, name)
    except (ValueError, TypeError, AttributeError, decimal.DecimalException):
        shown = value if isinstance(value, str) else json.dumps(value, default=str)
        raise bad_data(
            f"HIVE_BAD_DATA: Error parsing field value '{shown}' for field '{name}': For input string: \"{shown}\""
        ) from None


def _coerced(job: Job, kind: Type, value: Any, name: str) -> Any:
    if kind.name == "row":
        lowered = {key.lower(): each for key, each in value.items()}
        return {
            key: coerce(job, each, lowered.get(key), f"{name}.{key}")
            for key, each in zip(kind.fields, kind.inner, strict=True)
        }
    if kind.name == "array":
        return [coerce(job, kind.inner[0], each, name) for each in value]
    if kind.name == "map":
        keys, values = kind.inner
        return [(coerce(job, keys, key, name), coerce(job, values, each, name)) for key, each in value.items()]
    if kind.name in ("varchar", "char"):
        return _text(value)
    if kind.name in ("tinyint", "smallint", "integer", "bigint"):
        return int(value)
    if kind.name in ("float", "double"):
        return float(value)
    if kind.name == "decimal":
        return decimal.Decimal(str(value)).quantize(decimal.Decimal(1).scaleb(-kind.numbers[1]))
    if kind.name == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
    if kind.name == "date" and isinstance(value, str):
        return date.fromisoformat(value[:10])
    if kind.name == "timestamp" and isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00")).replace(tzinfo=None)
    if kind.name == "timestamp" and isinstance(value, (int, decimal.Decimal)):
        return datetime.fromtimestamp(float(value) / 1000, timezone.utc).replace(tzinfo=None)
    if isinstance(value, datetime) and kind.name == "timestamp":
        return value.replace(tzinfo=None)
    if kind.name == "varbinary" and isinstance(value, str):
        return value.encode()
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.dumps(value, default=lambda each: float(each) if isinstance(each, decimal.Decimal) else str(each))

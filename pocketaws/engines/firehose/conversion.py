"""JSON to Parquet or ORC, by the schema of a table in the Glue catalog.

Source: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
"""

from __future__ import annotations

import decimal
import json
from typing import Any, NamedTuple

from pocketaws.calls import CallFailed, call

__all__ = ["Converted", "convert", "extension"]


class Converted(NamedTuple):
    """A file of the records that fit the schema, and why each of the others does not."""

    content: bytes | None
    failed: dict[int, tuple[str, str]]


def extension(conversion: dict[str, Any]) -> str:
    """Return how the names of converted objects end."""
    return ".orc" if "OrcSerDe" in _serializer(conversion) else ".parquet"


def convert(conversion: dict[str, Any], records: list[bytes], *, region: str, account: str) -> Converted:
    """Convert records.

    Parameters
    ----------
    conversion
        ``DataFormatConversionConfiguration``.
    records
        JSON each.
    region, account
        Where the table is, unless the configuration says otherwise.
    """
    schema = conversion["SchemaConfiguration"]
    try:
        columns = _columns(schema, schema.get("Region") or region, account)
    except CallFailed as error:
        why = ("DataFormatConversion.InvalidSchema", f"The schema is invalid. {error.message}")
        return Converted(None, dict.fromkeys(range(len(records)), why))
    rows: list[dict[str, Any]] = []
    failed: dict[int, tuple[str, str]] = {}
    for number, data in enumerate(records):
        try:
            rows += _rows(columns, data)
        except ValueError as error:
            failed[number] = ("DataFormatConversion.ParseError", str(error))
    return Converted(_file(conversion, columns, rows) if rows else None, failed)


def _columns(schema: dict[str, Any], region: str, account: str) -> dict[str, Any]:
    from pocketaws.engines.athena import types

    named = {"DatabaseName": schema["DatabaseName"], "Name": schema["TableName"]}
    table = call("glue", "GetTable", named, region=region, account=account)["Table"]
    return {each["Name"].lower(): types.parse(each["Type"]) for each in table["StorageDescriptor"]["Columns"]}


def _rows(columns: dict[str, Any], data: bytes) -> list[dict[str, Any]]:
    """Read the objects of a record, which may hold several one after the other."""
    text, found, place = data.decode("utf-8"), [], 0
    decoder = json.JSONDecoder(parse_float=decimal.Decimal)
    while place < len(text.rstrip()):
        start = place + len(text[place:]) - len(text[place:].lstrip())
        record, place = decoder.raw_decode(text, start)
        if not isinstance(record, dict):
            raise ValueError("Encountered malformed JSON. A record must be a JSON object.")
        found.append(_row(columns, record))
    if not found:
        raise ValueError("Encountered malformed JSON. The record is empty.")
    return found


def _row(columns: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    from pocketaws.engines.athena import errors, formats

    given = {key.lower(): value for key, value in record.items()}
    reader: Any = None  # the reader of Athena's files is not needed for one value
    try:
        return {name: formats.json_lines.coerce(reader, kind, given.get(name), name) for name, kind in columns.items()}
    except errors.QueryFailed as error:
        raise ValueError(str(error).removeprefix("HIVE_BAD_DATA: ")) from None


def _file(conversion: dict[str, Any], columns: dict[str, Any], rows: list[dict[str, Any]]) -> bytes:
    import io

    import pyarrow as pa
    import pyarrow.orc
    import pyarrow.parquet

    schema = pa.schema([(name, kind.arrow) for name, kind in columns.items()])
    table = pa.Table.from_pylist(rows, schema=schema)
    serializer, file = _serializer(conversion), io.BytesIO()
    if "OrcSerDe" in serializer:
        kind = (serializer["OrcSerDe"] or {}).get("Compression", "SNAPPY")
        pyarrow.orc.write_table(table, file, compression={"NONE": "uncompressed"}.get(kind, kind.lower()))
    else:
        kind = (serializer.get("ParquetSerDe") or {}).get("Compression", "SNAPPY")
        pyarrow.parquet.write_table(table, file, compression={"UNCOMPRESSED": "none"}.get(kind, kind.lower()))
    return file.getvalue()


def _serializer(conversion: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (conversion.get("OutputFormatConfiguration") or {}).get("Serializer") or {}
    return found

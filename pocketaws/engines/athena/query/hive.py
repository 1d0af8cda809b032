"""Hive's ``CREATE EXTERNAL TABLE`` read into the entry that Glue keeps.

Source: https://docs.aws.amazon.com/athena/latest/ug/create-table.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.athena import types
from pocketaws.engines.athena.errors import AthenaError, QueryFailed, invalid_request
from pocketaws.engines.athena.tokens import Tokens

__all__ = ["FORMATS", "descriptor", "properties", "read_columns", "read_table"]

_HIVE, _MAPRED = "org.apache.hadoop.hive", "org.apache.hadoop.mapred"
LAZY = f"{_HIVE}.serde2.lazy.LazySimpleSerDe"
_TEXT = (f"{_MAPRED}.TextInputFormat", f"{_HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat")
#: Name of a format -> input format, output format, SerDe.
FORMATS: dict[str, tuple[str, str, str]] = {
    "TEXTFILE": (*_TEXT, LAZY),
    "JSON": (*_TEXT, "org.openx.data.jsonserde.JsonSerDe"),
    "PARQUET": (
        f"{_HIVE}.ql.io.parquet.MapredParquetInputFormat",
        f"{_HIVE}.ql.io.parquet.MapredParquetOutputFormat",
        f"{_HIVE}.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    "ORC": (
        f"{_HIVE}.ql.io.orc.OrcInputFormat",
        f"{_HIVE}.ql.io.orc.OrcOutputFormat",
        f"{_HIVE}.ql.io.orc.OrcSerde",
    ),
    "AVRO": (
        f"{_HIVE}.ql.io.avro.AvroContainerInputFormat",
        f"{_HIVE}.ql.io.avro.AvroContainerOutputFormat",
        f"{_HIVE}.serde2.avro.AvroSerDe",
    ),
}
_DELIMITERS = {
    ("FIELDS", "TERMINATED", "BY"): "field.delim",
    ("ESCAPED", "BY"): "escape.delim",
    ("COLLECTION", "ITEMS", "TERMINATED", "BY"): "collection.delim",
    ("MAP", "KEYS", "TERMINATED", "BY"): "mapkey.delim",
    ("LINES", "TERMINATED", "BY"): "line.delim",
    ("NULL", "DEFINED", "AS"): "serialization.null.format",
}


def read_table(tokens: Tokens) -> dict[str, Any]:
    """Read what follows the name of a table and return Glue's ``TableInput`` without the name."""
    columns = read_columns(tokens) if tokens.peek("(") else []
    entry: dict[str, Any] = {"TableType": "EXTERNAL_TABLE", "PartitionKeys": [], "Parameters": {"EXTERNAL": "TRUE"}}
    form: dict[str, Any] = {"serde": None, "format": FORMATS["TEXTFILE"], "parameters": {}, "location": None}
    while tokens.current is not None:
        _read_clause(tokens, entry, form)
    if form["location"] is None:
        raise invalid_request("No location was specified for table. An S3 location must be specified")
    if entry["Parameters"].get("table_type", "").lower() == "iceberg":
        raise invalid_request("Iceberg tables are not supported by pocketaws's Athena", "NOT_SUPPORTED")
    for column in [*columns, *entry["PartitionKeys"]]:
        _check_type(tokens, column["Type"])
    names = [column["Name"] for column in [*columns, *entry["PartitionKeys"]]]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise invalid_request(f"FAILED: SemanticException [Error 10036]: Duplicate column name: {double}")
    serde = form["serde"] or form["format"][2]
    parameters = {"serialization.format": form["parameters"].get("field.delim", "1"), **form["parameters"]}
    entry["StorageDescriptor"] = descriptor(columns, form["location"], (*form["format"][:2], serde), parameters)
    return entry


def descriptor(
    columns: list[dict[str, str]], location: str, form: tuple[str, ...], parameters: dict[str, str]
) -> dict[str, Any]:
    """Return a ``StorageDescriptor``."""
    return {
        "Columns": columns,
        "Location": location,
        "InputFormat": form[0],
        "OutputFormat": form[1],
        "Compressed": False,
        "NumberOfBuckets": -1,
        "SerdeInfo": {"SerializationLibrary": form[2], "Parameters": parameters},
        "BucketColumns": [],
        "SortColumns": [],
        "StoredAsSubDirectories": False,
    }


def _check_type(tokens: Tokens, text: str) -> None:
    try:
        types.parse(text)
    except QueryFailed:
        raise _bad_type(tokens, text) from None


def _bad_type(tokens: Tokens, text: str) -> AthenaError:
    at = tokens.sql.lower().find(text.split("<")[0].split("(")[0])
    line = tokens.sql.count("\n", 0, at) + 1
    column = at - (tokens.sql.rfind("\n", 0, at) + 1)
    return invalid_request(f"line {line}:{column}: no viable alternative at input '{text}'", "MALFORMED_QUERY")


def _read_clause(tokens: Tokens, entry: dict[str, Any], form: dict[str, Any]) -> None:
    if tokens.accept("COMMENT"):
        entry["Description"] = tokens.string()
        entry["Parameters"]["comment"] = entry["Description"]
    elif tokens.accept("PARTITIONED", "BY"):
        entry["PartitionKeys"] = read_columns(tokens)
    elif tokens.accept("CLUSTERED", "BY"):
        tokens.bracketed()
        tokens.expect("INTO")
        tokens.next()
        tokens.expect("BUCKETS")
    elif tokens.accept("ROW", "FORMAT", "SERDE"):
        form["serde"] = tokens.string()
        if tokens.accept("WITH", "SERDEPROPERTIES"):
            form["parameters"] |= properties(tokens)
    elif tokens.accept("ROW", "FORMAT", "DELIMITED"):
        form["serde"] = LAZY
        _read_delimiters(tokens, form["parameters"])
    elif tokens.accept("WITH", "SERDEPROPERTIES"):
        form["parameters"] |= properties(tokens)
    elif tokens.accept("STORED", "AS", "INPUTFORMAT"):
        inputs = tokens.string()
        tokens.expect("OUTPUTFORMAT")
        form["format"] = (inputs, tokens.string(), LAZY)
    elif tokens.accept("STORED", "AS"):
        name = tokens.next()
        if name.value.upper() not in FORMATS:
            raise invalid_request(f"Unrecognized file format in STORED AS clause: '{name.text}'", "MALFORMED_QUERY")
        form["format"] = FORMATS[name.value.upper()]
    elif tokens.accept("LOCATION"):
        form["location"] = tokens.string()
        if not form["location"].startswith("s3://"):
            raise invalid_request(f"S3 location must start with 's3://': {form['location']}")
    elif tokens.accept("TBLPROPERTIES"):
        entry["Parameters"] |= properties(tokens)
    else:
        raise tokens.mismatch("<EOF>")


def _read_delimiters(tokens: Tokens, parameters: dict[str, str]) -> None:
    found = True
    while found:
        found = False
        for words, name in _DELIMITERS.items():
            if tokens.accept(*words):
                parameters[name] = tokens.string()
                found = True


def properties(tokens: Tokens) -> dict[str, str]:
    """Read ``('name' = 'value', ...)``."""
    found = {}
    tokens.expect("(")
    while True:
        name = tokens.string()
        tokens.expect("=")
        current = tokens.current
        found[name] = tokens.string() if current and current.kind in ("string", "quoted") else tokens.next().text
        if tokens.accept(")"):
            return found
        tokens.expect(",")


def read_columns(tokens: Tokens) -> list[dict[str, str]]:
    """Read ``(name type [COMMENT 'text'], ...)`` into Glue's columns."""
    found = []
    tokens.expect("(")
    while True:
        column = {"Name": tokens.name(), "Type": _read_type(tokens)}
        if tokens.accept("COMMENT"):
            column["Comment"] = tokens.string()
        found.append(column)
        if tokens.accept(")"):
            return found
        tokens.expect(",")


def _read_type(tokens: Tokens) -> str:
    parts: list[str] = []
    depth = 0
    while (token := tokens.current) is not None:
        if depth == 0 and (token.text in (",", ")") or token.is_word("COMMENT")):
            break
        depth += token.text in ("<", "(")
        depth -= token.text in (">", ")")
        if token.text == "<>":
            break
        parts.append(tokens.next().value.lower())
    if not parts:
        raise tokens.mismatch("<type>")
    return "".join(parts)

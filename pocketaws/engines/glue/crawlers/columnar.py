"""Schemas that files bring with them, in Hive's type names.

Source: https://docs.aws.amazon.com/athena/latest/ug/data-types.html
"""

from __future__ import annotations

import io
import json
from typing import Any

from pocketaws.engines.glue.crawlers.schemas import Schema

__all__ = ["arrow_columns", "avro_columns", "hive_type"]

_PLAIN = {
    "bool": "boolean",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "uint8": "smallint",
    "uint16": "int",
    "uint32": "bigint",
    "uint64": "bigint",
    "halffloat": "float",
    "float": "float",
    "double": "double",
    "string": "string",
    "large_string": "string",
    "string_view": "string",
    "binary": "binary",
    "large_binary": "binary",
    "date32[day]": "date",
    "date64[ms]": "date",
    "null": "string",
}
_AVRO = {"int": "int", "long": "bigint", "bytes": "binary", "fixed": "binary", "enum": "string", "null": "string"}


def hive_type(kind: Any) -> str:
    """Return Hive's name of an Arrow type.

    Examples
    --------
    >>> import pyarrow as pa
    >>> hive_type(pa.map_(pa.string(), pa.list_(pa.int64())))
    'map<string,array<bigint>>'
    """
    from pyarrow import types

    if types.is_dictionary(kind):
        return hive_type(kind.value_type)
    if types.is_timestamp(kind):
        return "timestamp"
    if types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if types.is_map(kind):
        return f"map<{hive_type(kind.key_type)},{hive_type(kind.item_type)}>"
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return f"array<{hive_type(kind.value_type)}>"
    if types.is_struct(kind):
        members = (kind.field(number) for number in range(kind.num_fields))
        return "struct<" + ",".join(f"{each.name.lower()}:{hive_type(each.type)}" for each in members) + ">"
    return _PLAIN.get(str(kind), "binary" if types.is_fixed_size_binary(kind) else "string")


def arrow_columns(schema: Any) -> tuple[tuple[str, str], ...]:
    """Return names and types of the columns of an Arrow schema."""
    return tuple((each.name.lower(), hive_type(each.type)) for each in schema)


def avro_columns(content: bytes) -> Schema:
    """Return the schema of an Avro file."""
    import fastavro

    reader = fastavro.reader(io.BytesIO(content))
    written: Any = reader.writer_schema
    named: dict[str, Any] = {}
    columns = tuple((each["name"].lower(), _avro_type(each["type"], named)) for each in written["fields"])
    literal = json.dumps(json.loads(reader.metadata["avro.schema"]), separators=(",", ":"))
    return Schema("avro", columns, records=sum(1 for _ in reader), settings=(("avro.schema.literal", literal),))


def _avro_type(kind: Any, named: dict[str, Any]) -> str:
    if isinstance(kind, list):
        some = [each for each in kind if each != "null"]
        return _avro_type(some[0], named) if len(some) == 1 else "string"
    if isinstance(kind, str):
        return _avro_type(named[kind], named) if kind in named else _AVRO.get(kind, kind)
    if "name" in kind:
        named[kind["name"]] = kind
    logical = kind.get("logicalType", "")
    if logical == "decimal":
        return f"decimal({kind['precision']},{kind.get('scale', 0)})"
    if logical == "date" or logical.startswith(("timestamp", "local-timestamp")):
        return "date" if logical == "date" else "timestamp"
    if kind["type"] == "record":
        members = (f"{each['name'].lower()}:{_avro_type(each['type'], named)}" for each in kind["fields"])
        return f"struct<{','.join(members)}>"
    if kind["type"] == "array":
        return f"array<{_avro_type(kind['items'], named)}>"
    if kind["type"] == "map":
        return f"map<string,{_avro_type(kind['values'], named)}>"
    return _AVRO.get(kind["type"], kind["type"] if isinstance(kind["type"], str) else _avro_type(kind["type"], named))

"""Types by their three names: Hive's in the catalog, Trino's in results, Arrow's in memory.

Source: https://docs.aws.amazon.com/athena/latest/ug/data-types.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pocketaws.engines.athena.errors import QueryFailed

__all__ = ["Type", "parse"]

_TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|`[^`]*`|[\w$]+|\[\d*\]|[<>(),:])')
_WITH_ZONE = re.compile(r"\b(timestamp|time)\s*(\(\d+\))?\s+(with(?:out)?)\s+time\s+zone", re.IGNORECASE)
#: Any name of a simple type -> Trino's.
_NAMES = {
    "bool": "boolean",
    "byte": "tinyint",
    "int1": "tinyint",
    "short": "smallint",
    "int": "integer",
    "signed": "integer",
    "long": "bigint",
    "hugeint": "bigint",
    "uhugeint": "bigint",
    "ubigint": "bigint",
    "uinteger": "bigint",
    "usmallint": "integer",
    "utinyint": "smallint",
    "real": "float",
    "string": "varchar",
    "text": "varchar",
    "uuid": "varchar",
    "json": "varchar",
    "null": "varchar",
    "binary": "varbinary",
    "blob": "varbinary",
    "timestamptz": "timestamp with time zone",
    "timestamp_ns": "timestamp",
    "timestamp_ms": "timestamp",
    "timestamp_s": "timestamp",
    "numeric": "decimal",
    "interval": "interval day to second",
}
_ARROW: dict[str, Any] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "char": pa.string(),
    "varbinary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
    "interval day to second": pa.month_day_nano_interval(),
}
_HIVE = {"integer": "int", "varchar": "string", "varbinary": "binary"}
_DUCK = {"float": "REAL", "varbinary": "BLOB", "interval day to second": "INTERVAL"}
#: Trino's name -> precision as GetQueryResults tells it.
_PRECISION = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "float": 17,
    "double": 17,
    "varchar": 2147483647,
    "varbinary": 1073741824,
    "timestamp": 3,
    "timestamp with time zone": 3,
    "time": 3,
}


@dataclass(frozen=True)
class Type:
    """A type: Trino's name, its numbers (as of a decimal), the types inside it and their names."""

    name: str
    numbers: tuple[int, ...] = ()
    inner: tuple[Type, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def arrow(self) -> Any:
        """The Arrow type."""
        if self.name == "array":
            return pa.list_(self.inner[0].arrow)
        if self.name == "map":
            return pa.map_(self.inner[0].arrow, self.inner[1].arrow)
        if self.name == "row":
            return pa.struct([pa.field(name, each.arrow) for name, each in zip(self.fields, self.inner, strict=True)])
        if self.name == "decimal":
            return pa.decimal128(*self.numbers)
        return _ARROW[self.name]

    @property
    def hive(self) -> str:
        """The name in the catalog, for example ``array<struct<name:string>>``."""
        inner = [each.hive for each in self.inner]
        if self.name == "row":
            return f"struct<{','.join(f'{name}:{each}' for name, each in zip(self.fields, inner, strict=True))}>"
        if inner:
            return f"{self.name}<{','.join(inner)}>"
        if self.name in ("decimal", "char") or (self.name == "varchar" and self.numbers):
            return f"{self.name}({','.join(map(str, self.numbers or (1,)))})"
        if self.name.startswith(("timestamp", "time", "interval")):
            return "timestamp" if self.name.startswith("timestamp") else "string"
        return _HIVE.get(self.name, self.name)

    @property
    def trino(self) -> str:
        """The name in Trino's SQL, for example ``array(row(name varchar))``."""
        inner = [each.trino for each in self.inner]
        if self.name == "row":
            return f"row({', '.join(f'{name} {each}' for name, each in zip(self.fields, inner, strict=True))})"
        if inner:
            return f"{self.name}({', '.join(inner)})"
        if self.name == "timestamp":
            return "timestamp(3)"
        if self.name == "timestamp with time zone":
            return "timestamp(3) with time zone"
        name = "real" if self.name == "float" else self.name
        return f"{name}({','.join(map(str, self.numbers))})" if self.numbers else name

    @property
    def duck(self) -> str:
        """The name in DuckDB's SQL."""
        inner = [each.duck for each in self.inner]
        if self.name == "array":
            return f"{inner[0]}[]"
        if self.name == "row":
            quoted = [f'"{name}" {each}' for name, each in zip(self.fields, inner, strict=True)]
            return f"STRUCT({', '.join(quoted)})"
        if self.name == "map":
            return f"MAP({', '.join(inner)})"
        if self.name == "decimal":
            return f"DECIMAL({self.numbers[0]},{self.numbers[1]})"
        return _DUCK.get(self.name, self.name.upper() if self.name != "char" else "VARCHAR")

    def path(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return how far names lead into structs: ``("age",)`` of ``("age", "year")`` where age has no fields."""
        if not names or self.name != "row" or names[0] not in self.fields:
            return ()
        return (names[0], *self.inner[self.fields.index(names[0])].path(names[1:]))

    def column_info(self, name: str) -> dict[str, Any]:
        """Return the ``ColumnInfo`` of a result's column."""
        precision, scale = _PRECISION.get(self.name, 0), 0
        if self.name == "decimal":
            precision, scale = self.numbers
        elif self.name in ("varchar", "char") and self.numbers:
            precision = self.numbers[0]
        return {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": name,
            "Label": name,
            "Type": self.name,
            "Precision": precision,
            "Scale": scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": self.name in ("varchar", "char"),
        }


def parse(text: str) -> Type:
    """Read a type by any of its names, Hive's, Trino's or DuckDB's.

    Raises
    ------
    QueryFailed
        There is no such type.

    Examples
    --------
    >>> parse("array<struct<name:string,age:int>>").trino
    'array(row(name varchar, age integer))'
    """
    text = "varchar" if text == '"NULL"' else text
    plain = _WITH_ZONE.sub(lambda match: match[1] + ("tz" if match[3].lower() == "with" else ""), text)
    tokens = _TOKEN.findall(plain)
    if "".join(tokens) != re.sub(r"\s+", "", plain) and '"' not in plain:
        raise _unknown(text)
    try:
        found = _read(tokens)
    except (IndexError, ValueError, KeyError):
        raise _unknown(text) from None
    if tokens:
        raise _unknown(text)
    return found


def _unknown(text: str) -> QueryFailed:
    return QueryFailed(f"TYPE_NOT_FOUND: Unknown type: {text}")


def _read(tokens: list[str]) -> Type:
    name = tokens.pop(0).lower()
    if name in ("array", "list"):
        found = Type("array", inner=_inside(tokens))
    elif name == "map":
        found = Type("map", inner=_inside(tokens))
    elif name in ("struct", "row"):
        found = _read_row(tokens)
    else:
        found = _read_simple(name, tokens)
    while tokens and tokens[0].startswith("["):
        tokens.pop(0)
        found = Type("array", inner=(found,))
    return found


def _inside(tokens: list[str]) -> tuple[Type, ...]:
    tokens.pop(0)
    inner = [_read(tokens)]
    while tokens.pop(0) == ",":
        inner.append(_read(tokens))
    return tuple(inner)


def _read_row(tokens: list[str]) -> Type:
    tokens.pop(0)
    fields, inner, more = [], [], True
    while more:
        fields.append(tokens.pop(0).strip('"`').lower())
        if tokens[0] == ":":
            tokens.pop(0)
        inner.append(_read(tokens))
        more = tokens.pop(0) == ","
    return Type("row", inner=tuple(inner), fields=tuple(fields))


def _read_simple(name: str, tokens: list[str]) -> Type:
    numbers: list[int] = []
    if tokens and tokens[0] == "(":
        closing = tokens.index(")")
        numbers = [int(token) for token in tokens[1:closing] if token != ","]
        del tokens[: closing + 1]
    name = _NAMES.get(name, name)
    if name == "decimal":
        numbers = [*numbers, *(10, 0)[len(numbers) :]]
    elif name not in ("varchar", "char"):
        numbers = []
    if name not in _ARROW and name != "decimal":
        raise KeyError(name)
    return Type(name, tuple(numbers))

"""Built-in classifiers of text: JSON, and CSV with its header found by AWS's rules; custom ones of CSV, JSON and grok.

Source: https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Any

from pocketaws.engines.glue.crawlers.schemas import Schema, column_name, merge_types

__all__ = ["DELIMITERS", "classify_csv", "classify_json", "json_type"]

DELIMITERS = (",", "|", "\t", ";", "\u0001")
_INTEGER = re.compile(r"[+-]?\d{1,19}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COLUMN = re.compile(r"[^\u0000-\u001f`]{1,255}")
_BIGINT = 2**63


def classify_json(text: str, whole: bool, path: str = "") -> Schema | None:
    """Classify JSON: an object a line, one document, or an array of objects.

    Parameters
    ----------
    text
        The sample.
    whole
        Whether it is the whole file; if not, its last line may be broken.
    path
        The ``JsonPath`` of a custom classifier: ``$[*]`` or ``$.member[*]`` descends into an array.
    """
    rows = _json_rows(text, whole)
    for step in re.findall(r"\.([\w$]+)|(\[\*\])", path):
        found = [row.get(step[0]) if isinstance(row, dict) else None for row in rows] if step[0] else rows
        rows = [each for row in found for each in (row if isinstance(row, list) else [row]) if each is not None]
    columns: dict[str, str] = {}
    if not rows or not all(isinstance(row, (dict, list)) for row in rows):
        return None
    for row in rows:
        named = row.items() if isinstance(row, dict) else [("array", row)]
        for name, value in named:
            columns[name.lower()] = merge_types(columns.get(name.lower(), "null"), json_type(value))
    kinds = tuple((name, "string" if kind == "null" else kind) for name, kind in columns.items())
    settings = (("json_path", path),) if path else ()
    return Schema("json", kinds, records=len(rows), settings=settings) if kinds else None


def _json_rows(text: str, whole: bool) -> list[Any]:
    if text.lstrip()[:1] not in ("{", "["):
        return []
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in (lines if whole or len(lines) == 1 else lines[:-1])]
    except ValueError:
        pass
    try:
        return [json.loads(text)]
    except ValueError:
        return []


def json_type(value: Any) -> str:
    """Return the type of a JSON value.

    Examples
    --------
    >>> json_type({"a": [1, 2.5], "b": None})
    'struct<a:array<double>,b:string>'
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int" if -(2**31) <= value < 2**31 else "bigint" if -_BIGINT <= value < _BIGINT else "double"
    if isinstance(value, float):
        return "double"
    if isinstance(value, list):
        kind = "null"
        for each in value:
            kind = merge_types(kind, json_type(each))
        return f"array<{'string' if kind == 'null' else kind}>"
    if isinstance(value, dict):
        kinds = ((name.lower(), json_type(each)) for name, each in value.items())
        return "struct<" + ",".join(f"{name}:{'string' if kind == 'null' else kind}" for name, kind in kinds) + ">"
    return "string"


#: Names that a classifier may give to types, where the catalog has another.
CUSTOM = {"long": "bigint", "short": "smallint"}


def classify_csv(text: str, whole: bool, custom: dict[str, Any] | None = None) -> Schema | None:
    """Classify delimited text; without a custom classifier it needs two columns and two rows."""
    given = custom or {}
    quote = given.get("QuoteSymbol") or '"'
    choices = (given["Delimiter"],) if given.get("Delimiter") else DELIMITERS
    best: tuple[int, str, list[list[str]]] = (0, "", [])
    for delimiter in choices:
        rows = _rows(text, whole, delimiter, quote)
        width = len(rows[0]) if rows else 0
        fitting = sum(len(row) == width for row in rows)
        if width > best[0] and fitting >= 0.9 * len(rows):
            best = (width, delimiter, rows)
    width, delimiter, rows = best
    enough = 1 if custom else 2
    if width < (1 if given.get("AllowSingleColumn") else 2) or len(rows) < enough:
        return None
    if not given.get("DisableValueTrimming"):
        rows = [[cell.strip() for cell in row] for row in rows]
    header = _header(rows, given)
    names = given.get("Header") or (rows[0] if header else [f"col{number}" for number in range(width)])
    data = rows[1:] if header else rows
    kinds = [_column_type(row[number] for row in data if number < len(row)) for number in range(width)]
    if given.get("CustomDatatypeConfigured"):
        named = [str(kind).lower() for kind in given.get("CustomDatatypes", [])]
        kinds = [*(CUSTOM.get(kind, kind) for kind in named), *kinds[len(named) :]][:width]
    names = _unique([column_name(name, number) for number, name in enumerate([*names, *[""] * width][:width])])
    settings = [("delimiter", delimiter), ("quote", quote if custom else "")]
    settings += [("header", "1")] if header else []
    settings += [("serde", given["Serde"])] if given.get("Serde") else []
    return Schema("csv", tuple(zip(names, kinds, strict=True)), settings=tuple(settings), records=len(data))


def _rows(text: str, whole: bool, delimiter: str, quote: str) -> list[list[str]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, quotechar=quote) if row]
    except csv.Error:
        return []
    return rows if whole or len(rows) < 2 else rows[:-1]


def _header(rows: list[list[str]], given: dict[str, Any]) -> bool:
    wish = given.get("ContainsHeader", "UNKNOWN")
    if wish != "UNKNOWN":
        return bool(wish == "PRESENT")
    if given.get("Header"):
        return [name.lower() for name in rows[0]] == [name.lower() for name in given["Header"]]
    first = rows[0]
    if any(_value_type(cell) != "string" or not _COLUMN.fullmatch(cell) for cell in first):
        return False
    if any(len(cell) >= 150 for cell in first[:-1]) or len(rows) < 2:
        return False
    return any(_value_type(cell) not in ("string", "null") for row in rows[1:] for cell in row)


def _column_type(values: Iterable[str]) -> str:
    kind = "null"
    for value in values:
        kind = merge_types(kind, _value_type(value))
        if kind == "string":
            break
    return "string" if kind == "null" else kind


def _value_type(cell: str) -> str:
    if not cell:
        return "null"
    if _INTEGER.fullmatch(cell) and -_BIGINT <= int(cell) < _BIGINT:
        return "bigint"
    if _NUMBER.fullmatch(cell):
        return "double"
    return "boolean" if cell.lower() in ("true", "false") else "string"


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name] - 1}")
    return found

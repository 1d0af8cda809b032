"""Whether one schema can read what another wrote: Avro by its resolution rules, JSON by required members and types.

Source: https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["can_read", "is_allowed"]

_PROMOTED = {
    ("int", "long"),
    ("int", "float"),
    ("int", "double"),
    ("long", "float"),
    ("long", "double"),
    ("float", "double"),
    ("string", "bytes"),
    ("bytes", "string"),
}


def is_allowed(mode: str, data_format: str, new: str, earlier: list[str]) -> bool:
    """Whether a new version keeps a schema's compatibility mode.

    Parameters
    ----------
    mode
        For example ``BACKWARD``; the modes that end in ``_ALL`` look at every earlier version, the others at the last.
    data_format
        ``AVRO`` or ``JSON``.
    new, earlier
        The definitions; the earlier ones oldest first.

    Examples
    --------
    >>> old = '{"type": "record", "name": "r", "fields": []}'
    >>> new = '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}]}'
    >>> is_allowed("BACKWARD", "AVRO", new, [old]), is_allowed("FORWARD", "AVRO", new, [old])
    (False, True)
    """
    kind = mode.removesuffix("_ALL")
    mine = json.loads(new)
    for other in map(json.loads, earlier if mode.endswith("_ALL") else earlier[-1:]):
        if kind in ("BACKWARD", "FULL") and not can_read(data_format, mine, other):
            return False
        if kind in ("FORWARD", "FULL") and not can_read(data_format, other, mine):
            return False
    return True


def can_read(data_format: str, reader: Any, writer: Any) -> bool:
    """Whether a reader with one schema understands everything written with another."""
    if data_format == "AVRO":
        return _avro(reader, writer, _named(reader), _named(writer), frozenset())
    return _json(reader, writer)


def _named(schema: Any) -> dict[str, Any]:
    """Return the named types in a schema."""
    found: dict[str, Any] = {}
    if isinstance(schema, list):
        for each in schema:
            found |= _named(each)
    elif isinstance(schema, dict):
        if schema.get("type") in ("record", "enum", "fixed", "error"):
            found[_short(schema["name"])] = schema
        for part in [schema.get("items"), schema.get("values"), schema.get("type")]:
            found |= _named(part) if isinstance(part, (list, dict)) else {}
        for each in schema.get("fields") or []:
            found |= _named(each["type"])
    return found


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _kind(schema: Any, known: dict[str, Any]) -> tuple[str, Any]:
    if isinstance(schema, list):
        return "union", schema
    if isinstance(schema, str):
        name = _short(schema)
        return _kind(known[name], known) if name in known else (schema, schema)
    if isinstance(schema["type"], (list, dict)):
        return _kind(schema["type"], known)
    if _short(schema["type"]) in known and "name" not in schema:
        return _kind(schema["type"], known)
    return schema["type"], schema


def _avro(
    reader: Any, writer: Any, mine: dict[str, Any], its: dict[str, Any], seen: frozenset[tuple[str, str]]
) -> bool:
    (kind, read), (other, written) = _kind(reader, mine), _kind(writer, its)
    if other == "union":
        return all(_avro(reader, each, mine, its, seen) for each in written)
    if kind == "union":
        return any(_avro(each, writer, mine, its, seen) for each in read)
    if kind != other:
        return (other, kind) in _PROMOTED
    if kind == "array":
        return _avro(read["items"], written["items"], mine, its, seen)
    if kind == "map":
        return _avro(read["values"], written["values"], mine, its, seen)
    if kind in ("record", "enum", "fixed", "error"):
        pair = (_short(read["name"]), _short(written["name"]))
        aliases = {_short(alias) for alias in read.get("aliases") or []}
        if pair[0] != pair[1] and pair[1] not in aliases:
            return False
        if kind == "enum":
            return set(written["symbols"]) <= set(read["symbols"]) or "default" in read
        if kind == "fixed":
            return bool(read["size"] == written["size"])
        return pair in seen or _fields(read, written, mine, its, seen | {pair})
    return True


def _fields(
    read: Any, written: Any, mine: dict[str, Any], its: dict[str, Any], seen: frozenset[tuple[str, str]]
) -> bool:
    there = {field["name"]: field for field in written["fields"]}
    for field in read["fields"]:
        names = [field["name"], *(field.get("aliases") or [])]
        match = next((there[name] for name in names if name in there), None)
        if match is None and "default" not in field:
            return False
        if match is not None and not _avro(field["type"], match["type"], mine, its, seen):
            return False
    return True


def _json(reader: Any, writer: Any) -> bool:
    """Whether every document valid by ``writer`` is valid by ``reader``: types, required and additional members."""
    if not isinstance(reader, dict) or not isinstance(writer, dict):
        return reader is not False
    allowed, made = _types(reader), _types(writer)
    if "number" in allowed:
        allowed.add("integer")
    if allowed and not (made and made <= allowed):
        return False
    members, others = reader.get("properties") or {}, writer.get("properties") or {}
    if not set(reader.get("required") or []) <= set(writer.get("required") or []):
        return False
    if reader.get("additionalProperties") is False and not set(others) <= set(members):
        return False
    if "items" in reader and "items" in writer and not _json(reader["items"], writer["items"]):
        return False
    return all(_json(members[name], others[name]) for name in members.keys() & others.keys())


def _types(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type")
    return set(kind) if isinstance(kind, list) else {kind} if kind else set()

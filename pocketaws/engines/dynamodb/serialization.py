"""JSON to AWS's types: what a request holds where something else is expected.

AWS reads a request into Java objects before it looks at any of it, so these errors come first, and their
messages name Java's types.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache
from typing import Any

from pocketaws.engines.dynamodb.errors import DynamoDBError

__all__ = ["check_types"]

_MODEL = "com.amazonaws.dynamodb.v20120810."
_JAVA = {
    "string": "java.lang.String",
    "integer": "java.lang.Integer",
    "long": "java.lang.Long",
    "double": "java.lang.Double",
    "boolean": "java.lang.Boolean",
    "blob": "java.nio.ByteBuffer",
    "timestamp": "java.util.Date",
}
_ACCEPTED: dict[str, Any] = {
    "string": str,
    "integer": (int, float),
    "long": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "boolean": bool,
    "blob": str,
}


@cache
def _members(shape: Any) -> dict[str, Any]:
    return dict(shape.members)


def check_types(shape: Any, value: Any, *, inside: bool = False) -> None:
    """Check that a value has the JSON type of its shape, and so has everything in it.

    Parameters
    ----------
    shape
        A shape of botocore's model.
    value
        What the request holds; None stands for nothing anywhere.
    inside
        Whether the value is an element of a list or map (AWS words some messages by it).

    Raises
    ------
    DynamoDBError
        ``SerializationException``.
    """
    if value is None:
        return
    kind = shape.type_name
    if kind == "structure":
        _check_structure(shape, value, inside=inside)
    elif kind == "list":
        if not isinstance(value, list):
            raise _misplaced() if isinstance(value, dict) else _error("Unexpected field type")
        for element in value:
            check_types(shape.member, element, inside=True)
    elif kind == "map":
        _check_map(shape, value)
    else:
        _check_scalar(kind, value)


def _check_structure(shape: Any, value: Any, *, inside: bool) -> None:
    if isinstance(value, list):
        raise _error(f"Unrecognized collection type class {_MODEL}{shape.name}")
    if not isinstance(value, dict):
        raise _error("Unexpected value type in payload" if inside else "Unexpected field type")
    members = _members(shape)
    for name, held in value.items():
        if name in members:
            check_types(members[name], held)


def _check_map(shape: Any, value: Any) -> None:
    if isinstance(value, list):
        held = _JAVA.get(shape.value.type_name) or _MODEL + shape.value.name
        raise _error(f"Unrecognized collection type java.util.Map<java.lang.String, {held}>")
    if not isinstance(value, dict):
        raise _error("Unexpected field type")
    for element in value.values():
        check_types(shape.value, element, inside=True)


def _check_scalar(kind: str, value: Any) -> None:
    if isinstance(value, _ACCEPTED[kind]) and (kind == "boolean" or not isinstance(value, bool)):
        if kind == "blob":
            _check_base64(value)
        return
    java = _JAVA[kind]
    if isinstance(value, dict):
        raise _misplaced()
    if isinstance(value, list):
        raise _error(f"Unrecognized collection type class {java}")
    if kind == "blob":
        raise _error("only base-64-encoded strings are convertible to bytes")
    if kind == "boolean" and isinstance(value, str):
        raise _error("Unexpected token received from parser")
    tokens = {bool: f"{str(value).upper()}_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE", str: "STRING_VALUE"}
    raise _error(f"{tokens[type(value)]} cannot be converted to {java.rpartition('.')[2]}")


def _check_base64(text: str) -> None:
    if len(text) % 4:
        raise _error(f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(text)}")
    try:
        canonical = base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        canonical = False
    if not canonical:
        raise _error("Invalid last non-pad Base64 character dectected")


def _misplaced() -> DynamoDBError:
    return _error("Start of structure or map found where not expected")


def _error(message: str) -> DynamoDBError:
    return DynamoDBError("SerializationException", message)

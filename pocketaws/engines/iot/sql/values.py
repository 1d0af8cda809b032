"""Values of a rule's SQL: those of JSON, and Undefined; conversions between them.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-data-types.html
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = ["UNDEFINED", "boolean", "dump", "load", "number", "text", "whole"]


class _Undefined:
    """What is not there; unlike null, which is."""

    def __repr__(self) -> str:
        return "Undefined"


UNDEFINED: Any = _Undefined()


def load(content: bytes) -> Any:
    """Read JSON, its fractions exactly.

    Raises
    ------
    ValueError
        It is none.
    """
    return json.loads(content, parse_float=lambda shown: whole(Decimal(shown)))


def dump(value: Any) -> str:
    """Write JSON; what is Undefined is left out."""
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def whole(value: Decimal) -> int | Decimal:
    """Return a whole number as Int, as SQL version 2016-03-23 takes it."""
    return int(value) if value.is_finite() and value == value.to_integral_value() else value


def number(value: Any) -> Any:
    """Return a value as Int or Decimal; Undefined where it is none."""
    if isinstance(value, bool):
        return UNDEFINED
    if isinstance(value, (int, Decimal)):
        return value
    if isinstance(value, float):
        return whole(Decimal(repr(value)))
    if isinstance(value, str):
        try:
            found = Decimal(value.strip())
        except InvalidOperation:
            return UNDEFINED
        return whole(found) if found.is_finite() else UNDEFINED
    return UNDEFINED


def text(value: Any) -> Any:
    """Return a value as a String; Undefined stays so."""
    if value is UNDEFINED or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Decimal):
        return format(value, "f")
    return dump(value)


def boolean(value: Any) -> Any:
    """Return a value as a Boolean; Undefined where it is none."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return UNDEFINED


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each is not UNDEFINED}
    if isinstance(value, list):
        return [_plain(each) for each in value if each is not UNDEFINED]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value

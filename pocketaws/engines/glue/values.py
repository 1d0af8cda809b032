"""Values of partition keys, read by the type of their key.

Source: https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pocketaws.engines.glue.errors import invalid

__all__ = ["family", "read"]

_FAMILIES = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "long"), "integral"),
    **dict.fromkeys(("decimal", "date", "timestamp", "string"), ""),
}
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d{1,9}))?")


def family(kind: str) -> str:
    """Return what a type is read as: ``integral``, ``decimal``, ``date``, ``timestamp`` or ``string``.

    Raises
    ------
    GlueError
        ``InvalidInputException``: expressions cannot speak of keys of this type.
    """
    name = kind.partition("(")[0]
    if name not in _FAMILIES:
        raise invalid(f"Unknown type : '{kind}'")
    return _FAMILIES[name] or name


def read(text: str, kind: str) -> Any:
    """Read a value of a family of types.

    Raises
    ------
    ValueError
        It is none; the words are AWS's.
    """
    return _READERS[kind](text)


def _integral(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f'"{text}" is not an integer.') from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text} is not a decimal.") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a date.") from None


def _timestamp(text: str) -> tuple[datetime, int]:
    """Return the second, and the nanoseconds after it, which Python's times do not hold."""
    try:
        match = _TIMESTAMP.fullmatch(text)
        if match:
            return datetime.fromisoformat(match[1]), int((match[2] or "").ljust(9, "0"))
    except ValueError:
        pass  # a month 13
    raise ValueError(f"Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] {text} is not a timestamp.")


_READERS: dict[str, Callable[[str], Any]] = {
    "integral": _integral,
    "decimal": _decimal,
    "date": _date,
    "timestamp": _timestamp,
    "string": str,
}

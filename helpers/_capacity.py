"""The arithmetic of DynamoDB's capacity units.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (item
sizes) and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html (units).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

__all__ = ["read_units", "wire_size", "write_units"]


def wire_size(item: Mapping[str, Any]) -> int:
    """Return the bytes DynamoDB counts for an item in the form in which it travels.

    Examples
    --------
    >>> wire_size({"name": {"S": "Alcatraz"}, "decks": {"N": "2"}})
    19
    """
    return sum(_text(name) + _size(value) for name, value in item.items())


def read_units(size: int, *, consistent: bool = False, transactional: bool = False) -> float:
    """Return the read units of ``size`` bytes.

    Every 4 KB begun take one unit if the read is consistent, half a one if not, two in a transaction.

    Parameters
    ----------
    size
        Bytes: of one item for GetItem, of all items read together for Query and Scan.
    consistent
        A strongly consistent read.
    transactional
        Part of TransactGetItems.

    Examples
    --------
    >>> read_units(10_000), read_units(10_000, consistent=True), read_units(10_000, transactional=True)
    (1.5, 3.0, 6.0)
    """
    blocks = max(1, math.ceil(size / 4096))
    return blocks * (2.0 if transactional else 1.0 if consistent else 0.5)


def write_units(size: int, *, transactional: bool = False) -> int:
    """Return the write units of an item of ``size`` bytes: one for each 1 KB, two in a transaction.

    Parameters
    ----------
    size
        Bytes of the larger of the item before and after.
    transactional
        Part of TransactWriteItems.

    Examples
    --------
    >>> write_units(3_500), write_units(3_500, transactional=True)
    (4, 8)
    """
    return max(1, math.ceil(size / 1024)) * (2 if transactional else 1)


def _size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind in _MEASURES:
        return _MEASURES[kind](held)
    if kind == "M":
        return 3 + len(held) + wire_size(held)
    if kind == "L":
        return 3 + len(held) + sum(map(_size, held))
    return sum(map(_MEASURES[kind[0]], held))  # a set


def _text(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _number(text: str) -> int:
    if "E" in text or "e" in text:
        text = f"{Decimal(text):f}"
    digits = text.lstrip("+-").replace(".", "").strip("0")
    return 1 + (len(digits) + 1) // 2 + text.startswith("-")


def _one(_: bool) -> int:
    return 1


_MEASURES: dict[str, Callable[[Any], int]] = {"S": _text, "N": _number, "B": len, "BOOL": _one, "NULL": _one}

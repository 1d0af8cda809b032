"""What an item weighs, and what reading and writing it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers._capacity import read_units, wire_size, write_units
from helpers.dynamodb._values import serialize

__all__ = ["consumed", "item_size", "read_units", "write_units"]


def item_size(item: Mapping[str, Any]) -> int:
    """Return the size of an item in bytes as DynamoDB counts it: attribute names, and values by their type.

    Text takes its UTF-8 bytes, a number about a byte for two digits and one more, a Boolean or null 1 byte, a
    list or map 3 bytes and 1 for each element.

    Parameters
    ----------
    item
        The item as Python has it.

    Examples
    --------
    >>> item_size({"name": "Alcatraz", "decks": 2})
    19
    """
    return wire_size(serialize(item))


def consumed(answer: Mapping[str, Any]) -> float:
    """Return the units that an answer reports, if the call asked with ``ReturnConsumedCapacity``.

    Parameters
    ----------
    answer
        What a call returned; of a batch or transaction the units of all its tables.

    Examples
    --------
    >>> from helpers import dynamodb
    >>> _ = dynamodb.create_table("Ferries", "name")
    >>> table = dynamodb.dynamodb_resource().Table("Ferries")
    >>> consumed(table.get_item(Key={"name": "Alcatraz"}, ReturnConsumedCapacity="TOTAL"))
    0.5
    """
    reported = answer["ConsumedCapacity"]
    return float(sum(each["CapacityUnits"] for each in (reported if isinstance(reported, list) else [reported])))

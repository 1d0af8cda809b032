"""Attribute values: what is valid, how large it is, and how it compares.

Values stay as they travel, ``{"S": "text"}``, ``{"N": "42"}``, with numbers and Base64 in one canonical
spelling, so that two equal values are spelled alike.  Binary values are the Base64 text of the wire.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

import base64
import re
from decimal import Context, Decimal
from typing import Any, TypeAlias

from pocketaws.engines.dynamodb.errors import DynamoDBError, invalid_parameters, validation

__all__ = [
    "AttributeValue",
    "Item",
    "Orderable",
    "attribute_size",
    "canonical_number",
    "equal",
    "item_size",
    "kind",
    "normalize",
    "normalize_item",
    "order",
    "spell",
    "value_size",
]

AttributeValue: TypeAlias = dict[str, Any]
Item: TypeAlias = dict[str, AttributeValue]
Orderable: TypeAlias = str | Decimal | bytes

#: How many values deep an attribute can be, itself included.
MAX_DEPTH = 32
DECIMAL = Context(prec=60, Emin=-9999, Emax=9999)
_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
_PLAIN = re.compile(r"-?[1-9]\d{0,37}\Z", re.ASCII)


def kind(value: AttributeValue) -> str:
    """Return the type of a value: ``S``, ``N``, ``L`` and so on."""
    return next(iter(value))


def normalize_item(item: Any, depth: int = 0) -> Item:
    """Return an item with every value valid and in canonical spelling."""
    return {name: normalize(value, depth) for name, value in item.items()}


def normalize(value: Any, depth: int = 0) -> AttributeValue:
    """Return a value in canonical spelling.

    Raises
    ------
    DynamoDBError
        The value is not valid; the messages are AWS's.

    Examples
    --------
    >>> normalize({"N": "1.50E2"})
    {'N': '150'}
    """
    present = [name for name in value if name in _TYPES and value[name] is not None]
    if not present:
        raise validation(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes", counts=False
        )
    if depth >= MAX_DEPTH:
        raise validation(
            "Nesting Levels have exceeded supported limits: "
            "Attributes in the item have nested levels beyond supported limit"
        )
    normalized = {name: _normalize_type(name, value[name], depth) for name in present}
    if len(present) > 1:
        raise validation(
            "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes",
            counts=False,
        )
    return normalized


def _normalize_type(name: str, held: Any, depth: int) -> Any:
    if name in ("S", "BOOL"):
        return held
    if name == "N":
        return canonical_number(held)
    if name == "B":
        return _canonical_binary(held)
    if name == "NULL":
        if held is not True:
            raise invalid_parameters("Null attribute value types must have the value of true")
        return True
    if name == "L":
        return [normalize(element, depth + 1) for element in held]
    if name == "M":
        return normalize_item(held, depth + 1)
    return _normalize_set(name, held)


def _normalize_set(name: str, members: list[str]) -> list[str]:
    if not members:
        empty = {"SS": "An string set  may not be empty", "NS": "An number set  may not be empty"}
        raise invalid_parameters(empty.get(name, "Binary sets should not be empty"))
    if name == "NS":
        members = [canonical_number(member) for member in members]
    elif name == "BS":
        members = [_canonical_binary(member) for member in members]
    if len(set(members)) < len(members):
        raise _duplicates(name, members)
    return list(members)


def _duplicates(name: str, members: list[str]) -> DynamoDBError:
    """Return what AWS says of a set with a member twice; its newer checks sort what comes before the repeat."""
    if name == "NS":
        newly = invalid_parameters("Input collection contains duplicates.").message
        return validation("Input collection contains duplicates", newly=newly)
    repeat = next(place for place, member in enumerate(members) if member in members[:place])
    ordered = [*sorted(members[:repeat], key=lambda member: order({name[0]: member})), *members[repeat:]]
    listed = (", " if name == "SS" else ",").join(f'"{member}"' for member in ordered)
    kind_of_set = "of type BS" if name == "BS" else ""
    return invalid_parameters(
        f"Input collection [{', '.join(members)}]{kind_of_set} contains duplicates.",
        newly=f"Input collection [{listed}]{kind_of_set} contains duplicates.",
    )


def _canonical_binary(text: str) -> str:
    return base64.b64encode(base64.b64decode(text)).decode()


def canonical_number(text: str) -> str:
    """Return a number as DynamoDB gives it back: no exponent, no needless zeros.

    Raises
    ------
    DynamoDBError
        Not a number, more than 38 significant digits, or outside 1E-130 to 9.99...E+125.
    """
    if _PLAIN.match(text):
        return text
    if not _NUMBER.match(text):
        said, named = "The parameter cannot be converted to a numeric value", f": {text}"
        raise validation(said + named if text else said, newly=said + named)
    return spell(Decimal(text))


def spell(number: Decimal) -> str:
    """Return a number in canonical spelling after checking its precision and range."""
    if not number:
        return "0"
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(digits) > 38:
        raise validation("Attempting to store more than 38 significant digits in a Number")
    if number.adjusted() > 125:
        raise validation("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if number.adjusted() < -130:
        raise validation("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    sign = "-" if plain.startswith("-") else ""
    plain = plain.lstrip("+-").lstrip("0")
    return f"{sign}0{plain}" if plain.startswith(".") else sign + plain


def order(value: AttributeValue) -> Orderable:
    """Return something that sorts as DynamoDB sorts scalars: text and bytes by their bytes, numbers by value."""
    ((name, held),) = value.items()
    if name == "N":
        return Decimal(held)
    return base64.b64decode(held) if name == "B" else str(held)


def equal(left: AttributeValue, right: AttributeValue) -> bool:
    """Whether two values are the same; the order of a set's members does not count."""
    if left == right:
        return True
    name = kind(left)
    if name != kind(right):
        return False
    one, two = left[name], right[name]
    if name in ("SS", "NS", "BS"):
        return set(one) == set(two)
    if name == "L":
        return len(one) == len(two) and all(map(equal, one, two))
    if name == "M":
        return one.keys() == two.keys() and all(equal(one[key], two[key]) for key in one)
    return False


def item_size(item: Item) -> int:
    """Return the size of an item in bytes, attribute names included.

    Examples
    --------
    >>> item_size({"id": {"S": "abc"}, "age": {"N": "42"}})
    10
    """
    return sum(attribute_size(name, value) for name, value in item.items())


def attribute_size(name: str, value: AttributeValue) -> int:
    """Return the size in bytes of one attribute, name and value."""
    return _text_size(name) + value_size(value)


def value_size(value: AttributeValue) -> int:
    """Return the size of a value in bytes.

    A number takes about a byte per two significant digits and one more; a list or map takes 3 bytes and 1
    for each element; a Boolean or null takes 1.
    """
    ((name, held),) = value.items()
    if name == "S":
        return _text_size(held)
    if name == "N":
        return _number_size(held)
    if name == "B":
        return _binary_size(held)
    if name == "M":
        return 3 + sum(1 + attribute_size(key, element) for key, element in held.items())
    if name == "L":
        return 3 + sum(1 + value_size(element) for element in held)
    if name in ("BOOL", "NULL"):
        return 1
    member_size = {"SS": _text_size, "NS": _number_size, "BS": _binary_size}[name]
    return sum(map(member_size, held))


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _number_size(text: str) -> int:
    whole, _, fraction = text.lstrip("-").partition(".")
    if whole == "0" and not fraction:
        return 1
    # Digits are stored in pairs that line up with the decimal point, without zeros at either end.
    aligned = "0" * (len(whole) % 2) + whole + fraction + "0" * (len(fraction) % 2)
    first, last = len(aligned) - len(aligned.lstrip("0")), len(aligned.rstrip("0"))
    return 1 + (last + 1) // 2 - first // 2 + text.startswith("-")


def _binary_size(text: str) -> int:
    return len(text) // 4 * 3 - text.endswith("=") - text.endswith("==")

"""The syntax trees of conditions: operands have a value on an item, conditions hold on it or not."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Protocol

from pocketaws.engines.dynamodb.expressions.paths import Path
from pocketaws.engines.dynamodb.values import AttributeValue, Item, equal, kind, order

__all__ = [
    "And",
    "AttributeExists",
    "AttributeType",
    "BeginsWith",
    "Between",
    "Comparison",
    "Condition",
    "Contains",
    "In",
    "Literal",
    "Not",
    "Operand",
    "Or",
    "Size",
    "compare",
    "paths_in",
]


class Operand(Protocol):
    """Something that has a value on an item."""

    def value(self, item: Item) -> AttributeValue | None:
        """Return the value, None where the item has none."""


class Condition(Protocol):
    """Something that an item meets or not."""

    def holds(self, item: Item) -> bool:
        """Whether the item meets the condition."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value given with the request."""

    literal: AttributeValue

    def value(self, item: Item) -> AttributeValue | None:
        """Return the value."""
        return self.literal


@dataclass(frozen=True, slots=True)
class Size:
    """``size(operand)``: characters' bytes, bytes, or the number of elements."""

    operand: Operand

    def value(self, item: Item) -> AttributeValue | None:
        """Return the size as a number; numbers and Booleans have none."""
        found = self.operand.value(item)
        if found is None:
            return None
        ((name, held),) = found.items()
        if name == "S":
            return {"N": str(len(held.encode("utf-8", "surrogatepass")))}
        if name == "B":
            return {"N": str(len(base64.b64decode(held)))}
        return {"N": str(len(held))} if name in ("L", "M", "SS", "NS", "BS") else None


def paths_in(tree: object) -> list[Path]:
    """Return every document path in a tree, or in several."""
    if isinstance(tree, Path):
        return [tree]
    if isinstance(tree, tuple | list):
        return [path for part in tree for path in paths_in(part)]
    return [path for name in getattr(tree, "__slots__", ()) for path in paths_in(getattr(tree, name))]


def compare(operator: str, left: AttributeValue | None, right: AttributeValue | None) -> bool:
    """Whether ``left operator right``; values of different types are unequal and in no order."""
    if left is None or right is None:
        return operator == "<>" and (left is None) != (right is None)
    if operator == "=":
        return equal(left, right)
    if operator == "<>":
        return not equal(left, right)
    name = kind(left)
    if name != kind(right) or name not in ("S", "N", "B"):
        return False
    one, two = order(left), order(right)
    if operator == "<":
        return one < two  # type: ignore[operator]
    if operator == "<=":
        return one <= two  # type: ignore[operator]
    return one > two if operator == ">" else one >= two  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left = right`` and the like."""

    operator: str
    left: Operand
    right: Operand

    def holds(self, item: Item) -> bool:
        """Whether the comparison is true."""
        return compare(self.operator, self.left.value(item), self.right.value(item))


@dataclass(frozen=True, slots=True)
class Between:
    """``operand BETWEEN low AND high``."""

    operand: Operand
    low: Operand
    high: Operand

    def holds(self, item: Item) -> bool:
        """Whether the value lies between the bounds, both included."""
        value = self.operand.value(item)
        return compare(">=", value, self.low.value(item)) and compare("<=", value, self.high.value(item))


@dataclass(frozen=True, slots=True)
class In:
    """``operand IN (a, b, c)``."""

    operand: Operand
    choices: tuple[Operand, ...]

    def holds(self, item: Item) -> bool:
        """Whether the value equals one of the choices."""
        value = self.operand.value(item)
        return any(compare("=", value, choice.value(item)) for choice in self.choices)


@dataclass(frozen=True, slots=True)
class AttributeExists:
    """``attribute_exists(path)``."""

    path: Path

    def holds(self, item: Item) -> bool:
        """Whether there is a value at the path."""
        return self.path.value(item) is not None


@dataclass(frozen=True, slots=True)
class AttributeType:
    """``attribute_type(path, :type)``."""

    path: Path
    name: str

    def holds(self, item: Item) -> bool:
        """Whether the value has the type."""
        value = self.path.value(item)
        return value is not None and kind(value) == self.name


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """``begins_with(operand, prefix)``, of text and of binary values."""

    operand: Operand
    prefix: Operand

    def holds(self, item: Item) -> bool:
        """Whether the value starts with the prefix."""
        value, prefix = self.operand.value(item), self.prefix.value(item)
        if value is None or prefix is None or kind(value) != kind(prefix) or kind(value) not in ("S", "B"):
            return False
        return order(value).startswith(order(prefix))  # type: ignore[union-attr,arg-type]


@dataclass(frozen=True, slots=True)
class Contains:
    """``contains(operand, part)``: a part of a text, a member of a set, an element of a list."""

    operand: Operand
    part: Operand

    def holds(self, item: Item) -> bool:
        """Whether the value contains the part."""
        value, part = self.operand.value(item), self.part.value(item)
        if value is None or part is None:
            return False
        ((name, held),) = value.items()
        if name == "L":
            return any(equal(element, part) for element in held)
        sought = kind(part)
        if name in ("SS", "NS", "BS"):
            return sought == name[0] and part[sought] in held
        return name == sought and name in ("S", "B") and order(part) in order(value)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class And:
    """``left AND right``."""

    left: Condition
    right: Condition

    def holds(self, item: Item) -> bool:
        """Whether both hold."""
        return self.left.holds(item) and self.right.holds(item)


@dataclass(frozen=True, slots=True)
class Or:
    """``left OR right``."""

    left: Condition
    right: Condition

    def holds(self, item: Item) -> bool:
        """Whether one of them holds."""
        return self.left.holds(item) or self.right.holds(item)


@dataclass(frozen=True, slots=True)
class Not:
    """``NOT condition``."""

    condition: Condition

    def holds(self, item: Item) -> bool:
        """Whether the condition does not hold."""
        return not self.condition.holds(item)

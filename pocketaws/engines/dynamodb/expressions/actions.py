"""What an update does to an item: operands that are computed, values set, added to, taken away and removed.

Items are shared and never changed in place: whatever lies on the way to a change is copied.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.expressions.paths import Path
from pocketaws.engines.dynamodb.expressions.trees import Literal
from pocketaws.engines.dynamodb.values import DECIMAL, AttributeValue, Item, kind, spell

__all__ = [
    "AddAction",
    "Arithmetic",
    "DeleteAction",
    "IfNotExists",
    "ListAppend",
    "SetAction",
    "UpdateOperand",
    "put_at",
    "remove_all",
]


WRONG_OPERAND = "An operand in the update expression has an incorrect data type"


def _invalid_path() -> DynamoDBError:
    return validation("The document path provided in the update expression is invalid for update")


def _existing(operand: UpdateOperand, item: Item) -> AttributeValue:
    value = operand.value(item)
    if value is None:
        raise validation("The provided expression refers to an attribute that does not exist in the item")
    return value


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left + right`` or ``left - right``."""

    operator: str
    left: UpdateOperand
    right: UpdateOperand

    def value(self, item: Item) -> AttributeValue | None:
        """Return the sum or difference."""
        left, right = _existing(self.left, item), _existing(self.right, item)
        if "N" not in left or "N" not in right:
            raise validation(WRONG_OPERAND)
        return _add(left, right, 1 if self.operator == "+" else -1)


def _add(left: AttributeValue, right: AttributeValue, sign: int) -> AttributeValue:
    return {"N": spell(DECIMAL.add(Decimal(left["N"]), sign * Decimal(right["N"])))}


@dataclass(frozen=True, slots=True)
class IfNotExists:
    """``if_not_exists(path, operand)``."""

    path: Path
    otherwise: UpdateOperand

    def value(self, item: Item) -> AttributeValue | None:
        """Return the value at the path if there is one, else the operand."""
        found = self.path.value(item)
        return found if found is not None else _existing(self.otherwise, item)


@dataclass(frozen=True, slots=True)
class ListAppend:
    """``list_append(first, second)``."""

    first: UpdateOperand
    second: UpdateOperand

    def value(self, item: Item) -> AttributeValue | None:
        """Return one list followed by the other."""
        first, second = _existing(self.first, item), _existing(self.second, item)
        if "L" not in first or "L" not in second:
            raise validation(WRONG_OPERAND)
        return {"L": [*first["L"], *second["L"]]}


UpdateOperand: TypeAlias = Path | Literal | Arithmetic | IfNotExists | ListAppend


@dataclass(frozen=True, slots=True)
class SetAction:
    """``SET path = operand``."""

    path: Path
    operand: UpdateOperand

    def compute(self, item: Item) -> AttributeValue | None:
        """Return the value that the path gets."""
        return _existing(self.operand, item)


@dataclass(frozen=True, slots=True)
class AddAction:
    """``ADD path :number`` or ``ADD path :set``."""

    path: Path
    operand: AttributeValue
    mismatch: str = WRONG_OPERAND

    def compute(self, item: Item) -> AttributeValue | None:
        """Return the sum, or the set with the new members."""
        current = self.path.value(item)
        if current is None:
            return self.operand
        name = kind(self.operand)
        if kind(current) != name:
            raise validation(self.mismatch)
        if name == "N":
            return _add(current, self.operand, 1)
        if name == "L":  # only the legacy AttributeUpdates can add to a list
            return {"L": [*current["L"], *self.operand["L"]]}
        return {name: [*current[name], *(member for member in self.operand[name] if member not in current[name])]}


@dataclass(frozen=True, slots=True)
class DeleteAction:
    """``DELETE path :set``."""

    path: Path
    operand: AttributeValue
    mismatch: str = WRONG_OPERAND

    def compute(self, item: Item) -> AttributeValue | None:
        """Return the set without the members; None when nothing is left."""
        current = self.path.value(item)
        if current is None:
            return None
        name = kind(self.operand)
        if kind(current) != name:
            raise validation(self.mismatch)
        left = [member for member in current[name] if member not in self.operand[name]]
        return {name: left} if left else None


def put_at(item: Item, path: Path, value: AttributeValue) -> None:
    """Set the value at a path of an item that may be changed; what it shares with others is copied."""
    if len(path.parts) == 1:
        item[path.root] = value
        return
    if path.root not in item:
        raise _invalid_path()
    item[path.root] = _put(item[path.root], path.parts[1:], value)


def _put(container: AttributeValue, parts: tuple[str | int, ...], value: AttributeValue) -> AttributeValue:
    part, rest = parts[0], parts[1:]
    held: Any = container.get("M" if isinstance(part, str) else "L")
    if held is None:
        raise _invalid_path()
    known = part in held if isinstance(part, str) else part < len(held)
    if rest and not known:
        raise _invalid_path()
    new = _put(held[part], rest, value) if rest else value
    if isinstance(part, str):
        return {"M": {**held, part: new}}
    return {"L": [*held[:part], new, *held[part + 1 :]]}


def remove_all(item: Item, paths: Sequence[Path]) -> Item:
    """Return an item without what is at some paths; list elements are taken out from the back."""
    for path in sorted(paths, key=_removal_order):
        if len(path.parts) == 1:
            item.pop(path.root, None)
        elif path.root in item:
            item[path.root] = _removed(item[path.root], path.parts[1:])
        else:
            raise _invalid_path()
    return item


def _removal_order(path: Path) -> list[tuple[int, int, str]]:
    return [(1, -part, "") if isinstance(part, int) else (0, 0, part) for part in path.parts]


def _removed(container: AttributeValue, parts: tuple[str | int, ...]) -> AttributeValue:
    part, rest = parts[0], parts[1:]
    held: Any = container.get("M" if isinstance(part, str) else "L")
    if held is None:
        raise _invalid_path()
    known = part in held if isinstance(part, str) else part < len(held)
    if not known:
        if rest:
            raise _invalid_path()
        return container
    if isinstance(part, str):
        kept = {name: element for name, element in held.items() if name != part}
        return {"M": {**held, part: _removed(held[part], rest)} if rest else kept}
    middle = [_removed(held[part], rest)] if rest else []
    return {"L": [*held[:part], *middle, *held[part + 1 :]]}

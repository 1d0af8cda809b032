"""SET and REMOVE of PartiQL, read into the same actions as those of update expressions.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb.errors import validation
from pocketaws.engines.dynamodb.expressions import Path, Update
from pocketaws.engines.dynamodb.expressions.actions import AddAction, Arithmetic, DeleteAction, ListAppend, SetAction
from pocketaws.engines.dynamodb.expressions.paths import find_overlap
from pocketaws.engines.dynamodb.expressions.trees import Literal
from pocketaws.engines.dynamodb.partiql.conditions import Conditions
from pocketaws.engines.dynamodb.partiql.tokens import Token, not_well_formed
from pocketaws.engines.dynamodb.values import kind

__all__ = ["Assignments"]


class Assignments(Conditions):
    """Reads what an UPDATE changes; ``_target`` is the path that is being assigned to, if any."""

    _target: Path | None = None

    def changes(self) -> Update:
        """Read SET and REMOVE clauses."""
        update = Update()
        while self.at_word("SET", "REMOVE"):
            change = self._assign if self.take().word == "SET" else self._remove
            change(update)
            while self.skip(","):
                change(update)
        if not update.paths:
            raise not_well_formed("Expected data manipulation")
        if found := find_overlap(update.paths):
            verdict, one, two = found
            raise validation(
                f"Two document paths {verdict} with each other; must remove or rewrite one of these paths; "
                f"path one: {one}, path two: {two}"
            )
        return update

    def _remove(self, update: Update) -> None:
        update.removes.append(self.path())

    def _assign(self, update: Update) -> None:
        self._target = path = self.path()
        self.expect("=", "EQUALS")
        value: Any = self.sum()
        self._target = None
        if isinstance(value, AddAction):
            update.adds.append(value)
        elif isinstance(value, DeleteAction):
            update.deletes.append(value)
        elif isinstance(value, (Path, Literal, Arithmetic, ListAppend)):
            update.sets.append(SetAction(path, value))
        else:
            raise validation("Unsupported operator in Update Expression: only values can be assigned")

    def arithmetic(self, operator: str, left: Any, right: Any) -> Any:
        """Return a sum or difference of numbers."""
        if self._target is None:
            return super().arithmetic(operator, left, right)
        for side in (left, right):
            if isinstance(side, Literal) and "N" not in side.literal:
                raise validation(
                    "Incorrect operand type for operator or function; "
                    f"operator or function: {operator}, operand type: {kind(side.literal)}"
                )
        return Arithmetic(operator, left, right)

    def function(self, name: Token, arguments: list[Any], place: str) -> Any:
        """Return what a call of ``list_append``, ``set_add`` or ``set_delete`` is."""
        if self._target is None:
            return super().function(name, arguments, place)
        function = name.text.lower()
        if function == "list_append" and len(arguments) == 2:
            return ListAppend(*arguments)
        if function not in ("set_add", "set_delete"):
            raise validation(f"Unrecognized function: {function} at {name.place}")
        if len(arguments) != 2:
            raise validation(f"{function.upper()} must have exactly two arguments at {name.place}")
        target, members = arguments
        if target != self._target:
            raise validation(
                f"The first argument to {function.upper()} must equal the assignment value at {name.place}"
            )
        if not isinstance(members, Literal) or kind(members.literal) not in ("SS", "NS", "BS"):
            raise validation(f"The second argument to {function.upper()} must be a value with type SET at {place}")
        action = AddAction if function == "set_add" else DeleteAction
        return action(self._target, members.literal)

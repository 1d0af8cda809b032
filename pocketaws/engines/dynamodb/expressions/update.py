"""Update expressions: parsed, and applied to an item.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pocketaws.engines.dynamodb.expressions.actions import (
    AddAction,
    Arithmetic,
    DeleteAction,
    IfNotExists,
    ListAppend,
    SetAction,
    UpdateOperand,
    put_at,
    remove_all,
)
from pocketaws.engines.dynamodb.expressions.grammar import Grammar, Stage
from pocketaws.engines.dynamodb.expressions.paths import Path
from pocketaws.engines.dynamodb.expressions.placeholders import Placeholders
from pocketaws.engines.dynamodb.expressions.projection import note_overlap
from pocketaws.engines.dynamodb.expressions.trees import Literal
from pocketaws.engines.dynamodb.values import AttributeValue, Item, kind

__all__ = ["Update", "parse_update"]

_TYPE_WORDS = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
    "L": "LIST",
    "M": "MAP",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
}
_CONDITION_FUNCTIONS = (
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "size",
)


@dataclass
class Update:
    """The actions of an update, in the order in which DynamoDB applies them.

    ``legacy`` marks those of ``AttributeUpdates``.
    """

    sets: list[SetAction] = field(default_factory=list)
    removes: list[Path] = field(default_factory=list)
    adds: list[AddAction] = field(default_factory=list)
    deletes: list[DeleteAction] = field(default_factory=list)
    legacy: bool = False

    @property
    def paths(self) -> list[Path]:
        """Every path that the update touches."""
        return [
            *(action.path for action in self.sets),
            *self.removes,
            *(action.path for action in self.adds),
            *(action.path for action in self.deletes),
        ]

    @property
    def given(self) -> Item:
        """The values that attributes are set to as they stand in the request."""
        return {a.path.root: a.operand.literal for a in self.sets if isinstance(a.operand, Literal)}

    def apply(self, item: Item) -> Item:
        """Return the item after the update; every operand is read from the item as it was before.

        Raises
        ------
        DynamoDBError
            An operand does not exist or has the wrong type, or a path leads nowhere.
        """
        actions: list[SetAction | AddAction | DeleteAction] = [*self.sets, *self.adds, *self.deletes]
        computed = [(action.path, action.compute(item)) for action in actions]
        updated = dict(item)
        removed = list(self.removes)
        # Elements beyond the end of a list join it in the order of their indexes.
        for path, value in sorted(computed, key=lambda pair: [part for part in pair[0].parts if isinstance(part, int)]):
            if value is None:
                removed.append(path)
            else:
                put_at(updated, path, value)
        return remove_all(updated, removed)


def parse_update(text: str, placeholders: Placeholders) -> Update:
    """Return the actions of an ``UpdateExpression``."""
    grammar = UpdateGrammar(text, "UpdateExpression", placeholders)
    update = grammar.sections()
    note_overlap(grammar, update.paths)
    grammar.check_notes()
    return update


class UpdateGrammar(Grammar):
    """Reads the sections SET, REMOVE, ADD and DELETE."""

    keywords = frozenset({"ADD", "DELETE", "REMOVE", "SET"})

    def sections(self) -> Update:
        """Read every section, each once."""
        update = Update()
        seen: set[str] = set()
        while True:
            if not self.at_word("SET", "REMOVE", "ADD", "DELETE"):
                raise self.syntax_error()
            section = self.take().text.upper()
            if section in seen:
                self.note(Stage.SECTION, f'The "{section}" section can only be used once in an update expression;')
            seen.add(section)
            self._action(section, update)
            while self.skip(","):
                self._action(section, update)
            if self.current.kind == "end":
                return update

    def _action(self, section: str, update: Update) -> None:
        path = self.path()
        if section == "SET":
            self.expect("=")
            update.sets.append(SetAction(path, self._sum()))
        elif section == "REMOVE":
            update.removes.append(path)
        elif section == "ADD":
            update.adds.append(AddAction(path, self._operand_of("ADD", ("N", "SS", "NS", "BS"))))
        else:
            update.deletes.append(DeleteAction(path, self._operand_of("DELETE", ("SS", "NS", "BS"))))

    def _operand_of(self, operator: str, allowed: tuple[str, ...]) -> AttributeValue:
        value = self.literal().literal
        if kind(value) not in allowed:
            self.note(
                Stage.OPERANDS,
                f"Incorrect operand type for operator or function; operator: {operator}, "
                f"operand type: {_TYPE_WORDS[kind(value)]}, typeSet: ALLOWED_FOR_{operator}_OPERAND",
            )
        return value

    def _sum(self) -> UpdateOperand:
        left = self._operand()
        if not self.at("+", "-"):
            return left
        operator = self.take().text
        right = self._operand()
        for side in (left, right):
            if isinstance(side, Literal) and kind(side.literal) != "N":
                self._wrong_type(operator, side.literal)
        return Arithmetic(operator, left, right)

    def _operand(self) -> UpdateOperand:
        if self.at("("):
            opened = self.open()
            inner = self._sum()
            self.close(opened)
            return inner
        if self.current.kind == "value":
            return self.literal()
        return self._call() if self.at_call else self.path()

    def _call(self) -> UpdateOperand:
        function = self.take().text
        self.expect("(")
        operands = [self._operand()]
        while self.skip(","):
            operands.append(self._operand())
        self.expect(")")
        if function not in ("if_not_exists", "list_append"):
            self.note(
                Stage.FUNCTION,
                f"The function is not allowed in an update expression; function: {function}"
                if function in _CONDITION_FUNCTIONS
                else f"Invalid function name; function: {function}",
            )
        elif self.check_arity(function, len(operands), 2):
            return self._function(function, *operands)
        return Literal({"NULL": True})

    def _function(self, function: str, first: UpdateOperand, second: UpdateOperand) -> UpdateOperand:
        if function == "list_append":
            for side in (first, second):
                if isinstance(side, Literal) and kind(side.literal) != "L":
                    self._wrong_type(function, side.literal)
            return ListAppend(first, second)
        if isinstance(first, Path):
            return IfNotExists(first, second)
        self.note(Stage.OPERANDS, f"Operator or function requires a document path; operator or function: {function}")
        return second

    def _wrong_type(self, operator: str, value: AttributeValue) -> None:
        self.note(
            Stage.OPERANDS,
            "Incorrect operand type for operator or function; "
            f"operator or function: {operator}, operand type: {kind(value)}",
        )

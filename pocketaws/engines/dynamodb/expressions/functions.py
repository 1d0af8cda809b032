"""The functions of condition expressions, and what their operands must be.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from abc import abstractmethod

from pocketaws.engines.dynamodb.expressions.grammar import Grammar, Stage
from pocketaws.engines.dynamodb.expressions.paths import Path
from pocketaws.engines.dynamodb.expressions.trees import (
    AttributeExists,
    AttributeType,
    BeginsWith,
    Comparison,
    Condition,
    Contains,
    Literal,
    Not,
    Operand,
    Size,
)
from pocketaws.engines.dynamodb.values import AttributeValue, kind

__all__ = ["ARITY", "TYPE_NAMES", "Functions"]

TYPE_NAMES = ("B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M")
ARITY = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
_UPDATE_FUNCTIONS = ("if_not_exists", "list_append")


class Functions(Grammar):
    """Reads calls of functions."""

    @abstractmethod
    def operand(self) -> Operand:
        """Read a path, a value or ``size(...)``."""

    def operands(self) -> list[Operand]:
        """Read operands up to the closing parenthesis."""
        operands = [self.operand()]
        while self.skip(","):
            operands.append(self.operand())
        self.expect(")")
        return operands

    def call(self) -> Condition | Size:
        """Read a call; a call that cannot be is noted, and stands as a condition that never holds."""
        function = self.take().text
        self.expect("(")
        operands = self.operands()
        never = Comparison("=", Literal({"NULL": True}), Literal({"BOOL": True}))
        if function in _UPDATE_FUNCTIONS:
            self.note(Stage.FUNCTION, f"The function is not allowed in a condition expression; function: {function}")
            return never
        if function not in ARITY:
            self.note(Stage.FUNCTION, f"Invalid function name; function: {function}")
            return never
        if not self.check_arity(function, len(operands), ARITY[function]):
            return never
        return self._function(function, operands) or never

    def _function(self, function: str, operands: list[Operand]) -> Condition | Size | None:
        first = operands[0]
        if function == "size":
            if isinstance(first, Literal) and kind(first.literal) in ("N", "BOOL", "NULL"):
                self._wrong_type("size", first.literal)
            return Size(first)
        if function in ("begins_with", "contains"):
            return self._text_function(function, first, operands[1])
        if not isinstance(first, Path):
            self.note(
                Stage.OPERANDS,
                f"Operator or function requires a document path; operator or function: {function}",
            )
            return None
        if function == "attribute_type":
            return self._attribute_type(first, operands[1])
        exists = AttributeExists(first)
        return exists if function == "attribute_exists" else Not(exists)

    def _text_function(self, function: str, operand: Operand, part: Operand) -> Condition:
        self.check_distinct(function, operand, part)
        if function == "contains":
            return Contains(operand, part)
        for side in (operand, part):
            if isinstance(side, Literal) and kind(side.literal) not in ("S", "B"):
                self._wrong_type(function, side.literal)
        return BeginsWith(operand, part)

    def _attribute_type(self, path: Path, wanted: Operand) -> Condition | None:
        if not isinstance(wanted, Literal) or kind(wanted.literal) != "S":
            given = wanted.literal if isinstance(wanted, Literal) else {"M": {}}
            self._wrong_type("attribute_type", given)
            return None
        name = wanted.literal["S"]
        if name not in TYPE_NAMES:
            listed = ",".join(TYPE_NAMES)
            self.note(Stage.OPERANDS, f"Invalid attribute type name found; type: {name}, valid types: {{{listed}}}")
        return AttributeType(path, name)

    def check_distinct(self, operator: str, left: Operand, right: Operand) -> None:
        """Note two operands that are the same path."""
        if isinstance(left, Path) and left == right:
            self.note(
                Stage.OPERANDS,
                "The first operand must be distinct from the remaining operands for this operator or function; "
                f"operator: {operator}, first operand: {left}",
            )

    def check_scalars(self, operator: str, *operands: Operand) -> None:
        """Note given operands that have no order."""
        for operand in operands:
            if isinstance(operand, Literal) and kind(operand.literal) not in ("S", "N", "B"):
                self._wrong_type(operator, operand.literal)

    def _wrong_type(self, operator: str, value: AttributeValue) -> None:
        self.note(
            Stage.OPERANDS,
            "Incorrect operand type for operator or function; "
            f"operator or function: {operator}, operand type: {kind(value)}",
        )

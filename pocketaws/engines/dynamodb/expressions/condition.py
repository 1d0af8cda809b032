"""Condition and filter expressions.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from pocketaws.engines.dynamodb.expressions.grammar import Grammar, Stage
from pocketaws.engines.dynamodb.expressions.paths import Path
from pocketaws.engines.dynamodb.expressions.placeholders import Placeholders
from pocketaws.engines.dynamodb.expressions.trees import (
    And,
    AttributeExists,
    AttributeType,
    BeginsWith,
    Between,
    Comparison,
    Condition,
    Contains,
    In,
    Literal,
    Not,
    Operand,
    Or,
    Size,
)
from pocketaws.engines.dynamodb.values import AttributeValue, kind, order

__all__ = ["ConditionGrammar", "java_value", "parse_condition"]

COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
TYPE_NAMES = ("B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M")
_ARITY = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
_UPDATE_FUNCTIONS = ("if_not_exists", "list_append")
_MAX_IN = 100


def parse_condition(text: str, parameter: str, placeholders: Placeholders) -> Condition:
    """Return the tree of a condition.

    Parameters
    ----------
    text
        The expression.
    parameter
        ``ConditionExpression`` or ``FilterExpression``, for the messages.
    placeholders
        The request's names and values.
    """
    grammar = ConditionGrammar(text, parameter, placeholders)
    condition = grammar.disjunction()
    grammar.finish()
    grammar.check_notes()
    return condition


class ConditionGrammar(Grammar):
    """Reads conditions; OR binds weakest, then AND, then NOT."""

    keywords = frozenset({"AND", "BETWEEN", "IN", "NOT", "OR"})

    def disjunction(self) -> Condition:
        """Read conditions joined by OR."""
        left = self.conjunction()
        while self.at_word("OR"):
            self.take()
            left = Or(left, self.conjunction())
        return left

    def conjunction(self) -> Condition:
        """Read conditions joined by AND."""
        left = self.negation()
        while self.at_word("AND"):
            self.take()
            left = And(left, self.negation())
        return left

    def negation(self) -> Condition:
        """Read a condition that NOT may precede."""
        if self.at_word("NOT") and not self.at_call:
            self.take()
            return Not(self.negation())
        if self.at_word("NOT"):
            self.take()
            return Not(self._primary())
        return self._primary()

    def _primary(self) -> Condition:
        if not self.at("(") or self._parenthesized_operand():
            return self._relation()
        opened = self.open()
        inner = self.disjunction()
        self.close(opened)
        return inner

    def _parenthesized_operand(self) -> bool:
        after = self.closes(self.position) + 1
        if not after:
            return False
        following = self.ahead(after - self.position)
        return following.text in COMPARATORS or following.text.upper() in ("BETWEEN", "IN")

    def _relation(self) -> Condition:
        if self.at_call and self.current.text != "size":
            called = self.current.text
            condition = self._call()
            if isinstance(condition, Size):
                raise self.syntax_error()
            if self.at(*COMPARATORS) or self.at_word("BETWEEN", "IN"):
                self.note(
                    Stage.FUNCTION,
                    f"The function is not allowed to be used this way in an expression; function: {called}",
                )
                self.take()
                self.operand()
            return condition
        left = self.operand()
        if self.at(*COMPARATORS):
            operator = self.take().text
            return self._comparison(operator, left, self.operand())
        if self.at_word("BETWEEN"):
            self.take()
            low = self.operand()
            self.expect_word("AND")
            return self._between(left, low, self.operand())
        if self.at_word("IN"):
            self.take()
            return self._membership(left)
        if isinstance(left, Size):
            self.note(
                Stage.FUNCTION, "The function is not allowed to be used this way in an expression; function: size"
            )
            return Comparison("=", left, left)
        raise self.syntax_error()

    def operand(self) -> Operand:
        """Read a path, a value or ``size(...)``."""
        if self.at("("):
            opened = self.open()
            inner = self.operand()
            self.close(opened)
            return inner
        if self.current.kind == "value":
            return self.literal()
        if self.at_call:
            called = self.current.text
            result = self._call()
            if isinstance(result, Size):
                return result
            if called in _ARITY:
                self.note(
                    Stage.FUNCTION,
                    f"The function is not allowed to be used this way in an expression; function: {called}",
                )
            return Literal({"NULL": True})
        return self.path()

    def _comparison(self, operator: str, left: Operand, right: Operand) -> Condition:
        self._check_distinct(operator, left, right)
        if operator in ("<", "<=", ">", ">="):
            self._check_scalars(operator, left, right)
        return Comparison(operator, left, right)

    def _between(self, operand: Operand, low: Operand, high: Operand) -> Condition:
        self._check_scalars("BETWEEN", operand, low, high)
        if isinstance(low, Literal) and isinstance(high, Literal) and kind(low.literal) in ("S", "N", "B"):
            bounds = (
                f"lower bound operand: AttributeValue: {java_value(low.literal)}, "
                f"upper bound operand: AttributeValue: {java_value(high.literal)}"
            )
            if kind(low.literal) != kind(high.literal):
                self.note(
                    Stage.OPERANDS,
                    f"The BETWEEN operator requires same data type for lower and upper bounds; {bounds}",
                )
            elif order(low.literal) > order(high.literal):  # type: ignore[operator]
                self.note(
                    Stage.OPERANDS,
                    f"The BETWEEN operator requires upper bound to be greater than or equal to lower bound; {bounds}",
                )
        return Between(operand, low, high)

    def _membership(self, operand: Operand) -> Condition:
        self.expect("(")
        choices = self._operands()
        if len(choices) > _MAX_IN:
            self.check_arity("IN", len(choices) + 1, 0)
        return In(operand, tuple(choices))

    def _operands(self) -> list[Operand]:
        operands = [self.operand()]
        while self.skip(","):
            operands.append(self.operand())
        self.expect(")")
        return operands

    def _call(self) -> Condition | Size:
        function = self.take().text
        self.expect("(")
        operands = self._operands()
        never = Comparison("=", Literal({"NULL": True}), Literal({"BOOL": True}))
        if function in _UPDATE_FUNCTIONS:
            self.note(Stage.FUNCTION, f"The function is not allowed in a condition expression; function: {function}")
            return never
        if function not in _ARITY:
            self.note(Stage.FUNCTION, f"Invalid function name; function: {function}")
            return never
        if not self.check_arity(function, len(operands), _ARITY[function]):
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
        self._check_distinct(function, operand, part)
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

    def _check_distinct(self, operator: str, left: Operand, right: Operand) -> None:
        if isinstance(left, Path) and left == right:
            self.note(
                Stage.OPERANDS,
                "The first operand must be distinct from the remaining operands for this operator or function; "
                f"operator: {operator}, first operand: {left}",
            )

    def _check_scalars(self, operator: str, *operands: Operand) -> None:
        for operand in operands:
            if isinstance(operand, Literal) and kind(operand.literal) not in ("S", "N", "B"):
                self._wrong_type(operator, operand.literal)

    def _wrong_type(self, operator: str, value: AttributeValue) -> None:
        self.note(
            Stage.OPERANDS,
            "Incorrect operand type for operator or function; "
            f"operator or function: {operator}, operand type: {kind(value)}",
        )


def java_value(value: AttributeValue) -> str:
    """Return a value as AWS's messages show it: ``{S:abc}``."""
    ((name, held),) = value.items()
    return f"{{{name}:{held}}}"

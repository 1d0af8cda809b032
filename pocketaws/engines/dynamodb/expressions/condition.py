"""Condition and filter expressions.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from pocketaws.engines.dynamodb.expressions.functions import ARITY, Functions
from pocketaws.engines.dynamodb.expressions.grammar import Stage
from pocketaws.engines.dynamodb.expressions.placeholders import Placeholders
from pocketaws.engines.dynamodb.expressions.trees import (
    And,
    Between,
    Comparison,
    Condition,
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


class ConditionGrammar(Functions):
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
            condition = self.call()
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
            result = self.call()
            if isinstance(result, Size):
                return result
            if called in ARITY:
                self.note(
                    Stage.FUNCTION,
                    f"The function is not allowed to be used this way in an expression; function: {called}",
                )
            return Literal({"NULL": True})
        return self.path()

    def _comparison(self, operator: str, left: Operand, right: Operand) -> Condition:
        self.check_distinct(operator, left, right)
        if operator in ("<", "<=", ">", ">="):
            self.check_scalars(operator, left, right)
        return Comparison(operator, left, right)

    def _between(self, operand: Operand, low: Operand, high: Operand) -> Condition:
        self.check_scalars("BETWEEN", operand, low, high)
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
        choices = self.operands()
        if len(choices) > _MAX_IN:
            self.check_arity("IN", len(choices) + 1, 0)
        return In(operand, tuple(choices))


def java_value(value: AttributeValue) -> str:
    """Return a value as AWS's messages show it: ``{S:abc}``."""
    ((name, held),) = value.items()
    return f"{{{name}:{held}}}"

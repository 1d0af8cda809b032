"""Conditions of PartiQL, read into the same trees as those of condition expressions.

OR binds weakest, then AND, NOT, comparisons, and sums.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-functions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.expressions import Condition, Path
from pocketaws.engines.dynamodb.expressions.trees import (
    And,
    AttributeExists,
    AttributeType,
    Between,
    Comparison,
    In,
    Literal,
    Not,
    Operand,
    Or,
)
from pocketaws.engines.dynamodb.partiql.functions import Node, call, check_ordered, is_condition
from pocketaws.engines.dynamodb.partiql.reader import Reader
from pocketaws.engines.dynamodb.partiql.tokens import Token, not_well_formed
from pocketaws.engines.dynamodb.values import Item, kind

__all__ = ["Conditions"]

_MOST_OPERATORS = 300
_COMPARATORS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
#: What IS can ask for, and DynamoDB's name of it.
_TYPES = {
    "BOOLEAN": "BOOL",
    "BOOL": "BOOL",
    "BLOB": "B",
    "STRING": "S",
    "NUMERIC": "N",
    "STRUCT": "M",
    "TUPLE": "M",
    "LIST": "L",
    "NULL": "NULL",
}
#: Keywords that are names of functions all the same.
_CALLABLE = ("SIZE", "EXISTS", "UPPER", "LOWER", "CHAR_LENGTH", "CHARACTER_LENGTH", "OCTET_LENGTH", "BIT_LENGTH")
_OTHER_TYPES = frozenset(
    [
        "INT",
        "INTEGER",
        "SMALLINT",
        "INT4",
        "INT8",
        "FLOAT",
        "REAL",
        "DOUBLE",
        "DECIMAL",
        "DEC",
        "TIMESTAMP",
        "DATE",
        "TIME",
        "CHAR",
        "CHARACTER",
        "VARCHAR",
        "SYMBOL",
        "CLOB",
        "BAG",
        "SEXP",
        "ANY",
    ]
)


@dataclass(frozen=True, slots=True)
class Constant:
    """A condition that no item changes."""

    truth: bool

    def holds(self, item: Item) -> bool:
        """Whether it is true."""
        return self.truth


class Conditions(Reader):
    """Reads conditions."""

    _operators = 0

    def condition(self) -> Condition:
        """Read what follows WHERE."""
        node: Condition = self._disjunction()
        if not is_condition(node):
            raise validation("WHERE clause must contain an expression that resolves to a boolean")
        return node

    def _disjunction(self) -> Node:
        left = self._conjunction()
        while self.skip_word("OR"):
            self._check_right_hand()
            self._count_operator()
            left = Or(*_joined(left, self._conjunction()))
        return left

    def _conjunction(self) -> Node:
        left = self._negation()
        while self.skip_word("AND"):
            self._check_right_hand()
            self._count_operator()
            left = And(*_joined(left, self._negation()))
        return left

    def _check_right_hand(self) -> None:
        if self.current.kind == "end":
            raise not_well_formed("Missing right-hand side expression of infix operator")

    def _count_operator(self) -> None:
        self._operators += 1
        if self._operators > _MOST_OPERATORS:
            raise validation(f"The expression contains too many operators; operator count: {self._operators}")

    def _negation(self) -> Node:
        if not self.skip_word("NOT"):
            return self._comparison()
        self._count_operator()
        node = self._negation()
        if not is_condition(node):
            raise validation("The argument to NOT must be a Type or Expression")
        return Not(node)

    def _comparison(self) -> Node:
        left = self.sum()
        if self.current.kind == "symbol" and self.current.text in _COMPARATORS:
            return self._compare(left)
        if self.skip_word("IS"):
            return self._is(left)
        negated = self.at_word("NOT") and self.following.word in ("IN", "BETWEEN", "LIKE")
        if negated:
            self.take()
        if not self.at_word("BETWEEN", "IN", "LIKE"):
            return left
        operator = self.take().word
        if operator == "LIKE":
            raise validation("Unsupported operator in Condition Expression. Operator: LIKE")
        tree = self._between(left) if operator == "BETWEEN" else self._membership(left)
        return Not(tree) if negated else tree

    def _compare(self, left: Node) -> Condition:
        operator = _COMPARATORS[self.take().text]
        self._check_right_hand()
        right = self.sum()
        if is_condition(left) or is_condition(right):
            raise validation(f"Unsupported operator in Condition Expression. Operator: {operator}")
        if operator in ("<", "<=", ">", ">="):
            check_ordered(operator, left, right)
        return Comparison(operator, left, right)

    def _is(self, left: Node) -> Condition:
        negated = self.skip_word("NOT")
        token = self.take()
        if not isinstance(left, (Path, Literal)):
            raise validation("The left hand side argument to IS must be a Variable Reference, Literal, or Path")
        tree: Condition
        if token.word == "MISSING":
            tree = Not(AttributeExists(left)) if isinstance(left, Path) else Constant(False)
        elif token.word in _TYPES:
            name = _TYPES[token.word]
            tree = AttributeType(left, name) if isinstance(left, Path) else Constant(kind(left.literal) == name)
        elif token.word in _OTHER_TYPES:
            raise validation(
                f"Unsupported data type for IS operator: {token.word}. Supported data types are "
                "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]"
            )
        else:
            raise not_well_formed("Expected type name")
        return Not(tree) if negated else tree

    def _between(self, left: Node) -> Condition:
        low = self.sum()
        if not self.skip_word("AND"):
            raise not_well_formed("Expected AND after BETWEEN")
        high = self.sum()
        if is_condition(left) or is_condition(low) or is_condition(high):
            raise validation("Unsupported operator in Condition Expression. Operator: BETWEEN")
        check_ordered("BETWEEN", left, low, high)
        return Between(left, low, high)

    def _membership(self, left: Node) -> Condition:
        opening = self.current
        if not isinstance(left, Path) or opening.text not in ("[", "(", "<<") or opening.kind != "symbol":
            raise _not_in()
        choices = self.value()
        elements = choices.get("L") or [{name[0]: one} for name, held in choices.items() for one in held]
        if not elements:
            raise _not_in()
        return In(left, tuple(map(Literal, elements)))

    def sum(self) -> Node:
        """Read a value, with what is added to it or taken from it."""
        left = self._term()
        while self.at("+", "-") and not is_condition(left):
            operator = self.take().text
            right = self._term()
            if is_condition(right):
                raise validation(f"Unsupported operator in Update Expression. Operator: {operator}")
            left = self.arithmetic(operator, left, right)
        return left

    def arithmetic(self, operator: str, left: Any, right: Any) -> Operand:
        """Return a sum or difference; conditions have none."""
        raise validation(f"Unsupported operator in Condition Expression. Operator: {operator}")

    def _term(self) -> Node:
        if self.skip("("):
            node = self._disjunction()
            self.expect(")", "RIGHT_PAREN")
            return node
        if self.at_value:
            return Literal(self.value())
        if self.at_word("MISSING"):
            raise validation("MISSING must be compared using IS operator")
        called = self.following.kind == "symbol" and self.following.text == "("
        if self.current.kind == "word" and called and (not self.current.is_keyword or self.at_word(*_CALLABLE)):
            return self._call(self.take())
        return self.path()

    def _call(self, name: Token) -> Node:
        self.take()
        place = self.current.place
        arguments: list[Node] = []
        while not self.at(")"):
            arguments.append(self._disjunction())
            if not self.skip(","):
                break
        self.expect(")", "RIGHT_PAREN")
        return self.function(name, arguments, place)

    def function(self, name: Token, arguments: list[Node], place: str) -> Node:
        """Return what a function call is, its first argument at a place of the statement."""
        return call(name, arguments)


def _joined(left: Node, right: Node) -> tuple[Condition, Condition]:
    if not is_condition(left) or not is_condition(right):
        raise validation("The arguments to AND/OR must be Expressions")
    return left, right


def _not_in() -> DynamoDBError:
    return validation(
        "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq "
        "with at least one member"
    )

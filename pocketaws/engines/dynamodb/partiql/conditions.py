"""Conditions of PartiQL, read into the same trees as those of condition expressions.

OR binds weakest, then AND, NOT, comparisons, and sums.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-functions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.expressions import Condition, Path
from pocketaws.engines.dynamodb.expressions.functions import TYPE_NAMES
from pocketaws.engines.dynamodb.expressions.trees import (
    And,
    AttributeExists,
    AttributeType,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    In,
    Literal,
    Not,
    Operand,
    Or,
    Size,
)
from pocketaws.engines.dynamodb.partiql.reader import Reader
from pocketaws.engines.dynamodb.partiql.tokens import Token, not_well_formed
from pocketaws.engines.dynamodb.values import Item, kind

__all__ = ["Conditions"]

#: A condition (it holds or not) or an operand (it has a value).
Node: TypeAlias = Any

_COMPARATORS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ARITY = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
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


def is_condition(node: Any) -> bool:
    """Whether a node is true or false on an item, rather than a value."""
    return hasattr(node, "holds")


class Conditions(Reader):
    """Reads conditions."""

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
            left = Or(*_joined(left, self._conjunction()))
        return left

    def _conjunction(self) -> Node:
        left = self._negation()
        while self.skip_word("AND"):
            self._check_right_hand()
            left = And(*_joined(left, self._negation()))
        return left

    def _check_right_hand(self) -> None:
        if self.current.kind == "end":
            raise not_well_formed("Missing right-hand side expression of infix operator")

    def _negation(self) -> Node:
        if not self.skip_word("NOT"):
            return self._comparison()
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
            _check_ordered(operator, left, right)
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
        _check_ordered("BETWEEN", left, low, high)
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

    def function(self, name: Token, arguments: list[Any], place: str) -> Node:
        """Return what a function call is, its first argument at a place of the statement."""
        function = name.text.lower()
        if function not in _ARITY:
            raise validation(f"Unrecognized function: {function} at {name.place}")
        if len(arguments) != _ARITY[function]:
            raise validation(
                "Incorrect number of operands for operator or function; "
                f"operator or function: {function}, number of operands: {len(arguments)}"
            )
        first = arguments[0]
        if function == "size":
            return Size(first)
        if function == "begins_with":
            for side in arguments:
                if isinstance(side, Literal) and kind(side.literal) not in ("S", "B"):
                    raise _wrong_operand(function, side)
            return BeginsWith(first, arguments[1])
        if function == "contains":
            return Contains(first, arguments[1])
        if not isinstance(first, Path):
            raise validation(f"Operator or function requires a document path; operator or function: {function}")
        if function == "attribute_type":
            return _attribute_type(first, arguments[1])
        exists = AttributeExists(first)
        return exists if function == "attribute_exists" else Not(exists)


def _joined(left: Node, right: Node) -> tuple[Condition, Condition]:
    if not is_condition(left) or not is_condition(right):
        raise validation("The arguments to AND/OR must be Expressions")
    return left, right


def _attribute_type(path: Path, wanted: Any) -> Condition:
    if not isinstance(wanted, Literal) or "S" not in wanted.literal:
        raise _wrong_operand("attribute_type", wanted)
    name = wanted.literal["S"]
    if name not in TYPE_NAMES:
        listed = ",".join(TYPE_NAMES)
        raise validation(f"Invalid attribute type name found; type: {name}, valid types: {{{listed}}}")
    return AttributeType(path, name)


def _check_ordered(operator: str, *operands: Operand) -> None:
    for operand in operands:
        if isinstance(operand, Literal) and kind(operand.literal) not in ("S", "N", "B"):
            raise _wrong_operand(operator, operand)


def _wrong_operand(operator: str, operand: Any) -> DynamoDBError:
    given = kind(operand.literal) if isinstance(operand, Literal) else "M"
    return validation(
        f"Incorrect operand type for operator or function; operator or function: {operator}, operand type: {given}"
    )


def _not_in() -> DynamoDBError:
    return validation(
        "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq "
        "with at least one member"
    )

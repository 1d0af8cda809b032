"""The functions that conditions of PartiQL can call.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-functions.html
"""

from __future__ import annotations

from typing import Any, TypeAlias

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.expressions import Condition, Path
from pocketaws.engines.dynamodb.expressions.functions import TYPE_NAMES
from pocketaws.engines.dynamodb.expressions.trees import (
    AttributeExists,
    AttributeType,
    BeginsWith,
    Contains,
    Literal,
    Not,
    Operand,
    Size,
)
from pocketaws.engines.dynamodb.partiql.tokens import Token
from pocketaws.engines.dynamodb.values import kind

__all__ = ["Node", "call", "check_ordered", "is_condition"]

#: A condition (it holds or not) or an operand (it has a value).
Node: TypeAlias = Any

_ARITY = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}


def is_condition(node: Node) -> bool:
    """Whether a node is true or false on an item, rather than a value."""
    return hasattr(node, "holds")


def call(name: Token, arguments: list[Node]) -> Node:
    """Return what a function call in a condition is."""
    function = name.text.lower()
    if function not in _ARITY:
        raise validation(f"Unrecognized function: {function} at {name.place}")
    if len(arguments) != _ARITY[function]:
        raise validation(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {function}, number of operands: {len(arguments)}"
        )
    if any(map(is_condition, arguments)):
        raise validation(f"Unsupported operator in Condition Expression. Operator: {function}")
    first = arguments[0]
    if function == "size":
        return Size(first)
    if function == "begins_with":
        for side in arguments:
            if isinstance(side, Literal) and kind(side.literal) not in ("S", "B"):
                raise wrong_operand(function, side)
        return BeginsWith(first, arguments[1])
    if function == "contains":
        return Contains(first, arguments[1])
    if not isinstance(first, Path):
        raise validation(f"Operator or function requires a document path; operator or function: {function}")
    if function == "attribute_type":
        return _attribute_type(first, arguments[1])
    exists = AttributeExists(first)
    return exists if function == "attribute_exists" else Not(exists)


def _attribute_type(path: Path, wanted: Any) -> Condition:
    if not isinstance(wanted, Literal) or "S" not in wanted.literal:
        raise wrong_operand("attribute_type", wanted)
    name = wanted.literal["S"]
    if name not in TYPE_NAMES:
        listed = ",".join(TYPE_NAMES)
        raise validation(f"Invalid attribute type name found; type: {name}, valid types: {{{listed}}}")
    return AttributeType(path, name)


def check_ordered(operator: str, *operands: Operand) -> None:
    """Check that literals compared by order have one."""
    for operand in operands:
        if isinstance(operand, Literal) and kind(operand.literal) not in ("S", "N", "B"):
            raise wrong_operand(operator, operand)


def wrong_operand(operator: str, operand: Any) -> DynamoDBError:
    """Return the error of an operand whose type does not fit."""
    given = kind(operand.literal) if isinstance(operand, Literal) else "M"
    return validation(
        f"Incorrect operand type for operator or function; operator or function: {operator}, operand type: {given}"
    )

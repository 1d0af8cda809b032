"""Key conditions of Query: one partition, and a range of its sort keys.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from dataclasses import dataclass

from pocketaws.engines.dynamodb.errors import DynamoDBError, invalid_parameters, validation
from pocketaws.engines.dynamodb.expressions.paths import Path
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
from pocketaws.engines.dynamodb.keys import KeyNames
from pocketaws.engines.dynamodb.values import AttributeValue, kind

__all__ = ["KeyCondition", "KeyTerm", "key_terms", "resolve"]


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A condition on one attribute: operator ``=``, ``<``, ``<=``, ``>``, ``>=``, ``BETWEEN`` or ``begins_with``."""

    operator: str
    values: tuple[AttributeValue, ...]


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """What a Query reads: the partition's key, equal leading sort keys, and a range of the next one."""

    partition: tuple[AttributeValue, ...]
    prefix: tuple[AttributeValue, ...] = ()
    term: KeyTerm | None = None


def key_terms(tree: Condition) -> dict[str, KeyTerm]:
    """Return the condition on each attribute of a ``KeyConditionExpression`` that was parsed."""
    terms: dict[str, KeyTerm] = {}
    _collect(tree, terms)
    return terms


def _refused(what: str) -> DynamoDBError:
    return validation(f"Invalid KeyConditionExpression: {what}")


def _collect(tree: Condition, terms: dict[str, KeyTerm]) -> None:
    if isinstance(tree, And):
        _collect(tree.left, terms)
        _collect(tree.right, terms)
        return
    path, term = _term(tree)
    if len(path.parts) > 1:
        raise _refused("KeyConditionExpressions cannot have conditions on nested attributes")
    if path.root in terms:
        raise _refused("KeyConditionExpressions must only contain one condition per key")
    terms[path.root] = term


_INDEXABLE = ("=", "<", "<=", ">", ">=", "BETWEEN", "begins_with")
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _term(tree: Condition) -> tuple[Path, KeyTerm]:
    if isinstance(tree, Comparison) and tree.operator != "<>":
        left, right, operator = tree.left, tree.right, tree.operator
        if isinstance(left, Literal) and isinstance(right, Path):
            left, right, operator = right, left, _FLIPPED[operator]
        return _path(operator, left, right), KeyTerm(operator, (_literal(right),))
    if isinstance(tree, Between):
        return _path("BETWEEN", tree.operand, tree.low, tree.high), KeyTerm(
            "BETWEEN", (_literal(tree.low), _literal(tree.high))
        )
    if isinstance(tree, BeginsWith):
        return _path("begins_with", tree.operand, tree.prefix), KeyTerm("begins_with", (_literal(tree.prefix),))
    raise _refused(f"Invalid operator used in KeyConditionExpression: {_operator_name(tree)}")


def _operator_name(tree: Condition) -> str:
    if isinstance(tree, Not) and isinstance(tree.condition, AttributeExists):
        return "attribute_not_exists"
    names: dict[type, str] = {
        Or: "OR",
        Not: "NOT",
        In: "IN",
        Contains: "contains",
        AttributeExists: "attribute_exists",
        AttributeType: "attribute_type",
    }
    return tree.operator if isinstance(tree, Comparison) else names[type(tree)]


def _no_key(operator: str) -> str:
    if operator in ("BETWEEN", "begins_with"):
        return (
            f"Invalid condition in KeyConditionExpression: {operator} operator must have the key attribute as its "
            "first operand"
        )
    return "Invalid condition in KeyConditionExpression: No key attribute specified"


def _path(operator: str, operand: Operand, *others: Operand) -> Path:
    if isinstance(operand, Size):
        raise _refused("KeyConditionExpressions cannot contain nested operations")
    if not isinstance(operand, Path):
        raise _refused(_no_key(operator))
    if any(isinstance(other, Path) for other in others):
        raise _refused("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
    return operand


def _literal(operand: Operand) -> AttributeValue:
    if not isinstance(operand, Literal):
        raise _refused("KeyConditionExpressions cannot contain nested operations")
    return operand.literal


def resolve(terms: dict[str, KeyTerm], keys: KeyNames, types: dict[str, str]) -> KeyCondition:
    """Fit conditions to the key of a table or index.

    Raises
    ------
    DynamoDBError
        A key attribute is missed, a condition is on another attribute, or a type does not fit.
    """
    if not terms:
        raise validation("Conditions can be of length 1 or 2 only")
    if len(terms) > max(2, len(keys.all)):
        raise validation(
            f"The number of query conditions ({len(terms)}) exceeds the number of key attributes defined in the schema "
            f"({len(keys.all)})"
        )
    for name in keys.hash:
        if name not in terms:
            raise validation(f"Query condition missed key schema element: {name}")
    if any(name not in keys.all for name in terms):
        missed = [name for name in keys.range if name not in terms]
        if missed:
            raise validation(f"Query condition missed key schema element: {missed[0]}")
        raise validation("Query key condition not supported")
    if any(term.operator not in _INDEXABLE for term in terms.values()):
        raise validation("Attempted conditional constraint is not an indexable operation")
    for name, term in terms.items():
        if any(kind(value) != types[name] for value in term.values):
            raise invalid_parameters("Condition parameter type does not match schema type")
    if any(terms[name].operator != "=" for name in keys.hash):
        raise validation("Query key condition not supported")
    return _range(terms, keys)


def _range(terms: dict[str, KeyTerm], keys: KeyNames) -> KeyCondition:
    partition = tuple(terms[name].values[0] for name in keys.hash)
    prefix: list[AttributeValue] = []
    term: KeyTerm | None = None
    for position, name in enumerate(keys.range):
        if name not in terms:
            later = [other for other in keys.range[position:] if other in terms]
            if later:
                raise validation(f"Query condition missed key schema element: {name}")
            break
        if term is not None:
            raise validation("Query key condition not supported")
        if terms[name].operator == "=":
            prefix.append(terms[name].values[0])
        else:
            term = terms[name]
    return KeyCondition(partition, tuple(prefix), term)

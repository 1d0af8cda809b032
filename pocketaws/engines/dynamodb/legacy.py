"""The legacy parameters of conditions, updates and queries, translated to the same syntax trees as expressions.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from pocketaws.engines.dynamodb.errors import invalid_parameters, validation
from pocketaws.engines.dynamodb.expressions.actions import AddAction, DeleteAction, SetAction
from pocketaws.engines.dynamodb.expressions.key_condition import KeyTerm
from pocketaws.engines.dynamodb.expressions.paths import Path
from pocketaws.engines.dynamodb.expressions.trees import (
    And,
    AttributeExists,
    BeginsWith,
    Between,
    Comparison,
    Condition,
    Contains,
    In,
    Literal,
    Not,
    Or,
)
from pocketaws.engines.dynamodb.expressions.update import Update
from pocketaws.engines.dynamodb.values import AttributeValue, kind, normalize, order

__all__ = ["attribute_updates", "attributes_to_get", "conditions", "expected", "key_conditions"]

_SYMBOLS = {"EQ": "=", "NE": "<>", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}
_MISMATCH = "Type mismatch for attribute to update"
_ARITY = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2}
_SCALAR_OPERATORS = ("LT", "LE", "GT", "GE", "BETWEEN", "IN", "BEGINS_WITH", "CONTAINS", "NOT_CONTAINS")


def attributes_to_get(names: list[str] | None) -> list[Path] | None:
    """Return the paths of ``AttributesToGet``."""
    if names is None:
        return None
    for position, name in enumerate(names):
        if name in names[:position]:
            raise invalid_parameters(f"Duplicate value in attribute name: {name}")
    return [Path((name,)) for name in names]


def expected(parameter: dict[str, Any] | None, operator: str | None) -> Condition | None:
    """Return the condition of ``Expected``."""
    if not parameter:
        if operator is not None:
            raise invalid_parameters("ConditionalOperator cannot be used without Filter or Expected")
        return None
    return _joined([_expectation(name, entry) for name, entry in parameter.items()], operator)


def _expectation(name: str, entry: dict[str, Any]) -> Condition:
    comparison, exists, value = entry.get("ComparisonOperator"), entry.get("Exists"), entry.get("Value")
    values = entry.get("AttributeValueList")
    if value is not None and values is not None:
        raise invalid_parameters(f"Value and AttributeValueList cannot be used together for Attribute: {name}")
    if comparison is not None:
        if exists is not None:
            raise invalid_parameters(f"Exists and ComparisonOperator cannot be used together for Attribute: {name}")
        if comparison not in ("NULL", "NOT_NULL") and value is None and values is None:
            raise invalid_parameters(
                f"Value or AttributeValueList must be used with ComparisonOperator: {comparison} for Attribute: {name}"
            )
        given = values if values is not None else ([value] if value is not None else [])
        return _comparison(name, comparison, [normalize(element) for element in given])
    if values is not None:
        raise invalid_parameters(f"AttributeValueList can only be used with a ComparisonOperator for Attribute: {name}")
    path = Path((name,))
    if exists is False:
        if value is not None:
            raise invalid_parameters(f"Value cannot be used when Exists is false for Attribute: {name}")
        return Not(AttributeExists(path))
    if value is None:
        given = "null" if exists is None else "true"
        raise invalid_parameters(f"Value must be provided when Exists is {given} for Attribute: {name}")
    return Comparison("=", path, Literal(normalize(value)))


def conditions(parameter: dict[str, Any] | None, operator: str | None) -> Condition | None:
    """Return the condition of ``QueryFilter`` or ``ScanFilter``."""
    if not parameter:
        if operator is not None:
            raise invalid_parameters("ConditionalOperator cannot be used without Filter or Expected")
        return None
    parts = [
        _comparison(name, entry["ComparisonOperator"], [normalize(v) for v in entry.get("AttributeValueList") or ()])
        for name, entry in parameter.items()
    ]
    return _joined(parts, operator)


def _joined(parts: list[Condition], operator: str | None) -> Condition:
    if operator is not None and len(parts) == 1:
        raise invalid_parameters(
            "ConditionalOperator can only be used when Filter or Expected has two or more elements"
        )
    join = Or if operator == "OR" else And
    return reduce(lambda left, right: join(left, right), parts)


def _comparison(name: str, comparison: str, values: list[AttributeValue]) -> Condition:
    _check_values(comparison, values)
    path, literals = Path((name,)), [Literal(value) for value in values]
    if comparison in _SYMBOLS:
        return Comparison(_SYMBOLS[comparison], path, literals[0])
    if comparison in ("NULL", "NOT_NULL"):
        exists = AttributeExists(path)
        return exists if comparison == "NOT_NULL" else Not(exists)
    if comparison == "BETWEEN":
        return Between(path, literals[0], literals[1])
    if comparison == "IN":
        return In(path, tuple(literals))
    if comparison == "BEGINS_WITH":
        return BeginsWith(path, literals[0])
    contains = Contains(path, literals[0])
    return contains if comparison == "CONTAINS" else And(AttributeExists(path), Not(contains))


def _check_values(comparison: str, values: list[AttributeValue]) -> None:
    wanted = _ARITY.get(comparison, 1)
    if len(values) != wanted and not (comparison == "IN" and values):
        raise invalid_parameters(f"Invalid number of argument(s) for the {comparison} ComparisonOperator")
    allowed: tuple[str, ...] = ("S", "B") if comparison == "BEGINS_WITH" else ("S", "N", "B")
    if len({kind(value) for value in values}) > 1:
        raise invalid_parameters("AttributeValues inside AttributeValueList must be of same type")
    if comparison in _SCALAR_OPERATORS:
        for value in values:
            if kind(value) not in allowed:
                raise invalid_parameters(
                    f"ComparisonOperator {comparison} is not valid for {kind(value)} AttributeValue type"
                )
    if comparison == "BETWEEN":
        low, high = values
        if order(low) > order(high):  # type: ignore[operator]
            raise validation(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
            )


def key_conditions(parameter: dict[str, Any]) -> dict[str, KeyTerm]:
    """Return the condition on each attribute of ``KeyConditions``."""
    terms = {}
    for name, entry in parameter.items():
        comparison = entry["ComparisonOperator"]
        values = [normalize(value) for value in entry.get("AttributeValueList") or ()]
        _check_values(comparison, values)
        operators = {**_SYMBOLS, "BEGINS_WITH": "begins_with"}
        terms[name] = KeyTerm(operators.get(comparison, comparison), tuple(values))
    return terms


def attribute_updates(parameter: dict[str, Any]) -> Update:
    """Return the update of ``AttributeUpdates``."""
    update = Update(legacy=True)
    for name, entry in parameter.items():
        action, path = entry.get("Action", "PUT"), Path((name,))
        value = normalize(entry["Value"]) if entry.get("Value") is not None else None
        if value is None:
            if action != "DELETE":
                raise invalid_parameters("Only DELETE action is allowed when no attribute value is specified")
            update.removes.append(path)
        elif action == "PUT":
            update.sets.append(SetAction(path, Literal(value)))
        elif action == "ADD":
            if kind(value) not in ("N", "SS", "NS", "BS", "L"):
                raise invalid_parameters(f"ADD action is not supported for the type {kind(value)}")
            update.adds.append(AddAction(path, value, _MISMATCH))
        else:
            if kind(value) not in ("SS", "NS", "BS"):
                raise invalid_parameters(f"DELETE action with value is not supported for the type {kind(value)}")
            update.deletes.append(DeleteAction(path, value, _MISMATCH))
    return update

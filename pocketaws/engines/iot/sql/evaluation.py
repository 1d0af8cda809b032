"""A rule's SQL on a message.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-operators.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, DecimalException
from typing import Any

from pocketaws.engines.iot.sql import functions
from pocketaws.engines.iot.sql.trees import (
    Array,
    Case,
    Everything,
    Expression,
    Function,
    In,
    Literal,
    Object,
    Operation,
    Path,
    Query,
    Subquery,
    Unary,
)
from pocketaws.engines.iot.sql.values import UNDEFINED, boolean, number, text, whole

__all__ = ["Message", "evaluate", "select"]


@dataclass(frozen=True)
class Message:
    """What was published: the payload read as JSON (else its bytes), where, when, by whom."""

    payload: Any
    topic: str
    when: datetime
    account: str
    trace: str
    client: str = "n/a"  # of messages that did not come over MQTT


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def select(query: Query, message: Message) -> Any:
    """Return what a statement makes of a message; None if its WHERE does not hold."""
    if query.where is not None and boolean(evaluate(query.where, message)) is not True:
        return None
    if query.is_value:
        found = evaluate(query.columns[0].expression, message)
        return None if found is UNDEFINED else found
    if len(query.columns) == 1 and isinstance(query.columns[0].expression, Everything) and not query.columns[0].alias:
        return message.payload
    result: dict[str, Any] = {}
    for place, column in enumerate(query.columns):
        value = evaluate(column.expression, message)
        if isinstance(column.expression, Everything) and not column.alias:
            result.update(value if isinstance(value, dict) else {})
        elif value is not UNDEFINED:
            _put(result, column.alias or (_name(column.expression, place),), value)
    return result


def evaluate(expression: Expression, message: Message) -> Any:
    """Return the value of an expression."""
    return _RUN[type(expression)](expression, message)


def _put(result: dict[str, Any], names: tuple[str, ...], value: Any) -> None:
    for name in names[:-1]:
        inner = result.setdefault(name, {})
        result = inner if isinstance(inner, dict) else {}
    result[names[-1]] = value


def _name(expression: Expression, place: int) -> str:
    if isinstance(expression, Path):
        named = [part for part in expression.parts if isinstance(part, str)]
        if named:
            return named[-1]
    if isinstance(expression, Function):
        return expression.name
    return f"_{place}"


def _path(expression: Path, message: Message) -> Any:
    value = message.payload if expression.start is None else evaluate(expression.start, message)
    for part in expression.parts:
        if isinstance(part, str):
            value = value.get(part, UNDEFINED) if isinstance(value, dict) else UNDEFINED
        else:
            value = value[part] if isinstance(value, list) and part < len(value) else UNDEFINED
    return value


def _unary(expression: Unary, message: Message) -> Any:
    value = evaluate(expression.operand, message)
    if expression.sign == "not":
        found = boolean(value)
        return UNDEFINED if found is UNDEFINED else not found
    found = number(value)
    return UNDEFINED if found is UNDEFINED else -found


def _operation(expression: Operation, message: Message) -> Any:
    left, right = evaluate(expression.left, message), evaluate(expression.right, message)
    sign = expression.sign
    if sign in ("and", "or"):
        one, other = boolean(left), boolean(right)
        if one is UNDEFINED or other is UNDEFINED:
            return UNDEFINED
        return one and other if sign == "and" else one or other
    if left is UNDEFINED or right is UNDEFINED:
        return UNDEFINED
    if sign in ("=", "<>", "!="):
        return _equal(left, right) is (sign == "=")
    if sign in _COMPARE:
        return _compare(sign, left, right)
    return _calculate(sign, left, right)


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return boolean(left) is boolean(right) and boolean(left) is not UNDEFINED
    one, other = number(left), number(right)
    if one is not UNDEFINED and other is not UNDEFINED:
        return bool(one == other)
    return bool(left == right)


def _compare(sign: str, left: Any, right: Any) -> Any:
    one, other = number(left), number(right)
    if one is not UNDEFINED and other is not UNDEFINED:
        return _COMPARE[sign](one, other)
    if isinstance(left, str) and isinstance(right, str):
        return _COMPARE[sign](left, right)
    return UNDEFINED


def _calculate(sign: str, left: Any, right: Any) -> Any:
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return f"{text(left)}{text(right)}"
    one, other = number(left), number(right)
    if one is UNDEFINED or other is UNDEFINED:
        return UNDEFINED
    first, second = Decimal(one), Decimal(other)
    try:
        if sign == "/":
            return whole(first / second)
        if sign == "%":
            return whole(first % second)
        return whole({"+": operator.add, "-": operator.sub, "*": operator.mul}[sign](first, second))
    except DecimalException:
        return UNDEFINED


def _in(expression: In, message: Message) -> Any:
    value, among = evaluate(expression.operand, message), evaluate(expression.among, message)
    if value is UNDEFINED or not isinstance(among, list):
        return UNDEFINED
    return any(_equal(value, each) for each in among)


def _case(expression: Case, message: Message) -> Any:
    value = evaluate(expression.operand, message)
    for tested, result in expression.branches:
        against = evaluate(tested, message)
        if value is not UNDEFINED and against is not UNDEFINED and _equal(value, against):
            return evaluate(result, message)
    return evaluate(expression.otherwise, message)


def _subquery(expression: Subquery, message: Message) -> Any:
    """Return the results for each element of an array, those whose WHERE does not hold left out."""
    query = expression.query
    items = evaluate(query.topic, message)
    if not isinstance(items, list):
        return UNDEFINED
    results = (select(query, replace(message, payload=item)) for item in items)
    return [each for each in results if each is not None]


def _function(expression: Function, message: Message) -> Any:
    arguments = [evaluate(each, message) for each in expression.arguments]
    name = expression.name
    if name == "topic":
        return _topic(message.topic, arguments)
    if name == "timestamp":
        return int(message.when.timestamp() * 1000)
    if name in functions.CONTEXTUAL:
        return {"clientid": message.client, "accountid": message.account, "traceid": message.trace}.get(name, "n/a")
    return functions.call(name, arguments)


def _topic(topic: str, arguments: list[Any]) -> Any:
    if not arguments:
        return topic
    segments, place = topic.split("/"), number(arguments[0])
    return segments[place - 1] if isinstance(place, int) and 1 <= place <= len(segments) else UNDEFINED


_RUN: dict[type, Callable[[Any, Message], Any]] = {
    Literal: lambda expression, _: expression.value,
    Everything: lambda _, message: message.payload,
    Path: _path,
    Unary: _unary,
    Operation: _operation,
    In: _in,
    Case: _case,
    Array: lambda expression, message: [evaluate(each, message) for each in expression.items],
    Object: lambda expression, message: {key: evaluate(each, message) for key, each in expression.items},
    Function: _function,
    Subquery: _subquery,
}

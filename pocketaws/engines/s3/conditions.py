"""The Condition element of policies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from typing import Any

__all__ = ["OPERATORS", "as_list", "base_operator", "holds", "like"]

#: What a request says, by condition key in lower case; a key that is absent is not in the request.
Context = Mapping[str, list[str]]


def as_list(value: Any) -> list[Any]:
    """Return a policy element, which may be one value or a list, as a list."""
    return value if isinstance(value, list) else [value]


def like(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern with ``*`` and ``?``."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def test(wanted: str, actual: str) -> bool:
        try:
            return compare(float(actual), float(wanted))
        except ValueError:
            return False

    return test


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    def test(wanted: str, actual: str) -> bool:
        try:
            return compare(_moment(actual), _moment(wanted))
        except ValueError:
            return False

    return test


def _moment(text: str) -> datetime:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), timezone.utc)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _in_network(wanted: str, actual: str) -> bool:
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


#: Operator -> whether (wanted, actual) agree; the negated ones are derived from these.
_POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, actual: wanted == actual,
    "StringEqualsIgnoreCase": lambda wanted, actual: wanted.lower() == actual.lower(),
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": lambda wanted, actual: wanted.lower() == actual.lower(),
    "BinaryEquals": lambda wanted, actual: wanted == actual,
    "IpAddress": _in_network,
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
    "DateEquals": _date(lambda a, b: a == b),
    "DateLessThan": _date(lambda a, b: a < b),
    "DateLessThanEquals": _date(lambda a, b: a <= b),
    "DateGreaterThan": _date(lambda a, b: a > b),
    "DateGreaterThanEquals": _date(lambda a, b: a >= b),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
OPERATORS = frozenset(_POSITIVE) | frozenset(_NEGATED) | {"Null"}


def base_operator(operator: str) -> str:
    """Return an operator without ``ForAllValues:``, ``ForAnyValue:`` and ``IfExists``."""
    return operator.split(":")[-1].removesuffix("IfExists")


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every test of a Condition element holds for a request."""
    return all(
        _test(operator, [_text(each) for each in as_list(wanted)], context.get(key.lower()), context)
        for operator, tests in condition.items()
        for key, wanted in tests.items()
    )


def _test(operator: str, wanted: list[str], actual: list[str] | None, context: Context) -> bool:
    name = base_operator(operator)
    if name == "Null":
        return any((actual is None) == (each.lower() == "true") for each in wanted)
    negated = name in _NEGATED
    if actual is None:
        return operator.endswith("IfExists") or negated or operator.startswith("ForAllValues:")
    agree = _POSITIVE[_NEGATED.get(name, name)]
    wanted = [_resolve(each, context) for each in wanted]
    results = [any(agree(one, each) for one in wanted) != negated for each in actual]
    if operator.startswith("ForAnyValue:"):
        return any(results)
    return all(results)


def _resolve(text: str, context: Context) -> str:
    """Replace policy variables such as ``${aws:username}``; an unknown one matches nothing."""

    def value(found: re.Match[str]) -> str:
        if found.group(1) in ("*", "?", "$"):
            return str(found.group(1))
        return (context.get(found.group(1).lower()) or ["\0"])[0]

    return re.sub(r"\$\{([^}]+)\}", value, text)

"""The rules of a Choice state.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pocketaws.engines.stepfunctions.errors import StateFailed, runtime
from pocketaws.engines.stepfunctions.scope import Scope

__all__ = ["OPERATORS", "choose"]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str) or not re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)", value
    ):
        return None
    return datetime.fromisoformat(value)


_KINDS: dict[str, Callable[[Any], bool]] = {
    "String": lambda value: isinstance(value, str),
    "Numeric": _is_number,
    "Boolean": lambda value: isinstance(value, bool),
    "Timestamp": lambda value: _time(value) is not None,
}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "GreaterThan": lambda a, b: a > b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThanEquals": lambda a, b: a >= b,
}
_TYPES: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": _is_number,
    "IsString": _KINDS["String"],
    "IsBoolean": _KINDS["Boolean"],
    "IsTimestamp": _KINDS["Timestamp"],
}
COMPARISONS = {
    kind + order: (kind, order) for kind in _KINDS for order in _ORDERS if kind != "Boolean" or order == "Equals"
}
#: All names of tests that a rule may have.
OPERATORS = {*COMPARISONS, *(f"{name}Path" for name in COMPARISONS), *_TYPES, "IsPresent", "StringMatches"}


def choose(state: Mapping[str, Any], data: Any, scope: Scope) -> tuple[str, Mapping[str, Any]]:
    """Return the next state's name, and the rule that holds.

    Raises
    ------
    StateFailed
        ``States.NoChoiceMatched``.
    """
    for rule in state["Choices"]:
        if holds(rule, data, scope):
            return rule["Next"], rule
    if "Default" in state:
        return state["Default"], {}
    raise StateFailed("States.NoChoiceMatched", "No choice rule matched, and the state has no Default.")


def holds(rule: Mapping[str, Any], data: Any, scope: Scope) -> bool:
    """Whether a rule holds."""
    if "And" in rule:
        return all(holds(each, data, scope) for each in rule["And"])
    if "Or" in rule:
        return any(holds(each, data, scope) for each in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], data, scope)
    operator = next(name for name in rule if name in OPERATORS)
    wanted: Any = rule[operator]
    if operator == "IsPresent":
        return bool(scope.find(rule["Variable"], data)) is bool(wanted)
    found = scope.find(rule["Variable"], data)
    if not found:
        raise runtime(
            f"Invalid path '{rule['Variable']}': The choice state's condition path references an invalid value."
        )
    value = found[0]
    if operator in _TYPES:
        return _TYPES[operator](value) is bool(wanted)
    if operator == "StringMatches":
        return isinstance(value, str) and bool(_pattern(wanted).fullmatch(value))
    if operator.endswith("Path"):
        operator, wanted = operator.removesuffix("Path"), scope.read(wanted, data)
    kind, order = COMPARISONS[operator]
    if not (_KINDS[kind](value) and _KINDS[kind](wanted)):
        return False
    if kind == "Timestamp":
        value, wanted = _time(value), _time(wanted)
    return _ORDERS[order](value, wanted)


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"(\\.|\*)", text)
    return re.compile(
        "".join(".*" if part == "*" else re.escape(re.sub(r"\\(.)", r"\1", part)) for part in parts), re.S
    )

"""Expressions of DQDL: on one number, and as SQL on the values of a column.

NULL passes only expressions that say so, ``!=`` and ``not in``; ``between`` leaves its ends out.

Source: https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types-ColumnValues.html
"""

from __future__ import annotations

import operator
from typing import Any

from pocketaws.engines.glue.quality.dqdl import Condition, Keyword, Malformed

__all__ = ["holds", "is_numeric", "predicate", "quoted"]

_COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_NUMBERS = ("tinyint", "smallint", "int", "integer", "bigint", "float", "double", "real", "decimal")


def holds(condition: Condition, value: float) -> bool:
    """Whether a number meets an expression.

    Examples
    --------
    >>> holds(Condition("between", (1.0, 5.0)), 5)
    False
    """
    wanted = condition.values
    if not all(isinstance(each, float) for each in wanted):
        raise Malformed("The expression compares a number with a text.")
    numbers: list[Any] = list(wanted)
    if condition.operator == "between":
        met = numbers[0] < value < numbers[1]
    elif condition.operator == "in":
        met = value in numbers
    elif condition.operator in _COMPARE:
        met = bool(_COMPARE[condition.operator](value, numbers[0]))
    else:
        raise Malformed(f"{condition.operator} does not go with a number.")
    return bool(met != condition.negated)


def is_numeric(kind: str) -> bool:
    """Whether a type of the catalog is one of numbers."""
    return kind.lower().split("(")[0] in _NUMBERS


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def predicate(name: str, kind: str, condition: Condition) -> str:
    """Return SQL that is true for the values of a column that meet an expression, false for all others.

    Parameters
    ----------
    name, kind
        The column, quoted, and its type.
    condition
        The expression.
    """
    plain = [each for each in condition.values if not isinstance(each, Keyword)]
    words = [each for each in condition.values if isinstance(each, Keyword)]
    if words and condition.operator not in ("=", "!=", "in"):
        raise Malformed(f"{words[0]} goes with =, != and in.")
    if condition.operator in ("=", "!=", "in"):
        excluding = condition.negated or condition.operator == "!="
        options = [_keyword(name, word) for word in words]
        options += [f"{_typed(name, kind, plain)} IN ({', '.join(map(_literal, plain))})"] if plain else []
        among = f"coalesce({' OR '.join(options)}, false)"
        return f"NOT {among}" if excluding else among
    if condition.operator == "matches":
        test = f"regexp_like({_typed(name, kind, plain)}, {_literal(plain[0])})"
    elif condition.operator == "between":
        column = _typed(name, kind, plain)
        test = f"{column} > {_literal(plain[0])} AND {column} < {_literal(plain[1])}"
    else:
        test = f"{_typed(name, kind, plain)} {condition.operator} {_literal(plain[0])}"
    return f"coalesce({'NOT ' if condition.negated else ''}({test}), false)"


def _typed(name: str, kind: str, values: list[Any]) -> str:
    if any(isinstance(each, str) for each in values):
        return f"CAST({name} AS varchar)"
    return name if is_numeric(kind) else f"TRY_CAST({name} AS double)"


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _keyword(name: str, word: str) -> str:
    if word == "NULL":
        return f"{name} IS NULL"
    text = f"CAST({name} AS varchar)"
    return f"{text} = ''" if word == "EMPTY" else f"({text} <> '' AND trim({text}) = '')"

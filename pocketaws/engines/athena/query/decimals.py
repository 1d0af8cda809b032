"""Division of decimals: DuckDB gives a double, Trino a decimal whose digits follow from those of its operands.

Source: https://trino.io/docs/current/functions/decimal.html
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

__all__ = ["digits", "divide"]

_WHOLE = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 19}
_MOST = 38
_SAME = (exp.Paren, exp.Neg, exp.Abs, exp.Max, exp.Min, exp.AnyValue)


def digits(node: Any) -> tuple[int, int] | None:
    """Return precision and scale of an annotated expression as Trino has them; None where it is no exact number."""
    if isinstance(node, exp.Literal):
        return _of_literal(node)
    if isinstance(node, _SAME):
        return digits(node.this)
    if isinstance(node, exp.Sum):
        inner = digits(node.this)
        return None if inner is None else (_WHOLE["BIGINT"] if _is_whole(node.this) else _MOST, inner[1])
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div)) and not (
        _is_whole(node.this) and _is_whole(node.expression)
    ):
        left, right = digits(node.this), digits(node.expression)
        return None if left is None or right is None else _combine(node, left, right)
    if isinstance(node, exp.Coalesce):
        return _widest([digits(each) for each in (node.this, *node.expressions)])
    return _of_type(node)


def _of_literal(node: Any) -> tuple[int, int] | None:
    if node.is_string or "e" in node.name.lower():
        return None
    whole, _, fraction = node.name.partition(".")
    return (max(1, len(whole.lstrip("0")) + len(fraction)), len(fraction)) if "." in node.name else (10, 0)


def _of_type(node: Any) -> tuple[int, int] | None:
    kind = getattr(node, "type", None)
    if kind is None:
        return None
    if kind.this.name == "DECIMAL":
        numbers = [int(each.name) for each in kind.expressions]
        return (numbers[0], numbers[1] if len(numbers) > 1 else 0) if numbers else None
    return (_WHOLE[kind.this.name], 0) if kind.this.name in _WHOLE else None


def _is_whole(node: Any) -> bool:
    if isinstance(node, exp.Literal):
        return not node.is_string and node.name.isdigit()
    kind = getattr(node, "type", None)
    return kind is not None and kind.this.name in _WHOLE


def _combine(node: Any, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    (p, s), (q, t) = left, right
    if isinstance(node, exp.Mul):
        return min(_MOST, p + q), s + t
    if isinstance(node, exp.Div):
        return min(_MOST, p + t + max(0, t - s)), max(s, t)
    return min(_MOST, max(p - s, q - t) + max(s, t) + 1), max(s, t)


def _widest(found: list[tuple[int, int] | None]) -> tuple[int, int] | None:
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    scale = max(each[1] for each in known)
    return min(_MOST, max(each[0] - each[1] for each in known) + scale), scale


def divide(node: Any, left: tuple[int, int], right: tuple[int, int], *, safe: bool) -> Any:
    """Return a division as Trino does it: exact, then rounded half away from zero to the result's scale."""
    precision, scale = _combine(node, left, right)
    name = "trino_decimal_divide_or_null" if safe else "trino_decimal_divide"
    powers = (left[1], right[1], scale - left[1] + right[1])
    numbers = [exp.Literal.number(10**each) for each in powers]
    quotient = exp.Anonymous(this=name, expressions=[node.this.copy(), node.expression.copy(), *numbers])
    shift = exp.cast(exp.Literal.string(f"{10**-scale:.{scale}f}"), f"decimal({scale + 1}, {scale})", dialect="duckdb")
    return exp.Paren(
        this=exp.cast(exp.Mul(this=quotient, expression=shift), f"decimal({precision}, {scale})", dialect="duckdb")
    )

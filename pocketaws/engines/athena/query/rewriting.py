"""Functions of Trino replaced by what DuckDB calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from pocketaws import clock
from pocketaws.engines.athena.query.dialect import RENAMED
from pocketaws.engines.athena.query.functions import MACROS

__all__ = ["replace"]


def _literal(kind: str, value: str) -> Any:
    return exp.Cast(this=exp.Literal.string(value), to=exp.DataType.build(kind))


def replace(node: Any) -> Any:
    """Replace what DuckDB calls otherwise."""
    now = clock.now()
    if isinstance(node, exp.CurrentDate):
        return _literal("date", now.date().isoformat())
    if isinstance(node, exp.CurrentTimestamp):
        return _literal("timestamptz", now.isoformat(timespec="milliseconds"))
    if isinstance(node, (exp.CurrentDatetime, exp.CurrentTime)) or type(node).__name__ == "Localtimestamp":
        return _literal("timestamp", now.replace(tzinfo=None).isoformat(timespec="milliseconds"))
    if not isinstance(node, exp.Anonymous):
        return node
    name = node.name.lower()
    if name == "now":
        return _literal("timestamptz", now.isoformat(timespec="milliseconds"))
    if name == "reduce":
        return _reduce(*node.expressions)
    if name in _MATCHES:
        return _MATCHES[name](*node.expressions)
    if name in MACROS:
        return exp.Anonymous(this=f"trino_{name}", expressions=node.expressions)
    if name in RENAMED:
        return exp.Anonymous(this=RENAMED[name], expressions=node.expressions)
    return node


def _reduce(array: Any, start: Any, step: Any, finish: Any) -> Any:
    """Fold an array; DuckDB's fold has no last step, so it is applied to the outcome."""
    folded = exp.Anonymous(this="list_reduce", expressions=[array, step, start])
    parameter = finish.expressions[0].name
    return finish.this.transform(
        lambda node: (
            folded.copy()
            if isinstance(node, (exp.Column, exp.Identifier))
            and node.name == parameter
            and not isinstance(node.parent, exp.Column)
            else node
        )
    )


def _count(array: Any, test: Any) -> Any:
    return exp.func("len", exp.Anonymous(this="list_filter", expressions=[array.copy(), test]))


_MATCHES: dict[str, Callable[[Any, Any], Any]] = {
    "any_match": lambda array, test: exp.GT(this=_count(array, test), expression=exp.Literal.number(0)),
    "none_match": lambda array, test: exp.EQ(this=_count(array, test), expression=exp.Literal.number(0)),
    "all_match": lambda array, test: exp.EQ(this=_count(array, test), expression=exp.func("len", array.copy())),
}

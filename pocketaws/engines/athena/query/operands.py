"""What depends on the types of operands, where Trino and DuckDB differ."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from pocketaws.engines.athena import types
from pocketaws.engines.athena.errors import QueryFailed
from pocketaws.engines.athena.query.decimals import digits, divide
from pocketaws.engines.athena.query.mention import Mention
from pocketaws.engines.athena.tokens import place, tokenize

__all__ = ["apply_types"]

_INTEGERS = {"TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "UBIGINT"}
_NUMBERS = {*_INTEGERS, "FLOAT", "DOUBLE", "DECIMAL"}
_TEXTS = {"VARCHAR", "CHAR", "TEXT"}
_TRINO_NAMES = {"TEXT": "varchar", "INT": "integer", "INT128": "bigint", "FLOAT": "real"}
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_TYPED = (exp.Div, exp.Add, exp.Sub, exp.TimestampTrunc, exp.DateTrunc, *_COMPARED)


def apply_types(tree: Any, sql: str, mentions: list[Mention]) -> None:
    """Do what types decide: whole numbers divide whole, a date plus days is a date, no text equals a number."""
    nodes = [node for node in tree.walk() if isinstance(node, _TYPED) or _is_date_add(node)]
    for number, node in enumerate(nodes):
        node.meta["pocketaws"] = number
    typed = {node.meta["pocketaws"]: node for node in _typed(tree, mentions).walk() if "pocketaws" in node.meta}
    kinds = {number: [_kind(each) for each in _operands(node)] for number, node in typed.items()}
    for number, node in enumerate(nodes):
        found = kinds.get(number, [])
        if isinstance(node, (exp.Predicate, exp.In)):
            _check_comparison(sql, node, found)
        elif isinstance(node, exp.Div):
            if len(found) == 2 and all(kind in _INTEGERS for kind in found):
                safe = node.find_ancestor(exp.Try) is not None
                name = "trino_divide_or_null" if safe else "trino_divide"
                node.replace(exp.Anonymous(this=name, expressions=[node.this, node.expression]))
            elif number in typed:
                _divide_decimals(node, typed[number])
        elif _gives_date(node, found):
            node.replace(exp.Cast(this=node.copy(), to=exp.DataType.build("date")))


def _divide_decimals(node: Any, typed: Any) -> None:
    left, right = digits(typed.this), digits(typed.expression)
    if left is not None and right is not None:
        node.replace(divide(node, left, right, safe=node.find_ancestor(exp.Try) is not None))


def _check_comparison(sql: str, node: Any, kinds: list[str]) -> None:
    groups = {"text" if kind in _TEXTS else "number" if kind in _NUMBERS else "" for kind in kinds}
    if not {"text", "number"} <= groups:
        return
    left, right = (_TRINO_NAMES.get(kind, kind.lower()) for kind in (kinds[0], kinds[-1]))
    if isinstance(node, exp.In):
        message = "IN value and list items must be the same type or coercible to a common type. Cannot find "
        raise QueryFailed(f"TYPE_MISMATCH: {message}common type between {left} and {right}")
    if isinstance(node, exp.Between):
        raise QueryFailed(f"TYPE_MISMATCH: Cannot check if {left} is BETWEEN {right} and {right}")
    sign = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}.get(type(node), "=")
    found = [token.start for token in tokenize(sql) if token.text in (sign, "!=" if sign == "<>" else sign)]
    where = f"{place(sql, found[0])}: " if found else ""
    raise QueryFailed(f"TYPE_MISMATCH: {where}Cannot apply operator: {left} {sign} {right}")


@cache
def _data_type(hive: str) -> Any:
    return exp.DataType.build(types.parse(hive).trino, dialect="trino")


def _typed(tree: Any, mentions: list[Mention]) -> Any:
    schema: dict[str, object] = {
        mention.alias: {
            column.name: _data_type(column.type) for column in (*mention.table.columns, *mention.table.keys)
        }
        for mention in mentions
    }
    copied = tree.copy()
    try:
        options: dict[str, Any] = {"dialect": "trino", "validate_qualify_columns": False, "identify": False}
        return annotate_types(qualify(copied, schema=schema, **options), schema=schema)
    except (SqlglotError, AttributeError, KeyError, TypeError, ValueError):
        return annotate_types(tree.copy())


def _is_date_add(node: Any) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == "date_add"


def _gives_date(node: Any, kinds: list[str]) -> bool:
    if _is_date_add(node):
        return kinds[-1:] == ["DATE"]
    steps = not isinstance(node, (exp.Add, exp.Sub)) or isinstance(node.expression, exp.Interval)
    return kinds[:1] == ["DATE"] and steps


def _operands(node: Any) -> list[Any]:
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    if isinstance(node, exp.In):
        return [node.this, *node.expressions]
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    return [node.this, node.expression] if node.args.get("expression") is not None else [node.this]


def _kind(node: Any) -> str:
    return str(node.type.this.name) if getattr(node, "type", None) is not None else ""

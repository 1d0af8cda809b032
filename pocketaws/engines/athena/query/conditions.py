"""The conditions of a query that choose partitions before anything is read."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from pocketaws.engines.athena.query.mention import Mention
from pocketaws.engines.athena.query.rewriting import replace

__all__ = ["collect_conditions"]


def collect_conditions(tree: Any, mentions: list[Mention]) -> None:
    """Find the conditions on nothing but partition keys: they choose partitions before anything is read."""
    by_alias = {mention.alias: mention for mention in mentions}
    for select in tree.find_all(exp.Select):
        sources = {
            node.alias.lower(): by_alias[node.name]
            for node in _inner_tables(select)
            if isinstance(node, exp.Table) and node.name in by_alias
        }
        where = select.args.get("where")
        if where is None or not sources:
            continue
        single = len(list(_all_sources(select))) == 1
        for condition in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
            _assign(condition.unnest() if isinstance(condition, exp.Paren) else condition, sources, single)


def _assign(condition: Any, sources: dict[str, Mention], single: bool) -> None:
    columns = list(condition.find_all(exp.Column))
    if not columns or condition.find(exp.Query, exp.AggFunc, exp.Window, exp.Rand):
        return
    owners = {column.table.lower() for column in columns}
    owner = next(iter(sources)) if single and owners <= {"", next(iter(sources))} else next(iter(owners))
    if owner not in sources or (len(owners) > 1 and not single):
        return
    mention = sources[owner]
    keys = {key.name for key in mention.table.keys}
    if not all(column.name.lower() in keys for column in columns):
        return
    bare = condition.copy()
    for column in bare.find_all(exp.Column):
        column.set("table", None)
    _note_values(bare, mention)
    mention.conditions.append(bare.transform(replace).sql("duckdb"))


def _note_values(condition: Any, mention: Mention) -> None:
    if isinstance(condition, exp.EQ) and isinstance(condition.this, exp.Column):
        values = [condition.expression]
    elif isinstance(condition, exp.In) and isinstance(condition.this, exp.Column):
        values = condition.expressions
    else:
        return
    if all(isinstance(value, exp.Literal) for value in values):
        mention.named[condition.this.name.lower()] = [value.name for value in values]


def _all_sources(select: Any) -> list[Any]:
    first = select.args.get("from") or select.args.get("from_")
    return ([first.this] if first is not None else []) + [join.this for join in select.args.get("joins") or ()]


def _inner_tables(select: Any) -> list[Any]:
    """Return the sources whose rows a WHERE may filter before a join."""
    joins = select.args.get("joins") or ()
    sides = {(join.side or "").upper() for join in joins}
    found = _all_sources(select)
    if sides & {"RIGHT", "FULL"}:
        return []
    return [found[0], *(join.this for join in joins if not join.side)] if found else []

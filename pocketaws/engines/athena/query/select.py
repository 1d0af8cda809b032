"""A query of Athena turned into one of DuckDB: names looked up in the catalog, functions and types translated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from pocketaws.engines.athena.catalog import Catalog
from pocketaws.engines.athena.errors import QueryFailed
from pocketaws.engines.athena.query.conditions import collect_conditions
from pocketaws.engines.athena.query.dialect import UNNAMED, check_functions, parse
from pocketaws.engines.athena.query.mention import Mention
from pocketaws.engines.athena.query.operands import apply_types
from pocketaws.engines.athena.query.rewriting import replace
from pocketaws.engines.athena.query.scan import PATH
from pocketaws.engines.athena.tokens import place, tokenize

__all__ = ["Mention", "Select", "translate"]

_DEEPEST = 20


@dataclass
class Select:
    """A translated query."""

    sql: str
    mentions: list[Mention]
    macros: list[str]
    has_path: bool
    #: The names of columns that it mentions, with the fields after them; None where it may want any.
    columns: set[tuple[str, ...]] | None
    #: Whether its rows may be the first few found, so that not all need be read.
    stops_early: bool
    information: dict[str, str] = field(default_factory=dict)


def translate(sql: str, catalog: Catalog, database: str) -> Select:
    """Translate a query.

    Raises
    ------
    AthenaError
        It is malformed.
    QueryFailed
        It names a table or function that is not there.
    """
    return _Translation(sql, catalog, database).run()


class _Translation:
    def __init__(self, sql: str, catalog: Catalog, database: str) -> None:
        self.sql, self.catalog, self.database = sql, catalog, database
        self.mentions: list[Mention] = []
        self.information: dict[str, str] = {}

    def run(self) -> Select:
        tree = self.read(self.sql, self.database, 0)
        _name_columns(tree)
        has_path = any(column.name.lower() == PATH for column in tree.find_all(exp.Column))
        if has_path:
            _hide_path(tree)
        apply_types(tree, self.sql, self.mentions)
        collect_conditions(tree, self.mentions)
        columns = _mentioned(tree)
        tree = tree.transform(replace, copy=False)
        macros = sorted(
            {
                node.name.lower().removeprefix("trino_")
                for node in tree.find_all(exp.Anonymous)
                if node.name.lower().startswith("trino_")
            }
        )
        return Select(
            tree.sql("duckdb", copy=False),
            self.mentions,
            macros,
            has_path,
            columns,
            _stops_early(tree),
            self.information,
        )

    def read(self, sql: str, database: str, depth: int) -> Any:
        """Return the tree of a query with its tables replaced by scans and its views by their queries."""
        tree = parse(sql)
        check_functions(sql, _aliases(tree))
        for node in list(tree.find_all(exp.Table)):
            if not node.db and node.name.lower() in _common_tables(node):
                continue
            self._replace_table(node, sql, database, depth)
        return tree

    def _replace_table(self, node: Any, sql: str, database: str, depth: int) -> None:
        if isinstance(node.this, exp.Func):
            raise QueryFailed(f"FUNCTION_NOT_FOUND: {_place(sql, node.this.name)}: Table function not registered")
        name, schema, alias = node.name.lower(), (node.db or database).lower(), node.alias or node.name
        if schema == "information_schema":
            own = self.information.setdefault(name, f"information_{name}")
            if name not in ("tables", "columns", "schemata"):
                raise self._no_table(sql, node, schema, name)
            _point_at(node, own, alias)
            return
        table = self.catalog.find(schema, name)
        if table is None:
            raise self._no_table(sql, node, schema, name)
        if table.is_view:
            if depth == _DEEPEST:
                raise QueryFailed(f"INVALID_VIEW: View '{schema}.{name}' is nested too deeply, or in itself")
            text, home = table.view_sql()
            inner = self.read(text, home, depth + 1)
            node.replace(exp.Subquery(this=inner, alias=node.args.get("alias") or _alias(alias)))
            return
        mention = Mention(f"scan_{len(self.mentions)}", table)
        self.mentions.append(mention)
        _point_at(node, mention.alias, alias)

    def _no_table(self, sql: str, node: Any, schema: str, name: str) -> QueryFailed:
        where = _place(sql, node.db or node.name)
        if schema != "information_schema" and self.catalog.database(schema) is None:
            return QueryFailed(f"SCHEMA_NOT_FOUND: {where}: Schema '{schema}' does not exist")
        return QueryFailed(f"TABLE_NOT_FOUND: {where}: Table 'awsdatacatalog.{schema}.{name}' does not exist")


def _aliases(tree: Any) -> set[str]:
    found = {node.name.lower() for node in tree.find_all(exp.TableAlias) if node.this is not None}
    return found | {node.alias.lower() for node in tree.find_all(exp.CTE)}


def _common_tables(node: Any) -> set[str]:
    """Return the names of WITH that a table's place can see."""
    found: set[str] = set()
    inside, parent = node, node.parent
    while parent is not None:
        if isinstance(parent, exp.With):
            for each in parent.expressions:
                if each is inside and not parent.args.get("recursive"):
                    break
                found.add(each.alias.lower())
        elif isinstance(parent, exp.Query) and not isinstance(inside, exp.With):
            found |= {each.alias.lower() for each in parent.ctes}
        inside, parent = parent, parent.parent
    return found


def _alias(name: str) -> Any:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))


def _point_at(node: Any, name: str, alias: str) -> None:
    kept = node.args.get("alias") or _alias(alias)
    node.set("this", exp.to_identifier(name))
    node.set("db", None)
    node.set("catalog", None)
    node.set("alias", kept)


def _place(sql: str, name: str) -> str:
    found = [token.start for token in tokenize(sql) if token.value.lower() == name.lower()]
    return place(sql, found[0] if found else 0)


def _name_columns(tree: Any) -> None:
    """Mark the columns of the result that have no name: Athena calls them by their place."""
    select = tree
    while isinstance(select, (exp.SetOperation, exp.Subquery)):
        select = select.this
    if isinstance(select, exp.Select):
        for each in list(select.expressions):
            if not isinstance(each, (exp.Alias, exp.Column, exp.Star, exp.Dot)):
                each.replace(exp.alias_(each.copy(), UNNAMED, quoted=True, copy=False))


def column_name(name: str, index: int) -> str:
    """Return the name of a result's column."""
    return f"_col{index}" if name.startswith(UNNAMED) else name


def _mentioned(tree: Any) -> set[tuple[str, ...]] | None:
    """Return the columns in a query, as ``("who", "age")``; None with a star, a natural join or a table as a value."""
    if any(isinstance(star.parent, (exp.Select, exp.Column)) for star in tree.find_all(exp.Star)):
        return None
    # The first part of ``who.age`` is a table or a column.
    names = {_path(column) for column in tree.find_all(exp.Column)}
    values = {column.name.lower() for column in tree.find_all(exp.Column) if not column.table}
    for join in tree.find_all(exp.Join):
        if join.method:
            return None
        names |= {(each.name.lower(),) for each in join.args.get("using") or ()}
    aliases = {table.alias_or_name.lower() for table in tree.find_all(exp.Table)}
    return None if values & aliases or "EXCLUDE" in tree.sql() else names


def _path(column: Any) -> tuple[str, ...]:
    parts = [part.name.lower() for part in column.parts]
    node = column
    while isinstance(node.parent, (exp.Dot, exp.Paren)) and node.parent.this is node:
        node = node.parent
        if isinstance(node, exp.Dot):
            parts.append(node.expression.name.lower())
    return tuple(parts)


def _stops_early(tree: Any) -> bool:
    """Whether a query asks for the first few rows in no order."""
    for limit in tree.find_all(exp.Limit, exp.Fetch):
        select = limit.parent
        if not (isinstance(select, exp.Select) and (select.args.get("order") or select.args.get("group"))):
            return True
    return False


def _hide_path(tree: Any) -> None:
    for star in list(tree.find_all(exp.Star)):
        if isinstance(star.parent, (exp.Select, exp.Column)):
            star.replace(exp.Var(this=f'* EXCLUDE ("{PATH}")'))

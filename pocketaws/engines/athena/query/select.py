"""A query of Athena turned into one of DuckDB: names looked up in the catalog, functions and types translated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from pocketaws import clock
from pocketaws.engines.athena import types
from pocketaws.engines.athena.catalog import Catalog, Table
from pocketaws.engines.athena.errors import QueryFailed
from pocketaws.engines.athena.query.dialect import RENAMED, UNNAMED, check_functions, parse
from pocketaws.engines.athena.query.functions import MACROS
from pocketaws.engines.athena.query.scan import PATH
from pocketaws.engines.athena.tokens import place, tokenize

__all__ = ["Mention", "Select", "translate"]

_DEEPEST = 20
_INTEGERS = {"TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "UBIGINT"}
_NUMBERS = {*_INTEGERS, "FLOAT", "DOUBLE", "DECIMAL"}
_TEXTS = {"VARCHAR", "CHAR", "TEXT"}
_TRINO_NAMES = {"TEXT": "varchar", "INT": "integer", "INT128": "bigint", "FLOAT": "real"}
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_TYPED = (exp.Div, exp.Add, exp.Sub, exp.TimestampTrunc, exp.DateTrunc, *_COMPARED)


@dataclass
class Mention:
    """A table as a query mentions it: DuckDB knows it by ``alias``; ``conditions`` are on its partition keys alone."""

    alias: str
    table: Table
    conditions: list[str] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Select:
    """A translated query."""

    sql: str
    mentions: list[Mention]
    macros: list[str]
    has_path: bool
    #: The names of columns that it mentions; None where it may want any.
    columns: set[str] | None
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
        self._apply_types(tree)
        self._collect_conditions(tree)
        columns = _mentioned(tree)
        tree = tree.transform(_replace)
        macros = sorted(
            {
                node.name.lower().removeprefix("trino_")
                for node in tree.find_all(exp.Anonymous)
                if node.name.lower().startswith("trino_")
            }
        )
        return Select(tree.sql("duckdb"), self.mentions, macros, has_path, columns, self.information)

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
        if schema not in self.catalog.databases() and schema != "information_schema":
            return QueryFailed(f"SCHEMA_NOT_FOUND: {where}: Schema '{schema}' does not exist")
        return QueryFailed(f"TABLE_NOT_FOUND: {where}: Table 'awsdatacatalog.{schema}.{name}' does not exist")

    def _apply_types(self, tree: Any) -> None:
        """Do what types decide: whole numbers divide whole, a date plus days is a date, no text equals a number."""
        nodes = [node for node in tree.walk() if isinstance(node, _TYPED) or _is_date_add(node)]
        for number, node in enumerate(nodes):
            node.meta["pocketaws"] = number
        kinds = {
            node.meta["pocketaws"]: [_kind(each) for each in _operands(node)]
            for node in self._typed(tree).walk()
            if "pocketaws" in node.meta
        }
        for number, node in enumerate(nodes):
            found = kinds.get(number, [])
            if isinstance(node, (exp.Predicate, exp.In)):
                self._check_comparison(node, found)
            elif isinstance(node, exp.Div):
                if len(found) == 2 and all(kind in _INTEGERS for kind in found):
                    safe = node.find_ancestor(exp.Try) is not None
                    name = "trino_divide_or_null" if safe else "trino_divide"
                    node.replace(exp.Anonymous(this=name, expressions=[node.this, node.expression]))
            elif _gives_date(node, found):
                node.replace(exp.Cast(this=node.copy(), to=exp.DataType.build("date")))

    def _check_comparison(self, node: Any, kinds: list[str]) -> None:
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
        found = [token.start for token in tokenize(self.sql) if token.text in (sign, "!=" if sign == "<>" else sign)]
        where = f"{place(self.sql, found[0])}: " if found else ""
        raise QueryFailed(f"TYPE_MISMATCH: {where}Cannot apply operator: {left} {sign} {right}")

    def _typed(self, tree: Any) -> Any:
        schema: dict[str, object] = {
            mention.alias: {
                column.name: types.parse(column.type).trino for column in (*mention.table.columns, *mention.table.keys)
            }
            for mention in self.mentions
        }
        copied = tree.copy()
        try:
            options: dict[str, Any] = {"dialect": "trino", "validate_qualify_columns": False, "identify": False}
            return annotate_types(qualify(copied, schema=schema, **options), schema=schema)
        except (SqlglotError, AttributeError, KeyError, TypeError, ValueError):
            return annotate_types(tree.copy())

    def _collect_conditions(self, tree: Any) -> None:
        """Find the conditions on nothing but partition keys: they choose partitions before anything is read."""
        by_alias = {mention.alias: mention for mention in self.mentions}
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
    mention.conditions.append(bare.transform(_replace).sql("duckdb"))


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
                each.replace(exp.alias_(each.copy(), UNNAMED, quoted=True))


def column_name(name: str, index: int) -> str:
    """Return the name of a result's column."""
    return f"_col{index}" if name.startswith(UNNAMED) else name


def _mentioned(tree: Any) -> set[str] | None:
    """Return the names of columns in a query; None with a star, a natural join or a table as a value."""
    if any(isinstance(star.parent, (exp.Select, exp.Column)) for star in tree.find_all(exp.Star)):
        return None
    names = {column.name.lower() for column in tree.find_all(exp.Column)}
    for join in tree.find_all(exp.Join):
        if join.method:
            return None
        names |= {each.name.lower() for each in join.args.get("using") or ()}
    aliases = {table.alias_or_name.lower() for table in tree.find_all(exp.Table)}
    return None if names & aliases or "EXCLUDE" in tree.sql() else names


def _hide_path(tree: Any) -> None:
    for star in list(tree.find_all(exp.Star)):
        if isinstance(star.parent, (exp.Select, exp.Column)):
            star.replace(exp.Var(this=f'* EXCLUDE ("{PATH}")'))


def _literal(kind: str, value: str) -> Any:
    return exp.Cast(this=exp.Literal.string(value), to=exp.DataType.build(kind))


def _replace(node: Any) -> Any:
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

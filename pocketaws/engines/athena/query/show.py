"""SHOW and DESCRIBE: what the catalog holds, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable

from pocketaws.engines.athena.catalog import Column, Table
from pocketaws.engines.athena.errors import DDL, QueryFailed
from pocketaws.engines.athena.query.results import Result, lines
from pocketaws.engines.athena.query.session import Session
from pocketaws.engines.athena.query.statement import Run
from pocketaws.engines.athena.tokens import Tokens

__all__ = ["describe", "show"]

_WIDTH = 20


def show(tokens: Tokens) -> tuple[str, Run]:
    """Read what follows SHOW; return the name of the statement and how it runs."""
    if tokens.accept("DATABASES") or tokens.accept("SCHEMAS"):
        return "SHOW_DATABASES", _databases(_like(tokens))
    if tokens.accept("TABLES"):
        database = tokens.name() if tokens.accept("IN") or tokens.accept("FROM") else None
        return "SHOW_TABLES", _tables(database, _like(tokens), views=False)
    if tokens.accept("VIEWS"):
        database = tokens.name() if tokens.accept("IN") or tokens.accept("FROM") else None
        return "SHOW_VIEWS", _tables(database, _like(tokens), views=True)
    if tokens.accept("COLUMNS"):
        parts = _of(tokens)
        return "SHOW_COLUMNS", _each(parts, "field", lambda table: [f"{column.name:<{_WIDTH}}" for column in
                                                                     (*table.columns, *table.keys)])  # fmt: skip
    if tokens.accept("PARTITIONS"):
        parts = tokens.qualified_name()
        tokens.end()
        return "SHOW_PARTITIONS", _partitions(parts)
    if tokens.accept("TBLPROPERTIES"):
        parts = tokens.qualified_name()
        wanted = tokens.bracketed().strip("'\"") if tokens.peek("(") else None
        return "SHOW_TBLPROPERTIES", _each(parts, "prpt_name", lambda table: _properties(table, wanted))
    if tokens.accept("CREATE", "TABLE") or tokens.accept("CREATE", "VIEW"):
        parts = tokens.qualified_name()
        tokens.end()
        return "SHOW_CREATE_TABLE", _each(parts, "createtab_stmt", _statement)
    raise tokens.mismatch(
        "'COLUMNS', 'CREATE', 'DATABASES', 'PARTITIONS', 'SCHEMAS', 'TABLES', 'TBLPROPERTIES', 'VIEWS'"
    )


def _like(tokens: Tokens) -> re.Pattern[str]:
    tokens.accept("LIKE")
    text = tokens.string() if tokens.current is not None else "*"
    tokens.end()
    pattern = "|".join(re.escape(part).replace(r"\*", ".*").replace("%", ".*") for part in text.split("|"))
    return re.compile(pattern, re.IGNORECASE)


def _of(tokens: Tokens) -> list[str]:
    if not (tokens.accept("IN") or tokens.accept("FROM")):
        raise tokens.mismatch("'FROM', 'IN'")
    parts = tokens.qualified_name()
    if tokens.accept("IN") or tokens.accept("FROM"):
        parts = [tokens.name(), *parts]
    tokens.end()
    return parts


def _databases(pattern: re.Pattern[str]) -> Run:
    def run(session: Session) -> Result:
        return lines(["database_name"], [(name,) for name in session.catalog.databases() if pattern.fullmatch(name)])

    return run


def _tables(database: str | None, pattern: re.Pattern[str], *, views: bool) -> Run:
    def run(session: Session) -> Result:
        name = database or session.execution.database
        session.require_database(name)
        found = [table.name for table in session.catalog.tables(name) if table.is_view or not views]
        return lines(["views" if views else "tab_name"], [(each,) for each in found if pattern.fullmatch(each)])

    return run


def _each(parts: list[str], column: str, write: Callable[[Table], list[str]]) -> Run:
    def run(session: Session) -> Result:
        return lines([column], [(line,) for line in write(session.catalog.get(*session.locate(parts)))])

    return run


def _partitions(parts: list[str]) -> Run:
    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        if not table.keys:
            where = f"{table.database}.{table.name}"
            raise QueryFailed(f"FAILED: SemanticException [Error 10241]: Table {where} is not a partitioned table", DDL)
        found = [
            "/".join(f"{key.name}={value}" for key, value in zip(table.keys, each.values, strict=True))
            for each in session.catalog.partitions(table)
        ]
        return lines(["partition"], [(each,) for each in found])

    return run


def _properties(table: Table, wanted: str | None) -> list[str]:
    if wanted is not None:
        return [table.parameters.get(wanted, f"Table {table.name} does not have property: {wanted}")]
    return [f"{name}\t{value}" for name, value in sorted(table.parameters.items())]


def _statement(table: Table) -> list[str]:
    if table.is_view:
        return [f"CREATE VIEW {table.database}.{table.name} AS", *table.view_sql()[0].split("\n")]
    storage = table.entry["StorageDescriptor"]
    out = [f"CREATE EXTERNAL TABLE `{table.database}.{table.name}`("]
    out += _columns(table.columns)
    if table.keys:
        out += ["PARTITIONED BY ( ", *_columns(table.keys)]
    out += ["ROW FORMAT SERDE ", f"  '{table.storage.serde}' "]
    if table.storage.serde_parameters:
        out += ["WITH SERDEPROPERTIES ( ", *_pairs(table.storage.serde_parameters)]
    out += ["STORED AS INPUTFORMAT ", f"  '{storage.get('InputFormat', '')}' "]
    out += ["OUTPUTFORMAT ", f"  '{storage.get('OutputFormat', '')}'"]
    out += ["LOCATION", f"  '{table.storage.location}'"]
    shown = {name: value for name, value in table.parameters.items() if name != "EXTERNAL"}
    return out + (["TBLPROPERTIES (", *_pairs(shown)] if shown else [])


def _columns(columns: tuple[Column, ...]) -> list[str]:
    texts = [
        f"  `{column.name}` {column.type}" + (f" COMMENT '{column.comment}'" if column.comment else " COMMENT ''")
        for column in columns
    ]
    return [f"{text}, " for text in texts[:-1]] + [f"{text})" for text in texts[-1:]]


def _pairs(found: dict[str, str]) -> list[str]:
    texts = [f"  '{name}'='{_escaped(value)}'" for name, value in sorted(found.items())]
    return [f"{text}, " for text in texts[:-1]] + [f"{text})" for text in texts[-1:]]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("'", "\\'")


def describe(tokens: Tokens) -> Run:
    """DESCRIBE [EXTENDED | FORMATTED] name: columns, then partition keys."""
    full = tokens.accept("FORMATTED") or tokens.accept("EXTENDED")
    parts = tokens.qualified_name()
    tokens.end()

    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        rows = [_row(column.name, column.type, column.comment) for column in (*table.columns, *table.keys)]
        if table.keys:
            rows += [
                _row("", "", ""),
                _row("# Partition Information", "", ""),
                _row("# col_name", "data_type", "comment"),
            ]
            rows += [_row("", "", ""), *(_row(key.name, key.type, key.comment) for key in table.keys)]
        if full:
            rows += [
                _row("", "", ""),
                _row("# Detailed Table Information", "", ""),
                _row("Database:", table.database, ""),
            ]
            rows += [_row("Location:", table.storage.location, ""), _row("Table Type:", table.entry["TableType"], "")]
            rows += [_row("Table Parameters:", "", "")]
            rows += [_row("", name, value) for name, value in sorted(table.parameters.items())]
            rows += [
                _row("", "", ""),
                _row("# Storage Information", "", ""),
                _row("SerDe Library:", table.storage.serde, ""),
            ]
            rows += [_row("InputFormat:", table.storage.input_format, "")]
        return lines(["col_name", "data_type", "comment"], rows, joined=True)

    return run


def _row(*cells: str) -> tuple[str, ...]:
    return tuple(f"{cell:<{_WIDTH}}" for cell in cells)

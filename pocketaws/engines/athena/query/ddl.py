"""DDL: databases, tables, partitions and views made, changed and dropped in Glue's catalog."""

from __future__ import annotations

import base64
import json
from typing import Any

from pocketaws.engines.athena.catalog import Table
from pocketaws.engines.athena.errors import DDL, QueryFailed
from pocketaws.engines.athena.query.dialect import parse
from pocketaws.engines.athena.query.hive import properties, read_table
from pocketaws.engines.athena.query.results import Result, lines
from pocketaws.engines.athena.query.session import Session
from pocketaws.engines.athena.query.statement import Run
from pocketaws.engines.athena.storage import split
from pocketaws.engines.athena.tokens import Tokens

__all__ = ["create_database", "create_table", "create_view", "drop_database", "drop_table", "repair"]


def _fail(message: str) -> QueryFailed:
    return QueryFailed(f"FAILED: {message}", DDL)


def create_database(tokens: Tokens) -> Run:
    """CREATE DATABASE | SCHEMA [IF NOT EXISTS] name [COMMENT] [LOCATION] [WITH DBPROPERTIES]."""
    quietly = tokens.accept("IF", "NOT", "EXISTS")
    name = tokens.name()
    comment = tokens.string() if tokens.accept("COMMENT") else ""
    location = tokens.string() if tokens.accept("LOCATION") else ""
    parameters = properties(tokens) if tokens.accept("WITH", "DBPROPERTIES") else {}
    tokens.end()

    def run(session: Session) -> Result:
        if session.catalog.database(name) is not None:
            if quietly:
                return Result()
            raise _fail(f"SemanticException [Error 10076]: Database {name} already exists")
        session.catalog.create_database(name, comment, location, parameters)
        return Result()

    return run


def drop_database(tokens: Tokens) -> Run:
    """DROP DATABASE | SCHEMA [IF EXISTS] name [RESTRICT | CASCADE]."""
    quietly = tokens.accept("IF", "EXISTS")
    name = tokens.name()
    cascade = tokens.accept("CASCADE")
    tokens.accept("RESTRICT")
    tokens.end()

    def run(session: Session) -> Result:
        if quietly and session.catalog.database(name) is None:
            return Result()
        session.require_database(name)
        if session.catalog.tables(name) and not cascade:
            raise _fail(
                "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                f"InvalidOperationException(message:Database {name} is not empty. One or more tables exist.)"
            )
        for table in session.catalog.tables(name):
            session.catalog.drop_table(table)
        session.catalog.drop_database(name)
        return Result()

    return run


def create_table(tokens: Tokens) -> Run:
    """CREATE EXTERNAL TABLE [IF NOT EXISTS] name ...; see :mod:`~pocketaws.engines.athena.query.hive`."""
    quietly = tokens.accept("IF", "NOT", "EXISTS")
    parts = tokens.qualified_name()
    entry = read_table(tokens)

    def run(session: Session) -> Result:
        database, name = session.locate(parts)
        session.require_database(database)
        if session.catalog.find(database, name) is not None:
            if quietly:
                return Result()
            raise _fail(f"SemanticException [Error 10001]: Table {database}.{name} already exists")
        session.catalog.create_table(database, {"Name": name, **entry})
        return Result()

    return run


def drop_table(tokens: Tokens, *, view: bool) -> Run:
    """DROP TABLE | VIEW [IF EXISTS] name; the objects of an external table stay."""
    quietly = tokens.accept("IF", "EXISTS")
    parts = tokens.qualified_name()
    tokens.end()

    def run(session: Session) -> Result:
        found = session.catalog.find(*session.locate(parts))
        if found is None and quietly:
            return Result()
        found = session.catalog.get(*session.locate(parts))
        if found.is_view != view:
            kind = "view. Use DROP VIEW" if found.is_view else "table. Use DROP TABLE"
            raise _fail(f"SemanticException [Error 10018]: {found.database}.{found.name} is a {kind}")
        session.catalog.drop_table(found)
        return Result()

    return run


def create_view(tokens: Tokens, *, replace: bool) -> Run:
    """CREATE [OR REPLACE] VIEW name AS query, kept as Presto keeps views."""
    parts = tokens.qualified_name()
    tokens.expect("AS")
    query = tokens.rest()
    parse(query)

    def run(session: Session) -> Result:
        database, name = session.locate(parts)
        session.require_database(database)
        before = session.catalog.find(database, name)
        if before is not None and not (replace and before.is_view):
            raise QueryFailed(f"ALREADY_EXISTS: View already exists: '{database}.{name}'")
        answer = session.ask(f"SELECT * FROM ({query}) LIMIT 0")
        session.reading.tally.scanned = 0
        columns = list(zip(answer.names, answer.kinds, strict=True))
        entry = _view_entry(query, session.execution.database, columns)
        if before is not None:
            session.catalog.update_table(before, **entry)
        else:
            session.catalog.create_table(database, {"Name": name, **entry})
        return Result()

    return run


def _view_entry(query: str, database: str, columns: list[tuple[str, Any]]) -> dict[str, Any]:
    view = {
        "originalSql": query,
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [{"name": name, "type": kind.trino} for name, kind in columns],
    }
    encoded = base64.b64encode(json.dumps(view).encode()).decode()
    return {
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": kind.hive} for name, kind in columns],
            "Location": "",
            "SerdeInfo": {},
        },
    }


def repair(tokens: Tokens) -> Run:
    """MSCK REPAIR TABLE name: register partitions whose folders are there; drops none."""
    tokens.expect("REPAIR", "TABLE")
    parts = tokens.qualified_name()
    tokens.end()

    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        known = {each.values for each in session.catalog.partitions(table)}
        found = _folders(session, table)
        missing = [f"{table.name}:{path}" for values, path in found.items() if values not in known]
        out = [f"Partitions not in metastore:\t{chr(9).join(missing)}"] if missing else []
        for values, path in found.items():
            if values not in known:
                location = f"{table.storage.location.rstrip('/')}/{path}"
                session.catalog.add_partition(table, values, location)
                out.append(f"Repair: Added partition to metastore {table.name}:{path}")
        return lines(["result"], [(line,) for line in out])

    return run


def _folders(session: Session, table: Table) -> dict[tuple[str, ...], str]:
    """Return the values of folders named ``key=value`` under a table's location, and their paths."""
    from urllib.parse import unquote

    found: dict[tuple[str, ...], str] = {}
    prefix = split(table.storage.location)[1].rstrip("/")
    for each in session.store.objects(f"{table.storage.location.rstrip('/')}/", archived=True):
        folders = each.name[len(prefix) :].lstrip("/").split("/")[:-1][: len(table.keys)]
        pairs = [folder.partition("=") for folder in folders]
        if table.keys and [pair[0].lower() for pair in pairs] == [key.name for key in table.keys]:
            found[tuple(unquote(pair[2]) for pair in pairs)] = "/".join(folders)
    return found

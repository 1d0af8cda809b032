"""Running queries on DuckDB, which sees the tables' objects and nothing else.

Tables are handed over as Arrow, which asks for what a query needs; large Parquet tables DuckDB reads by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from pocketaws.engines.athena import projection, types
from pocketaws.engines.athena.catalog import Catalog, Partition, Table
from pocketaws.engines.athena.errors import QueryFailed
from pocketaws.engines.athena.query import messages
from pocketaws.engines.athena.query.database import connect
from pocketaws.engines.athena.query.direct import Asked, is_candidate, show
from pocketaws.engines.athena.query.mention import Mention
from pocketaws.engines.athena.query.results import Result, from_arrow
from pocketaws.engines.athena.query.scan import Reading, TableScan, key_scalar
from pocketaws.engines.athena.query.select import Select, column_name, translate

__all__ = ["Answer", "ask", "explain_plan"]


@dataclass
class Answer:
    """What a query gave: names and types of the columns, the rows as an Arrow table."""

    names: list[str]
    kinds: list[types.Type]
    table: Any

    def result(self) -> Result:
        """Return it as Athena writes it."""
        return from_arrow(self.table, self.names, self.kinds)


def ask(sql: str, catalog: Catalog, database: str, reading: Reading) -> Answer:
    """Run a query.

    Raises
    ------
    AthenaError
        It is malformed.
    QueryFailed
        It cannot be run, or what it reads is not what a table says.
    """
    select = translate(sql, catalog, database)
    with connect(select.macros) as connection, _explaining(sql, select, reading):
        scans = _scans(connection, select, catalog, reading)
        if any(map(is_candidate, scans.values())) and not (select.has_path or select.stops_early):
            before = replace(reading.tally)
            try:
                return _ask_directly(connection, select, scans)
            except duckdb.InterruptException:
                raise
            except duckdb.Error:
                # What is wrong is said the same way for every format.
                reading.tally, reading.failure = before, None
        _hand_over(connection, scans)
        return _run(connection, select.sql, *_describe(connection.sql(select.sql)))


def _ask_directly(connection: Any, select: Select, scans: dict[str, TableScan]) -> Answer:
    """Run a query with DuckDB's own reader on the tables that it can read as they are."""
    asked = {alias: Asked(scan) for alias, scan in scans.items()}
    _hand_over(connection, asked)
    rehearsal = connection.sql(select.sql)
    described = _describe(rehearsal)
    rehearsal.fetchall()
    with ExitStack() as stack:
        for alias, scan in scans.items():
            table = show(scan, asked[alias], stack) if asked[alias].calls and is_candidate(scan) else None
            if table is None:
                connection.register(alias, scan)
            else:
                connection.execute(f"CREATE OR REPLACE TEMP VIEW {alias} AS {table}")
        return _run(connection, select.sql, *described)


def _hand_over(connection: Any, tables: Mapping[str, Any]) -> None:
    for alias, table in tables.items():
        connection.register(alias, table)


def _describe(relation: Any) -> tuple[list[str], list[str]]:
    """Return the names and DuckDB's types of a query's columns."""
    names = [column_name(str(name), number) for number, name in enumerate(relation.columns)]
    return names, [str(each) for each in relation.types]


def _run(connection: Any, sql: str, names: list[str], ducks: list[str]) -> Answer:
    kinds = [types.parse(duck) for duck in ducks]
    aliases = [f"c{number}" for number in range(len(names))]
    casts = ", ".join(
        f"CAST({alias} AS {kind.duck}) AS {alias}" if _needs_cast(duck) else alias
        for alias, kind, duck in zip(aliases, kinds, ducks, strict=True)
    )
    relation = connection.sql(f"SELECT {casts} FROM ({sql}) AS answer({', '.join(aliases)})")
    return Answer(names, kinds, relation.to_arrow_table())


def explain_plan(sql: str, catalog: Catalog, database: str) -> str:
    """Return the plan of a query; nothing is read."""
    select = translate(sql, catalog, database)
    reading = Reading(None)  # type: ignore[arg-type]
    with connect(select.macros) as connection, _explaining(sql, select, reading):
        _hand_over(connection, _scans(connection, select, catalog, reading))
        return str(connection.execute(f"EXPLAIN {select.sql}").fetchall()[0][1])


def _needs_cast(duck: str) -> bool:
    return duck in ("HUGEINT", "UHUGEINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT", "JSON", "UUID", '"NULL"')


@contextmanager
def _explaining(sql: str, select: Select, reading: Reading) -> Iterator[None]:
    names = {mention.alias: mention.table.name for mention in select.mentions}

    def rename(text: str) -> str:
        for alias, name in names.items():
            text = text.replace(alias, name)
        return text

    try:
        yield
    except duckdb.InterruptException:
        raise QueryFailed("Query timeout") from None
    except (duckdb.Error, pa.ArrowException, RuntimeError, OSError) as error:
        if reading.failure is not None:
            raise reading.failure from None
        raise messages.explain(sql, error, rename) from None


def _scans(connection: Any, select: Select, catalog: Catalog, reading: Reading) -> dict[str, TableScan]:
    """Return the tables of a query by the names that DuckDB knows them by; those of the schema are handed over."""
    for name, alias in select.information.items():
        connection.register(alias, _information(name, catalog))
    return {
        mention.alias: TableScan(
            mention.table,
            reading,
            _partitions(connection, mention, catalog),
            with_path=select.has_path,
            mentioned=select.columns,
        )
        for mention in select.mentions
    }


def _partitions(connection: Any, mention: Mention, catalog: Catalog) -> list[Partition]:
    """Return the partitions of a table that pass the query's conditions on its keys."""
    table = mention.table
    if not table.keys:
        return [Partition((), table.storage)]
    if projection.is_projected(table):
        found = list(projection.project(table, mention.named.get))
    else:
        found = catalog.partitions(table)
    if not mention.conditions or not found:
        return found
    columns = {
        key.name: pa.array(
            [_key(key.name, key.type, each.values[number]) for each in found], types.parse(key.type).arrow
        )
        for number, key in enumerate(table.keys)
    }
    columns["pocketaws_number"] = pa.array(range(len(found)))
    connection.register("pocketaws_partitions", pa.table(columns))
    numbers = set(range(len(found)))
    for condition in mention.conditions:
        query = f"SELECT pocketaws_number FROM pocketaws_partitions WHERE {condition}"
        try:
            kept = {row[0] for row in connection.execute(query).fetchall()}
        except duckdb.Error:
            continue  # the query itself will say what is wrong with the condition
        numbers &= kept
    return [found[number] for number in sorted(numbers)]


def _key(name: str, kind: str, value: str) -> Any:
    return key_scalar(name, types.parse(kind), value).as_py()


def _information(name: str, catalog: Catalog) -> Any:
    """Return a table of ``information_schema``."""
    rows: list[dict[str, Any]] = []
    for database in catalog.databases():
        if name == "schemata":
            rows.append({"catalog_name": "awsdatacatalog", "schema_name": database})
            continue
        for table in catalog.tables(database):
            rows += _table_rows(name, table)
    empty = {
        "schemata": ("catalog_name", "schema_name"),
        "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
        "columns": (
            "table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default",
            "is_nullable", "data_type",
        ),
    }[name]  # fmt: skip
    integers = {"ordinal_position"}
    return pa.table(
        {
            column: pa.array([row[column] for row in rows], pa.int64() if column in integers else pa.string())
            for column in empty
        }
    )


def _table_rows(name: str, table: Table) -> Iterator[dict[str, Any]]:
    own = {"table_catalog": "awsdatacatalog", "table_schema": table.database, "table_name": table.name}
    if name == "tables":
        yield {**own, "table_type": "VIEW" if table.is_view else "BASE TABLE"}
        return
    for number, column in enumerate((*table.columns, *table.keys), start=1):
        try:
            kind = types.parse(column.type).trino
        except QueryFailed:
            kind = column.type
        yield {
            **own, "column_name": column.name, "ordinal_position": number, "column_default": None,
            "is_nullable": "YES", "data_type": kind,
        }  # fmt: skip

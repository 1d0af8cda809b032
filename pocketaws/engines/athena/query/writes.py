"""Statements that write objects: CREATE TABLE AS, INSERT INTO, UNLOAD.

Sources: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html,
https://docs.aws.amazon.com/athena/latest/ug/insert-into.html, https://docs.aws.amazon.com/athena/latest/ug/unload.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.athena import types
from pocketaws.engines.athena.catalog import Table
from pocketaws.engines.athena.errors import REJECTED, QueryFailed, invalid_request
from pocketaws.engines.athena.query import files
from pocketaws.engines.athena.query.dialect import parse
from pocketaws.engines.athena.query.engine import Answer
from pocketaws.engines.athena.query.hive import FORMATS, descriptor
from pocketaws.engines.athena.query.results import Result
from pocketaws.engines.athena.query.session import Session
from pocketaws.engines.athena.query.statement import Run
from pocketaws.engines.athena.tokens import Tokens

__all__ = ["create_table_as", "insert", "unload"]

_MOST_PARTITIONS = 100
_NUMBERS = ("tinyint", "smallint", "integer", "bigint", "decimal", "float", "double")


def read_options(tokens: Tokens) -> dict[str, Any]:
    """Read ``(name = value, ...)`` of a WITH: texts, numbers, booleans, ``ARRAY['a', 'b']``."""
    found: dict[str, Any] = {}
    tokens.expect("(")
    while True:
        name = tokens.name()
        tokens.expect("=")
        if tokens.accept("ARRAY"):
            found[name] = _read_array(tokens)
        else:
            found[name] = tokens.next().value
        if tokens.accept(")"):
            return found
        tokens.expect(",")


def _read_array(tokens: Tokens) -> list[str]:
    tokens.expect("[")
    found = []
    while not tokens.accept("]"):
        found.append(tokens.next().value)
        tokens.accept(",")
    return found


def create_table_as(tokens: Tokens, parts: list[str], *, quietly: bool) -> Run:
    """CREATE TABLE name [WITH (...)] AS query [WITH [NO] DATA]."""
    options = read_options(tokens) if tokens.accept("WITH") else {}
    tokens.expect("AS")
    query = tokens.rest()
    empty = query.upper().endswith("WITH NO DATA")
    query = query[: -len("WITH NO DATA")] if empty else query.removesuffix("WITH DATA")
    query = query.strip()
    query = query[1:-1] if query.startswith("(") and _closes_at_end(query) else query
    parse(query)
    known = {
        "format", "external_location", "partitioned_by", "bucketed_by", "bucket_count", "parquet_compression",
        "orc_compression", "write_compression", "compression_level", "field_delimiter", "table_type", "is_external",
    }  # fmt: skip
    if strange := next((name for name in options if name not in known), None):
        raise invalid_request(f"Unable to set table property [{strange}]: it does not exist", "INVALID_TABLE_PROPERTY")
    if str(options.get("table_type", "hive")).lower() != "hive":
        raise invalid_request("Iceberg tables are not supported by pocketaws's Athena", "NOT_SUPPORTED")

    def run(session: Session) -> Result:
        return _create(session, parts, options, query, quietly=quietly, empty=empty)

    return run


def _closes_at_end(query: str) -> bool:
    depth = 0
    for number, character in enumerate(query):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return number == len(query) - 1
    return False


def _create(
    session: Session, parts: list[str], options: dict[str, Any], query: str, *, quietly: bool, empty: bool
) -> Result:
    database, name = session.locate(parts)
    if session.catalog.database(database) is None:
        raise QueryFailed(f"SCHEMA_NOT_FOUND: Schema '{database}' does not exist")
    if session.catalog.find(database, name) is not None:
        if quietly:
            return Result()
        raise QueryFailed(f"TABLE_ALREADY_EXISTS: Table 'awsdatacatalog.{database}.{name}' already exists")
    location = _new_location(session, options)
    answer = session.ask(f"SELECT * FROM ({query}) LIMIT 0" if empty else query)
    keys = [key.lower() for key in options.get("partitioned_by", [])]
    columns = _columns(answer, keys)
    form = files.Form.of(options, "PARQUET")
    entry = _entry(name, columns, keys, form, location)
    written = _write(session, answer, [column for column, _ in columns], keys, form, location, options)
    session.catalog.create_table(database, entry)
    table = session.catalog.get(database, name)
    for values, where in written.partitions.items():
        session.catalog.add_partition(table, values, where)
    files.write_manifest(session, written)
    return Result(update_count=answer.table.num_rows, update_type="CREATE TABLE AS")


def _new_location(session: Session, options: dict[str, Any]) -> str:
    location = options.get("external_location")
    if location is None:
        return f"{session.execution.output}tables/{session.execution.id}/"
    if session.execution.work_group.enforces and session.execution.work_group.configuration["ResultConfiguration"].get(
        "OutputLocation"
    ):
        raise QueryFailed(
            "The Create Table As Select query failed because it was submitted with an 'external_location' property to "
            "an Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
            "'external_location' property and resubmit the query.",
            REJECTED,
        )
    location = str(location).rstrip("/") + "/"
    if session.store.keys(location):
        raise QueryFailed(
            f"HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: {location}. You may need to "
            "manually clean the data at this location before retrying."
        )
    return location


def _columns(answer: Answer, keys: list[str]) -> list[tuple[str, types.Type]]:
    names = [name.lower() for name in answer.names]
    for number, name in enumerate(names, start=1):
        if name.startswith("_col"):
            raise QueryFailed(f"COLUMN_NAME_NOT_SPECIFIED: Column name not specified at position {number}")
        if names.count(name) > 1:
            raise QueryFailed(f"DUPLICATE_COLUMN_NAME: Column name '{name}' specified more than once")
    if keys and names[-len(keys) :] != keys:
        raise QueryFailed(
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order "
            f"as the table properties: [{', '.join(keys)}]"
        )
    return list(zip(names, answer.kinds, strict=True))


def _entry(
    name: str, columns: list[tuple[str, types.Type]], keys: list[str], form: files.Form, location: str
) -> dict[str, Any]:
    described = [{"Name": column, "Type": kind.hive} for column, kind in columns]
    count = len(described) - len(keys)
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "auto.purge": "false", **form.table_parameters},
        "PartitionKeys": described[count:],
        "StorageDescriptor": descriptor(described[:count], location, FORMATS[form.name], form.serde_parameters),
    }


def _write(
    session: Session,
    answer: Answer,
    names: list[str],
    keys: list[str],
    form: files.Form,
    location: str,
    options: dict[str, Any],
) -> files.Written:
    table = answer.table.rename_columns(names)
    buckets = ([each.lower() for each in options.get("bucketed_by", [])], int(options.get("bucket_count", 0)))
    kinds = dict(zip(names, answer.kinds, strict=True))
    written = files.write(session, table, kinds, keys, form, location, buckets)
    if len(written.partitions) > _MOST_PARTITIONS:
        for each in written.locations:
            session.store.delete(session.store.find(each))
        raise QueryFailed(
            f"HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {_MOST_PARTITIONS} open writers for partitions/buckets."
        )
    return written


def insert(tokens: Tokens) -> Run:
    """INSERT INTO name [(columns)] query."""
    parts = tokens.qualified_name()
    columns = [each.strip().strip('"').lower() for each in tokens.bracketed().split(",")] if tokens.peek("(") else None
    query = tokens.rest()
    parse(query)

    def run(session: Session) -> Result:
        database, name = session.locate(parts)
        table = session.catalog.find(database, name)
        if table is None or table.is_view:
            raise QueryFailed(f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{database}.{name}' does not exist")
        return _insert(session, table, columns, query)

    return run


def _insert(session: Session, table: Table, named: list[str] | None, query: str) -> Result:
    form = files.Form.of_table(table)
    kinds = {column.name: types.parse(column.type) for column in (*table.columns, *table.keys)}
    names = list(kinds) if named is None else named
    if unknown := next((name for name in names if name not in kinds), None):
        raise QueryFailed(f"COLUMN_NOT_FOUND: line 1:1: Insert column name does not exist in target table: {unknown}")
    answer = session.ask(query)
    _check_insert(names, kinds, answer)
    table_of = files.aligned(answer.table, names, kinds)
    aligned = Answer(list(kinds), list(kinds.values()), table_of)
    keys = [key.name for key in table.keys]
    written = _write(session, aligned, list(kinds), keys, form, table.storage.location.rstrip("/") + "/", {})
    known = {each.values for each in session.catalog.partitions(table)}
    for values, where in written.partitions.items():
        if values not in known:
            session.catalog.add_partition(table, values, where)
    files.write_manifest(session, written)
    return Result(update_count=answer.table.num_rows, update_type="INSERT")


def _check_insert(names: list[str], kinds: dict[str, types.Type], answer: Answer) -> None:
    wanted = [kinds[name] for name in names]
    fits = len(wanted) == len(answer.kinds) and all(map(_fits, wanted, answer.kinds))
    if not fits:
        shown = ", ".join(kind.trino for kind in wanted), ", ".join(kind.trino for kind in answer.kinds)
        raise QueryFailed(
            f"TYPE_MISMATCH: Insert query has mismatched column types: Table: [{shown[0]}], Query: [{shown[1]}]"
        )


def _fits(wanted: types.Type, given: types.Type) -> bool:
    if wanted.name in _NUMBERS and given.name in _NUMBERS:
        return _NUMBERS.index(given.name) <= _NUMBERS.index(wanted.name) or wanted.name not in _NUMBERS[:4]
    texts = ("varchar", "char")
    same = wanted.name == given.name and len(wanted.inner) == len(given.inner)
    return same or (wanted.name in texts and given.name in texts) or (wanted.name, given.name) == ("timestamp", "date")


def unload(tokens: Tokens) -> Run:
    """UNLOAD (query) TO 'location' WITH (format = ..., ...)."""
    query = tokens.bracketed()
    parse(query)
    tokens.expect("TO")
    location = tokens.string().rstrip("/") + "/"
    tokens.expect("WITH")
    options = read_options(tokens)
    tokens.end()

    def run(session: Session) -> Result:
        if session.store.keys(location):
            raise QueryFailed(
                f"HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: {location}. You may need to "
                "manually clean the data at this location before retrying."
            )
        if "compression" in options:
            options["write_compression"] = options["compression"]
        answer = session.ask(query)
        keys = [key.lower() for key in options.get("partitioned_by", [])]
        names = [name for name, _ in _columns(answer, keys)]
        form = files.Form.of(options, "")
        files.write_manifest(session, _write(session, answer, names, keys, form, location, {}))
        return Result(update_count=answer.table.num_rows, update_type="UNLOAD")

    return run

"""ALTER TABLE: columns, properties, places, partitions.

Source: https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html
"""

from __future__ import annotations

from pocketaws.engines.athena.catalog import Partition, Table
from pocketaws.engines.athena.errors import DDL, QueryFailed, not_supported
from pocketaws.engines.athena.query.hive import properties, read_columns
from pocketaws.engines.athena.query.results import Result
from pocketaws.engines.athena.query.session import Session
from pocketaws.engines.athena.query.statement import Run
from pocketaws.engines.athena.tokens import Tokens

__all__ = ["alter_table"]


def _fail(message: str) -> QueryFailed:
    return QueryFailed(f"FAILED: {message}", DDL)


def alter_table(tokens: Tokens) -> Run:
    """ALTER TABLE name ADD | DROP PARTITION, ADD | REPLACE COLUMNS, SET LOCATION | TBLPROPERTIES, RENAME PARTITION."""
    parts = tokens.qualified_name()
    if tokens.accept("ADD", "COLUMNS"):
        return _set_columns(tokens, parts, keep=True)
    if tokens.accept("REPLACE", "COLUMNS"):
        return _set_columns(tokens, parts, keep=False)
    if tokens.accept("SET", "TBLPROPERTIES"):
        return _set_properties(tokens, parts)
    if tokens.accept("ADD"):
        quietly = tokens.accept("IF", "NOT", "EXISTS")
        return _add_partitions(tokens, parts, quietly)
    if tokens.accept("DROP"):
        quietly = tokens.accept("IF", "EXISTS")
        return _drop_partitions(tokens, parts, quietly)
    specification = _read_partition(tokens) if tokens.peek("PARTITION") else None
    if tokens.accept("SET", "LOCATION"):
        return _set_location(tokens, parts, specification)
    raise tokens.mismatch("'ADD', 'DROP', 'REPLACE', 'SET'")


def _set_columns(tokens: Tokens, parts: list[str], *, keep: bool) -> Run:
    columns = read_columns(tokens)
    tokens.end()

    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        taken = {column.name for column in (*(table.columns if keep else ()), *table.keys)}
        if double := next((column["Name"] for column in columns if column["Name"] in taken), None):
            raise _fail(f"SemanticException [Error 10036]: Duplicate column name: {double}")
        storage = dict(table.entry["StorageDescriptor"])
        storage["Columns"] = [*(storage["Columns"] if keep else ()), *columns]
        session.catalog.update_table(table, StorageDescriptor=storage)
        return Result()

    return run


def _set_properties(tokens: Tokens, parts: list[str]) -> Run:
    wished = properties(tokens)
    tokens.end()

    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        session.catalog.update_table(table, Parameters={**table.parameters, **wished})
        return Result()

    return run


def _set_location(tokens: Tokens, parts: list[str], specification: dict[str, str] | None) -> Run:
    location = tokens.string()
    tokens.end()

    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        if specification is None:
            storage = {**table.entry["StorageDescriptor"], "Location": location}
            session.catalog.update_table(table, StorageDescriptor=storage)
        else:
            session.catalog.move_partition(table, _values(table, specification), location)
        return Result()

    return run


def _read_partition(tokens: Tokens) -> dict[str, str]:
    """Read ``PARTITION (key = value, ...)``."""
    tokens.expect("PARTITION", "(")
    found = {}
    while True:
        name = tokens.name()
        tokens.expect("=")
        found[name] = tokens.next().value
        if tokens.accept(")"):
            return found
        tokens.expect(",")


def _values(table: Table, specification: dict[str, str]) -> tuple[str, ...]:
    if set(specification) != {key.name for key in table.keys}:
        raise _fail(
            f"SemanticException [Error 10098]: partition spec {specification} doesn't contain all partition keys"
        )
    return tuple(specification[key.name] for key in table.keys)


def _add_partitions(tokens: Tokens, parts: list[str], quietly: bool) -> Run:
    wished = []
    while tokens.current is not None:
        specification = _read_partition(tokens)
        wished.append((specification, tokens.string() if tokens.accept("LOCATION") else None))
        tokens.accept(",")

    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        known = {each.values for each in session.catalog.partitions(table)}
        for specification, location in wished:
            values = _values(table, specification)
            if values in known:
                if quietly:
                    continue
                raise _fail(
                    "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                    f"AlreadyExistsException(message:Partition already exists: {list(values)})"
                )
            path = "/".join(f"{key.name}={value}" for key, value in zip(table.keys, values, strict=True))
            session.catalog.add_partition(table, values, location or f"{table.storage.location.rstrip('/')}/{path}")
        return Result()

    return run


def _drop_partitions(tokens: Tokens, parts: list[str], quietly: bool) -> Run:
    wished = [_read_partition(tokens)]
    while tokens.accept(","):
        wished.append(_read_partition(tokens))
    tokens.end()

    def run(session: Session) -> Result:
        table = session.catalog.get(*session.locate(parts))
        for specification in wished:
            found = [each for each in session.catalog.partitions(table) if _matches(table, each, specification)]
            if not found and not quietly:
                raise _fail(f"SemanticException [Error 10006]: Partition not found {specification}")
            for each in found:
                session.catalog.drop_partition(table, each.values)
        return Result()

    return run


def _matches(table: Table, partition: Partition, specification: dict[str, str]) -> bool:
    own = dict(zip((key.name for key in table.keys), partition.values, strict=True))
    if unknown := next((name for name in specification if name not in own), None):
        raise not_supported(f"A condition on {unknown}, which is no partition key,")
    return all(own[name] == value for name, value in specification.items())

"""ExecuteStatement, BatchExecuteStatement and ExecuteTransaction.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.transactions.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from pocketaws.engines.dynamodb.capacity import Meter, read_units
from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.items import perform, read_item, with_capacity
from pocketaws.engines.dynamodb.keys import spelled
from pocketaws.engines.dynamodb.partiql.plans import key_and_condition
from pocketaws.engines.dynamodb.partiql.reads import Cursor, read, shown, source_of
from pocketaws.engines.dynamodb.partiql.statements import parse
from pocketaws.engines.dynamodb.partiql.syntax import Delete, Exists, Insert, Modify, Select, Statement
from pocketaws.engines.dynamodb.partiql.writes import change_of, returned
from pocketaws.engines.dynamodb.tables import Database, Table
from pocketaws.engines.dynamodb.transactions import (
    Meters,
    Step,
    commit_once,
    raise_if_cancelled,
    reason_to_cancel,
    with_capacities,
)
from pocketaws.engines.dynamodb.values import Item, item_size, normalize

__all__ = ["batch_execute_statement", "execute_statement", "execute_transaction"]

#: What an error of one statement of a batch is called.
_BATCH_CODES = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "DuplicateItemException": "DuplicateItem",
    "ItemCollectionSizeLimitExceededException": "ItemCollectionSizeLimitExceeded",
    "ProvisionedThroughputExceededException": "ProvisionedThroughputExceeded",
    "ResourceNotFoundException": "ResourceNotFound",
    "ThrottlingException": "ThrottlingError",
    "ValidationException": "ValidationError",
}
_MIXED = "{} API does not support both read and write operations in the same request."


def execute_statement(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ExecuteStatement``."""
    statement = _parse(request)
    if isinstance(statement, Exists):
        raise validation("EXISTS can only be used in ExecuteTransaction write requests.")
    if isinstance(statement, Select):
        return _select(database, statement, request)
    table = database.table(statement.source.table)
    meter = Meter(table)
    item = _write(table, statement, request, meter)
    return with_capacity({"Items": [item] if item else []}, meter, request)


def _parse(request: dict[str, Any]) -> Statement:
    return parse(request["Statement"], [normalize(value) for value in request.get("Parameters") or ()])


def _select(database: Database, select: Select, request: dict[str, Any]) -> dict[str, Any]:
    identity = json.dumps([request["Statement"], request.get("Parameters")], sort_keys=True)
    token = request.get("NextToken")
    cursor = Cursor.of(token, identity) if token is not None else Cursor()
    source = source_of(database, select)
    meter = Meter(source.table)
    consistent = bool(request.get("ConsistentRead"))
    result = read(source, select, meter, consistent=consistent, limit=request.get("Limit"), cursor=cursor)
    answer: dict[str, Any] = {"Items": result.items}
    if result.next is not None:
        answer["NextToken"] = result.next.token(identity)
        if result.next.start is not None:
            answer["LastEvaluatedKey"] = result.next.start
    return with_capacity(answer, meter, request)


def _write(table: Table, statement: Insert | Modify | Delete, request: dict[str, Any], meter: Meter) -> Item | None:
    change = change_of(statement, table, return_old=request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD")
    change.check_keys(table)
    old, new = perform(table, change, meter)
    return returned(statement, old, new)


def batch_execute_statement(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchExecuteStatement``: each statement succeeds or fails on its own."""
    entries = request["Statements"]
    parsed = [_parse_member(entry) for entry in entries]
    kinds = {isinstance(statement, Select) for statement in parsed if not isinstance(statement, DynamoDBError)}
    if len(kinds) > 1:
        raise validation(_MIXED.format("BatchExecuteStatement"))
    meters = Meters(transactional=False)
    responses = [_member(database, *pair, meters) for pair in zip(parsed, entries, strict=True)]
    return with_capacities({"Responses": responses}, meters.all, request)


def _parse_member(entry: dict[str, Any]) -> Statement | DynamoDBError:
    try:
        statement = _parse(entry)
        if isinstance(statement, Exists):
            raise validation("EXISTS can only be used in ExecuteTransaction write requests.")
    except DynamoDBError as error:
        return error
    return statement


def _member(
    database: Database, statement: Statement | DynamoDBError, entry: dict[str, Any], meters: Meters
) -> dict[str, Any]:
    """Carry out one statement of a batch; the table is named once the statement has reached it."""
    response: dict[str, Any] = {}
    try:
        if isinstance(statement, DynamoDBError):
            raise statement
        table = database.table(statement.source.table)
        if isinstance(statement, Select):
            key = _whole_key(statement, table, "BatchExecuteStatement")
            response["TableName"] = table.name
            item = read_item(table, key, meters.of(table), consistent=bool(entry.get("ConsistentRead")))
            item = shown(item, statement.paths) if item is not None else None
        elif not isinstance(statement, Exists):
            response["TableName"] = table.name
            item = _write(table, statement, entry, meters.of(table))
    except DynamoDBError as error:
        code = _BATCH_CODES.get(error.code)
        if code is None:
            raise
        if code in ("ValidationError", "ResourceNotFound"):
            response = {}
        found = {"Item": error.extra["Item"]} if "Item" in error.extra else {}
        return {**response, "Error": {"Code": code, "Message": error.message, **found}}
    return {**response, "Item": item} if item is not None else response


def _whole_key(select: Select, table: Table, operation: str) -> Item:
    """Return the key that a SELECT names, which may say nothing else where several statements go together."""
    try:
        key, rest = key_and_condition(select.where, table.keys)
    except DynamoDBError:
        key, rest = {}, select.where
    if rest is not None or not key or select.source.index is not None:
        raise validation(f"Select statements within {operation} must specify the primary key in the where clause.")
    types = table.types
    for name, value in key.items():
        if types[name] not in value:
            raise validation(f"Key attribute's data type should match its data type in table's schema: Key {name}")
    return key


def execute_transaction(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ExecuteTransaction``: all statements succeed, or none does anything."""
    entries = request["TransactStatements"]
    parsed = [_parse_step(number, entry) for number, entry in enumerate(entries)]
    reads = [statement for statement in parsed if isinstance(statement, Select)]
    writes = [statement for statement in parsed if not isinstance(statement, Select)]
    if reads and writes:
        raise validation(_MIXED.format("ExecuteTransaction"))
    if reads:
        return _read_all(database, reads, request)
    steps = []
    for number, (statement, entry) in enumerate(zip(writes, entries, strict=True)):
        table = database.table(statement.source.table)
        return_old = entry.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        with _Naming(number):
            steps.append(Step(table, change_of(statement, table, return_old=return_old)))
    meters = commit_once(database, request.get("ClientRequestToken"), entries, steps)
    return with_capacities({"Responses": [{} for _ in steps]}, meters, request)


class _Naming:
    """Says in a validation error which statement of a transaction is wrong."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DynamoDBError) and error.code == "ValidationException":
            raise validation(f"Validation failed in TransactStatements[{self._number}]: {error.message}") from None


def _parse_step(number: int, entry: dict[str, Any]) -> Statement:
    with _Naming(number):
        statement = _parse(entry)
        if getattr(statement, "returning", None) is not None:
            raise validation("RETURNING clause is not supported in ExecuteTransaction.")
        if isinstance(statement, Select) and statement.source.index is not None:
            raise validation("Reads on indices are not supported within transactions.")
        return statement


def _read_all(database: Database, selects: Sequence[Select], request: dict[str, Any]) -> dict[str, Any]:
    tables = [database.table(select.source.table) for select in selects]
    keys = []
    for number, (table, select) in enumerate(zip(tables, selects, strict=True)):
        with _Naming(number):
            keys.append(_whole_key(select, table, "ExecuteTransaction"))
    named = {(table.name, table.primary(key)) for table, key in zip(tables, keys, strict=True)}
    if len(named) < len(keys):
        raise validation("Transaction request cannot include multiple operations on one item")
    items = [table.get(key) for table, key in zip(tables, keys, strict=True)]
    meters = Meters()

    def charge(number: int) -> None:
        table = tables[number]
        units = read_units(item_size(items[number] or {}), consistent=True)
        meters.of(table).read(units, spelled(keys[number], table.keys.hash))

    raise_if_cancelled([reason_to_cancel(partial(charge, number)) for number in range(len(keys))])
    responses = [
        {"Item": shown(item, select.paths)} if item is not None else {}
        for item, select in zip(items, selects, strict=True)
    ]
    return with_capacities({"Responses": responses}, meters.all, request)

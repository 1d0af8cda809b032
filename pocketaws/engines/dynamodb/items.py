"""One item at a time: PutItem, GetItem, UpdateItem and DeleteItem.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb.capacity import Meter, read_units
from pocketaws.engines.dynamodb.changes import Change, read_delete, read_put, read_update
from pocketaws.engines.dynamodb.errors import DynamoDBError, with_new_checks
from pocketaws.engines.dynamodb.expressions import Path, project
from pocketaws.engines.dynamodb.keys import spelled
from pocketaws.engines.dynamodb.parameters import check_expressions, check_key, check_key_paths, read_projection
from pocketaws.engines.dynamodb.tables import Database, Table
from pocketaws.engines.dynamodb.values import Item, item_size, normalize_item

__all__ = ["collection_metrics", "delete_item", "get_item", "perform", "put_item", "read_item", "update_item"]


def get_item(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetItem``."""
    key, paths = with_new_checks(_read_get, request)
    table = database.table(request["TableName"])
    check_key_paths(table, paths)
    meter = Meter(table)
    item = read_item(table, check_key(table, key), meter, consistent=bool(request.get("ConsistentRead")))
    answer: dict[str, Any] = {}
    if item is not None:
        answer["Item"] = project(item, paths) if paths is not None else item
    return with_capacity(answer, meter, request)


def _read_get(request: dict[str, Any]) -> tuple[Item, list[Path] | None]:
    check_expressions(request, ("ProjectionExpression",), ("AttributesToGet",))
    return normalize_item(request["Key"]), read_projection(request)


def read_item(table: Table, key: Item, meter: Meter, *, consistent: bool) -> Item | None:
    """Return an item by its key and count what the read consumes."""
    item = table.get(key)
    size = item_size(item) if item is not None else 0
    meter.read(read_units(size, consistent=consistent), spelled(key, table.keys.hash))
    return item


def put_item(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``PutItem``."""
    return _write(database, request, with_new_checks(read_put, request, counting=True))


def delete_item(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteItem``."""
    return _write(database, request, with_new_checks(read_delete, request, counting=True))


def update_item(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateItem``."""
    return _write(database, request, with_new_checks(read_update, request, counting=True))


def _write(database: Database, request: dict[str, Any], change: Change) -> dict[str, Any]:
    table = database.table(request["TableName"])
    change.check_keys(table)
    meter = Meter(table)
    old, new = perform(table, change, meter)
    answer: dict[str, Any] = {}
    if attributes := _returned(request.get("ReturnValues"), change, old, new):
        answer["Attributes"] = attributes
    if request.get("ReturnItemCollectionMetrics") == "SIZE" and (metrics := collection_metrics(table, change.target)):
        answer["ItemCollectionMetrics"] = metrics
    return with_capacity(answer, meter, request)


def perform(table: Table, change: Change, meter: Meter) -> tuple[Item | None, Item | None]:
    """Carry out a change whose keys were checked.

    Returns
    -------
    The item before and after.

    Raises
    ------
    DynamoDBError
        The condition does not hold (which consumes units all the same), or the update cannot be applied.
    """
    old = table.get(change.target)
    try:
        change.check_condition(old)
    except DynamoDBError:
        meter.failed_condition(old, change.target)
        raise
    new = change.outcome(table, old)
    if old is None and new is None:
        meter.failed_condition(None, change.target)
    else:
        meter.write_item(old, new)
        table.write(old, new)
    return old, new


def _returned(wanted: str | None, change: Change, old: Item | None, new: Item | None) -> Item | None:
    if wanted == "ALL_OLD":
        return old
    if wanted == "ALL_NEW":
        return new
    paths: list[Path] = change.update.paths if change.update else []
    if wanted == "UPDATED_OLD":
        return project(old, paths) if old else None
    if wanted == "UPDATED_NEW":
        return project(new, paths) if new else None
    return None


def collection_metrics(table: Table, item: Item) -> dict[str, Any] | None:
    """Return ``ItemCollectionMetrics`` of a written item; only tables with local indexes have item collections."""
    if all(index.is_global for index in table.indexes.values()):
        return None
    partition = spelled(item, table.keys.hash)
    entries = table.collection.partitions.get(partition, ())
    gigabytes = sum(table.records[primary].size for _, primary in entries) / 2**30
    return {
        "ItemCollectionKey": {name: item[name] for name in table.keys.hash},
        "SizeEstimateRangeGB": [float(int(gigabytes)), float(int(gigabytes) + 1)],
    }


def with_capacity(answer: dict[str, Any], meter: Meter, request: dict[str, Any]) -> dict[str, Any]:
    """Add ``ConsumedCapacity`` to an answer where the request asked for it."""
    if consumed := meter.answer(request.get("ReturnConsumedCapacity")):
        answer["ConsumedCapacity"] = consumed
    return answer

"""Many items in one request, each on its own: BatchGetItem and BatchWriteItem.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pocketaws.engines.dynamodb.capacity import Meter
from pocketaws.engines.dynamodb.changes import Change, read_delete, read_put
from pocketaws.engines.dynamodb.errors import DynamoDBError, validation, with_new_checks
from pocketaws.engines.dynamodb.expressions import Path, project
from pocketaws.engines.dynamodb.items import collection_metrics, perform, read_item
from pocketaws.engines.dynamodb.keys import PrimaryKey
from pocketaws.engines.dynamodb.parameters import check_expressions, check_key, read_projection
from pocketaws.engines.dynamodb.tables import Database, Table
from pocketaws.engines.dynamodb.values import Item, item_size, normalize_item

__all__ = ["THROTTLED", "batch_get_item", "batch_write_item"]

MAX_GETS, MAX_WRITES = 100, 25
MAX_ANSWER = 16 * 1024 * 1024
#: What leaves an item of a batch unprocessed.
THROTTLED = ("ProvisionedThroughputExceededException", "ThrottlingException")


def batch_get_item(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetItem``."""
    parts = {name: with_new_checks(_read_gets, part) for name, part in request["RequestItems"].items()}
    if sum(len(keys) for keys, _ in parts.values()) > MAX_GETS:
        raise validation("Too many items requested for the BatchGetItem call")
    for name, (keys, _) in parts.items():
        table = database.table(name)
        _check_distinct([table.primary(check_key(table, key)) for key in keys])
    answer = _Answer(request)
    size = 0
    for name, (keys, paths) in parts.items():
        part = request["RequestItems"][name]
        table, meter = answer.table(database, name)
        found = answer.responses.setdefault(name, [])
        for position, key in enumerate(keys):
            size += item_size(table.get(key) or {})
            consistent = bool(part.get("ConsistentRead"))
            if size > MAX_ANSWER or not answer.attempt(partial(_get, table, key, paths, meter, found, consistent)):
                answer.unprocessed[name] = {**part, "Keys": part["Keys"][position:]}
                break
    return answer.result("UnprocessedKeys", {"Responses": answer.responses})


def _read_gets(part: dict[str, Any]) -> tuple[list[Item], list[Path] | None]:
    check_expressions(part, ("ProjectionExpression",), ("AttributesToGet",))
    keys = [normalize_item(key) for key in part["Keys"]]
    return keys, read_projection(part)


def _get(table: Table, key: Item, paths: list[Path] | None, meter: Meter, found: list[Item], consistent: bool) -> None:
    item = read_item(table, key, meter, consistent=consistent)
    if item is not None:
        found.append(project(item, paths) if paths is not None else item)


def batch_write_item(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchWriteItem``."""
    parts = {name: [_read_write(entry) for entry in part] for name, part in request["RequestItems"].items()}
    if sum(map(len, parts.values())) > MAX_WRITES:
        raise validation("Too many items requested for the BatchWriteItem call")
    for name, changes in parts.items():
        table = database.table(name)
        for change in changes:
            change.check_keys(table)
        _check_distinct([table.primary(change.target) for change in changes])
    answer = _Answer(request)
    for name, changes in parts.items():
        table, meter = answer.table(database, name)
        for entry, change in zip(request["RequestItems"][name], changes, strict=True):
            if not answer.attempt(partial(perform, table, change, meter)):
                answer.unprocessed.setdefault(name, []).append(entry)
        if request.get("ReturnItemCollectionMetrics") == "SIZE":
            answer.measure(table, changes)
    more = {"ItemCollectionMetrics": answer.metrics} if answer.metrics else {}
    return answer.result("UnprocessedItems", more)


def _read_write(entry: dict[str, Any]) -> Change:
    puts, deletes = entry.get("PutRequest"), entry.get("DeleteRequest")
    if puts is not None and deletes is not None:
        raise validation(
            "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes"
        )
    if puts is not None:
        return read_put({"Item": puts["Item"]})
    if deletes is not None:
        return read_delete({"Key": deletes["Key"]})
    raise validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")


def _check_distinct(keys: list[PrimaryKey]) -> None:
    if len(set(keys)) < len(keys):
        raise validation("Provided list of item keys contains duplicates")


class _Answer:
    """What a batch has done so far."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._mode = request.get("ReturnConsumedCapacity")
        self._meters: list[Meter] = []
        self._done = 0
        self._throttled: DynamoDBError | None = None
        self.responses: dict[str, list[Item]] = {}
        self.unprocessed: dict[str, Any] = {}
        self.metrics: dict[str, list[dict[str, Any]]] = {}

    def table(self, database: Database, name: str) -> tuple[Table, Meter]:
        """Return a table and the meter of what the batch consumes of it."""
        table = database.table(name)
        self._meters.append(Meter(table))
        return table, self._meters[-1]

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something to one item; whether it was not throttled."""
        try:
            action()
        except DynamoDBError as error:
            if error.code not in THROTTLED:
                raise
            self._throttled = error
            return False
        self._done += 1
        return True

    def measure(self, table: Table, changes: list[Change]) -> None:
        """Add the metrics of the item collections that were written."""
        seen: list[dict[str, Any]] = []
        for change in changes:
            metrics = collection_metrics(table, change.target)
            if metrics and metrics not in seen:
                seen.append(metrics)
        if seen:
            self.metrics[table.name] = seen

    def result(self, unprocessed: str, more: dict[str, Any]) -> dict[str, Any]:
        """Return the answer; a batch of which nothing could be done fails."""
        if self._throttled is not None and not self._done:
            raise self._throttled
        answer = {**more, unprocessed: self.unprocessed}
        if consumed := [report for meter in self._meters if (report := meter.answer(self._mode))]:
            answer["ConsumedCapacity"] = consumed
        return answer

"""TransactGetItems: items read together, as they are at one moment.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pocketaws.engines.dynamodb.capacity import read_units
from pocketaws.engines.dynamodb.expressions import Path, project
from pocketaws.engines.dynamodb.keys import spelled
from pocketaws.engines.dynamodb.parameters import check_expressions, check_filled, check_key, read_projection
from pocketaws.engines.dynamodb.tables import Database
from pocketaws.engines.dynamodb.transactions import (
    Meters,
    action_of,
    check_distinct,
    check_size,
    raise_if_cancelled,
    reason_to_cancel,
    with_capacities,
)
from pocketaws.engines.dynamodb.values import Item, item_size, normalize_item

__all__ = ["transact_get_items"]


def transact_get_items(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``TransactGetItems``."""
    bodies = [action_of(entry, ("Get",))[1] for entry in request["TransactItems"]]
    gets = [_read_get(body) for body in bodies]
    tables = [database.table(body["TableName"]) for body in bodies]
    for table, (key, _) in zip(tables, gets, strict=True):
        check_filled(table.keys, key)
    reasons = [reason_to_cancel(partial(check_key, t, k)) for t, (k, _) in zip(tables, gets, strict=True)]
    raise_if_cancelled(reasons)
    check_distinct((table, table.primary(key)) for table, (key, _) in zip(tables, gets, strict=True))
    items = [table.get(key) for table, (key, _) in zip(tables, gets, strict=True)]
    check_size(sum(item_size(item) for item in items if item))
    meters = Meters()

    def charge(position: int) -> None:
        table, key = tables[position], gets[position][0]
        units = read_units(item_size(items[position] or {}), consistent=True)
        meters.of(table).read(units, spelled(key, table.keys.hash))

    raise_if_cancelled([reason_to_cancel(partial(charge, p)) for p in range(len(items))])
    responses = [_response(item, paths) for item, (_, paths) in zip(items, gets, strict=True)]
    return with_capacities({"Responses": responses}, meters.all, request)


def _read_get(body: dict[str, Any]) -> tuple[Item, list[Path] | None]:
    check_expressions(body, ("ProjectionExpression",))
    return normalize_item(body["Key"]), read_projection(body)


def _response(item: Item | None, paths: list[Path] | None) -> dict[str, Any]:
    if item is None:
        return {}
    return {"Item": project(item, paths) if paths is not None else item}

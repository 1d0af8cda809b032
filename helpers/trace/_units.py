"""DynamoDB's capacity units, from the answer if it reports them, else from the sizes of the items seen.

What a call does not show (the item that a write replaces, writes to indexes, items that a filter dropped) makes the
figure a lower bound; ask for ``ReturnConsumedCapacity="TOTAL"`` and it is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from helpers._capacity import read_units, wire_size, write_units

__all__ = ["consumed"]

Item = Mapping[str, Mapping[str, Any]]
READS = {"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
STATEMENTS = {"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"}
#: Refusals that AWS bills nevertheless: it read the item to check the condition.
BILLED_ERRORS = {"ConditionalCheckFailedException", "TransactionCanceledException"}


def consumed(name: str, params: dict[str, Any], answer: dict[str, Any]) -> tuple[float, float, bool]:
    """Return read units, write units, and whether they are a lower bound."""
    if name not in READS | WRITES | STATEMENTS:
        return 0.0, 0.0, False
    if reported := answer.get("ConsumedCapacity"):
        return (*_reported(name, params, reported), False)
    if (code := answer.get("Error", {}).get("Code")) is not None:
        return (0.0, _least_write(name, params), True) if code in BILLED_ERRORS else (0.0, 0.0, False)
    if _is_read(name, params):
        read, at_least = _read(name, params, answer)
        return read, 0.0, at_least
    return 0.0, _write(name, params, answer), True


def _reported(name: str, params: dict[str, Any], reported: Any) -> tuple[float, float]:
    entries = reported if isinstance(reported, list) else [reported]
    read = sum(entry.get("ReadCapacityUnits", 0.0) for entry in entries)
    write = sum(entry.get("WriteCapacityUnits", 0.0) for entry in entries)
    if read or write:
        return read, write
    total = sum(entry.get("CapacityUnits", 0.0) for entry in entries)
    return (total, 0.0) if _is_read(name, params) else (0.0, total)


def _is_read(name: str, params: dict[str, Any]) -> bool:
    if name not in STATEMENTS:
        return name in READS
    statements = [params, *params.get("Statements", ()), *params.get("TransactStatements", ())]
    texts = [each["Statement"] for each in statements if "Statement" in each]
    return all(text.lstrip()[:6].upper() == "SELECT" for text in texts)


def _read(name: str, params: dict[str, Any], answer: dict[str, Any]) -> tuple[float, bool]:
    consistent = bool(params.get("ConsistentRead"))
    hides = "ProjectionExpression" in params or "AttributesToGet" in params
    if name == "GetItem":
        return read_units(wire_size(answer.get("Item", {})), consistent=consistent), hides
    if name == "TransactGetItems":
        items = [each.get("Item", {}) for each in answer.get("Responses", [])]
        return 2 * sum(read_units(wire_size(item), consistent=True) for item in items), False
    if name == "BatchGetItem":
        return _batch_read(params, answer)
    found = answer.get("Items", [])
    hides = hides or name in STATEMENTS or len(found) < answer.get("ScannedCount", 0)
    return read_units(sum(map(wire_size, found)), consistent=consistent), hides


def _batch_read(params: dict[str, Any], answer: dict[str, Any]) -> tuple[float, bool]:
    units, hides = 0.0, False
    for table, asked in params["RequestItems"].items():
        consistent = bool(asked.get("ConsistentRead"))
        hides = hides or "ProjectionExpression" in asked or "AttributesToGet" in asked
        found = answer.get("Responses", {}).get(table, [])
        left = len(answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", []))
        missing = len(asked["Keys"]) - left - len(found)
        sizes = [*map(wire_size, found), *[0] * missing]
        units += sum(read_units(size, consistent=consistent) for size in sizes)
    return units, hides


def _write(name: str, params: dict[str, Any], answer: dict[str, Any]) -> float:
    if name == "BatchWriteItem":
        asked, left = _batched(params["RequestItems"]), _batched(answer.get("UnprocessedItems", {}))
        return sum(asked) - sum(left)
    if name == "PutItem":
        return max(write_units(wire_size(params["Item"])), write_units(wire_size(answer.get("Attributes", {}))))
    if name in {"UpdateItem", "DeleteItem"}:
        return write_units(wire_size(answer.get("Attributes", {})))
    return _least_write(name, params)


def _batched(requests: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[float]:
    every = [request for table in requests.values() for request in table]
    return [write_units(wire_size(each["PutRequest"]["Item"])) if "PutRequest" in each else 1.0 for each in every]


def _least_write(name: str, params: dict[str, Any]) -> float:
    if name == "TransactWriteItems":
        return 2 * sum(write_units(wire_size(each.get("Put", {}).get("Item", {}))) for each in params["TransactItems"])
    parts = params.get("Statements") or params.get("TransactStatements") or [params]
    return float(len(parts)) * (2 if name == "ExecuteTransaction" else 1)

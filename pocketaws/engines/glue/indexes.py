"""Partition indexes: up to three a table, of partition keys.

Source: https://docs.aws.amazon.com/glue/latest/dg/partition-indexes.html
"""

from __future__ import annotations

from typing import Any

from pocketaws import clock
from pocketaws.engines.glue.errors import GlueError, already_exists, invalid, not_found
from pocketaws.engines.glue.paging import page

__all__ = ["add", "check", "create_partition_index", "delete_partition_index", "get_partition_indexes"]

LIMIT = 3


def _of(table: Any) -> dict[str, dict[str, Any]]:
    indexes: dict[str, dict[str, Any]] = table.__dict__.setdefault("pocketaws_indexes", {})
    return indexes


def check(index: dict[str, Any], keys: list[dict[str, Any]]) -> None:
    """Check that an index is one of partition keys."""
    unknown = sorted({name.lower() for name in index["Keys"]} - {key["Name"].lower() for key in keys})
    if unknown:
        raise invalid(f"Keys {unknown} of partition index {index['IndexName']} are not partition keys of the table")


def add(table: Any, index: dict[str, Any]) -> None:
    """Give a table an index; it is active with the next request."""
    indexes = _of(table)
    if index["IndexName"] in indexes:
        raise already_exists(f"Partition index {index['IndexName']} already exists.")
    if len(indexes) >= LIMIT:
        raise GlueError("ResourceNumberLimitExceededException", f"Number of partition indexes exceeds limit {LIMIT}")
    types = {key["Name"].lower(): key.get("Type", "string") for key in table.as_dict().get("PartitionKeys") or []}
    keys = [{"Name": name.lower(), "Type": types[name.lower()]} for name in index["Keys"]]
    described = {"IndexName": index["IndexName"], "Keys": keys, "IndexStatus": "CREATING"}
    indexes[index["IndexName"]] = described
    clock.at(clock.now(), lambda: described.update(IndexStatus="ACTIVE"))


def _table(backend: Any, request: dict[str, Any]) -> Any:
    return backend.get_table(request["DatabaseName"], request["TableName"])


def create_partition_index(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``CreatePartitionIndex``."""
    table = _table(backend, request)
    check(request["PartitionIndex"], table.as_dict().get("PartitionKeys") or [])
    add(table, request["PartitionIndex"])


def get_partition_indexes(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetPartitionIndexes``."""
    return page(list(_of(_table(backend, request)).values()), request, "PartitionIndexDescriptorList")


def delete_partition_index(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeletePartitionIndex``; it is gone with the next request."""
    indexes = _of(_table(backend, request))
    if request["IndexName"] not in indexes:
        raise not_found(f"Partition index {request['IndexName']} not found.")
    indexes[request["IndexName"]]["IndexStatus"] = "DELETING"
    clock.at(clock.now(), lambda: indexes.pop(request["IndexName"], None))

"""Partitions of a table: filters, segments, and batches with an error for each entry that fails.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-partitions.html
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError

from pocketaws.engines.glue.errors import already_exists, detail, invalid, not_found
from pocketaws.engines.glue.paging import page
from pocketaws.engines.glue.tables import table_of

__all__ = [
    "batch_create_partition",
    "batch_delete_partition",
    "batch_get_partition",
    "batch_update_partition",
    "create_partition",
    "delete_partition",
    "get_partition",
    "get_partitions",
    "update_partition",
]


def _describe(table: Any, partition: Any) -> dict[str, Any]:
    return {"CatalogId": table.catalog_id, **partition.as_dict()}


def create_partition(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``CreatePartition``."""
    table_of(backend, request).create_partition(request["PartitionInput"])


def get_partition(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetPartition``."""
    table = table_of(backend, request)
    return {"Partition": _describe(table, table.get_partition(request["PartitionValues"]))}


def get_partitions(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetPartitions``; a segment holds the partitions whose values hash to it."""
    table = table_of(backend, request)
    found = table.get_partitions(request.get("Expression"))
    if segment := request.get("Segment"):
        number, total = segment["SegmentNumber"], segment["TotalSegments"]
        if not 0 <= number < total <= 10:
            raise invalid("SegmentNumber must be less than TotalSegments, and TotalSegments at most 10")
        found = [each for each in found if zlib.crc32("\0".join(each.values).encode()) % total == number]
    answer = page(found, request, "Partitions", limit=1000)
    answer["Partitions"] = [_describe(table, each) for each in answer["Partitions"]]
    if request.get("ExcludeColumnSchema"):
        for each in answer["Partitions"]:
            descriptor = each.get("StorageDescriptor") or {}
            each["StorageDescriptor"] = {name: value for name, value in descriptor.items() if name != "Columns"}
    return answer


def update_partition(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``UpdatePartition``."""
    _update(table_of(backend, request), request["PartitionValueList"], request["PartitionInput"])


def _update(table: Any, old: list[str], given: dict[str, Any]) -> None:
    new = given.setdefault("Values", old)
    if str(old) not in table.partitions:
        raise not_found("Cannot find partition.")
    if new != old and str(new) in table.partitions:
        raise already_exists("Partition already exists.")
    created = table.get_partition(old).creation_time
    table.update_partition(old, given)
    table.get_partition(new).creation_time = created


def delete_partition(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeletePartition``."""
    table_of(backend, request).delete_partition(request["PartitionValues"])


def _each(entries: list[Any], limit: int, values: Callable[[Any], Any], work: Callable[[Any], None]) -> dict[str, Any]:
    if len(entries) > limit:
        raise invalid(f"The number of partitions in a batch must be at most {limit}; {len(entries)} given.")
    errors = []
    for entry in entries:
        try:
            work(entry)
        except JsonRESTError as error:
            errors.append({**values(entry), "ErrorDetail": detail(error)})
    return {"Errors": errors}


def batch_create_partition(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchCreatePartition``."""
    table = table_of(backend, request)
    entries = request["PartitionInputList"]
    return _each(entries, 100, lambda each: {"PartitionValues": each.get("Values")}, table.create_partition)


def batch_update_partition(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchUpdatePartition``."""
    table = table_of(backend, request)
    return _each(
        request["Entries"],
        100,
        lambda each: {"PartitionValueList": each["PartitionValueList"]},
        lambda each: _update(table, each["PartitionValueList"], each["PartitionInput"]),
    )


def batch_delete_partition(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchDeletePartition``."""
    table = table_of(backend, request)
    return _each(
        request["PartitionsToDelete"],
        25,
        lambda each: {"PartitionValues": each["Values"]},
        lambda each: table.delete_partition(each["Values"]),
    )


def batch_get_partition(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetPartition``; partitions that do not exist are left out."""
    table = table_of(backend, request)
    asked = request["PartitionsToGet"]
    if len(asked) > 1000:
        raise invalid(f"The number of partitions in a batch must be at most 1000; {len(asked)} given.")
    keys = [str(each["Values"]) for each in asked]
    found = [table.partitions[key] for key in keys if key in table.partitions]
    return {"Partitions": [_describe(table, each) for each in found], "UnprocessedKeys": []}

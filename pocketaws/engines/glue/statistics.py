"""Statistics of columns, of a table or of one partition, kept as they are given.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html (column statistics)
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.glue.errors import detail, not_found
from pocketaws.engines.glue.tables import table_of

__all__ = ["delete_column_statistics", "get_column_statistics", "update_column_statistics"]


def _holder(backend: Any, request: dict[str, Any]) -> tuple[Any, set[str]]:
    table = table_of(backend, request)
    columns = {column["Name"] for column in (table.as_dict().get("StorageDescriptor") or {}).get("Columns") or []}
    values = request.get("PartitionValues")
    return (table if values is None else table.get_partition(values)), columns


def _of(holder: Any) -> dict[str, dict[str, Any]]:
    statistics: dict[str, dict[str, Any]] = holder.__dict__.setdefault("pocketaws_statistics", {})
    return statistics


def update_column_statistics(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateColumnStatisticsForTable`` and ``...ForPartition``."""
    holder, columns = _holder(backend, request)
    errors = []
    for given in request["ColumnStatisticsList"]:
        if given["ColumnName"] in columns:
            _of(holder)[given["ColumnName"]] = given
        else:
            error = detail(not_found(f"Column {given['ColumnName']} not found."))
            errors.append({"ColumnStatistics": given, "Error": error})
    return {"Errors": errors}


def get_column_statistics(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetColumnStatisticsForTable`` and ``...ForPartition``."""
    statistics = _of(_holder(backend, request)[0])
    asked = request["ColumnNames"]
    missing = [name for name in asked if name not in statistics]
    errors = [{"ColumnName": name, "Error": detail(not_found("Column statistics not found."))} for name in missing]
    return {"ColumnStatisticsList": [statistics[name] for name in asked if name in statistics], "Errors": errors}


def delete_column_statistics(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeleteColumnStatisticsForTable`` and ``...ForPartition``."""
    if _of(_holder(backend, request)[0]).pop(request["ColumnName"], None) is None:
        raise not_found("Column statistics not found.")

"""A table as ``DescribeTable`` shows it.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb.schemas import initial_warm
from pocketaws.engines.dynamodb.tables import Index, Table
from pocketaws.engines.dynamodb.values import item_size

__all__ = ["describe", "warm"]


def describe(table: Table, status: str | None = None) -> dict[str, Any]:
    """Return a table's description.

    Parameters
    ----------
    table
        The table.
    status
        What to show as its status where an answer shows what has just begun, for example ``CREATING``.
    """
    description: dict[str, Any] = {
        "AttributeDefinitions": table.attribute_definitions,
        "TableName": table.name,
        "KeySchema": table.key_schema,
        "TableStatus": status or table.status,
        "CreationDateTime": table.created,
        "ProvisionedThroughput": _throughput(table.throughput),
        "TableSizeBytes": table.size,
        "ItemCount": len(table.records),
        "TableArn": table.arn,
        "TableId": table.id,
        "DeletionProtectionEnabled": table.deletion_protected,
        "WarmThroughput": warm(table, table.warm, table.throughput),
    }
    if table.billing_changed is not None:
        description["BillingModeSummary"] = {"BillingMode": table.billing_mode}
        if table.billing_mode == "PAY_PER_REQUEST":
            description["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = table.billing_changed
    if table.on_demand:
        description["OnDemandThroughput"] = table.on_demand
    if table.table_class:
        description["TableClassSummary"] = {"TableClass": table.table_class}
    if table.encryption:
        description["SSEDescription"] = table.encryption
    if table.stream_specification:
        description["StreamSpecification"] = table.stream_specification
    if table.stream_label:
        description["LatestStreamLabel"] = table.stream_label
        description["LatestStreamArn"] = table.stream_arn
    if table.restore_summary:
        description["RestoreSummary"] = table.restore_summary
    for member, is_global in (("LocalSecondaryIndexes", False), ("GlobalSecondaryIndexes", True)):
        if part := [_index(table, index, status) for index in table.indexes.values() if index.is_global == is_global]:
            description[member] = part
    return description


def _throughput(given: dict[str, Any] | None) -> dict[str, Any]:
    units = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    return {"NumberOfDecreasesToday": 0, **units, **(given or {})}


def warm(table: Table, given: dict[str, int] | None, throughput: dict[str, Any] | None) -> dict[str, Any]:
    """Return the ``WarmThroughput`` of a table or index that has some units and was given some."""
    floor = initial_warm(table.billing_mode, throughput)
    return {**{name: max(low, (given or {}).get(name, 0)) for name, low in floor.items()}, "Status": "ACTIVE"}


def _index(table: Table, index: Index, status: str | None) -> dict[str, Any]:
    entries = [table.records[key].item for part in index.collection.partitions.values() for _, key in part]
    description: dict[str, Any] = {
        "IndexName": index.name,
        "KeySchema": index.key_schema,
        "Projection": index.projection,
        "IndexSizeBytes": sum(item_size(index.projected(item)) for item in entries),
        "ItemCount": len(entries),
        "IndexArn": f"{table.arn}/index/{index.name}",
    }
    if index.is_global:
        description["IndexStatus"] = "CREATING" if status == "CREATING" else index.status
        description["ProvisionedThroughput"] = _throughput(index.throughput)
        description["WarmThroughput"] = warm(table, index.warm, index.throughput)
        if index.on_demand:
            description["OnDemandThroughput"] = index.on_demand
    return description

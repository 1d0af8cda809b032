"""UpdateTable: throughput, billing, streams, protection, encryption and the life of global secondary indexes.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
"""

from __future__ import annotations

from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.control import encryption, refuse, set_stream
from pocketaws.engines.dynamodb.descriptions import describe, warm
from pocketaws.engines.dynamodb.errors import DynamoDBError, invalid_parameters, not_found, validation
from pocketaws.engines.dynamodb.schemas import build_index, check_global, check_throughput, check_warmer
from pocketaws.engines.dynamodb.tables import Database, Table

__all__ = ["update_table"]

_CHANGES = (
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexUpdates",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "SSESpecification",
    "StreamSpecification",
    "TableClass",
    "WarmThroughput",
)


def update_table(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateTable``."""
    refuse(
        request,
        "ReplicaUpdates",
        "MultiRegionConsistency",
        "GlobalTableWitnessUpdates",
        "GlobalTableSettingsReplicationMode",
        "VectorIndexUpdates",
    )
    if all(request.get(name) is None for name in _CHANGES):
        raise validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
            "SSESpecification or ReplicaUpdates is required"
        )
    table = database.described(request["TableName"])
    check_warmer(request.get("WarmThroughput"), warm(table, table.warm, table.throughput))
    _change_throughput(table, request)
    _change_stream(table, request.get("StreamSpecification"))
    for update in request.get("GlobalSecondaryIndexUpdates") or ():
        _change_index(table, update, request)
    _change_settings(database, table, request)
    return {"TableDescription": describe(table, "UPDATING")}


def _change_throughput(table: Table, request: dict[str, Any]) -> None:
    mode, wanted = request.get("BillingMode"), request.get("ProvisionedThroughput")
    if mode == "PAY_PER_REQUEST" or (mode is None and wanted is not None and table.billing_mode == "PAY_PER_REQUEST"):
        check_throughput(request, "PAY_PER_REQUEST")
    if mode == "PROVISIONED" and table.billing_mode != "PROVISIONED":
        check_throughput(request, mode)
    if wanted is not None and table.billing_mode == "PROVISIONED":
        _check_different(table.throughput, wanted)
    if mode is not None and mode != table.billing_mode:
        table.billing_mode = mode
        table.billing_changed = clock.now()
        for index in table.indexes.values():
            index.throughput = None if mode == "PAY_PER_REQUEST" else (index.throughput or wanted)
    if mode == "PAY_PER_REQUEST":
        table.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    elif wanted is not None:
        now = clock.now()
        less = any(wanted[name] < table.throughput.get(name, 0) for name in wanted)
        table.throughput = {**wanted, "LastDecreaseDateTime" if less else "LastIncreaseDateTime": now}


def _check_different(current: dict[str, Any], wanted: dict[str, Any]) -> None:
    names = ("ReadCapacityUnits", "WriteCapacityUnits")
    if all(current[name] == wanted[name] for name in names):
        compared = " ".join(
            f"Current {name} provisioned for the table: {current[name]}. Requested {name}: {wanted[name]}."
            for name in names
        )
        raise validation(
            "The provisioned throughput for the table will not change. The requested value equals the current value. "
            f"{compared} Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
            "limits."
        )


def _change_stream(table: Table, specification: dict[str, Any] | None) -> None:
    if specification is None:
        return
    if specification.get("StreamEnabled") and table.stream_specification:
        raise validation(f"Table already has an enabled stream: TableName: {table.name}")
    if not specification.get("StreamEnabled") and not table.stream_specification:
        raise validation(f"Table does not have a stream to disable: TableName: {table.name}")
    set_stream(table, specification)


def _change_index(table: Table, update: dict[str, Any], request: dict[str, Any]) -> None:
    if creation := update.get("Create"):
        _create_index(table, creation, request)
    elif deletion := update.get("Delete"):
        _global_index(table, deletion["IndexName"])
        del table.indexes[deletion["IndexName"]]
        used = {name for index in table.indexes.values() for name in index.collection.keys.all} | set(table.keys.all)
        table.attribute_definitions = [d for d in table.attribute_definitions if d["AttributeName"] in used]
    elif change := update.get("Update"):
        index = table.indexes[_global_index(table, change["IndexName"])]
        current = warm(table, index.warm, index.throughput)
        check_warmer(change.get("WarmThroughput"), current, f"index {index.name}")
        if throughput := change.get("ProvisionedThroughput"):
            check_throughput(change, table.billing_mode)
            index.throughput = throughput
        index.on_demand = change.get("OnDemandThroughput", index.on_demand)
        index.warm = change.get("WarmThroughput", index.warm)
    else:
        raise invalid_parameters("One of GlobalSecondaryIndexUpdate.Update, Create or Delete must not be null")


def _global_index(table: Table, name: str) -> str:
    index = table.index(name)
    if index is None or not index.is_global:
        raise not_found()
    return name


def _create_index(table: Table, creation: dict[str, Any], request: dict[str, Any]) -> None:
    creations = [update for update in request["GlobalSecondaryIndexUpdates"] if update.get("Create")]
    if len(creations) > 1:
        raise DynamoDBError(
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
        )
    if creation["IndexName"] in table.indexes:
        raise validation("Attempting to create an index which already exists")
    known = {definition["AttributeName"]: definition for definition in table.attribute_definitions}
    for definition in request.get("AttributeDefinitions") or ():
        name = definition["AttributeName"]
        if name in known and known[name] != definition:
            raise invalid_parameters(f"Attribute {name} is already defined with another type")
        known[name] = definition
    count = sum(index.is_global for index in table.indexes.values())
    check_global([creation], list(table.indexes), list(known.values()), table.billing_mode, count)
    index = build_index(creation, table.keys.all, is_global=True)
    used = {*table.types, *index.collection.keys.all}
    table.attribute_definitions = [definition for name, definition in known.items() if name in used]
    types = table.types
    for primary, record in table.records.items():
        item = record.item
        if index.collection.holds(item) and all(types[name] in item[name] for name in index.collection.keys.all):
            index.collection.add(item, primary)
    table.indexes[index.name] = index


def _change_settings(database: Database, table: Table, request: dict[str, Any]) -> None:
    table.deletion_protected = request.get("DeletionProtectionEnabled", table.deletion_protected)
    table.table_class = request.get("TableClass", table.table_class)
    table.on_demand = request.get("OnDemandThroughput", table.on_demand)
    table.warm = request.get("WarmThroughput", table.warm)
    if (specification := request.get("SSESpecification")) is not None:
        table.encryption = encryption(database, specification)

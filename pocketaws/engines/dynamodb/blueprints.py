"""How to make a table like another one: what a backup keeps of a table besides its items.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb.errors import validation
from pocketaws.engines.dynamodb.tables import Index, Table

__all__ = ["blueprint", "overridden", "source_details", "source_features"]

_UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")


def blueprint(table: Table) -> dict[str, Any]:
    """Return the ``CreateTable`` request, but for the name, that makes a table like this one."""
    plan: dict[str, Any] = {
        "AttributeDefinitions": table.attribute_definitions,
        "KeySchema": table.key_schema,
        "BillingMode": table.billing_mode,
        "TableClass": table.table_class,
        "OnDemandThroughput": table.on_demand,
    }
    if table.billing_mode == "PROVISIONED":
        plan["ProvisionedThroughput"] = _units(table.throughput)
    for member, is_global in (("LocalSecondaryIndexes", False), ("GlobalSecondaryIndexes", True)):
        if part := [_index(index) for index in table.indexes.values() if index.is_global == is_global]:
            plan[member] = part
    return {name: value for name, value in plan.items() if value is not None}


def _units(throughput: dict[str, Any]) -> dict[str, int]:
    return {name: throughput.get(name, 0) for name in _UNITS}


def _index(index: Index) -> dict[str, Any]:
    plan: dict[str, Any] = {
        "IndexName": index.name,
        "KeySchema": index.key_schema,
        "Projection": index.projection,
        "OnDemandThroughput": index.on_demand,
        "ProvisionedThroughput": _units(index.throughput) if index.throughput else None,
    }
    return {name: value for name, value in plan.items() if value is not None}


def overridden(plan: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """Return a blueprint with the overrides of a restore request."""
    plan = dict(plan)
    for member, override in (
        ("LocalSecondaryIndexes", "LocalSecondaryIndexOverride"),
        ("GlobalSecondaryIndexes", "GlobalSecondaryIndexOverride"),
    ):
        if (wanted := request.get(override)) is not None:
            plan[member] = _subset(plan.get(member, []), wanted, override)
    mode = plan["BillingMode"] = request.get("BillingModeOverride", plan["BillingMode"])
    for member in ("ProvisionedThroughput", "OnDemandThroughput", "SSESpecification"):
        plan[member] = request.get(f"{member}Override", plan.get(member))
    throughput = plan["ProvisionedThroughput"] if mode == "PROVISIONED" else None
    plan["ProvisionedThroughput"] = throughput
    plan["GlobalSecondaryIndexes"] = [
        {**index, "ProvisionedThroughput": throughput and index.get("ProvisionedThroughput", throughput)}
        for index in plan.get("GlobalSecondaryIndexes", ())
    ]
    plan = {name: value for name, value in plan.items() if value}
    indexes = [*plan.get("LocalSecondaryIndexes", ()), *plan.get("GlobalSecondaryIndexes", ())]
    used = {element["AttributeName"] for part in (plan, *indexes) for element in part["KeySchema"]}
    plan["AttributeDefinitions"] = [one for one in plan["AttributeDefinitions"] if one["AttributeName"] in used]
    return plan


def _subset(indexes: list[dict[str, Any]], wanted: list[dict[str, Any]], override: str) -> list[dict[str, Any]]:
    """Return the indexes to restore: a restore can leave indexes out, but not add or change them."""
    known = {index["IndexName"]: index for index in indexes}
    for index in wanted:
        same = known.get(index["IndexName"], {})
        if any(index[member] != same.get(member) for member in ("KeySchema", "Projection")):
            raise validation(f"{override} must be a subset of the indexes of the source table: {index['IndexName']}")
    return [{**known[index["IndexName"]], **index} for index in wanted]


def source_details(table: Table) -> dict[str, Any]:
    """Return the ``SourceTableDetails`` of a backup."""
    return {
        "TableName": table.name,
        "TableId": table.id,
        "TableArn": table.arn,
        "TableSizeBytes": table.size,
        "KeySchema": table.key_schema,
        "TableCreationDateTime": table.created,
        "ProvisionedThroughput": _units(table.throughput),
        "ItemCount": len(table.records),
        "BillingMode": table.billing_mode,
    }


def source_features(table: Table) -> dict[str, Any]:
    """Return the ``SourceTableFeatureDetails`` of a backup."""
    plan = blueprint(table)
    features: dict[str, Any] = {
        name: plan[name] for name in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes") if name in plan
    }
    if table.stream_specification:
        features["StreamDescription"] = table.stream_specification
    if table.ttl_attribute:
        features["TimeToLiveDescription"] = {"TimeToLiveStatus": "ENABLED", "AttributeName": table.ttl_attribute}
    if table.encryption:
        features["SSEDescription"] = table.encryption
    return features

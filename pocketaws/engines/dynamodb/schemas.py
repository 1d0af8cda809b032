"""Key schemas, indexes and throughput of a table to be: what AWS accepts, and its messages for what it does not.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb.errors import invalid_parameters, validation
from pocketaws.engines.dynamodb.keys import Collection, KeyNames
from pocketaws.engines.dynamodb.tables import Index

__all__ = [
    "build_index",
    "check_definitions",
    "check_global",
    "check_local",
    "check_schema",
    "check_throughput",
    "check_warm",
    "check_warmer",
    "initial_warm",
]

MAX_GLOBAL, MAX_LOCAL, MAX_NON_KEY = 20, 5, 100
MAX_UNITS = 1_000_000_000_000
#: How many attributes the key of a global index may have of each kind; a table has one of each.
MAX_INDEX_KEY = 4
Schema = list[dict[str, str]]
_INITIAL = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
    "#on-demand-capacity-mode-initial"
)


def check_schema(schema: Schema, definitions: Schema, what: str = "") -> None:
    """Check the order and the names of a key schema."""
    defined = [definition["AttributeName"] for definition in definitions]
    names = [element["AttributeName"] for element in schema]
    if not what and len(names) > len(defined):
        raise validation("Invalid KeySchema: Some index key attribute have no definition")
    if any(name not in defined for name in names):
        raise invalid_parameters(
            "Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: [{', '.join(names)}], AttributeDefinitions: [{', '.join(defined)}]"
        )
    if len(set(names)) < len(names):
        raise validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
    if schema[0]["KeyType"] != "HASH":
        raise validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    kinds = [element["KeyType"] for element in schema]
    if not what and kinds[1:] not in ([], ["RANGE"]):
        raise validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
    if kinds != sorted(kinds):
        raise validation("Invalid KeySchema: HASH key elements must precede RANGE key elements")


def check_definitions(definitions: Schema, schemas: list[Schema]) -> None:
    """Check that every defined attribute is used in a key, and defined once."""
    defined = [definition["AttributeName"] for definition in definitions]
    if len(set(defined)) < len(defined):
        repeated = next(name for position, name in enumerate(defined) if name in defined[:position])
        raise invalid_parameters(f"Cannot define the same attribute twice: {repeated}")
    used = {element["AttributeName"] for schema in schemas for element in schema}
    if set(defined) == used:
        return
    if len(schemas) == 1:
        raise invalid_parameters(
            "Number of attributes in KeySchema does not exactly match "
            "number of attributes defined in AttributeDefinitions"
        )
    raise invalid_parameters(
        "Some AttributeDefinitions are not used. "
        f"AttributeDefinitions: [{', '.join(defined)}], keys used: [{', '.join(sorted(used))}]"
    )


def check_throughput(request: dict[str, Any], billing_mode: str | None, what: str = "") -> None:
    """Check that units are given where, and only where, capacity is provisioned."""
    throughput = request.get("ProvisionedThroughput")
    if billing_mode == "PAY_PER_REQUEST":
        if throughput is not None and what:
            raise invalid_parameters(
                f"ProvisionedThroughput should not be specified for index: {what} when BillingMode is PAY_PER_REQUEST"
            )
        if throughput is not None:
            raise invalid_parameters(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            )
        return
    if throughput is None:
        if what:
            raise invalid_parameters(f"ProvisionedThroughput must be specified for index: {what}")
        raise invalid_parameters(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
        )
    for name in ("ReadCapacityUnits", "WriteCapacityUnits"):
        if throughput[name] > MAX_UNITS:
            raise validation(f"Given value {throughput[name]} for {name} is out of bounds")


def initial_warm(billing_mode: str, throughput: dict[str, Any] | None) -> dict[str, int]:
    """Return the units a second that a table or index is ready for from the start."""
    if billing_mode == "PAY_PER_REQUEST":
        return {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4_000}
    units = throughput or {}
    return {f"{kind}UnitsPerSecond": units.get(f"{kind}CapacityUnits", 0) for kind in ("Read", "Write")}


def check_warm(request: dict[str, Any], billing_mode: str, what: str = "table") -> None:
    """Check that a new table or index is not asked to be ready for less than it is from the start."""
    least = initial_warm(billing_mode, request.get("ProvisionedThroughput"))
    for name, units in (request.get("WarmThroughput") or {}).items():
        if units < least[name]:
            initial = (
                f"initial throughput for OnDemand. See: {_INITIAL}"
                if billing_mode == "PAY_PER_REQUEST"
                else f"{name.replace('UnitsPerSecond', 'CapacityUnits')} of ProvisionedThroughput"
            )
            raise invalid_parameters(f"Requested {name} for WarmThroughput for {what} is lower than {initial}")


def check_warmer(wanted: dict[str, int] | None, current: dict[str, Any], what: str = "table") -> None:
    """Check that what a table or index is ready for does not become less."""
    for name, units in (wanted or {}).items():
        if units < current[name]:
            raise invalid_parameters(
                f"Requested {name} for WarmThroughput for {what} is lower than current WarmThroughput, "
                "decreasing WarmThroughput is not supported"
            )


def _check_projection(request: dict[str, Any]) -> int:
    projection = request.get("Projection") or {}
    kind, attributes = projection.get("ProjectionType"), projection.get("NonKeyAttributes")
    if kind is None:
        raise invalid_parameters("Unknown ProjectionType: null")
    if kind != "INCLUDE" and attributes is not None:
        raise invalid_parameters(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if kind == "INCLUDE" and not attributes:
        raise invalid_parameters("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    return len(attributes or ())


def _check_names(indexes: list[dict[str, Any]], taken: list[str], member: str) -> None:
    if not indexes:
        raise invalid_parameters(f"List of {member} is empty")
    names = list(taken)
    for request in indexes:
        if request["IndexName"] in names:
            raise invalid_parameters(f"Duplicate index name: {request['IndexName']}")
        names.append(request["IndexName"])
    if sum(map(_check_projection, indexes)) > MAX_NON_KEY:
        raise invalid_parameters(
            "Number of NonKeyAttributes exceeds the limit of 100 per table over all secondary indexes"
        )


def check_local(indexes: list[dict[str, Any]], table_schema: Schema, definitions: Schema) -> None:
    """Check the local secondary indexes of a new table."""
    if indexes and len(table_schema) < 2:
        raise invalid_parameters(
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
        )
    _check_names(indexes, [], "LocalSecondaryIndexes")
    if len(indexes) > MAX_LOCAL:
        raise invalid_parameters("Number of LocalSecondaryIndexes exceeds per-table limit of 5")
    table_hash = table_schema[0]["AttributeName"]
    for request in indexes:
        schema, name = request["KeySchema"], request["IndexName"]
        check_schema(schema, definitions, name)
        if len(schema) < 2:
            raise invalid_parameters(f"Index KeySchema does not have a range key for index: {name}")
        if schema[0]["AttributeName"] != table_hash:
            raise invalid_parameters(
                f"Index KeySchema does not have the same leading hash key as table KeySchema for index: {name}. "
                f"index hash key: {schema[0]['AttributeName']}, table hash key: {table_hash}"
            )


def check_global(
    indexes: list[dict[str, Any]], taken: list[str], definitions: Schema, billing_mode: str, count: int = 0
) -> None:
    """Check new global secondary indexes next to indexes whose names are taken."""
    _check_names(indexes, taken, "GlobalSecondaryIndexes")
    if len(indexes) + count > MAX_GLOBAL:
        raise invalid_parameters(f"GlobalSecondaryIndex count exceeds the per-table limit of {MAX_GLOBAL}")
    for request in indexes:
        check_schema(request["KeySchema"], definitions, request["IndexName"])
        keys = KeyNames.of(request["KeySchema"])
        if len(keys.hash) > MAX_INDEX_KEY or len(keys.range) > MAX_INDEX_KEY:
            raise invalid_parameters(
                f"Number of key attributes exceeds the limit of 4 for index: {request['IndexName']}"
            )
        check_throughput(request, billing_mode, request["IndexName"])
        check_warm(request, billing_mode, f"index {request['IndexName']}")


def build_index(request: dict[str, Any], table_keys: tuple[str, ...], *, is_global: bool) -> Index:
    """Return a checked index, still empty."""
    return Index(
        name=request["IndexName"],
        is_global=is_global,
        key_schema=request["KeySchema"],
        projection=request["Projection"],
        collection=Collection(KeyNames.of(request["KeySchema"])),
        table_keys=table_keys,
        throughput=request.get("ProvisionedThroughput"),
        on_demand=request.get("OnDemandThroughput"),
        warm=request.get("WarmThroughput"),
    )

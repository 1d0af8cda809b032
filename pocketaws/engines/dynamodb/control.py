"""The control plane: tables created, described and listed.

pocketaws has no waiting time here: CreateTable answers ``CREATING`` as AWS does, and the table is ``ACTIVE`` at the
next request; UpdateTable answers ``UPDATING`` and DeleteTable ``DELETING`` likewise.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb import streams
from pocketaws.engines.dynamodb.descriptions import describe
from pocketaws.engines.dynamodb.errors import invalid_parameters, resource_in_use, validation
from pocketaws.engines.dynamodb.schemas import (
    build_index,
    check_definitions,
    check_global,
    check_local,
    check_schema,
    check_throughput,
    check_warm,
)
from pocketaws.engines.dynamodb.tables import Database, Table

__all__ = [
    "create_table",
    "describe_endpoints",
    "describe_limits",
    "describe_table",
    "encryption",
    "list_tables",
    "refuse",
    "set_stream",
]

_PAGE = 100


def create_table(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateTable``."""
    refuse(request, "ResourcePolicy", "GlobalTableSettingsReplicationMode", "GlobalTableSourceArn", "VectorIndexes")
    name = request["TableName"]
    table = new_table(database, request)
    if name in database.tables:
        raise resource_in_use(f"Table already exists: {name}")
    database.tables[name] = table
    if specification := request.get("StreamSpecification"):
        set_stream(table, specification)
    return {"TableDescription": describe(table, "CREATING")}


def new_table(database: Database, request: dict[str, Any]) -> Table:
    """Return a table as a ``CreateTable`` request describes it, checked, not yet in the database."""
    mode = request.get("BillingMode", "PROVISIONED")
    definitions, schema = request.get("AttributeDefinitions"), request.get("KeySchema")
    check_throughput(request, mode)
    check_warm(request, mode)
    if definitions is None or schema is None:
        missing = "AttributeDefinitions" if definitions is None else "KeySchema"
        raise validation(f"The parameter '{missing}' is required but was not present in the request")
    check_schema(schema, definitions)
    local, global_ = request.get("LocalSecondaryIndexes"), request.get("GlobalSecondaryIndexes")
    if local is not None:
        check_local(local, schema, definitions)
    if global_ is not None:
        check_global(global_, [index["IndexName"] for index in local or ()], definitions, mode)
    indexes = [*(local or ()), *(global_ or ())]
    check_definitions(definitions, [schema, *(index["KeySchema"] for index in indexes)])
    throughput = request.get("ProvisionedThroughput") or {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    table = Table(
        name=request["TableName"],
        arn=database.arn(f"table/{request['TableName']}"),
        attribute_definitions=definitions,
        key_schema=schema,
        billing_mode=mode,
        throughput=throughput,
        on_demand=request.get("OnDemandThroughput"),
        warm=request.get("WarmThroughput"),
        deletion_protected=bool(request.get("DeletionProtectionEnabled")),
        table_class=request.get("TableClass"),
        encryption=encryption(database, request.get("SSESpecification")),
        tags={tag["Key"]: tag["Value"] for tag in request.get("Tags") or ()},
    )
    table.billing_changed = table.created if mode == "PAY_PER_REQUEST" else None
    for part, is_global in ((local, False), (global_, True)):
        for index in part or ():
            table.indexes[index["IndexName"]] = build_index(index, table.keys.all, is_global=is_global)
    return table


def refuse(request: dict[str, Any], *members: str) -> None:
    """Refuse what pocketaws does not do, instead of doing nothing about it."""
    for member in members:
        if request.get(member):
            raise validation(f"{member} is not supported by pocketaws.")


def encryption(database: Database, specification: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the ``SSEDescription`` of a specification; DynamoDB's own key shows none."""
    if not specification or not specification.get("Enabled", True):
        return None
    key = specification.get("KMSMasterKeyId", "alias/aws/dynamodb")
    if not key.startswith("arn:"):
        resource = key if key.startswith("alias/") else f"key/{key}"
        key = f"arn:{database.partition}:kms:{database.region_name}:{database.account_id}:{resource}"
    return {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}


def set_stream(table: Table, specification: dict[str, Any]) -> None:
    """Switch a table's stream on or off; a stream that is switched on is a new one."""
    if not specification.get("StreamEnabled"):
        if specification.get("StreamViewType"):
            raise invalid_parameters("UpdateStreamSpecification: StreamViewType cannot be specified when disabling")
        table.stream_specification = None
        streams.close(table)
        return
    if not specification.get("StreamViewType"):
        raise invalid_parameters("UpdateStreamSpecification: StreamViewType must be specified when enabling a stream")
    table.stream_specification = {"StreamEnabled": True, "StreamViewType": specification["StreamViewType"]}
    streams.open_stream(table, specification["StreamViewType"])


def describe_table(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeTable``."""
    return {"Table": describe(database.described(request["TableName"]))}


def list_tables(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListTables``."""
    start, limit = request.get("ExclusiveStartTableName", ""), request.get("Limit", _PAGE)
    names = sorted(name for name in database.tables if name > start)
    answer: dict[str, Any] = {"TableNames": names[:limit]}
    if len(names) > limit:
        answer["LastEvaluatedTableName"] = names[limit - 1]
    return answer


def describe_limits(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeLimits`` with AWS's default quotas."""
    return {
        "AccountMaxReadCapacityUnits": 80_000,
        "AccountMaxWriteCapacityUnits": 80_000,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    }


def describe_endpoints(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeEndpoints``."""
    address = f"dynamodb.{database.region_name}.amazonaws.com"
    return {"Endpoints": [{"Address": address, "CachePeriodInMinutes": 1440}]}

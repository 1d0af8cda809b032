"""Tables: create, delete, and whether they exist."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._waiting import wait_until
from helpers.dynamodb._errors import table_errors
from helpers.errors import TableNameTaken, aws_code, explained

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["create_table", "delete_table", "table_exists"]

log = logging.getLogger(__name__)


def create_table(
    table: str,
    partition_key: str,
    sort_key: str | None = None,
    *,
    types: Mapping[str, str] | None = None,
    indexes: Mapping[str, Sequence[str]] | None = None,
    capacity: tuple[int, int] | None = None,
    client: DynamoDBClient | None = None,
) -> str:
    """Create a table and wait until it is active.

    Parameters
    ----------
    table
        Name of the table.
    partition_key, sort_key
        The attributes that make the key.
    types
        ``"S"``, ``"N"`` or ``"B"`` for key attributes; those not named are text, ``"S"``.
    indexes
        Global secondary indexes, each name with its keys, for example ``{"by-county": ["county", "name"]}``.
        They project all attributes.
    capacity
        Read and write units a second, for the table and each index; by default on demand, billed by request.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    The ARN of the table.

    Raises
    ------
    TableNameTaken
        A table of this name exists.

    Examples
    --------
    >>> create_table("Ferries", "name", "sailed", types={"sailed": "N"}).split("/")[-1]
    'Ferries'
    """
    client = client or session.client("dynamodb")
    own = [partition_key, sort_key] if sort_key else [partition_key]
    keys = {name: _names(index) for name, index in (indexes or {}).items()}
    used = dict.fromkeys([*own, *(name for index in keys.values() for name in index)])
    attributes = [{"AttributeName": name, "AttributeType": (types or {}).get(name, "S")} for name in used]
    billing = _billing(capacity)
    request: dict[str, Any] = {"TableName": table, "AttributeDefinitions": attributes, "KeySchema": _schema(own)}
    request |= billing
    if keys:
        request["GlobalSecondaryIndexes"] = [_index(name, index, billing) for name, index in keys.items()]
    with explained({"ResourceInUseException": TableNameTaken(f"There is a table {table!r} already; go on with it.")}):
        arn: str = client.create_table(**request)["TableDescription"]["TableArn"]
    wait_until(lambda: _active(client, table), what=f"table {table!r} to be active", every=1, at_most=300)
    return arn


def delete_table(table: str, *, client: DynamoDBClient | None = None) -> int:
    """Delete a table with all its items and wait until it is gone.

    Parameters
    ----------
    table
        Name of the table.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    How many items it held as DeleteTable says it; AWS counts them only about every six hours.

    Raises
    ------
    TableNotFound
        There is no such table.

    Examples
    --------
    >>> _ = create_table("Ferries", "name")
    >>> delete_table("Ferries")
    0
    """
    client = client or session.client("dynamodb")
    with table_errors(table):
        count = client.delete_table(TableName=table)["TableDescription"].get("ItemCount", 0)
    gone = f"table {table!r} to be gone"
    wait_until(lambda: None if table_exists(table, client=client) else True, what=gone, every=1, at_most=300)
    log.debug("deleted table %s", table)
    return count


def table_exists(table: str, *, client: DynamoDBClient | None = None) -> bool:
    """Whether there is a table of this name, in any state.

    Parameters
    ----------
    table
        Name of the table.
    client
        DynamoDB client; by default the session's.

    Examples
    --------
    >>> table_exists("Ferries")
    False
    """
    client = client or session.client("dynamodb")
    try:
        client.describe_table(TableName=table)
    except client.exceptions.ClientError as error:
        if aws_code(error) == "ResourceNotFoundException":
            return False
        raise
    return True


def _names(index: Sequence[str]) -> list[str]:
    return [index] if isinstance(index, str) else list(index)


def _schema(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def _billing(capacity: tuple[int, int] | None) -> dict[str, Any]:
    if capacity is None:
        return {"BillingMode": "PAY_PER_REQUEST"}
    units = {"ReadCapacityUnits": capacity[0], "WriteCapacityUnits": capacity[1]}
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": units}


def _index(name: str, keys: Sequence[str], billing: Mapping[str, Any]) -> dict[str, Any]:
    index = {"IndexName": name, "KeySchema": _schema(keys), "Projection": {"ProjectionType": "ALL"}}
    return index | {key: units for key, units in billing.items() if key == "ProvisionedThroughput"}


def _active(client: DynamoDBClient, table: str) -> bool | None:
    return client.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE" or None

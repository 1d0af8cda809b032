"""Global secondary indexes: other keys for a table that exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._waiting import wait_until
from helpers.dynamodb._errors import table_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["create_index", "wait_for_table"]


def create_index(
    table: str,
    index: str,
    partition_key: str,
    sort_key: str | None = None,
    *,
    include: Sequence[str] | None = None,
    client: DynamoDBClient | None = None,
) -> str:
    """Add a global secondary index to an on-demand table and wait until the items that are there are in it.

    Calls UpdateTable, which takes one new index at a time.  The keys are text.

    Parameters
    ----------
    table
        Name of the table.
    index
        Name of the index, for example ``by-county``.
    partition_key, sort_key
        The attributes that make its key; items that lack one are not in the index.
    include
        Attributes to copy besides the keys, ``[]`` for the keys alone; by default all.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    The name of the index.

    Raises
    ------
    TableNotFound
        There is no such table.

    Examples
    --------
    >>> from boto3.dynamodb.conditions import Key
    >>> from helpers import dynamodb
    >>> _ = dynamodb.create_table("Ferries", "name")
    >>> _ = dynamodb.put_items("Ferries", [{"name": "Alcatraz", "pier": "33"}, {"name": "Sausalito", "pier": "1"}])
    >>> dynamodb.create_index("Ferries", "by-pier", "pier", include=[])
    'by-pier'
    >>> dynamodb.query("Ferries", Key("pier").eq("33"), index="by-pier")
           name pier
    0  Alcatraz   33
    """
    client = client or session.client("dynamodb")
    keys = {"HASH": partition_key} | ({"RANGE": sort_key} if sort_key else {})
    create: Any = {
        "IndexName": index,
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for kind, name in keys.items()],
        "Projection": _projection(include),
    }
    types: Any = [{"AttributeName": name, "AttributeType": "S"} for name in keys.values()]
    with table_errors(table):
        client.update_table(
            TableName=table, AttributeDefinitions=types, GlobalSecondaryIndexUpdates=[{"Create": create}]
        )
    wait_for_table(table, client=client)
    return index


def wait_for_table(table: str, *, client: DynamoDBClient | None = None) -> str:
    """Wait until a table and all its indexes are active: after a change, a restore, an import.

    Parameters
    ----------
    table
        Name of the table.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    The ARN of the table.

    Raises
    ------
    TableNotFound
        There is no such table.
    WaitTimedOut
        It was not active after an hour.

    Examples
    --------
    >>> from helpers import dynamodb
    >>> _ = dynamodb.create_table("Ferries", "name")
    >>> wait_for_table("Ferries").split("/")[-1]
    'Ferries'
    """
    client = client or session.client("dynamodb")
    with table_errors(table):
        what = f"table {table!r} and its indexes to be active"
        return wait_until(lambda: _active_arn(client, table), what=what, every=10, at_most=3600)


def _active_arn(client: DynamoDBClient, table: str) -> str | None:
    described = client.describe_table(TableName=table)["Table"]
    states = [described["TableStatus"], *(one["IndexStatus"] for one in described.get("GlobalSecondaryIndexes", []))]
    return described["TableArn"] if all(state == "ACTIVE" for state in states) else None


def _projection(include: Sequence[str] | None) -> Mapping[str, Any]:
    if include is None:
        return {"ProjectionType": "ALL"}
    if not include:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(include)}

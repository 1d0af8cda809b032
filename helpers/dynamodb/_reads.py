"""Reading many items: by key condition, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder

from helpers import session
from helpers.dynamodb._errors import table_errors
from helpers.dynamodb._values import deserialize, serialize

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["query", "scan"]


def query(
    table: str,
    condition: ConditionBase,
    *,
    index: str | None = None,
    where: ConditionBase | None = None,
    client: DynamoDBClient | None = None,
) -> pd.DataFrame:
    """Return the items whose key meets a condition; only they are read and paid for.

    Calls Query and follows every page of 1 MB.

    Parameters
    ----------
    table
        Name of the table.
    condition
        On the key, with ``Key`` of ``boto3.dynamodb.conditions``: equality on the partition key, and if you like
        a range on the sort key.
    index
        Name of a secondary index; then the condition is on the keys of the index.
    where
        On any other attribute, with ``Attr``.  It filters what was read, so it saves no units.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    One row an item, in the order of the sort key; one column an attribute, by name, missing where an item has
    none.  The key attributes are always columns.

    Raises
    ------
    TableNotFound
        There is no such table.

    Examples
    --------
    >>> from boto3.dynamodb.conditions import Key
    >>> from helpers import dynamodb
    >>> _ = dynamodb.create_table("Ferries", "route", "hour", types={"hour": "N"})
    >>> _ = dynamodb.put_items("Ferries", [{"route": "Alcatraz", "hour": hour} for hour in (9, 11, 14)])
    >>> query("Ferries", Key("route").eq("Alcatraz") & Key("hour").gt(9))
       hour     route
    0    11  Alcatraz
    1    14  Alcatraz
    """
    request = {"TableName": table} | _expressions(KeyConditionExpression=condition, FilterExpression=where)
    return _read("query", request, index, client)


def scan(
    table: str,
    where: ConditionBase | None = None,
    *,
    index: str | None = None,
    client: DynamoDBClient | None = None,
) -> pd.DataFrame:
    """Return all items, or those that meet a condition; every item is read and paid for either way.

    Calls Scan and follows every page of 1 MB.

    Parameters
    ----------
    table
        Name of the table.
    where
        With ``Attr`` of ``boto3.dynamodb.conditions``, for example ``Attr("county").eq("Marin")``.
    index
        Name of a secondary index to scan in place of the table.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    As :func:`query`, in no order that means anything.

    Raises
    ------
    TableNotFound
        There is no such table.

    Examples
    --------
    >>> from boto3.dynamodb.conditions import Attr
    >>> from helpers import dynamodb
    >>> _ = dynamodb.create_table("Ferries", "name")
    >>> _ = dynamodb.put_items("Ferries", [{"name": "Alcatraz", "decks": 2}, {"name": "Angel Island", "decks": 3}])
    >>> scan("Ferries", Attr("decks").gte(3))
       decks          name
    0      3  Angel Island
    """
    return _read("scan", {"TableName": table} | _expressions(FilterExpression=where), index, client)


def _expressions(**conditions: ConditionBase | None) -> dict[str, Any]:
    """Spell conditions as DynamoDB's expressions, every name and value behind a placeholder."""
    builder, request = ConditionExpressionBuilder(), {}
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    for parameter, condition in conditions.items():
        if condition is not None:
            built = builder.build_expression(condition, is_key_condition=parameter == "KeyConditionExpression")
            request[parameter] = built.condition_expression
            names |= built.attribute_name_placeholders
            values |= built.attribute_value_placeholders
    spelled = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": serialize(values)}
    return request | {parameter: held for parameter, held in spelled.items() if held}


def _read(operation: Any, request: dict[str, Any], index: str | None, client: DynamoDBClient | None) -> pd.DataFrame:
    client = client or session.client("dynamodb")
    if index:
        request["IndexName"] = index
    if "FilterExpression" in request:  # what it drops is paid for too, and only DynamoDB saw it
        request["ReturnConsumedCapacity"] = "TOTAL"
    with table_errors(request["TableName"]):
        pages = client.get_paginator(operation).paginate(**request)
        items = [deserialize(item) for page in pages for item in page["Items"]]
        names = {name for item in items for name in item} or _key_names(client, request["TableName"], index)
    return pd.DataFrame(items, columns=sorted(names))


def _key_names(client: DynamoDBClient, table: str, index: str | None) -> set[str]:
    described = client.describe_table(TableName=table)["Table"]
    indexes = [*described.get("GlobalSecondaryIndexes", []), *described.get("LocalSecondaryIndexes", [])]
    schemas = [described["KeySchema"], *(one["KeySchema"] for one in indexes if one["IndexName"] == index)]
    return {key["AttributeName"] for schema in schemas for key in schema}

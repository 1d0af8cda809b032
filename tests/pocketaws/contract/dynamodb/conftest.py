"""What the tests of DynamoDB share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def orders(dynamodb: Any) -> str:
    """A table with a sort key, a local index and a global one."""
    attributes = ("customer", "placed", "amount", "city")
    dynamodb.create_table(
        TableName="Orders",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "N" if name == "amount" else "S"} for name in attributes
        ],
        KeySchema=[
            {"AttributeName": "customer", "KeyType": "HASH"},
            {"AttributeName": "placed", "KeyType": "RANGE"},
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-amount",
                "KeySchema": [
                    {"AttributeName": "customer", "KeyType": "HASH"},
                    {"AttributeName": "amount", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-city",
                "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["amount"]},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.get_waiter("table_exists").wait(TableName="Orders", WaiterConfig={"Delay": 1})
    return "Orders"


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(client.put_item, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call


COUNTED = "1 validation error detected: "


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> Callable[..., str]:
    """``counts(message)`` is what an operation with AWS's newer checks says of a fault of the request.

    AWS gave PutItem, UpdateItem and DeleteItem these checks in 2026; dynalite still says what AWS said before, which
    is ``before`` where not only the count is new.
    """
    is_older = request.getfixturevalue("door").name == "dynalite"

    def said(message: str, before: str | None = None) -> str:
        return (message if before is None else before) if is_older else COUNTED + message

    return said

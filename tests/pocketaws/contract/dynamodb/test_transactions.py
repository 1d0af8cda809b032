"""Batches do each item by itself; transactions do all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html"
API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"


def key(placed: str) -> dict[str, Any]:
    return {"customer": {"S": "c"}, "placed": {"S": placed}}


def write(dynamodb: Any, table: str, *actions: tuple[str, dict[str, Any]], **more: Any) -> Any:
    return dynamodb.transact_write_items(
        TransactItems=[{kind: {"TableName": table, **body}} for kind, body in actions], **more
    )


def stored(dynamodb: Any, table: str) -> list[str]:
    return sorted(item["placed"]["S"] for item in dynamodb.scan(TableName=table)["Items"])


@pytest.mark.aws(GUIDE, operation="dynamodb:TransactWriteItems")
def test_a_transaction_does_everything(dynamodb: Any, orders: str) -> None:
    for day in ("1", "2", "3"):
        dynamodb.put_item(TableName=orders, Item=key(day))
    write(
        dynamodb,
        orders,
        ("Put", {"Item": key("4")}),
        ("Delete", {"Key": key("1"), "ConditionExpression": "attribute_exists(customer)"}),
        (
            "Update",
            {"Key": key("2"), "UpdateExpression": "ADD hits :n", "ExpressionAttributeValues": {":n": {"N": "1"}}},
        ),
        ("ConditionCheck", {"Key": key("3"), "ConditionExpression": "attribute_not_exists(hits)"}),
    )
    assert stored(dynamodb, orders) == ["2", "3", "4"]
    assert dynamodb.get_item(TableName=orders, Key=key("2"))["Item"]["hits"] == {"N": "1"}


@pytest.mark.aws(f"{API}API_TransactWriteItems.html", operation="dynamodb:TransactWriteItems")
def test_a_failed_condition_cancels_everything_and_says_which(dynamodb: Any, orders: str) -> None:
    dynamodb.put_item(TableName=orders, Item={**key("1"), "note": {"S": "old"}})
    new = "attribute_not_exists(customer)"
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        write(
            dynamodb,
            orders,
            ("Put", {"Item": key("2"), "ConditionExpression": new}),
            ("Put", {"Item": key("1"), "ConditionExpression": new, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
        )
    assert caught.value.response["Error"]["Message"] == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]"
    )
    assert caught.value.response["CancellationReasons"] == [
        {"Code": "None"},
        {
            "Code": "ConditionalCheckFailed",
            "Message": "The conditional request failed",
            "Item": {**key("1"), "note": {"S": "old"}},
        },
    ]
    assert stored(dynamodb, orders) == ["1"]


@pytest.mark.aws(f"{API}API_TransactWriteItems.html", operation="dynamodb:TransactWriteItems")
def test_an_update_that_cannot_be_done_cancels_too(dynamodb: Any, orders: str) -> None:
    bad = {
        "Key": key("2"),
        "UpdateExpression": "SET n = absent + :n",
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    }
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        write(dynamodb, orders, ("Put", {"Item": key("1")}), ("Update", bad))
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ValidationError"]
    assert stored(dynamodb, orders) == []


@pytest.mark.aws(GUIDE, operation="dynamodb:TransactWriteItems")
def test_limits_of_a_transaction(dynamodb: Any, orders: str, refused: Callable[..., tuple[str, str]]) -> None:
    def put(count: int, size: int = 1) -> list[dict[str, Any]]:
        body = {"S": "x" * size}
        return [{"Put": {"TableName": orders, "Item": {**key(str(n)), "body": body}}} for n in range(count)]

    dynamodb.transact_write_items(TransactItems=put(100))
    assert len(stored(dynamodb, orders)) == 100
    code, message = refused(dynamodb.transact_write_items, TransactItems=put(101))
    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 100")
    assert refused(dynamodb.transact_write_items, TransactItems=put(12, 360_000))[0] == "ValidationException"
    twice = [*put(1), {"Delete": {"TableName": orders, "Key": key("0")}}]
    assert refused(dynamodb.transact_write_items, TransactItems=twice) == (
        "ValidationException",
        "Transaction request cannot include multiple operations on one item",
    )


@pytest.mark.aws(GUIDE, operation="dynamodb:TransactGetItems")
def test_a_transaction_reads_in_order(dynamodb: Any, orders: str) -> None:
    dynamodb.put_item(TableName=orders, Item={**key("1"), "note": {"S": "n"}, "more": {"S": "m"}})
    gets = [
        {"Get": {"TableName": orders, "Key": key("2")}},
        {"Get": {"TableName": orders, "Key": key("1"), "ProjectionExpression": "note"}},
    ]
    assert dynamodb.transact_get_items(TransactItems=gets)["Responses"] == [{}, {"Item": {"note": {"S": "n"}}}]


@pytest.mark.aws(f"{API}API_BatchWriteItem.html", operation="dynamodb:BatchWriteItem")
def test_a_batch_writes_and_deletes(dynamodb: Any, orders: str) -> None:
    dynamodb.put_item(TableName=orders, Item=key("1"))
    puts = [{"PutRequest": {"Item": key(str(n))}} for n in range(2, 26)]
    answer = dynamodb.batch_write_item(RequestItems={orders: [*puts, {"DeleteRequest": {"Key": key("1")}}]})
    assert answer["UnprocessedItems"] == {}
    assert len(stored(dynamodb, orders)) == 24


@pytest.mark.aws(f"{API}API_BatchGetItem.html", operation="dynamodb:BatchGetItem")
def test_a_batch_read_leaves_what_exceeds_16_mb(dynamodb: Any, orders: str) -> None:
    # A partition each: one alone could not take 18 MB at a moment.
    keys = [{"customer": {"S": f"c{number:02}"}, "placed": {"S": "1"}} for number in range(48)]
    for one in keys:
        dynamodb.put_item(TableName=orders, Item={**one, "body": {"S": "x" * 390_000}})
    answer = dynamodb.batch_get_item(RequestItems={orders: {"Keys": keys}})
    rest = answer["UnprocessedKeys"][orders]["Keys"]
    assert len(answer["Responses"][orders]) == 43
    assert rest == keys[43:]
    assert len(dynamodb.batch_get_item(RequestItems=answer["UnprocessedKeys"])["Responses"][orders]) == 5


@pytest.mark.aws(f"{API}API_ItemCollectionMetrics.html", operation="dynamodb:PutItem")
def test_item_collections_are_measured_where_there_are_local_indexes(dynamodb: Any, orders: str) -> None:
    answer = dynamodb.put_item(TableName=orders, Item=key("1"), ReturnItemCollectionMetrics="SIZE")
    assert answer["ItemCollectionMetrics"] == {
        "ItemCollectionKey": {"customer": {"S": "c"}},
        "SizeEstimateRangeGB": [0.0, 1.0],
    }

"""What each operation consumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SIZES = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"
UNITS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"
INDEX_WRITES = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html"
LOCAL_READS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html"
TRANSACTIONS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html"
SCAN = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html"
#: An item of this many bytes: the names and values of pk, sk and body.
OVERHEAD = len("pk" + "a" + "sk" + "b" + "body")


def item(size: int, sk: str = "b", **more: Any) -> dict[str, Any]:
    return {"pk": {"S": "a"}, "sk": {"S": sk}, "body": {"S": "x" * (size - OVERHEAD)}, **more}


KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


@pytest.fixture
def table(dynamodb: Any) -> str:
    """A table with a local index of keys and two global ones, of everything and of one attribute."""
    attributes = ("pk", "sk", "gpk", "lsk")
    dynamodb.create_table(
        TableName="Capacity",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in attributes],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "lsk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "whole",
                "KeySchema": [{"AttributeName": "gpk", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "part",
                "KeySchema": [{"AttributeName": "gpk", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
            },
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return "Capacity"


def units(answer: dict[str, Any]) -> float:
    return float(answer["ConsumedCapacity"]["CapacityUnits"])


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:GetItem")
@pytest.mark.parametrize(
    ("size", "eventual", "strong"),
    [(100, 0.5, 1), (4096, 0.5, 1), (4097, 1, 2), (10_000, 1.5, 3), (400 * 1024, 50, 100)],
)
def test_a_read_counts_blocks_of_4_kb(dynamodb: Any, table: str, size: int, eventual: float, strong: float) -> None:
    dynamodb.put_item(TableName=table, Item=item(size))
    read = {"TableName": table, "Key": KEY, "ReturnConsumedCapacity": "TOTAL"}
    assert units(dynamodb.get_item(**read)) == eventual
    assert units(dynamodb.get_item(**read, ConsistentRead=True)) == strong
    assert units(dynamodb.get_item(**read, ProjectionExpression="pk")) == eventual


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:GetItem")
def test_reading_nothing_costs_a_block(dynamodb: Any, table: str) -> None:
    read = {"TableName": table, "Key": KEY, "ReturnConsumedCapacity": "TOTAL"}
    assert units(dynamodb.get_item(**read)) == 0.5
    assert units(dynamodb.get_item(**read, ConsistentRead=True)) == 1


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:PutItem")
@pytest.mark.parametrize(("size", "wanted"), [(100, 1), (1024, 1), (1025, 2), (10_241, 11)])
def test_a_write_counts_blocks_of_1_kb(dynamodb: Any, table: str, size: int, wanted: float) -> None:
    assert units(dynamodb.put_item(TableName=table, Item=item(size), ReturnConsumedCapacity="TOTAL")) == wanted


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:UpdateItem")
def test_a_write_counts_the_larger_of_the_item_before_and_after(dynamodb: Any, table: str) -> None:
    dynamodb.put_item(TableName=table, Item=item(5000))
    shrink = dynamodb.update_item(
        TableName=table, Key=KEY, UpdateExpression="SET body = :b", ExpressionAttributeValues={":b": {"S": "x"}},
        ReturnConsumedCapacity="TOTAL",
    )  # fmt: skip
    assert units(shrink) == 5
    grow = dynamodb.put_item(TableName=table, Item=item(3000), ReturnConsumedCapacity="TOTAL")
    assert units(grow) == 3


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:DeleteItem")
def test_a_delete_counts_the_item_that_goes(dynamodb: Any, table: str) -> None:
    dynamodb.put_item(TableName=table, Item=item(3000))
    delete = {"TableName": table, "Key": KEY, "ReturnConsumedCapacity": "TOTAL"}
    assert units(dynamodb.delete_item(**delete)) == 3
    assert units(dynamodb.delete_item(**delete)) == 1


@pytest.mark.aws(SIZES, operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é"}, 2),
        ({"N": "42"}, 2),
        ({"N": "-42"}, 3),
        ({"N": "0"}, 1),
        ({"N": "1234567890"}, 6),
        ({"B": b"abc"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"NULL": True}]}, 3 + (1 + 2) + (1 + 1)),
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "ab"}}}, 3 + 1 + 3 + 2),
        ({"SS": ["ab", "cde"]}, 5),
    ],
)
def test_sizes_of_values(dynamodb: Any, table: str, value: dict[str, Any], size: int) -> None:
    """The value fits a block of 1 KB exactly; one byte more needs another."""
    for more, wanted in ((0, 1), (1, 2)):
        padded = item(1024 - len("v") - size + more, v=value)
        assert units(dynamodb.put_item(TableName=table, Item=padded, ReturnConsumedCapacity="TOTAL")) == wanted
        dynamodb.delete_item(TableName=table, Key=KEY)


@pytest.mark.aws(INDEX_WRITES, operation="dynamodb:UpdateItem")
@pytest.mark.parametrize(
    ("before", "after", "whole", "part"),
    [
        ({}, {}, None, None),
        ({}, {"gpk": "1"}, 1, 1),
        ({"gpk": "1"}, {"gpk": "2"}, 2, 2),
        ({"gpk": "1"}, {}, 1, 1),
        ({"gpk": "1", "note": "n"}, {"gpk": "1", "note": "m"}, 1, 1),
        ({"gpk": "1", "other": "n"}, {"gpk": "1", "other": "m"}, 1, None),
        ({"gpk": "1"}, {"gpk": "1"}, None, None),
    ],
    ids=["never in", "comes in", "moves", "goes out", "projected changes", "unprojected changes", "nothing changes"],
)
def test_an_index_takes_no_one_or_two_writes(
    dynamodb: Any, table: str, before: dict[str, str], after: dict[str, str], whole: float | None, part: float | None
) -> None:
    dynamodb.put_item(TableName=table, Item={**KEY, **{name: {"S": text} for name, text in before.items()}})
    answer = dynamodb.put_item(
        TableName=table,
        Item={**KEY, **{name: {"S": text} for name, text in after.items()}},
        ReturnConsumedCapacity="INDEXES",
    )
    consumed = answer["ConsumedCapacity"]
    indexes = {name: part["CapacityUnits"] for name, part in consumed.get("GlobalSecondaryIndexes", {}).items()}
    assert indexes == {name: count for name, count in (("whole", whole), ("part", part)) if count is not None}
    assert consumed["Table"] == {"CapacityUnits": 1.0}
    assert consumed["CapacityUnits"] == 1 + sum(indexes.values())


@pytest.mark.aws(LOCAL_READS, operation="dynamodb:PutItem")
def test_a_local_index_is_written_with_the_table(dynamodb: Any, table: str) -> None:
    answer = dynamodb.put_item(
        TableName=table, Item=item(2000, lsk={"S": "l"}), ReturnConsumedCapacity="INDEXES"
    )  # fmt: skip
    assert answer["ConsumedCapacity"] == {
        "TableName": table,
        "CapacityUnits": 3.0,
        "Table": {"CapacityUnits": 2.0},
        "LocalSecondaryIndexes": {"local": {"CapacityUnits": 1.0}},
    }


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:PutItem")
def test_a_condition_that_fails_consumes_a_write(dynamodb: Any, table: str) -> None:
    dynamodb.put_item(TableName=table, Item=item(2500))
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(TableName=table, Item=item(100), ConditionExpression="attribute_not_exists(pk)")
    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"] == item(2500)


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:Query")
def test_a_query_adds_up_sizes_before_it_rounds(dynamodb: Any, table: str) -> None:
    for number in range(10):
        dynamodb.put_item(TableName=table, Item=item(1000, sk=str(number), note={"S": "odd" if number % 2 else "even"}))
    ask: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "pk = :a",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
        "ReturnConsumedCapacity": "TOTAL",
    }
    assert units(dynamodb.query(**ask)) == 1.5  # 10 x 1 KB are 3 blocks, not 10
    assert units(dynamodb.query(**ask, ConsistentRead=True)) == 3
    assert units(dynamodb.query(**ask, ProjectionExpression="pk")) == 1.5
    assert units(dynamodb.query(**ask, Select="COUNT")) == 1.5
    assert units(dynamodb.query(**ask, Limit=4)) == 0.5
    ask["ExpressionAttributeValues"] = {":a": {"S": "a"}, ":n": {"S": "none"}}
    filtered = dynamodb.query(**ask, FilterExpression="note = :n")
    assert (units(filtered), filtered["Count"], filtered["ScannedCount"]) == (1.5, 0, 10)


@pytest.mark.aws(SCAN, operation="dynamodb:Scan")
def test_a_scan_pays_for_what_it_reads_not_for_what_it_returns(dynamodb: Any, table: str) -> None:
    assert units(dynamodb.scan(TableName=table, ReturnConsumedCapacity="TOTAL")) == 0.5
    for number in range(8):
        dynamodb.put_item(TableName=table, Item=item(4096, sk=str(number)))
    ask = {"TableName": table, "ReturnConsumedCapacity": "TOTAL"}
    assert units(dynamodb.scan(**ask)) == 4
    assert units(dynamodb.scan(**ask, ConsistentRead=True)) == 8
    none = dynamodb.scan(**ask, FilterExpression="attribute_exists(absent)")
    assert (none["Count"], units(none)) == (0, 4)


@pytest.mark.aws(LOCAL_READS, operation="dynamodb:Query")
def test_a_local_index_fetches_what_it_lacks_from_the_table(dynamodb: Any, table: str) -> None:
    for number in range(4):
        dynamodb.put_item(TableName=table, Item=item(5000, sk=str(number), lsk={"S": str(number)}))
    ask: dict[str, Any] = {
        "TableName": table,
        "IndexName": "local",
        "KeyConditionExpression": "pk = :a",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
        "ReturnConsumedCapacity": "INDEXES",
    }
    keys = dynamodb.query(**ask)["ConsumedCapacity"]
    assert (keys["CapacityUnits"], keys["LocalSecondaryIndexes"]) == (0.5, {"local": {"CapacityUnits": 0.5}})
    whole = dynamodb.query(**ask, Select="ALL_ATTRIBUTES")
    assert "body" in whole["Items"][0]
    assert whole["ConsumedCapacity"]["Table"] == {"CapacityUnits": 4 * 1.0}  # each item is rounded by itself
    assert whole["ConsumedCapacity"]["CapacityUnits"] == 4.5


@pytest.mark.dynalite
@pytest.mark.aws(INDEX_WRITES, operation="dynamodb:Query")
def test_a_global_index_pays_for_what_it_projects(dynamodb: Any, table: str) -> None:
    dynamodb.put_item(TableName=table, Item=item(9000, gpk={"S": "g"}))
    ask: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "gpk = :g",
        "ExpressionAttributeValues": {":g": {"S": "g"}},
        "ReturnConsumedCapacity": "INDEXES",
    }
    assert dynamodb.query(**ask, IndexName="whole")["ConsumedCapacity"] == {
        "TableName": table,
        "CapacityUnits": 1.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"whole": {"CapacityUnits": 1.5}},
    }
    assert units(dynamodb.query(**ask, IndexName="part")) == 0.5


@pytest.mark.dynalite
@pytest.mark.aws(
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html",
    operation="dynamodb:BatchGetItem",
)
def test_a_batch_rounds_each_item(dynamodb: Any, table: str) -> None:
    for number in range(3):
        dynamodb.put_item(TableName=table, Item=item(1000, sk=str(number)))
    keys = [{"pk": {"S": "a"}, "sk": {"S": str(number)}} for number in range(4)]
    for consistent, wanted in ((False, 2.0), (True, 4.0)):
        answer = dynamodb.batch_get_item(
            RequestItems={table: {"Keys": keys, "ConsistentRead": consistent}}, ReturnConsumedCapacity="TOTAL"
        )
        assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": wanted}]


@pytest.mark.dynalite
@pytest.mark.aws(
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html",
    operation="dynamodb:BatchWriteItem",
)
def test_a_batch_of_writes_costs_what_its_writes_cost(dynamodb: Any, table: str) -> None:
    answer = dynamodb.batch_write_item(
        RequestItems={table: [{"PutRequest": {"Item": item(1500, sk=str(number))}} for number in range(5)]},
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 10.0, "Table": {"CapacityUnits": 10.0}}]


@pytest.mark.aws(TRANSACTIONS, operation="dynamodb:TransactWriteItems")
def test_a_transaction_costs_twice(dynamodb: Any, table: str) -> None:
    answer = dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": table, "Item": item(1500)}},
            {"Put": {"TableName": table, "Item": item(100, sk="c", gpk={"S": "g"})}},
        ],
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == [
        {
            "TableName": table,
            "CapacityUnits": 10.0,
            "WriteCapacityUnits": 10.0,
            "Table": {"CapacityUnits": 6.0, "WriteCapacityUnits": 6.0},
            "GlobalSecondaryIndexes": {
                name: {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0} for name in ("whole", "part")
            },
        }
    ]
    gets = [{"Get": {"TableName": table, "Key": KEY}}]
    read = dynamodb.transact_get_items(TransactItems=gets, ReturnConsumedCapacity="TOTAL")
    assert read["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]


@pytest.mark.aws(TRANSACTIONS, operation="dynamodb:TransactWriteItems")
def test_a_repeated_token_writes_nothing_and_pays_for_reads(dynamodb: Any, table: str, clock: Any) -> None:
    def write(text: str) -> Any:
        return dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": {**KEY, "text": {"S": text}}}}],
            ClientRequestToken="once",
            ReturnConsumedCapacity="TOTAL",
        )["ConsumedCapacity"]

    assert write("one") == [{"TableName": table, "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}]
    assert write("one") == [{"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
        write("two")
    clock.advance(minutes=11)
    assert write("two")[0]["WriteCapacityUnits"] == 2.0


@pytest.mark.dynalite
@pytest.mark.aws(UNITS, operation="dynamodb:PutItem")
def test_nothing_is_reported_that_was_not_asked_for(dynamodb: Any, table: str) -> None:
    calls: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (dynamodb.put_item, {"Item": item(100)}),
        (dynamodb.get_item, {"Key": KEY}),
        (dynamodb.scan, {}),
        (dynamodb.delete_item, {"Key": KEY}),
    ]
    for call, parameters in calls:
        assert "ConsumedCapacity" not in call(TableName=table, **parameters)
        assert "ConsumedCapacity" not in call(TableName=table, **parameters, ReturnConsumedCapacity="NONE")

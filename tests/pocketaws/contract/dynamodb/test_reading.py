"""Queries and scans: order, ranges, pages, filters, projections of indexes, segments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
QUERY = f"{GUIDE}Query.html"
RANGE = f"{GUIDE}Query.KeyConditionExpressions.html"
PAGES = f"{GUIDE}Query.Pagination.html"
SCAN = f"{GUIDE}Scan.html"


def put(dynamodb: Any, table: str, *items: dict[str, Any]) -> None:
    for item in items:
        dynamodb.put_item(TableName=table, Item=item)


def order(placed: str, **more: Any) -> dict[str, Any]:
    return {"customer": {"S": "c"}, "placed": {"S": placed}, **more}


def ask(condition: str = "customer = :c", **values: str) -> dict[str, Any]:
    given = {":c": {"S": "c"}, **{f":{name}": {"S": text} for name, text in values.items()}}
    return {"KeyConditionExpression": condition, "ExpressionAttributeValues": given}


def placed(items: list[dict[str, Any]]) -> list[str]:
    return [item["placed"]["S"] for item in items]


def pages(operation: Any, **request: Any) -> Iterator[dict[str, Any]]:
    while True:
        page = operation(**request)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


@pytest.mark.dynalite
@pytest.mark.aws(RANGE, operation="dynamodb:Query")
@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        ("customer = :c", {}, ["2024-01", "2025-01", "2025-02", "2026-01"]),
        ("customer = :c AND placed = :p", {"p": "2025-01"}, ["2025-01"]),
        ("customer = :c AND placed < :p", {"p": "2025-02"}, ["2024-01", "2025-01"]),
        ("customer = :c AND placed <= :p", {"p": "2025-02"}, ["2024-01", "2025-01", "2025-02"]),
        ("customer = :c AND placed > :p", {"p": "2025-02"}, ["2026-01"]),
        ("customer = :c AND :p <= placed", {"p": "2025-02"}, ["2025-02", "2026-01"]),
        ("customer = :c AND placed BETWEEN :p AND :q", {"p": "2025", "q": "2025-02"}, ["2025-01", "2025-02"]),
        ("begins_with(placed, :p) AND customer = :c", {"p": "2025"}, ["2025-01", "2025-02"]),
        ("(customer = :c) AND (placed > :p)", {"p": "2027"}, []),
    ],
)
def test_ranges(dynamodb: Any, orders: str, condition: str, values: dict[str, str], found: list[str]) -> None:
    put(dynamodb, orders, *(order(day) for day in ("2025-02", "2024-01", "2026-01", "2025-01")))
    put(dynamodb, orders, {"customer": {"S": "other"}, "placed": {"S": "2025-01"}})
    request = {"TableName": orders, **ask(condition, **values)}
    assert placed(dynamodb.query(**request)["Items"]) == found
    assert placed(dynamodb.query(**request, ScanIndexForward=False)["Items"]) == found[::-1]


@pytest.mark.aws(f"{GUIDE}HowItWorks.CoreComponents.html", operation="dynamodb:Query")
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("N", ["-10", "-9.5", "0", "1", "2", "10", "1000"]),
        ("S", ["A", "B", "a", "b", "é", "日", "😀"]),
        ("B", [b"\x00", b"\x01", b"\x01\x00", b"\x7f", b"\xff"]),
    ],
)
def test_sort_keys_sort_by_value_or_bytes(dynamodb: Any, kind: str, values: list[Any]) -> None:
    dynamodb.create_table(
        TableName="Sorted",
        AttributeDefinitions=[
            {"AttributeName": "h", "AttributeType": "S"},
            {"AttributeName": "r", "AttributeType": kind},
        ],
        KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    put(dynamodb, "Sorted", *({"h": {"S": "1"}, "r": {kind: value}} for value in values[::-1]))
    found = dynamodb.query(
        TableName="Sorted", KeyConditionExpression="h = :h", ExpressionAttributeValues={":h": {"S": "1"}}
    )
    assert [item["r"][kind] for item in found["Items"]] == values


@pytest.mark.dynalite
@pytest.mark.aws(PAGES, operation="dynamodb:Query")
@pytest.mark.parametrize("forward", [True, False])
def test_pages_by_limit(dynamodb: Any, orders: str, forward: bool) -> None:
    put(dynamodb, orders, *(order(str(day), note={"S": "odd" if day % 2 else "even"}) for day in range(6)))
    request = {"TableName": orders, "Limit": 2, "ScanIndexForward": forward, **ask("customer = :c", n="odd")}
    read = list(pages(dynamodb.query, **request, FilterExpression="note = :n"))
    # The limit counts before the filter, and a full page may be the last one: a fourth, empty page follows.
    assert [(page["ScannedCount"], page["Count"]) for page in read] == [(2, 1), (2, 1), (2, 1), (0, 0)]
    assert placed([item for page in read for item in page["Items"]]) == (
        ["1", "3", "5"] if forward else ["5", "3", "1"]
    )


@pytest.mark.dynalite
@pytest.mark.aws(PAGES, operation="dynamodb:Query")
def test_a_page_ends_after_1_mb(dynamodb: Any, orders: str) -> None:
    put(dynamodb, orders, *(order(f"{day:02}", body={"S": "x" * 200_000}) for day in range(12)))
    read = list(pages(dynamodb.query, TableName=orders, Select="COUNT", ReturnConsumedCapacity="TOTAL", **ask()))
    assert [page["Count"] for page in read] == [6, 6, 0]
    assert all("Items" not in page for page in read)
    # Six items of 200,021 bytes are 293 blocks of 4 KB, halved for an eventually consistent read.
    assert read[0]["ConsumedCapacity"]["CapacityUnits"] == 146.5


@pytest.mark.aws(f"{GUIDE}GSI.html", operation="dynamodb:Query")
def test_a_global_index_is_sparse_and_holds_what_it_projects(dynamodb: Any, orders: str) -> None:
    put(
        dynamodb,
        orders,
        order("1", city={"S": "Ulm"}, amount={"N": "5"}, note={"S": "n"}),
        order("2", amount={"N": "6"}),
        order("3", city={"S": "Bonn"}),
    )
    request = {
        "TableName": orders,
        "IndexName": "by-city",
        "KeyConditionExpression": "city = :u",
        "ExpressionAttributeValues": {":u": {"S": "Ulm"}},
    }
    assert dynamodb.query(**request)["Items"] == [order("1", city={"S": "Ulm"}, amount={"N": "5"})]
    assert placed(sorted(dynamodb.scan(TableName=orders, IndexName="by-city")["Items"], key=str)) == ["1", "3"]
    dynamodb.update_item(
        TableName=orders,
        Key=order("1"),
        UpdateExpression="REMOVE city",
    )
    assert dynamodb.query(**request)["Items"] == []


@pytest.mark.dynalite
@pytest.mark.aws(f"{GUIDE}LSI.html", operation="dynamodb:Query")
def test_a_local_index_sorts_a_partition_otherwise(dynamodb: Any, orders: str) -> None:
    amounts = {"1": "30", "2": "4", "3": "100"}
    put(dynamodb, orders, *(order(day, amount={"N": amount}, note={"S": day}) for day, amount in amounts.items()))
    request = {
        "TableName": orders,
        "IndexName": "by-amount",
        "KeyConditionExpression": "customer = :c AND amount > :a",
        "ExpressionAttributeValues": {":c": {"S": "c"}, ":a": {"N": "10"}},
        "ConsistentRead": True,
    }
    assert dynamodb.query(**request)["Items"] == [order("1", amount={"N": "30"}), order("3", amount={"N": "100"})]
    whole = dynamodb.query(**request, Select="ALL_ATTRIBUTES")["Items"]
    assert [item["note"]["S"] for item in whole] == ["1", "3"]
    one = dynamodb.query(**request, Limit=1)
    assert one["LastEvaluatedKey"] == order("1", amount={"N": "30"})
    assert placed(dynamodb.query(**request, ExclusiveStartKey=one["LastEvaluatedKey"])["Items"]) == ["3"]


@pytest.mark.dynalite
@pytest.mark.aws(f"{SCAN}#Scan.ParallelScan", operation="dynamodb:Scan")
def test_segments_are_disjoint_and_complete(dynamodb: Any, orders: str) -> None:
    put(dynamodb, orders, *({"customer": {"S": f"c{n}"}, "placed": {"S": "1"}} for n in range(40)))
    segments = [
        [item["customer"]["S"] for page in read for item in page["Items"]]
        for read in (
            pages(dynamodb.scan, TableName=orders, Segment=segment, TotalSegments=4, Limit=3) for segment in range(4)
        )
    ]
    assert all(segments), "forty partitions fall into every one of four segments"
    assert sorted(name for segment in segments for name in segment) == sorted(f"c{n}" for n in range(40))


@pytest.mark.dynalite
@pytest.mark.aws(SCAN, operation="dynamodb:Scan")
def test_a_scan_reads_each_item_once_whatever_the_pages(dynamodb: Any, orders: str) -> None:
    put(dynamodb, orders, *({"customer": {"S": f"c{n % 5}"}, "placed": {"S": str(n)}} for n in range(23)))
    whole = placed(dynamodb.scan(TableName=orders)["Items"])
    assert sorted(whole, key=int) == [str(n) for n in range(23)]
    for limit in (1, 4, 23):
        read = [item for page in pages(dynamodb.scan, TableName=orders, Limit=limit) for item in page["Items"]]
        assert placed(read) == whole


@pytest.mark.dynalite
@pytest.mark.aws(f"{GUIDE}LegacyConditionalParameters.html", operation="dynamodb:Query")
def test_legacy_parameters_ask_the_same(dynamodb: Any, orders: str) -> None:
    put(dynamodb, orders, *(order(str(day), note={"S": "odd" if day % 2 else "even"}) for day in range(6)))
    answer = dynamodb.query(
        TableName=orders,
        KeyConditions={
            "customer": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "c"}]},
            "placed": {"ComparisonOperator": "GE", "AttributeValueList": [{"S": "2"}]},
        },
        QueryFilter={"note": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "odd"}]}},
        AttributesToGet=["placed"],
    )
    assert answer["Items"] == [{"placed": {"S": "3"}}, {"placed": {"S": "5"}}]
    assert answer["ScannedCount"] == 4
    scanned = dynamodb.scan(
        TableName=orders,
        ScanFilter={
            "note": {"ComparisonOperator": "NE", "AttributeValueList": [{"S": "odd"}]},
            "placed": {"ComparisonOperator": "IN", "AttributeValueList": [{"S": "0"}, {"S": "1"}, {"S": "2"}]},
        },
    )
    assert placed(scanned["Items"]) == ["0", "2"]

"""The life of tables: created, described, changed, deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
INVALID = "One or more parameter values were invalid: "
Refused = Callable[..., tuple[str, str]]
HASH = {"AttributeName": "h", "KeyType": "HASH"}
RANGE = {"AttributeName": "r", "KeyType": "RANGE"}
INDEX = {"AttributeName": "g", "KeyType": "HASH"}


def definitions(names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def table(**more: Any) -> dict[str, Any]:
    return {
        "TableName": "Things",
        "AttributeDefinitions": definitions("h"),
        "KeySchema": [HASH],
        "BillingMode": "PAY_PER_REQUEST",
        **more,
    }


def index(name: str = "index", schema: list[dict[str, str]] | None = None, **projection: Any) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": schema or [INDEX],
        "Projection": projection or {"ProjectionType": "ALL"},
    }


@pytest.mark.aws(f"{API}API_CreateTable.html", operation="dynamodb:CreateTable")
def test_a_table_is_created_then_active(dynamodb: Any) -> None:
    created = dynamodb.create_table(**table(Tags=[{"Key": "a", "Value": "b"}]))["TableDescription"]
    assert created["TableStatus"] == "CREATING"
    dynamodb.get_waiter("table_exists").wait(TableName="Things")
    described = dynamodb.describe_table(TableName="Things")["Table"]
    assert described["TableStatus"] == "ACTIVE"
    assert described["TableArn"] == "arn:aws:dynamodb:us-east-1:123456789012:table/Things"
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert (described["ItemCount"], described["TableSizeBytes"]) == (0, 0)
    tags = dynamodb.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "b"}]


@pytest.mark.aws(f"{API}API_CreateTable.html", operation="dynamodb:CreateTable")
@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            table(BillingMode="PROVISIONED"),
            f"{INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        ),
        (
            table(ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}),
            f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
            "PAY_PER_REQUEST",
        ),
        (table(KeySchema=[HASH, RANGE]), "Invalid KeySchema: Some index key attribute have no definition"),
        (
            table(KeySchema=[RANGE], AttributeDefinitions=definitions("r")),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            table(AttributeDefinitions=definitions("hr")),
            f"{INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in "
            "AttributeDefinitions",
        ),
        (
            table(AttributeDefinitions=definitions("g")),
            f"{INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [h], "
            "AttributeDefinitions: [g]",
        ),
        (
            table(LocalSecondaryIndexes=[index(schema=[HASH, RANGE])], AttributeDefinitions=definitions("hr")),
            f"{INVALID}Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex",
        ),
        (
            table(GlobalSecondaryIndexes=[index(), index()], AttributeDefinitions=definitions("hg")),
            f"{INVALID}Duplicate index name: index",
        ),
        (
            table(
                GlobalSecondaryIndexes=[index(ProjectionType="KEYS_ONLY", NonKeyAttributes=["x"])],
                AttributeDefinitions=definitions("hg"),
            ),
            f"{INVALID}ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
        ),
        (
            table(AttributeDefinitions=[{"AttributeName": "h", "AttributeType": "X"}]),
            "1 validation error detected: Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy "
            "constraint: Member must satisfy enum value set: [B, N, S]",
        ),
        (
            table(TableName="ab"),
            "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have "
            "length greater than or equal to 3",
        ),
    ],
)
def test_tables_that_cannot_be(dynamodb: Any, refused: Refused, request_: Any, message: str) -> None:
    assert refused(dynamodb.create_table, **request_) == ("ValidationException", message)
    assert dynamodb.list_tables()["TableNames"] == []


@pytest.mark.aws(f"{API}API_CreateTable.html", operation="dynamodb:CreateTable")
def test_a_name_is_taken_once(dynamodb: Any, refused: Refused) -> None:
    dynamodb.create_table(**table())
    assert refused(dynamodb.create_table, **table()) == ("ResourceInUseException", "Table already exists: Things")


@pytest.mark.aws(f"{API}API_DeleteTable.html", operation="dynamodb:DeleteTable")
def test_deletion_and_its_protection(dynamodb: Any, refused: Refused) -> None:
    dynamodb.create_table(**table(DeletionProtectionEnabled=True))
    code, message = refused(dynamodb.delete_table, TableName="Things")
    assert code == "ValidationException"
    assert "currently protected against deletion" in message
    dynamodb.update_table(TableName="Things", DeletionProtectionEnabled=False)
    deleted = dynamodb.delete_table(TableName="Things")["TableDescription"]
    assert deleted["TableStatus"] == "DELETING"
    dynamodb.get_waiter("table_not_exists").wait(TableName="Things")
    assert dynamodb.list_tables()["TableNames"] == []


@pytest.mark.dynalite
@pytest.mark.aws(f"{API}API_ListTables.html", operation="dynamodb:ListTables")
def test_tables_are_listed_by_name_page_by_page(dynamodb: Any) -> None:
    names = [f"Table-{letter}" for letter in "caeb"]
    for name in names:
        dynamodb.create_table(**table(TableName=name))
    first = dynamodb.list_tables(Limit=3)
    assert (first["TableNames"], first["LastEvaluatedTableName"]) == (sorted(names)[:3], "Table-c")
    rest = dynamodb.list_tables(ExclusiveStartTableName="Table-c")
    assert rest["TableNames"] == ["Table-e"]
    assert "LastEvaluatedTableName" not in rest


@pytest.mark.dynalite
@pytest.mark.aws(f"{API}API_UpdateTable.html", operation="dynamodb:UpdateTable")
def test_billing_and_throughput(dynamodb: Any, refused: Refused) -> None:
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    dynamodb.create_table(**table(BillingMode="PROVISIONED", ProvisionedThroughput=units))
    code, message = refused(dynamodb.update_table, TableName="Things", ProvisionedThroughput=units)
    assert code == "ValidationException"
    assert message.startswith("The provisioned throughput for the table will not change.")
    changed = dynamodb.update_table(TableName="Things", BillingMode="PAY_PER_REQUEST")["TableDescription"]
    assert changed["TableStatus"] == "UPDATING"
    described = dynamodb.describe_table(TableName="Things")["Table"]
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert refused(dynamodb.update_table, TableName="Things")[0] == "ValidationException"


@pytest.mark.aws(f"{API}API_UpdateTable.html", operation="dynamodb:UpdateTable")
def test_a_global_index_is_filled_when_it_is_added(dynamodb: Any, refused: Refused) -> None:
    dynamodb.create_table(**table())
    for number in range(4):
        dynamodb.put_item(TableName="Things", Item={"h": {"S": str(number)}, "g": {"S": str(number % 2)}})
    dynamodb.put_item(TableName="Things", Item={"h": {"S": "no index key"}})
    dynamodb.put_item(TableName="Things", Item={"h": {"S": "of another type"}, "g": {"N": "1"}})
    add = {"AttributeDefinitions": definitions("g"), "GlobalSecondaryIndexUpdates": [{"Create": index()}]}
    dynamodb.update_table(TableName="Things", **add)
    found = dynamodb.query(
        TableName="Things",
        IndexName="index",
        KeyConditionExpression="g = :g",
        ExpressionAttributeValues={":g": {"S": "1"}},
    )
    assert sorted(item["h"]["S"] for item in found["Items"]) == ["1", "3"]
    (described,) = dynamodb.describe_table(TableName="Things")["Table"]["GlobalSecondaryIndexes"]
    assert (described["IndexStatus"], described["ItemCount"]) == ("ACTIVE", 4)
    assert refused(dynamodb.update_table, TableName="Things", **add)[0] == "ValidationException"
    dynamodb.update_table(
        TableName="Things", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "index"}}]
    )  # fmt: skip
    assert "GlobalSecondaryIndexes" not in dynamodb.describe_table(TableName="Things")["Table"]


@pytest.mark.aws(f"{API}API_WarmThroughput.html", operation="dynamodb:CreateTable")
def test_a_table_is_never_less_warm_than_it_was(dynamodb: Any, refused: Refused) -> None:
    def less(than: str, what: str = "table") -> str:
        return f"{INVALID}Requested ReadUnitsPerSecond for WarmThroughput for {what} is lower than {than}"

    cold = {"ReadUnitsPerSecond": 11_000, "WriteUnitsPerSecond": 4_000}
    initial = "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    _, message = refused(dynamodb.create_table, **table(WarmThroughput=cold))
    assert message.startswith(less(initial))
    added = {"AttributeDefinitions": definitions("hg"), "GlobalSecondaryIndexes": [index() | {"WarmThroughput": cold}]}
    assert refused(dynamodb.create_table, **table(**added))[1].startswith(less(initial, "index index"))
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    _, message = refused(
        dynamodb.create_table,
        **table(BillingMode="PROVISIONED", ProvisionedThroughput=units, WarmThroughput={"ReadUnitsPerSecond": 4}),
    )
    assert message == less("ReadCapacityUnits of ProvisionedThroughput")
    dynamodb.create_table(**table(WarmThroughput={"ReadUnitsPerSecond": 15_000, "WriteUnitsPerSecond": 4_000}))
    _, message = refused(dynamodb.update_table, TableName="Things", WarmThroughput={"ReadUnitsPerSecond": 12_000})
    assert message == less("current WarmThroughput, decreasing WarmThroughput is not supported")


@pytest.mark.aws(f"{API}API_TagResource.html", operation="dynamodb:TagResource")
def test_tags(dynamodb: Any, refused: Refused) -> None:
    arn = dynamodb.create_table(**table())["TableDescription"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "3"}])
    dynamodb.untag_resource(ResourceArn=arn, TagKeys=["b"])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "3"}]
    assert refused(dynamodb.list_tags_of_resource, ResourceArn="nonsense")[0] == "ValidationException"
    elsewhere = arn.replace("123456789012", "000000000000")
    assert refused(dynamodb.list_tags_of_resource, ResourceArn=elsewhere)[0] == "AccessDeniedException"


@pytest.mark.aws(f"{API}API_DescribeLimits.html", operation="dynamodb:DescribeLimits")
def test_limits_and_endpoints(dynamodb: Any) -> None:
    limits = dynamodb.describe_limits()
    assert limits["TableMaxReadCapacityUnits"] == 40_000
    assert dynamodb.describe_endpoints()["Endpoints"][0]["Address"] == "dynamodb.us-east-1.amazonaws.com"


@pytest.mark.aws(f"{API}API_CreateTable.html", operation="dynamodb:CreateTable")
def test_an_index_key_of_several_attributes(dynamodb: Any) -> None:
    schema = [
        {"AttributeName": "a", "KeyType": "HASH"},
        {"AttributeName": "b", "KeyType": "HASH"},
        {"AttributeName": "c", "KeyType": "RANGE"},
        {"AttributeName": "d", "KeyType": "RANGE"},
    ]
    dynamodb.create_table(
        **table(AttributeDefinitions=definitions("habcd"), GlobalSecondaryIndexes=[index(schema=schema)])
    )
    for number, (c, d) in enumerate((("1", "x"), ("1", "y"), ("2", "x"), ("2", "y"))):
        values = {"h": str(number), "a": "A", "b": "B", "c": c, "d": d}
        dynamodb.put_item(TableName="Things", Item={name: {"S": text} for name, text in values.items()})
    found = dynamodb.query(
        TableName="Things",
        IndexName="index",
        KeyConditionExpression="a = :a AND b = :b AND c = :c AND d > :x",
        ExpressionAttributeValues={":a": {"S": "A"}, ":b": {"S": "B"}, ":c": {"S": "2"}, ":x": {"S": "x"}},
    )
    assert [item["h"]["S"] for item in found["Items"]] == ["3"]

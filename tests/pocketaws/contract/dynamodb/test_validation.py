"""What DynamoDB refuses, with its codes and messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
TYPES = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"
KEY = {"customer": {"S": "c"}, "placed": {"S": "2026"}}
INVALID = "One or more parameter values were invalid: "
Refused = Callable[..., tuple[str, str]]
Counts = Callable[..., str]
#: Faults that AWS words otherwise since it renewed the checks of single items.
BEFORE = {
    f'{INVALID}Input collection ["a", "b", "b"] contains duplicates.': (
        f"{INVALID}Input collection [b, a, b] contains duplicates."
    ),
    f"{INVALID}Input collection contains duplicates.": "Input collection contains duplicates",
    "The parameter cannot be converted to a numeric value: ": "The parameter cannot be converted to a numeric value",
}


@pytest.mark.dynalite
@pytest.mark.aws(TYPES, operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"SS": []}, f"{INVALID}An string set  may not be empty"),
        ({"NS": []}, f"{INVALID}An number set  may not be empty"),
        ({"BS": []}, f"{INVALID}Binary sets should not be empty"),
        ({"SS": ["b", "a", "b"]}, f'{INVALID}Input collection ["a", "b", "b"] contains duplicates.'),
        ({"NS": ["1", "1.0"]}, f"{INVALID}Input collection contains duplicates."),
        ({"NULL": False}, f"{INVALID}Null attribute value types must have the value of true"),
        ({"N": ""}, "The parameter cannot be converted to a numeric value: "),
        ({"N": "one"}, "The parameter cannot be converted to a numeric value: one"),
        ({"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number"),
        (
            {"N": "1E+126"},
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            {"N": "1E-131"},
            "Number underflow. Attempting to store a number with magnitude smaller than supported range",
        ),
        ({"L": [{"SS": []}]}, f"{INVALID}An string set  may not be empty"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_values_that_cannot_be_stored(
    dynamodb: Any, orders: str, refused: Refused, counts: Counts, value: dict[str, Any], message: str
) -> None:
    answer = refused(dynamodb.put_item, TableName=orders, Item={**KEY, "v": value})
    assert answer == ("ValidationException", counts(message, BEFORE.get(message)))


@pytest.mark.dynalite
@pytest.mark.aws(TYPES, operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"S": "x" * 410_000}, "Item size has exceeded the maximum allowed size"),
        ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        (
            {"S": "x", "N": "1"},
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes",
        ),
    ],
    ids=["large", "empty", "several"],
)
def test_what_is_no_item_is_not_counted(
    dynamodb: Any, orders: str, refused: Refused, value: dict[str, Any], message: str
) -> None:
    assert refused(dynamodb.put_item, TableName=orders, Item={**KEY, "v": value}) == ("ValidationException", message)


NO_NUMBER = "The parameter cannot be converted to a numeric value: one"
TWICE = {"SS": ["b", "a", "b"]}
ONE = {":v": {"N": "one"}}
CHECK = {"ConditionExpression": "v = :v", "ExpressionAttributeValues": ONE}


@pytest.mark.aws(TYPES, operation="dynamodb:PutItem")
def test_only_writes_of_one_item_count_what_is_wrong(dynamodb: Any, orders: str, refused: Refused) -> None:
    counted = f"1 validation error detected: {NO_NUMBER}"
    where: dict[str, Any] = {"TableName": orders}
    assert refused(dynamodb.put_item, **where, Item=KEY, **CHECK)[1] == counted
    assert refused(dynamodb.delete_item, **where, Key=KEY, **CHECK)[1] == counted
    assert refused(dynamodb.update_item, **where, Key={**KEY, "placed": {"N": "one"}})[1] == counted
    assert refused(dynamodb.get_item, **where, Key={**KEY, "placed": {"N": "one"}})[1] == NO_NUMBER
    keys = {orders: {"Keys": [{**KEY, "placed": {"N": "one"}}]}}
    assert refused(dynamodb.batch_get_item, RequestItems=keys)[1] == NO_NUMBER
    query = {"KeyConditionExpression": "customer = :v", "ExpressionAttributeValues": ONE}
    assert refused(dynamodb.query, **where, **query)[1] == NO_NUMBER
    named = f"ExpressionAttributeValues contains invalid value: {NO_NUMBER} for key :v"
    assert refused(dynamodb.scan, **where, FilterExpression="v = :v", ExpressionAttributeValues=ONE)[1] == named
    puts = [{"Put": {**where, "Item": KEY, **CHECK}}]
    assert refused(dynamodb.transact_write_items, TransactItems=puts)[1] == named
    batch = [{"PutRequest": {"Item": {**KEY, "v": TWICE}}}]
    assert refused(dynamodb.batch_write_item, RequestItems={orders: batch})[1] == (
        f"{INVALID}Input collection [b, a, b] contains duplicates."
    )


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "leaf"}
    for _ in range(levels - 1):
        value = {"M": {"n": value}}
    return value


@pytest.mark.aws(
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html", operation="dynamodb:PutItem"
)
def test_an_attribute_has_32_levels(dynamodb: Any, orders: str, refused: Refused) -> None:
    dynamodb.put_item(TableName=orders, Item={**KEY, "v": nested(32)})
    message = (
        "Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit"
    )
    deep = {**KEY, "v": nested(33)}
    assert refused(dynamodb.put_item, TableName=orders, Item=deep)[1] == f"1 validation error detected: {message}"
    assert refused(dynamodb.batch_write_item, RequestItems={orders: [{"PutRequest": {"Item": deep}}]})[1] == message


@pytest.mark.aws(TYPES, operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("written", "read"),
    [("00042", "42"), ("1.0", "1"), ("3.1400", "3.14"), ("1.5E2", "150"), ("-0", "0"), (".5", "0.5"), ("+7", "7"),
     ("1E-3", "0.001"), ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678")],
)  # fmt: skip
def test_numbers_come_back_in_one_spelling(dynamodb: Any, orders: str, written: str, read: str) -> None:
    dynamodb.put_item(TableName=orders, Item={**KEY, "n": {"N": written}})
    assert dynamodb.get_item(TableName=orders, Key=KEY)["Item"]["n"] == {"N": read}


EMPTY_KEY = (
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
    "string value. Key: placed"
)
EMPTY_INDEX_KEY = (
    "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The "
    "AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-city, IndexKey: city"
)


@pytest.mark.aws(f"{API}API_PutItem.html", operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"customer": {"S": "c"}}, f"{INVALID}Missing the key placed in the item"),
        ({**KEY, "placed": {"N": "1"}}, f"{INVALID}Type mismatch for key placed expected: S actual: N"),
        ({**KEY, "placed": {"S": ""}}, EMPTY_KEY),
        (
            {**KEY, "amount": {"S": "9"}},
            f"{INVALID}Type mismatch for Index Key amount Expected: N Actual: S IndexName: by-amount",
        ),
        ({**KEY, "city": {"S": ""}}, EMPTY_INDEX_KEY),
        (
            {**KEY, "customer": {"S": "x" * 2049}},
            f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
        (
            {**KEY, "placed": {"S": "x" * 1025}},
            f"{INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
        (
            {**KEY, "city": {"S": "x" * 2049}},
            f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
    ],
    ids=["missing", "type", "empty", "index type", "empty index", "long hash", "long range", "long index"],
)
def test_keys_that_do_not_fit(dynamodb: Any, orders: str, refused: Refused, item: Any, message: str) -> None:
    assert refused(dynamodb.put_item, TableName=orders, Item=item) == ("ValidationException", message)


@pytest.mark.aws(f"{API}API_GetItem.html", operation="dynamodb:GetItem")
@pytest.mark.parametrize("operation", ["get_item", "delete_item", "update_item"])
@pytest.mark.parametrize("key", [{"customer": {"S": "c"}}, {**KEY, "more": {"S": "x"}}, {**KEY, "placed": {"N": "1"}}])
def test_a_key_that_is_not_the_tables(dynamodb: Any, orders: str, refused: Refused, operation: str, key: Any) -> None:
    assert refused(getattr(dynamodb, operation), TableName=orders, Key=key) == (
        "ValidationException",
        "The provided key element does not match the schema",
    )


@pytest.mark.aws(f"{API}API_GetItem.html", operation="dynamodb:GetItem")
@pytest.mark.parametrize("operation", ["get_item", "delete_item", "update_item"])
def test_an_empty_key(dynamodb: Any, orders: str, refused: Refused, operation: str) -> None:
    empty = {**KEY, "placed": {"S": ""}}
    answer = ("ValidationException", EMPTY_KEY)
    assert refused(getattr(dynamodb, operation), TableName=orders, Key=empty) == answer
    assert refused(dynamodb.transact_get_items, TransactItems=[{"Get": {"TableName": orders, "Key": empty}}]) == answer
    puts = [{"Put": {"TableName": orders, "Item": empty}}]
    assert refused(dynamodb.transact_write_items, TransactItems=puts) == answer


@pytest.mark.dynalite
@pytest.mark.aws(f"{API}CommonErrors.html", operation="dynamodb:GetItem")
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("get_item", {"Key": KEY}),
        ("put_item", {"Item": KEY}),
        ("update_item", {"Key": KEY}),
        ("delete_item", {"Key": KEY}),
        ("scan", {}),
    ],
)
def test_a_table_that_is_not_there(dynamodb: Any, refused: Refused, operation: str, parameters: Any) -> None:
    answer = refused(getattr(dynamodb, operation), TableName="Nowhere", **parameters)
    assert answer == ("ResourceNotFoundException", "Requested resource not found")


@pytest.mark.dynalite
@pytest.mark.aws(f"{API}API_DescribeTable.html", operation="dynamodb:DescribeTable")
@pytest.mark.parametrize("operation", ["describe_table", "delete_table"])
def test_the_control_plane_names_the_table(dynamodb: Any, refused: Refused, operation: str) -> None:
    assert refused(getattr(dynamodb, operation), TableName="Nowhere") == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: Nowhere not found",
    )


ENUMS = {
    "ReturnConsumedCapacity": "[INDEXES, TOTAL, NONE]",
    "ReturnItemCollectionMetrics": "[SIZE, NONE]",
    "ReturnValues": "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
}


@pytest.mark.dynalite
@pytest.mark.aws(f"{API}API_PutItem.html", operation="dynamodb:PutItem")
@pytest.mark.parametrize("parameter", ENUMS)
def test_an_enumeration_lists_its_values(dynamodb: Any, orders: str, refused: Refused, parameter: str) -> None:
    name = parameter[0].lower() + parameter[1:]
    assert refused(dynamodb.put_item, TableName=orders, Item=KEY, **{parameter: "WHAT"}) == (
        "ValidationException",
        f"1 validation error detected: Value 'WHAT' at '{name}' failed to satisfy constraint: "
        f"Member must satisfy enum value set: {ENUMS[parameter]}",
    )


@pytest.mark.dynalite
@pytest.mark.aws(f"{API}API_PutItem.html", operation="dynamodb:PutItem")
def test_several_faults_are_reported_together(dynamodb: Any, orders: str, refused: Refused) -> None:
    _, message = refused(dynamodb.put_item, TableName=orders, Item=KEY, ReturnValues="A", ReturnConsumedCapacity="B")
    assert message.startswith("2 validation errors detected: ")
    assert message.count("; Value '") == 1


MIXED = "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "


@pytest.mark.aws(f"{API}API_UpdateItem.html", operation="dynamodb:UpdateItem")
@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        (
            "put_item",
            {"Item": KEY, "Expected": {"a": {"Exists": False}}, "ConditionExpression": "attribute_exists(a)"},
            MIXED + "{Expected} Expression parameters: {ConditionExpression}",
        ),
        (
            "update_item",
            {"Key": KEY, "AttributeUpdates": {"a": {"Action": "DELETE"}}, "UpdateExpression": "REMOVE a"},
            MIXED + "{AttributeUpdates} Expression parameters: {UpdateExpression}",
        ),
        (
            "put_item",
            {"Item": KEY, "ExpressionAttributeValues": {":v": {"S": "x"}}},
            "ExpressionAttributeValues can only be specified when using expressions",
        ),
        (
            "update_item",
            {"Key": KEY, "ExpressionAttributeNames": {"#n": "x"}},
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        ("put_item", {"Item": KEY, "ReturnValues": "ALL_NEW"}, "ReturnValues can only be ALL_OLD or NONE"),
        (
            "delete_item",
            {"Key": KEY, "Expected": {"a": {"Exists": True}}},
            f"{INVALID}Value must be provided when Exists is true for Attribute: a",
        ),
        ("put_item", {"Item": KEY, "ConditionExpression": ""}, "Invalid ConditionExpression: The expression can not be "
         "empty;"),
        (
            "update_item",
            {"Key": KEY, "UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {}},
            "ExpressionAttributeValues must not be empty",
        ),
    ],
)  # fmt: skip
def test_parameters_that_do_not_go_together(
    dynamodb: Any, orders: str, refused: Refused, counts: Counts, operation: str, parameters: Any, message: str
) -> None:
    answer = refused(getattr(dynamodb, operation), TableName=orders, **parameters)
    assert answer == ("ValidationException", counts(message))


@pytest.mark.aws(f"{API}API_UpdateItem.html", operation="dynamodb:UpdateItem")
@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("placed", {"S": "x"}, f"{INVALID}Cannot update attribute placed. This attribute is part of the key"),
        (
            "amount",
            {"S": "x"},
            "The update expression attempted to update the secondary index key to unsupported type",
        ),
        (
            "city",
            {"S": ""},
            "One or more parameter values are not valid. The update expression attempted to update a secondary index "
            "key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty "
            "string value.",
        ),
        (
            "city",
            {"S": "x" * 2049},
            "The update expression attempted to update the secondary index key beyond allowed size limits",
        ),
    ],
    ids=["key", "type", "empty", "long"],
)
def test_keys_that_an_update_cannot_change(
    dynamodb: Any, orders: str, refused: Refused, attribute: str, value: Any, message: str
) -> None:
    change = {"UpdateExpression": f"SET {attribute} = :v", "ExpressionAttributeValues": {":v": value}}
    assert refused(dynamodb.update_item, TableName=orders, Key=KEY, **change) == ("ValidationException", message)


PARTITION = {"KeyConditionExpression": "customer = :c", "ExpressionAttributeValues": {":c": {"S": "c"}}}
CITY = {
    "IndexName": "by-city",
    "KeyConditionExpression": "city = :c",
    "ExpressionAttributeValues": {":c": {"S": "Ulm"}},
}
AND = {":c": {"S": "c"}, ":x": {"S": "x"}}


@pytest.mark.aws(f"{API}API_Query.html", operation="dynamodb:Query")
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"KeyConditionExpression": "placed = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}},
            "Query condition missed key schema element: customer",
        ),
        (
            {"KeyConditionExpression": "customer = :c AND elsewhere = :x", "ExpressionAttributeValues": AND},
            "Query condition missed key schema element: placed",
        ),
        (
            {"KeyConditionExpression": "customer > :c", "ExpressionAttributeValues": {":c": {"S": "c"}}},
            "Query key condition not supported",
        ),
        (
            {"KeyConditionExpression": "customer = :c OR placed = :x", "ExpressionAttributeValues": AND},
            "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR",
        ),
        (
            {"KeyConditionExpression": "customer = :c AND contains(placed, :x)", "ExpressionAttributeValues": AND},
            "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: contains",
        ),
        (
            {"KeyConditionExpression": "customer = :c AND placed > :c AND placed < :x",
             "ExpressionAttributeValues": AND},
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
        ),
        (
            {"KeyConditionExpression": "customer = placed"},
            "Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression: Multiple attribute names "
            "used in one condition",
        ),
        (
            {"KeyConditionExpression": "customer = placed", "FilterExpression": ""},
            "Invalid FilterExpression: The expression can not be empty;",
        ),
        (
            {"KeyConditionExpression": "customer = :c AND placed > :x AND elsewhere = :x",
             "ExpressionAttributeValues": AND},
            "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)",
        ),
        ({**PARTITION, "ExpressionAttributeValues": {":c": {"S": ""}}}, EMPTY_KEY.replace("placed", "customer")),
        ({**CITY, "ExpressionAttributeValues": {":c": {"S": ""}}}, EMPTY_INDEX_KEY),
        (
            {"KeyConditionExpression": "customer = :c", "ExpressionAttributeValues": {":c": {"N": "1"}}},
            f"{INVALID}Condition parameter type does not match schema type",
        ),
        (
            {**PARTITION, "FilterExpression": "placed = :c"},
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: placed",
        ),
        ({**PARTITION, "IndexName": "none"}, "The table does not have the specified index: none"),
        (
            {**PARTITION, "ProjectionExpression": "amount", "Select": "COUNT"},
            "1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            {**PARTITION, "Select": "ALL_PROJECTED_ATTRIBUTES"},
            "1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
        ({**PARTITION, "ExclusiveStartKey": {"customer": {"S": "c"}}}, "The provided starting key is invalid"),
        (
            {**PARTITION, "ExclusiveStartKey": {**KEY, "customer": {"S": "d"}}},
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        ({**CITY, "ConsistentRead": True}, "Consistent reads are not supported on global secondary indexes"),
        (
            {**CITY, "Select": "ALL_ATTRIBUTES"},
            f"{INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index by-city because its "
            "projection type is not ALL",
        ),
        ({}, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."),
    ],
)  # fmt: skip
def test_queries_that_cannot_be(dynamodb: Any, orders: str, refused: Refused, parameters: Any, message: str) -> None:
    assert refused(dynamodb.query, TableName=orders, **parameters) == ("ValidationException", message)


@pytest.mark.aws(f"{API}API_Scan.html", operation="dynamodb:Scan")
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"Segment": 0},
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
            "present",
        ),
        (
            {"TotalSegments": 2},
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is "
            "present",
        ),
        (
            {"Segment": 2, "TotalSegments": 2},
            "The Segment parameter is zero-based and must be less than parameter TotalSegments",
        ),
        (
            {"Select": "SPECIFIC_ATTRIBUTES"},
            "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to "
            "get SPECIFIC_ATTRIBUTES",
        ),
    ],
)
def test_scans_that_cannot_be(dynamodb: Any, orders: str, refused: Refused, parameters: Any, message: str) -> None:
    assert refused(dynamodb.scan, TableName=orders, **parameters) == ("ValidationException", message)


@pytest.mark.aws(f"{API}API_BatchWriteItem.html", operation="dynamodb:BatchWriteItem")
def test_batches_that_cannot_be(dynamodb: Any, orders: str, refused: Refused) -> None:
    put = {"PutRequest": {"Item": KEY}}
    twice = "Provided list of item keys contains duplicates"
    assert refused(dynamodb.batch_write_item, RequestItems={orders: [put, put]})[1] == twice
    assert refused(dynamodb.batch_get_item, RequestItems={orders: {"Keys": [KEY, KEY]}})[1] == twice
    many = [{"PutRequest": {"Item": {**KEY, "placed": {"S": str(number)}}}} for number in range(26)]
    code, message = refused(dynamodb.batch_write_item, RequestItems={orders: many})
    assert code == "ValidationException"
    assert message.endswith(
        "at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length "
        "less than or equal to 25, Member must have length greater than or equal to 1]"
    )
    keys = [{**KEY, "placed": {"S": str(number)}} for number in range(101)]
    assert refused(dynamodb.batch_get_item, RequestItems={orders: {"Keys": keys}})[1] == (
        f"1 validation error detected: Value at 'RequestItems.{orders}.member.Keys' failed to satisfy constraint: "
        "Member must have length less than or equal to 100"
    )

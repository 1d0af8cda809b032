"""Conditions, updates and projections: what they do, and what AWS says of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
OPERATORS = f"{GUIDE}Expressions.OperatorsAndFunctions.html"
UPDATES = f"{GUIDE}Expressions.UpdateExpressions.html"
PROJECTIONS = f"{GUIDE}Expressions.ProjectionExpressions.html"
RESERVED = f"{GUIDE}ReservedWords.html"
KEY = {"customer": {"S": "c"}, "placed": {"S": "2026"}}
ITEM: dict[str, Any] = {
    **KEY,
    "n": {"N": "5"},
    "t": {"S": "hello"},
    "flag": {"BOOL": True},
    "tags": {"SS": ["x", "y"]},
    "l": {"L": [{"N": "1"}, {"S": "two"}, {"N": "3"}]},
    "m": {"M": {"in": {"M": {"deep": {"N": "7"}}}, "s": {"S": "side"}}},
}
VALUES: dict[str, Any] = {
    ":n": {"N": "5"},
    ":more": {"N": "9"},
    ":t": {"S": "hello"},
    ":h": {"S": "he"},
    ":x": {"S": "x"},
    ":type": {"S": "S"},
    ":list": {"L": [{"N": "4"}]},
    ":set": {"SS": ["y", "z"]},
}
Refused = Callable[..., tuple[str, str]]
Counts = Callable[..., str]


def used(expression: str) -> dict[str, Any]:
    """The values that an expression names: DynamoDB refuses the others."""
    names = [name for name in VALUES if any(word == name for word in _words(expression))]
    return {"ExpressionAttributeValues": {name: VALUES[name] for name in names}} if names else {}


def _words(expression: str) -> list[str]:
    for symbol in "(),=<>+-":
        expression = expression.replace(symbol, " ")
    return expression.split()


@pytest.mark.aws(OPERATORS, operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("n = :n", True),
        ("n <> :n", False),
        ("absent <> :n", True),
        ("absent = :n", False),
        ("n < :more AND n >= :n", True),
        ("t < :n", False),
        ("n BETWEEN :n AND :more", True),
        ("t IN (:x, :t)", True),
        ("NOT n = :n OR t = :t", True),
        ("NOT (n = :n OR t = :t)", False),
        ("attribute_exists(m.in.deep)", True),
        ("attribute_not_exists(m.absent)", True),
        ("attribute_exists(l[3])", False),
        ("attribute_type(t, :type)", True),
        ("begins_with(t, :h)", True),
        ("contains(t, :h)", True),
        ("contains(tags, :x)", True),
        ("contains(l, :n)", False),
        ("size(t) = :n", True),
        ("size(tags) < :n", True),
        ("size(l) < size(t)", True),
        ("m.in.deep > :n", True),
        ("l[0] < :n", True),
        ("n = :n and not flag = :t", True),
    ],
)
def test_conditions(dynamodb: Any, orders: str, condition: str, holds: bool) -> None:
    # "in" is a reserved word, so the paths name it by an alias.
    expression = condition.replace("m.in", "m.#in")
    names = {"ExpressionAttributeNames": {"#in": "in"}} if "#in" in expression else {}
    dynamodb.put_item(TableName=orders, Item=ITEM)
    check = {"TableName": orders, "Item": ITEM, "ConditionExpression": expression, **used(condition), **names}
    if holds:
        dynamodb.put_item(**check)
        return
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as caught:
        dynamodb.put_item(**check, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert caught.value.response["Error"]["Message"] == "The conditional request failed"
    assert caught.value.response["Item"]["n"] == ITEM["n"]


@pytest.mark.aws(UPDATES, operation="dynamodb:UpdateItem")
@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("SET n = n + :more", {"n": {"N": "14"}}),
        ("SET n = :n - :more", {"n": {"N": "-4"}}),
        ("SET n = if_not_exists(n, :more), k = if_not_exists(k, :more)", {"k": {"N": "9"}}),
        ("SET l = list_append(l, :list)", {"l": {"L": [*ITEM["l"]["L"], {"N": "4"}]}}),
        ("SET l = list_append(:list, l)", {"l": {"L": [{"N": "4"}, *ITEM["l"]["L"]]}}),
        ("SET l[1] = :t, l[9] = :x", {"l": {"L": [{"N": "1"}, {"S": "hello"}, {"N": "3"}, {"S": "x"}]}}),
        ("SET m.s = :t", {"m": {"M": {**ITEM["m"]["M"], "s": {"S": "hello"}}}}),
        ("SET t = n, n = t", {"t": {"N": "5"}, "n": {"S": "hello"}}),
        ("REMOVE l[0], l[2]", {"l": {"L": [{"S": "two"}]}}),
        ("REMOVE m.s, absent", {"m": {"M": {"in": ITEM["m"]["M"]["in"]}}}),
        ("ADD n :more, fresh :n", {"n": {"N": "14"}, "fresh": {"N": "5"}}),
        ("ADD tags :set", {"tags": {"SS": ["x", "y", "z"]}}),
        ("DELETE tags :set", {"tags": {"SS": ["x"]}}),
        ("set n = :more remove t add k :n delete tags :set",
         {"n": {"N": "9"}, "t": None, "k": {"N": "5"}, "tags": {"SS": ["x"]}}),
    ],
)  # fmt: skip
def test_updates(dynamodb: Any, orders: str, expression: str, changed: dict[str, Any]) -> None:
    dynamodb.put_item(TableName=orders, Item=ITEM)
    update = {"TableName": orders, "Key": KEY, "UpdateExpression": expression, "ReturnValues": "ALL_NEW"}
    new = dynamodb.update_item(**update, **used(expression))["Attributes"]
    wanted = {name: value for name, value in {**ITEM, **changed}.items() if value is not None}
    for attributes in (new, wanted):
        attributes["tags"] = {"SS": sorted(attributes["tags"]["SS"])}
    assert new == wanted


@pytest.mark.dynalite
@pytest.mark.aws(UPDATES, operation="dynamodb:UpdateItem")
@pytest.mark.parametrize(
    ("returned", "attributes"),
    [
        ("NONE", None),
        ("ALL_OLD", ITEM),
        ("UPDATED_OLD", {"n": {"N": "5"}, "m": {"M": {"s": {"S": "side"}}}}),
        ("UPDATED_NEW", {"n": {"N": "9"}, "m": {"M": {"s": {"S": "hello"}}}}),
    ],
)
def test_return_values(dynamodb: Any, orders: str, returned: str, attributes: Any) -> None:
    dynamodb.put_item(TableName=orders, Item=ITEM)
    answer = dynamodb.update_item(
        TableName=orders,
        Key=KEY,
        UpdateExpression="SET n = :more, m.s = :t",
        ExpressionAttributeValues={":more": VALUES[":more"], ":t": VALUES[":t"]},
        ReturnValues=returned,
    )
    if attributes and "tags" in attributes:
        answer["Attributes"]["tags"]["SS"].sort()
    assert answer.get("Attributes") == attributes


@pytest.mark.dynalite
@pytest.mark.aws(UPDATES, operation="dynamodb:UpdateItem")
def test_an_update_creates_the_item(dynamodb: Any, orders: str) -> None:
    dynamodb.update_item(TableName=orders, Key=KEY)
    assert dynamodb.get_item(TableName=orders, Key=KEY)["Item"] == KEY


@pytest.mark.dynalite
@pytest.mark.aws(UPDATES, operation="dynamodb:UpdateItem")
def test_deleting_every_member_removes_the_set(dynamodb: Any, orders: str) -> None:
    dynamodb.put_item(TableName=orders, Item={**KEY, "tags": {"SS": ["y"]}})
    dynamodb.update_item(TableName=orders, Key=KEY, UpdateExpression="DELETE tags :set", **used(":set"))
    assert dynamodb.get_item(TableName=orders, Key=KEY)["Item"] == KEY


@pytest.mark.dynalite
@pytest.mark.aws(PROJECTIONS, operation="dynamodb:GetItem")
@pytest.mark.parametrize(
    ("projection", "item"),
    [
        ("n, t", {"n": ITEM["n"], "t": ITEM["t"]}),
        ("absent", {}),
        ("l[2], l[0], l[7]", {"l": {"L": [{"N": "1"}, {"N": "3"}]}}),
        ("m.s", {"m": {"M": {"s": {"S": "side"}}}}),
        ("m.#in.deep, m.nil", {"m": {"M": {"in": {"M": {"deep": {"N": "7"}}}}}}),
        ("n.beneath", {}),
    ],
)
def test_projections(dynamodb: Any, orders: str, projection: str, item: Any) -> None:
    names = {"ExpressionAttributeNames": {"#in": "in"}} if "#in" in projection else {}
    dynamodb.put_item(TableName=orders, Item=ITEM)
    answer = dynamodb.get_item(TableName=orders, Key=KEY, ProjectionExpression=projection, **names)
    assert answer["Item"] == item


@pytest.mark.dynalite
@pytest.mark.aws(RESERVED, operation="dynamodb:UpdateItem")
@pytest.mark.parametrize("word", ["status", "Name", "DATA", "zone", "year", "count", "timestamp", "ttl"])
def test_reserved_words_need_an_alias(dynamodb: Any, orders: str, refused: Refused, counts: Counts, word: str) -> None:
    message = f"Attribute name is a reserved keyword; reserved keyword: {word}"
    update = {"TableName": orders, "Key": KEY, "ExpressionAttributeValues": {":n": {"N": "5"}}}
    assert refused(dynamodb.update_item, **update, UpdateExpression=f"SET {word} = :n") == (
        "ValidationException",
        counts(f"Invalid UpdateExpression: {message}"),
    )
    read = {"TableName": orders, "Key": KEY, "ProjectionExpression": f"n, {word}"}
    assert refused(dynamodb.get_item, **read)[1] == f"Invalid ProjectionExpression: {message}"
    dynamodb.update_item(**update, UpdateExpression="SET #w = :n", ExpressionAttributeNames={"#w": word})
    assert dynamodb.get_item(TableName=orders, Key=KEY)["Item"][word] == {"N": "5"}


SYNTAX = "Syntax error; token: "
OPERAND = "Incorrect operand type for operator or function; operator or function: "


@pytest.mark.aws(OPERATORS, operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("", "The expression can not be empty;"),
        ("n == :n", f'{SYNTAX}"=", near: "== :n"'),
        ("n = :n AND", f'{SYNTAX}"<EOF>", near: "AND"'),
        ("n ! :n", f'{SYNTAX}"!", near: "n ! :n"'),
        ("((n = :n))", "The expression has redundant parentheses;"),
        ("exists(n)", "Invalid function name; function: exists"),
        (
            "if_not_exists(n, :n) = :n",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        ("size(n)", "The function is not allowed to be used this way in an expression; function: size"),
        (
            "n = :none",
            "An expression attribute value used in expression is not defined; attribute value: :none",
        ),
        (
            "#none = :n",
            "An expression attribute name used in the document path is not defined; attribute name: #none",
        ),
        (
            "attribute_exists(n, t)",
            "Incorrect number of operands for operator or function; operator or function: attribute_exists, "
            "number of operands: 2",
        ),
        (
            "attribute_exists(:n)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        ("begins_with(t, :n)", f"{OPERAND}begins_with, operand type: N"),
        ("n < :set", f"{OPERAND}<, operand type: SS"),
        (
            "n = n",
            "The first operand must be distinct from the remaining operands for this operator or function; "
            "operator: =, first operand: [n]",
        ),
        (
            "n BETWEEN :more AND :n",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
            "operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: {N:5}",
        ),
        (
            "attribute_type(n, :x)",
            "Invalid attribute type name found; type: x, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
    ],
)
def test_conditions_that_cannot_be(
    dynamodb: Any, orders: str, refused: Refused, counts: Counts, condition: str, message: str
) -> None:
    values = used(condition) or {"ExpressionAttributeValues": {":n": {"N": "5"}}}
    answer = refused(dynamodb.put_item, TableName=orders, Item=ITEM, ConditionExpression=condition, **values)
    assert answer == ("ValidationException", counts(f"Invalid ConditionExpression: {message}"))


@pytest.mark.aws(UPDATES, operation="dynamodb:UpdateItem")
@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("n = :n", f'{SYNTAX}"n", near: "n ="'),
        (
            "SET n = :n SET t = :n",
            'The "SET" section can only be used once in an update expression;',
        ),
        (
            "SET n = :n, n = :n",
            "Two document paths overlap with each other; must remove or rewrite one of "
            "these paths; path one: [n], path two: [n]",
        ),
        (
            "SET m.a = :n, m[1] = :n",
            "Two document paths conflict with each other; must remove or rewrite one of "
            "these paths; path one: [m, a], path two: [m, [1]]",
        ),
        ("SET n = size(:n)", "The function is not allowed in an update expression; "
         "function: size"),
    ],
)  # fmt: skip
def test_updates_that_cannot_be(
    dynamodb: Any, orders: str, refused: Refused, counts: Counts, expression: str, message: str
) -> None:
    answer = refused(dynamodb.update_item, TableName=orders, Key=KEY, UpdateExpression=expression, **used(expression))
    assert answer == ("ValidationException", counts(f"Invalid UpdateExpression: {message}"))


@pytest.mark.aws(UPDATES, operation="dynamodb:UpdateItem")
@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("SET n = t + :n", "An operand in the update expression has an incorrect data type"),
        ("SET n = absent + :n", "The provided expression refers to an attribute that does not exist in the item"),
        ("SET absent.n = :n", "The document path provided in the update expression is invalid for update"),
        ("SET n.beneath = :n", "The document path provided in the update expression is invalid for update"),
        ("ADD t :n", "An operand in the update expression has an incorrect data type"),
    ],
)
def test_updates_that_do_not_fit_the_item(
    dynamodb: Any, orders: str, refused: Refused, expression: str, message: str
) -> None:
    dynamodb.put_item(TableName=orders, Item=ITEM)
    answer = refused(dynamodb.update_item, TableName=orders, Key=KEY, UpdateExpression=expression, **used(expression))
    assert answer == ("ValidationException", message)
    assert dynamodb.get_item(TableName=orders, Key=KEY)["Item"]["n"] == ITEM["n"]


@pytest.mark.dynalite
@pytest.mark.aws(f"{GUIDE}Expressions.ExpressionAttributeNames.html", operation="dynamodb:PutItem")
@pytest.mark.parametrize(
    ("names", "values", "message"),
    [
        (
            {"#n": "n", "#o": "o"},
            {":n": {"N": "1"}},
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#o}",
        ),
        (
            {"#n": "n"},
            {":n": {"N": "1"}, ":o": {"N": "2"}},
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:o}",
        ),
        ({"n": "n"}, {":n": {"N": "1"}}, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "n"'),
        (
            {"#n": "n"},
            {":n": {"N": "x"}},
            "The parameter cannot be converted to a numeric value: x",
        ),
    ],
)
def test_aliases_that_do_not_fit(
    dynamodb: Any, orders: str, refused: Refused, counts: Counts, names: Any, values: Any, message: str
) -> None:
    answer = refused(
        dynamodb.put_item,
        TableName=orders,
        Item=KEY,
        ConditionExpression="#n = :n",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )
    named = f"ExpressionAttributeValues contains invalid value: {message} for key :n"
    assert answer == ("ValidationException", counts(message, named if message.startswith("The parameter") else None))

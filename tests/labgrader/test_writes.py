"""How a check tells from the request log what a write would have done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import pocketaws
from labgrader.account import Account
from labgrader.writes import Write, writing_requests
from pocketaws import clock, journal

KEY = {"flight": {"S": "B6 1"}}


@pytest.fixture
def aws() -> Iterator[Account]:
    pocketaws.start()
    for name in ("seats", "others"):
        boto3.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "flight", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "flight", "KeyType": "HASH"}],
        )
        boto3.client("dynamodb").put_item(TableName=name, Item=KEY | {"unsold": {"N": "9"}})
    journal.start()
    yield Account(boto3.session.Session(), now=clock.now, advance=clock.advance)
    pocketaws.stop()


def written(aws: Account) -> list[list[Write] | None]:
    with aws.unlogged():
        return writing_requests(aws, "seats")


def update(expression: str, condition: str | None, **values: int) -> dict[str, Any]:
    made = {"TableName": "seats", "Key": KEY, "UpdateExpression": expression}
    made["ExpressionAttributeValues"] = {f":{name}": {"N": str(value)} for name, value in values.items()}
    return made | ({"ConditionExpression": condition} if condition else {})


@pytest.mark.parametrize(
    ("asked", "is_careful"),
    [
        (update("SET unsold = unsold - :n", "unsold >= :n", n=3), True),
        (update("ADD unsold :n", "NOT unsold < :least", n=-3, least=3), True),
        (update("ADD unsold :n", "unsold BETWEEN :least AND :most", n=-3, least=5, most=9), True),
        (update("SET unsold = :new", "unsold = :seen", new=6, seen=9), True),
        (update("ADD unsold :n", None, n=3), True),
        (update("SET unsold = unsold - :n", "unsold >= :least", n=3, least=2), False),
        (update("SET unsold = unsold - :n", "attribute_exists(unsold)", n=3), False),
        (update("SET unsold = unsold - :n", "unsold >= :n OR attribute_exists(flight)", n=3), False),
        (update("SET unsold = :new", "unsold >= :n", new=6, n=3), False),
        (update("SET unsold = :new", None, new=6), False),
    ],
)
def test_a_write_is_careful_if_it_is_right_whatever_is_there(
    aws: Account, asked: dict[str, Any], is_careful: bool
) -> None:
    boto3.client("dynamodb").update_item(**asked)
    ((write,),) = [request or [] for request in written(aws)]
    assert (write.added("unsold") is not None) is is_careful


def test_every_way_to_write_is_read(aws: Account) -> None:
    client, item = boto3.client("dynamodb"), KEY | {"unsold": {"N": "3"}}
    client.put_item(TableName="seats", Item=item, ConditionExpression="attribute_exists(flight)")
    client.put_item(TableName="seats", Item=item, Expected={"unsold": {"Value": {"N": "3"}}})
    client.delete_item(TableName="others", Key=KEY)
    client.batch_write_item(RequestItems={"seats": [{"PutRequest": {"Item": item}}]})
    both = [{"Put": {"TableName": name, "Item": item}} for name in ("seats", "others")]
    client.transact_write_items(TransactItems=both)
    client.execute_statement(Statement="UPDATE seats SET unsold = 4 WHERE flight = 'B6 1' AND unsold = 3")
    client.execute_transaction(TransactStatements=[{"Statement": "DELETE FROM seats WHERE flight = 'B6 1'"}])
    found = [request for request in written(aws) if request is not None]
    assert [[write.key for write in request] for request in found] == [[("B6 1",)]] * 6
    (statement,), (deletion,) = found[-2:]
    assert [statement.holds({"flight": "B6 1", "unsold": count}) for count in (3, 4)] == [True, False]
    assert statement.after({"flight": "B6 1", "unsold": 3}) == {"flight": "B6 1", "unsold": 4}
    assert deletion.after({"flight": "B6 1", "unsold": 4}) == {}


def test_what_was_refused_does_not_count_and_what_cannot_be_read_is_told(aws: Account) -> None:
    client = boto3.client("dynamodb")
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.update_item(**update("ADD unsold :n", "unsold >= :least", n=-3, least=300))
    assert written(aws) == []
    client.put_item(TableName="seats", Item=KEY | {"text": {"S": "x" * 50_000}})
    client.meta.events.register("before-call", lambda params, **_: params.update(body=params["body"].ljust(2_100_000)))
    client.put_item(TableName="seats", Item=KEY)
    assert written(aws) == [None, None]

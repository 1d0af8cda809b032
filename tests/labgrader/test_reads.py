"""How a check tells from the request log in which way a table was read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import pocketaws
from labgrader.account import Account
from labgrader.reads import Read, key_reads, sql_reads
from pocketaws import clock, journal

PLANE, FROM, TO = {"S": "N1"}, {"S": "2013-01-01"}, {"S": "2013-01-05"}


@pytest.fixture
def aws() -> Iterator[Account]:
    pocketaws.start()
    boto3.client("dynamodb").create_table(
        TableName="flights",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("plane", "day")],
        KeySchema=[{"AttributeName": "plane", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
    )
    journal.start()
    yield Account(boto3.session.Session(), now=clock.now, advance=clock.advance)
    pocketaws.stop()


def asked(aws: Account, operation: str, **parameters: Any) -> list[Read]:
    getattr(boto3.client("dynamodb"), operation)(**parameters)
    with aws.unlogged():
        return key_reads(aws, "flights")


BY_KEY = {
    "get_item": {"TableName": "flights", "Key": {"plane": PLANE, "day": FROM}},
    "batch_get_item": {"RequestItems": {"flights": {"Keys": [{"plane": PLANE, "day": FROM}]}}},
    "transact_get_items": {"TransactItems": [{"Get": {"TableName": "flights", "Key": {"plane": PLANE, "day": FROM}}}]},
    "query": {
        "TableName": "flights",
        "KeyConditionExpression": "#p = :p and :d = #d",
        "ExpressionAttributeNames": {"#p": "plane", "#d": "day"},
        "ExpressionAttributeValues": {":p": PLANE, ":d": FROM},
    },
    "execute_statement": {
        "Statement": "SELECT * FROM flights WHERE day = ? AND plane = ?",
        "Parameters": [FROM, PLANE],
    },
}


@pytest.mark.parametrize("operation", BY_KEY)
def test_a_whole_key_is_a_whole_key_whoever_asks(aws: Account, operation: str) -> None:
    (read,) = asked(aws, operation, **BY_KEY[operation])
    assert read.fixes("plane", "N1")
    assert read.fixes("day", "2013-01-01")
    assert not read.is_scan
    assert not read.begins("day", "2013-01-01")


def test_a_range_has_its_ends(aws: Account) -> None:
    old = {"plane": {"AttributeValueList": [PLANE], "ComparisonOperator": "EQ"}}
    old["day"] = {"AttributeValueList": [FROM, TO], "ComparisonOperator": "BETWEEN"}
    asked(aws, "query", TableName="flights", KeyConditions=old)
    text = "SELECT day FROM flights WHERE plane = 'N1' AND day >= '2013-01-01'"
    found = asked(aws, "execute_statement", Statement=text)
    assert [(each.begins("day", FROM["S"]), each.ends("day", TO["S"])) for each in found] == [
        (True, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    "where", ["", " WHERE day = '2013-01-01'", " WHERE plane > 'N'", " WHERE plane = 'a' OR day = ''"]
)
def test_a_statement_that_names_no_partition_is_a_scan(aws: Account, where: str) -> None:
    (read,) = asked(aws, "execute_statement", Statement=f"SELECT * FROM flights{where}")
    assert read.is_scan


def test_a_scan_by_arn_is_a_scan_and_other_tables_do_not_count(aws: Account) -> None:
    arn = boto3.client("dynamodb").describe_table(TableName="flights")["Table"]["TableArn"]
    assert [each.is_scan for each in asked(aws, "scan", TableName=arn)] == [True]
    assert len(asked(aws, "execute_statement", Statement="DELETE FROM flights WHERE plane = 'a' AND day = 'b'")) == 1
    with pytest.raises(boto3.client("dynamodb").exceptions.ResourceNotFoundException):
        asked(aws, "scan", TableName="others")
    assert len(key_reads(aws, "flights")) == 1


def test_a_request_too_long_for_the_log_is_a_scan(aws: Account) -> None:
    client = boto3.client("dynamodb")
    client.meta.events.register("before-call", lambda params, **_: params.update(body=params["body"].ljust(2_100_000)))
    client.scan(TableName="flights")
    client.execute_statement(Statement="SELECT * FROM flights")
    assert [each.is_scan for each in key_reads(aws, "flights")] == [True, True]


@pytest.mark.parametrize(
    ("sql", "does"),
    [
        ('SELECT carrier FROM "air"."history" WHERE "dep_delay" > 3', True),
        ("WITH h AS (SELECT * FROM history) SELECT count(*) FROM h", True),
        ("CREATE TABLE late AS SELECT h.dep_delay FROM history h", True),
        ("PREPARE late FROM SELECT dep_delay FROM history", True),
        ("SELECT count(*) FROM history", False),
        ("SELECT 'dep_delay' FROM history -- dep_delay", False),
        ("SELECT dep_delay FROM others", False),
        ("SELECT (((", False),
        ("(" * 5000, False),
    ],
)
def test_a_statement_reads_a_column_or_only_mentions_it(sql: str, does: bool) -> None:
    assert sql_reads(sql, "history", "dep_delay") is does

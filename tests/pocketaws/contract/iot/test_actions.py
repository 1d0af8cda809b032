"""Topics that rules hear, and what they do with a message."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/iot/latest/developerguide/"
ACTIONS = f"{GUIDE}iot-rule-actions.html"


@pytest.mark.aws(f"{GUIDE}topics.html", operation="iot-data:Publish, iot:DisableTopicRule, iot:EnableTopicRule")
def test_topics_and_filters(rule: Any, publish: Any, queue: Any, iot: Any, refused: Any) -> None:
    rule("SELECT topic() AS t FROM 'flights/+/departures'", {"sqs": {"queueUrl": queue.url, "useBase64": False}})
    for topic in ("flights/JFK/departures", "flights/departures", "flights/JFK/arrivals", "flights/JFK/departures/x"):
        publish(topic, {})
    assert queue.messages() == [{"t": "flights/JFK/departures"}]
    iot.disable_topic_rule(ruleName="rule")
    publish("flights/JFK/departures", {})
    assert queue.messages() == []
    iot.enable_topic_rule(ruleName="rule")
    publish("flights/EWR/departures", {})
    assert len(queue.messages()) == 1
    for topic in ("flights/+/departures", "a/b/c/d/e/f/g/h/i", "x" * 257):
        assert refused(publish, topic, {})[0] == "InvalidRequestException"
    assert refused(publish, "large", b"x" * (128 * 1024 + 1))[0] == "InvalidRequestException"


@pytest.mark.aws(f"{GUIDE}kinesis-rule-action.html", operation="iot-data:Publish, kinesis:PutRecord")
def test_kinesis_with_a_key_from_the_message(rule: Any, publish: Any, client: Any) -> None:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="departures", ShardCount=1)
    action = {"kinesis": {"streamName": "departures", "partitionKey": "${plane.tail}"}}
    rule("SELECT *, timestamp() AS heard FROM 'flights/#' WHERE delay > 15", action)
    for delay in (10, 20, 30):
        publish("flights/JFK", {"plane": {"tail": "N1"}, "delay": delay})
    start = {"StreamName": "departures", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    records = kinesis.get_records(ShardIterator=kinesis.get_shard_iterator(**start)["ShardIterator"])["Records"]
    assert [each["PartitionKey"] for each in records] == ["N1", "N1"]
    assert json.loads(records[0]["Data"]) == {"plane": {"tail": "N1"}, "delay": 20, "heard": 1793610000000}


@pytest.mark.aws(f"{GUIDE}kinesis-firehose-rule-action.html", operation="iot-data:Publish, firehose:PutRecord")
def test_firehose_with_a_separator_then_s3(rule: Any, publish: Any, client: Any, s3: Any, clock: Any) -> None:
    s3.create_bucket(Bucket="lake")
    destination = {"BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:aws:iam::123456789012:role/x"}
    client("firehose").create_delivery_stream(
        DeliveryStreamName="to-lake", ExtendedS3DestinationConfiguration=destination
    )
    rule("SELECT n FROM 'a'", {"firehose": {"deliveryStreamName": "to-lake", "separator": "\n"}})
    for n in range(3):
        publish("a", {"n": n, "more": True})
    clock.advance(minutes=5)
    (found,) = s3.list_objects_v2(Bucket="lake")["Contents"]
    content = s3.get_object(Bucket="lake", Key=found["Key"])["Body"].read()
    assert content == b'{"n":0}\n{"n":1}\n{"n":2}\n'


@pytest.mark.aws(f"{GUIDE}s3-rule-action.html", operation="iot-data:Publish, s3:PutObject")
def test_s3_with_a_key_made_of_topic_and_time(rule: Any, publish: Any, s3: Any) -> None:
    s3.create_bucket(Bucket="raw")
    action = {"s3": {"bucketName": "raw", "key": "${topic(2)}/${parse_time('yyyy/MM/dd', timestamp())}/${timestamp()}"}}
    rule("SELECT * FROM 'cameras/#'", action)
    publish("cameras/gate7", b"\xff\xd8 no JSON")
    (found,) = s3.list_objects_v2(Bucket="raw")["Contents"]
    assert found["Key"] == "gate7/2026/11/02/1793610000000"
    assert s3.get_object(Bucket="raw", Key=found["Key"])["Body"].read() == b"\xff\xd8 no JSON"


@pytest.mark.aws(f"{GUIDE}dynamodb-rule-action.html", operation="iot-data:Publish, dynamodb:PutItem")
def test_dynamodb_as_one_attribute_or_many(rule: Any, publish: Any, dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName="Gates",
        KeySchema=[{"AttributeName": "gate", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "gate", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    one = {
        "tableName": "Gates",
        "hashKeyField": "gate",
        "hashKeyValue": "${topic(2)}",
        "rangeKeyField": "at",
        "rangeKeyValue": "${timestamp()}",
        "rangeKeyType": "NUMBER",
        "payloadField": "data",
    }
    rule("SELECT celsius FROM 'gates/+'", {"dynamoDB": one}, name="one")
    many = {"dynamoDBv2": {"putItem": {"tableName": "Gates"}}}
    rule("SELECT topic(2) AS gate, 7 AS at, celsius, open FROM 'gates/+'", many, name="many")
    publish("gates/C7", {"celsius": 21.5, "open": True})
    items = sorted(dynamodb.scan(TableName="Gates")["Items"], key=lambda item: int(item["at"]["N"]))
    assert items == [
        {"gate": {"S": "C7"}, "at": {"N": "7"}, "celsius": {"N": "21.5"}, "open": {"BOOL": True}},
        {"gate": {"S": "C7"}, "at": {"N": "1793610000000"}, "data": {"M": {"celsius": {"N": "21.5"}}}},
    ]


@pytest.mark.aws(f"{GUIDE}rule-error-handling.html", operation="iot-data:Publish")
def test_a_failed_action_calls_the_error_action(rule: Any, publish: Any, queue: Any) -> None:
    error = {"sqs": {"queueUrl": queue.url, "useBase64": False, "roleArn": "arn:aws:iam::123456789012:role/x"}}
    gone = {"s3": {"bucketName": "no-such-bucket", "key": "${timestamp()}"}}
    rule("SELECT * FROM 'a/b'", gone, errorAction=error)
    publish("a/b", {"n": 1})
    (told,) = queue.messages()
    assert (told["ruleName"], told["topic"]) == ("rule", "a/b")
    assert base64.b64decode(told["base64OriginalPayload"]) == b'{"n": 1}'
    assert told["failures"][0]["failedAction"] == "S3Action"
    assert told["failures"][0]["failedResource"] == "no-such-bucket"
    assert "NoSuchBucket" in told["failures"][0]["errorMessage"]


@pytest.mark.aws(f"{GUIDE}republish-rule-action.html", operation="iot-data:Publish")
def test_a_message_republished_reaches_other_rules_and_no_circle_goes_on_for_ever(
    rule: Any, publish: Any, queue: Any
) -> None:
    sqs = {"sqs": {"queueUrl": queue.url, "useBase64": False}}
    rule("SELECT n + 1 AS n FROM 'first'", {"republish": {"topic": "second/${n}"}}, name="first")
    rule("SELECT *, topic() AS t FROM 'second/#'", sqs, name="second")
    rule("SELECT * FROM 'circle'", {"republish": {"topic": "circle"}}, name="circle")
    publish("first", {"n": 1})
    publish("circle", {})
    assert queue.messages() == [{"n": 2, "t": "second/1"}]


@pytest.mark.aws(ACTIONS, operation="iot:CreateTopicRule")
def test_actions_that_cannot_be_done_are_refused(rule: Any, refused: Any) -> None:
    action = {"iotEvents": {"inputName": "gone", "roleArn": "arn:aws:iam::123456789012:role/x"}}
    code, message = refused(rule, "SELECT * FROM 'a'", action)
    assert (code, message) == ("InvalidRequestException", "The action iotEvents is not supported by pocketaws.")
    template = {"kinesis": {"streamName": "s", "partitionKey": "${nosuch()}"}}
    assert refused(rule, "SELECT * FROM 'a'", template)[0] == "SqlParseException"

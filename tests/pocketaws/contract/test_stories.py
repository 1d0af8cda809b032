"""Stories across services, as in a pipeline: a device's message becomes a row, a useless change ends in a queue."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import datetime
from typing import Any

import pytest

LAKE = "lake-of-stories"
IOT = "https://docs.aws.amazon.com/iot/latest/developerguide/kinesis-firehose-rule-action.html"
STREAMS = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"
HANDLER = """
def handler(event, context):
    for record in event["Records"]:
        if record["dynamodb"]["NewImage"]["seats"]["N"] == "-1":
            raise ValueError("no such number of seats")
"""


@pytest.fixture
def role(client: Any) -> str:
    """A role that every service may take on."""
    services = [f"{name}.amazonaws.com" for name in ("iot", "firehose", "glue", "lambda")]
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}]}
    made = client("iam").create_role(RoleName="story", AssumeRolePolicyDocument=json.dumps(trust))
    arn: str = made["Role"]["Arn"]
    return arn


def ask(athena: Any, sql: str) -> list[list[str]]:
    """Ask Athena and wait; the rows below the header."""
    place = {"OutputLocation": f"s3://{LAKE}/results/"}
    asked = athena.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": "air"}, ResultConfiguration=place
    )["QueryExecutionId"]
    while athena.get_query_execution(QueryExecutionId=asked)["QueryExecution"]["Status"]["State"] in (
        "QUEUED",
        "RUNNING",
    ):
        time.sleep(0.05)
    rows = athena.get_query_results(QueryExecutionId=asked)["ResultSet"]["Rows"]
    return [[cell.get("VarCharValue", "") for cell in row["Data"]] for row in rows[1:]]


@pytest.mark.aws(IOT, operation="iot-data:Publish, firehose:PutRecord, glue:StartCrawler, athena:StartQueryExecution")
def test_a_devices_message_becomes_a_row(client: Any, s3: Any, clock: Any, role: str) -> None:
    s3.create_bucket(Bucket=LAKE)
    prefix = "departures/day=!{timestamp:yyyy-MM-dd}/"
    destination = {"BucketARN": f"arn:aws:s3:::{LAKE}", "RoleARN": role, "Prefix": prefix}
    destination |= {"ErrorOutputPrefix": "failed/", "CompressionFormat": "GZIP"}
    client("firehose").create_delivery_stream(DeliveryStreamName="air", ExtendedS3DestinationConfiguration=destination)
    sql = "SELECT plane, delay.minutes AS delay, topic(2) AS origin FROM 'flights/+' WHERE delay.minutes > 15"
    action = {"firehose": {"roleArn": role, "deliveryStreamName": "air", "separator": "\n"}}
    client("iot").create_topic_rule(ruleName="late", topicRulePayload={"sql": sql, "actions": [action]})

    first: datetime = clock.now()
    for day, minutes in ((0, 20), (0, 5), (1, 90), (1, 30)):
        clock.advance(seconds=86_400 * day - (clock.now() - first).total_seconds() + 60)
        message = {"plane": f"N{minutes}", "delay": {"minutes": minutes}}
        client("iot-data").publish(topic="flights/JFK", payload=json.dumps(message).encode())
    clock.advance(minutes=10)

    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "air"})
    targets = {"S3Targets": [{"Path": f"s3://{LAKE}/departures/"}]}
    glue.create_crawler(Name="air", Role=role, DatabaseName="air", Targets=targets)
    glue.start_crawler(Name="air")
    clock.advance(minutes=10)
    assert glue.get_crawler(Name="air")["Crawler"]["LastCrawl"]["Status"] == "SUCCEEDED"

    rows = ask(client("athena"), "SELECT day, origin, count(*), max(delay) FROM departures GROUP BY 1, 2 ORDER BY 1")
    assert rows == [["2026-11-02", "JFK", "1", "20"], ["2026-11-03", "JFK", "2", "90"]]


@pytest.mark.aws(STREAMS, operation="lambda:CreateEventSourceMapping, dynamodb:PutItem, sqs:ReceiveMessage")
def test_a_change_that_nobody_can_use_ends_in_a_queue(client: Any, dynamodb: Any, clock: Any, role: str) -> None:
    table = dynamodb.create_table(
        TableName="Flights",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    dead = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as package:
        package.writestr("index.py", HANDLER)
    awslambda = client("lambda")
    awslambda.create_function(
        FunctionName="check",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": code.getvalue()},
    )
    awslambda.create_event_source_mapping(
        FunctionName="check",
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": dead}},
    )
    for n, seats in enumerate((150, -1, 180)):
        dynamodb.put_item(TableName="Flights", Item={"id": {"S": f"f{n}"}, "seats": {"N": str(seats)}})
    clock.advance(minutes=5)
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    (letter,) = [json.loads(each["Body"]) for each in messages]
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    assert letter["DDBStreamBatchInfo"]["streamArn"] == table["LatestStreamArn"]

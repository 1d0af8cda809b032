"""Lambda reads queues and streams with the rights of the function's execution role, as far as policies are enforced."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from function_packages import zipped

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"
ROLE = f"{GUIDE}lambda-intro-execution-role.html"
SQS = f"{GUIDE}services-sqs-configure.html"
KINESIS = f"{GUIDE}services-kinesis-create.html"
DYNAMODB = f"{GUIDE}services-dynamodb-eventsourcemapping.html"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:work"
READ_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READ_KINESIS = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
READ_TABLE = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
COUNTS = "def handler(event, context):\n    print(len(event['Records']), 'came')\n"


@pytest.fixture
def root(door: Any, enforced: Any) -> Callable[[str], Any]:
    """``root("sqs")``: a client of a user who may do everything; from here on policies decide."""
    iam = door.client("iam")
    iam.create_user(UserName="root")
    iam.put_user_policy(UserName="root", PolicyName="all", PolicyDocument=document(["*"], "*"))
    key = iam.create_access_key(UserName="root")["AccessKey"]
    enforced(True)
    pair = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    return lambda service: door.client(service, **pair)


@pytest.fixture
def function(root: Any) -> Callable[[list[str], str], Any]:
    """``function(actions, resource)`` creates the function ``fn`` whose role may do these; returns Lambda's client."""

    def make(actions: list[str], resource: str) -> Any:
        iam, trust = root("iam"), {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        trusted = json.dumps({"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]})
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        may(iam, actions, resource)
        settings = {"Runtime": "python3.13", "Handler": "index.handler", "Role": role}
        awslambda = root("lambda")
        awslambda.create_function(FunctionName="fn", Code={"ZipFile": zipped(COUNTS)}, **settings)
        return awslambda

    return make


def may(iam: Any, actions: list[str], resource: str) -> None:
    iam.put_role_policy(RoleName="reader", PolicyName="may", PolicyDocument=document(actions, resource))


def document(actions: list[str], resource: str) -> str:
    allow = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def said(root: Any) -> list[str]:
    root("sts").get_caller_identity()  # what is due happens with a request
    logs = root("logs")
    if not logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/fn")["logGroups"]:
        return []
    events = logs.filter_log_events(logGroupName="/aws/lambda/fn")["events"]
    return [event["message"] for event in events if event["message"].endswith("came")]


@pytest.mark.aws(SQS, operation="CreateEventSourceMapping")
def test_a_queue_is_read_with_the_rights_of_the_role(root: Any, function: Any) -> None:
    url = root("sqs").create_queue(QueueName="work")["QueueUrl"]
    function(READ_QUEUE, QUEUE).create_event_source_mapping(FunctionName="fn", EventSourceArn=QUEUE)
    root("sqs").send_message(QueueUrl=url, MessageBody="a")
    assert said(root) == ["1 came"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    left = root("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    assert set(left.values()) == {"0"}


@pytest.mark.aws(SQS, operation="CreateEventSourceMapping")
@pytest.mark.parametrize("missing", READ_QUEUE)
def test_a_role_that_may_not_read_a_queue_gets_no_mapping(root: Any, function: Any, refused: Any, missing: str) -> None:
    root("sqs").create_queue(QueueName="work")
    awslambda = function([each for each in READ_QUEUE if each != missing], QUEUE)
    code, message = refused(awslambda.create_event_source_mapping, FunctionName="fn", EventSourceArn=QUEUE)
    name = missing.removeprefix("sqs:")
    assert code == "InvalidParameterValueException"
    assert message == f"The provided execution role does not have permissions to call {name} on SQS"
    assert awslambda.list_event_source_mappings()["EventSourceMappings"] == []


@pytest.mark.aws(SQS, operation="CreateEventSourceMapping")
def test_rights_on_another_queue_do_not_help(root: Any, function: Any, refused: Any) -> None:
    root("sqs").create_queue(QueueName="work")
    awslambda = function(READ_QUEUE, f"{QUEUE}-of-others")
    code, message = refused(awslambda.create_event_source_mapping, FunctionName="fn", EventSourceArn=QUEUE)
    assert (code, message.split()[-3]) == ("InvalidParameterValueException", "ReceiveMessage")


@pytest.mark.aws(ROLE, operation="GetEventSourceMapping")
def test_a_role_that_loses_its_rights_reads_no_more_until_it_has_them_again(root: Any, function: Any) -> None:
    url = root("sqs").create_queue(QueueName="work")["QueueUrl"]
    awslambda = function(READ_QUEUE, QUEUE)
    mapping = awslambda.create_event_source_mapping(FunctionName="fn", EventSourceArn=QUEUE)["UUID"]
    may(root("iam"), ["logs:*"], "*")
    root("sqs").send_message(QueueUrl=url, MessageBody="a")
    assert said(root) == []
    assert "AccessDenied" in awslambda.get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
    may(root("iam"), READ_QUEUE, QUEUE)
    root("sqs").send_message(QueueUrl=url, MessageBody="b")
    assert said(root) == ["2 came"]


@pytest.mark.aws(ROLE, operation="UpdateEventSourceMapping")
def test_a_mapping_is_changed_only_for_a_role_that_may_read(root: Any, function: Any, refused: Any) -> None:
    root("sqs").create_queue(QueueName="work")
    awslambda = function(READ_QUEUE, QUEUE)
    mapping = awslambda.create_event_source_mapping(FunctionName="fn", EventSourceArn=QUEUE)["UUID"]
    may(root("iam"), READ_QUEUE[:1], QUEUE)
    code, message = refused(awslambda.update_event_source_mapping, UUID=mapping, BatchSize=5)
    assert (code, message.split()[-3]) == ("InvalidParameterValueException", "DeleteMessage")
    awslambda.update_event_source_mapping(UUID=mapping, Enabled=False)
    assert awslambda.get_event_source_mapping(UUID=mapping)["State"] == "Disabled"


@pytest.mark.aws(KINESIS, operation="CreateEventSourceMapping")
def test_a_stream_is_read_with_the_rights_of_the_role(root: Any, function: Any, clock: Any, refused: Any) -> None:
    kinesis = root("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    clock.advance(minutes=1)
    stream = kinesis.describe_stream(StreamName="clicks")["StreamDescription"]["StreamARN"]
    wanted = {"FunctionName": "fn", "EventSourceArn": stream, "StartingPosition": "TRIM_HORIZON"}
    awslambda = function(READ_KINESIS[:-1], stream)
    assert refused(awslambda.create_event_source_mapping, **wanted) == (
        "InvalidParameterValueException",
        f"Cannot access stream {stream}. Please ensure the role can perform the GetRecords, GetShardIterator, "
        "DescribeStream, ListShards, and ListStreams Actions on your stream in IAM.",
    )
    may(root("iam"), READ_KINESIS, stream)
    awslambda.create_event_source_mapping(**wanted)
    kinesis.put_record(StreamName="clicks", Data=b"a", PartitionKey="k")
    assert said(root) == ["1 came"]


@pytest.mark.aws(DYNAMODB, operation="CreateEventSourceMapping")
def test_a_table_s_stream_is_read_with_the_rights_of_the_role(root: Any, function: Any, refused: Any) -> None:
    dynamodb = root("dynamodb")
    made = dynamodb.create_table(
        TableName="Orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    stream = made["TableDescription"]["LatestStreamArn"]
    wanted = {"FunctionName": "fn", "EventSourceArn": stream, "StartingPosition": "TRIM_HORIZON"}
    awslambda = function(READ_TABLE[:-2], stream)
    code, message = refused(awslambda.create_event_source_mapping, **wanted)
    assert (code, message.startswith(f"Cannot access stream {stream}.")) == ("InvalidParameterValueException", True)
    may(root("iam"), READ_TABLE, stream)
    awslambda.create_event_source_mapping(**wanted)
    dynamodb.put_item(TableName="Orders", Item={"id": {"S": "1"}})
    assert said(root) == ["1 came"]

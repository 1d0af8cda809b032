"""Event source mappings: queues and the streams of Kinesis and DynamoDB."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"
MAPPING = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"
SQS = f"{GUIDE}services-sqs-errorhandling.html"
KINESIS = f"{GUIDE}kinesis-on-failure-destination.html"
BODIES = "def handler(event, context):\n    print(*[r['body'] for r in event['Records']])\n"
PARTIAL = (
    "def handler(event, context):\n"
    "    print(*[r['body'] for r in event['Records']])\n"
    "    bad = [r['messageId'] for r in event['Records'] if r['body'] == 'bad']\n"
    "    return {'batchItemFailures': [{'itemIdentifier': each} for each in bad]}\n"
)
DATA = (
    "import base64\n"
    "def handler(event, context):\n"
    "    read = [base64.b64decode(r['kinesis']['data']).decode() for r in event['Records']]\n"
    "    print(*read)\n"
    "    if 'bad' in read: raise ValueError('bad')\n"
)


@pytest.fixture
def connect(awslambda: Any) -> Any:
    """``connect(arn)`` maps a source to the function ``fn`` and returns the mapping's id."""

    def make(arn: str, **settings: Any) -> str:
        uuid: str = awslambda.create_event_source_mapping(FunctionName="fn", EventSourceArn=arn, **settings)["UUID"]
        return uuid

    return make


@pytest.fixture
def stream(door: Any) -> tuple[Any, str]:
    kinesis = door.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    door.advance(minutes=1)
    return kinesis, kinesis.describe_stream(StreamName="clicks")["StreamDescription"]["StreamARN"]


def put(kinesis: Any, *texts: str) -> None:
    records = [{"Data": text.encode(), "PartitionKey": "k"} for text in texts]
    kinesis.put_records(StreamName="clicks", Records=records)


@pytest.mark.aws(SQS, operation="CreateEventSourceMapping")
def test_messages_come_in_batches_and_are_deleted(
    function: Any, connect: Any, queue: Any, door: Any, said: Any, awslambda: Any
) -> None:
    url, arn = queue("work")
    function(BODIES)
    sqs = door.client("sqs")
    for n in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(n))
    uuid = connect(arn, BatchSize=2)
    assert said() == ["0 1", "2"]
    sqs.send_message(QueueUrl=url, MessageBody="3")
    assert said() == ["0 1", "2", "3"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    assert set(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()) == {"0"}
    assert awslambda.get_event_source_mapping(UUID=uuid)["LastProcessingResult"] == "OK"
    awslambda.delete_event_source_mapping(UUID=uuid)
    sqs.send_message(QueueUrl=url, MessageBody="4")
    assert said() == ["0 1", "2", "3"]


@pytest.mark.aws(SQS, operation="CreateEventSourceMapping")
def test_what_fails_comes_again_and_ends_as_a_dead_letter(
    function: Any, connect: Any, queue: Any, door: Any, said: Any, clock: Any
) -> None:
    dead = queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead[1], "maxReceiveCount": 2})
    url, arn = queue("work", RedrivePolicy=redrive, VisibilityTimeout="30")
    function(BODIES + "    raise RuntimeError('no')")
    connect(arn)
    sqs = door.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="a")
    assert said() == ["a"]
    clock.advance(seconds=20)
    assert said() == ["a"]
    clock.advance(seconds=20)
    assert said() == ["a", "a"]
    clock.advance(seconds=40)
    assert said() == ["a", "a"]
    assert [each["Body"] for each in sqs.receive_message(QueueUrl=dead[0])["Messages"]] == ["a"]


@pytest.mark.aws(SQS, operation="CreateEventSourceMapping")
def test_only_the_failed_messages_of_a_batch_come_again(
    function: Any, connect: Any, queue: Any, door: Any, said: Any, clock: Any
) -> None:
    url, arn = queue("work", VisibilityTimeout="30")
    function(PARTIAL)
    entries = [{"Id": body, "MessageBody": body} for body in ("good", "bad")]
    door.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    connect(arn, FunctionResponseTypes=["ReportBatchItemFailures"])
    assert said() == ["good bad"]
    clock.advance(seconds=31)
    assert said() == ["good bad", "bad"]


@pytest.mark.aws(f"{GUIDE}invocation-eventfiltering.html", operation="CreateEventSourceMapping")
def test_filters_drop_messages(function: Any, connect: Any, queue: Any, door: Any, said: Any, refused: Any) -> None:
    url, arn = queue("work")
    function(BODIES)
    connect(arn, FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"n": [{"numeric": [">", 1]}]}})}]})
    for n in (1, 2):
        door.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps({"n": n}))
    assert said() == ['{"n": 2}']


@pytest.mark.aws(MAPPING, operation="CreateEventSourceMapping")
def test_messages_wait_for_their_delay_and_for_the_batch(
    function: Any, connect: Any, queue: Any, door: Any, said: Any, clock: Any
) -> None:
    url, arn = queue("work")
    function(BODIES)
    connect(arn, BatchSize=10, MaximumBatchingWindowInSeconds=20)
    sqs = door.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="now")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)
    assert said() == []
    clock.advance(seconds=21)
    assert said() == ["now"]
    clock.advance(seconds=60)
    assert said() == ["now", "later"]


@pytest.mark.aws(MAPPING, operation="CreateEventSourceMapping, UpdateEventSourceMapping, DeleteEventSourceMapping")
def test_mappings_that_are_refused(function: Any, awslambda: Any, connect: Any, queue: Any, refused: Any) -> None:
    _, arn = queue("work", VisibilityTimeout="30")
    function(BODIES, Timeout=60)
    wanted = {"FunctionName": "fn", "EventSourceArn": arn}
    code, message = refused(awslambda.create_event_source_mapping, **wanted)
    assert (code, message) == (
        "InvalidParameterValueException",
        "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
    )
    awslambda.update_function_configuration(FunctionName="fn", Timeout=3)
    uuid = connect(arn)
    assert refused(awslambda.create_event_source_mapping, **wanted)[0] == "ResourceConflictException"
    unknown = {**wanted, "EventSourceArn": f"{arn}-none"}
    assert refused(awslambda.create_event_source_mapping, **unknown)[0] == "InvalidParameterValueException"
    nobody = {**wanted, "FunctionName": "none"}
    assert refused(awslambda.create_event_source_mapping, **nobody)[0] == "ResourceNotFoundException"
    awslambda.delete_event_source_mapping(UUID=uuid)
    assert refused(awslambda.delete_event_source_mapping, UUID=uuid)[0] == "ResourceNotFoundException"


@pytest.mark.aws(f"{GUIDE}with-ddb.html", operation="CreateEventSourceMapping")
def test_a_table_s_stream_calls_a_function(
    function: Any, connect: Any, dynamodb: Any, said: Any, awslambda: Any
) -> None:
    made = dynamodb.create_table(
        TableName="Orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    dynamodb.put_item(TableName="Orders", Item={"id": {"S": "before"}})
    function(
        "def handler(event, context):\n"
        "    for r in event['Records']:\n"
        "        print(r['eventName'], r['dynamodb']['Keys']['id']['S'])\n"
    )
    connect(made["LatestStreamArn"], StartingPosition="LATEST")
    dynamodb.put_item(TableName="Orders", Item={"id": {"S": "a"}})
    dynamodb.put_item(TableName="Orders", Item={"id": {"S": "a"}, "n": {"N": "1"}})
    dynamodb.delete_item(TableName="Orders", Key={"id": {"S": "a"}})
    assert said() == ["INSERT a", "MODIFY a", "REMOVE a"]


@pytest.mark.aws(f"{GUIDE}with-kinesis.html", operation="CreateEventSourceMapping")
def test_a_stream_is_read_from_where_the_mapping_begins(
    function: Any, connect: Any, stream: Any, said: Any, awslambda: Any
) -> None:
    kinesis, arn = stream
    put(kinesis, "a", "b")
    function(DATA)
    uuid = connect(arn, StartingPosition="TRIM_HORIZON")
    assert said() == ["a b"]
    put(kinesis, "c")
    assert said() == ["a b", "c"]
    awslambda.delete_event_source_mapping(UUID=uuid)
    connect(arn, StartingPosition="LATEST")
    put(kinesis, "d")
    assert said() == ["a b", "c", "d"]


@pytest.mark.aws(KINESIS, operation="CreateEventSourceMapping")
def test_a_bad_record_is_found_by_halves_and_given_up(
    function: Any, connect: Any, stream: Any, said: Any, queue: Any, waiting: Any, clock: Any
) -> None:
    kinesis, arn = stream
    failed = queue("failed")
    put(kinesis, "a", "b", "bad", "c")
    function(DATA)
    connect(
        arn,
        StartingPosition="TRIM_HORIZON",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": failed[1]}},
    )
    assert said() == ["a b bad c", "a b", "bad c", "bad"]
    clock.advance(seconds=2)
    assert said() == ["a b bad c", "a b", "bad c", "bad", "bad", "c"]
    (record,) = waiting(failed[0])
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    info = record["KinesisBatchInfo"]
    assert (info["batchSize"], info["streamArn"]) == (1, arn)
    assert info["startSequenceNumber"] == info["endSequenceNumber"]


@pytest.mark.aws(KINESIS, operation="CreateEventSourceMapping")
def test_a_batch_that_fails_holds_up_its_shard(
    function: Any, connect: Any, stream: Any, said: Any, clock: Any, awslambda: Any
) -> None:
    kinesis, arn = stream
    function(DATA)
    connect(arn, StartingPosition="TRIM_HORIZON", MaximumRecordAgeInSeconds=60)
    put(kinesis, "bad")
    assert said() == ["bad"]
    put(kinesis, "good")
    clock.advance(seconds=1)
    assert said() == ["bad", "bad"]
    clock.advance(minutes=3)
    assert said()[-1] == "good"
    assert said().count("good") == 1

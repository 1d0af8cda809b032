"""Asynchronous events: delivered by the clock, tried again, sent on; S3's events."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"
ASYNC = f"{GUIDE}invocation-async.html"
FAILS = "def handler(event, context):\n    print('try')\n    raise RuntimeError('no')"


def send(awslambda: Any, event: Any) -> None:
    answer = awslambda.invoke(FunctionName="fn", InvocationType="Event", Payload=json.dumps(event))
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")


@pytest.mark.aws(ASYNC, operation="Invoke")
def test_an_event_is_delivered(function: Any, awslambda: Any, said: Any) -> None:
    function("def handler(event, context): print(event['n'])")
    send(awslambda, {"n": 1})
    send(awslambda, {"n": 2})
    assert said() == ["1", "2"]


@pytest.mark.aws(f"{GUIDE}invocation-async-error-handling.html", operation="Invoke, PutFunctionEventInvokeConfig")
def test_a_failed_event_is_tried_three_times_and_sent_on(
    function: Any, awslambda: Any, said: Any, queue: Any, waiting: Any, clock: Any
) -> None:
    dead, failed = queue("dead"), queue("failed")
    function(FAILS, DeadLetterConfig={"TargetArn": dead[1]})
    config = {"OnFailure": {"Destination": failed[1]}}
    awslambda.put_function_event_invoke_config(FunctionName="fn", DestinationConfig=config)
    send(awslambda, {"n": 1})
    assert said() == ["try"]
    clock.advance(seconds=61)
    assert said() == ["try"] * 2
    assert waiting(failed[0]) == []
    clock.advance(seconds=121)
    assert said() == ["try"] * 3
    assert waiting(dead[0]) == [{"n": 1}]
    (record,) = waiting(failed[0])
    assert record["requestPayload"] == {"n": 1}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorMessage"] == "no"


@pytest.mark.aws(f"{GUIDE}invocation-async-retain-records.html", operation="PutFunctionEventInvokeConfig")
def test_tries_are_limited_and_successes_are_sent_too(
    function: Any, awslambda: Any, said: Any, queue: Any, waiting: Any, clock: Any
) -> None:
    done = queue("done")
    function("def handler(event, context):\n    print('try')\n    return 10 / event['n']")
    config = {"OnSuccess": {"Destination": done[1]}}
    awslambda.put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=0, DestinationConfig=config)
    send(awslambda, {"n": 0})
    clock.advance(hours=1)
    assert said() == ["try"]
    send(awslambda, {"n": 5})
    said()
    assert [record["responsePayload"] for record in waiting(done[0])] == [2.0]


@pytest.mark.aws(f"{GUIDE}with-s3.html", operation="Invoke")
def test_an_object_in_s3_calls_a_function(function: Any, s3: Any, said: Any) -> None:
    arn = function("def handler(event, context):\n    print(event['Records'][0]['s3']['object']['key'])")
    s3.create_bucket(Bucket="uploads-of-tests")
    rule = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
    filters = {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".csv"}]}}
    s3.put_bucket_notification_configuration(
        Bucket="uploads-of-tests",
        NotificationConfiguration={"LambdaFunctionConfigurations": [{**rule, "Filter": filters}]},
    )
    s3.put_object(Bucket="uploads-of-tests", Key="in/a.csv", Body=b"1")
    s3.put_object(Bucket="uploads-of-tests", Key="in/a.txt", Body=b"1")
    assert said() == ["in/a.csv"]


@pytest.mark.aws(f"{GUIDE}with-sns.html", operation="Invoke")
def test_a_topic_calls_a_function(function: Any, door: Any, said: Any) -> None:
    arn = function("def handler(event, context):\n    print(event['Records'][0]['Sns']['Message'])")
    sns = door.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="hello")
    assert said() == ["hello"]

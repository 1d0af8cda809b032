"""EventBridge rules: patterns, schedules, targets, inputs, dead letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/"


@pytest.fixture
def events(door: Any) -> Any:
    return door.client("events")


@pytest.fixture
def sqs(door: Any) -> Any:
    return door.client("sqs")


@pytest.fixture
def queue(sqs: Any) -> tuple[str, str]:
    """URL and ARN of a queue."""
    url = sqs.create_queue(QueueName="heard")["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


@pytest.fixture
def heard(sqs: Any, queue: tuple[str, str]) -> Callable[[], list[Any]]:
    """Take all messages out of the queue; JSON is read."""

    def take() -> list[Any]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue[0], MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(message["Body"])
                sqs.delete_message(QueueUrl=queue[0], ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(body) if body[:1] in "{[" else body for body in found]

    return take


def put(events: Any, detail: dict[str, Any], source: str = "course") -> Any:
    return events.put_events(Entries=[{"Source": source, "DetailType": "Landed", "Detail": json.dumps(detail)}])


@pytest.mark.aws(f"{GUIDE}eb-event-patterns.html", operation="PutRule, PutTargets, PutEvents, DisableRule, EnableRule")
def test_a_rule_takes_the_events_of_its_pattern(events: Any, queue: Any, heard: Any) -> None:
    pattern = {"source": ["course"], "detail": {"origin": ["JFK"], "delay": [{"numeric": [">", 60]}]}}
    events.put_rule(Name="late", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="late", Targets=[{"Id": "q", "Arn": queue[1]}])
    put(events, {"origin": "JFK", "delay": 90})
    put(events, {"origin": "JFK", "delay": 30})
    put(events, {"origin": "LGA", "delay": 90})
    (event,) = heard()
    assert (event["detail"]["delay"], event["detail-type"], event["account"]) == (90, "Landed", "123456789012")
    assert event["time"] == "2026-11-02T09:00:00Z"
    assert "ingestion-time" not in event
    events.disable_rule(Name="late")
    put(events, {"origin": "JFK", "delay": 91})
    assert heard() == []
    events.enable_rule(Name="late")
    put(events, {"origin": "JFK", "delay": 92})
    assert len(heard()) == 1


@pytest.mark.aws(f"{GUIDE}eb-create-rule-schedule.html", operation="PutRule, DeleteRule, RemoveTargets")
def test_a_schedule_fires_by_the_clock_and_hears_no_events(events: Any, queue: Any, heard: Any, clock: Any) -> None:
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 3 * * ? *)")
    events.put_targets(Rule="nightly", Targets=[{"Id": "q", "Arn": queue[1]}])
    put(events, {"anything": 1})
    assert heard() == []
    clock.advance(days=3)
    found = heard()
    assert [event["time"] for event in found] == [f"2026-11-0{day}T03:00:00Z" for day in (3, 4, 5)]
    assert {event["source"] for event in found} == {"aws.events"}
    assert found[0]["resources"] == [events.describe_rule(Name="nightly")["Arn"]]
    events.put_rule(Name="nightly", ScheduleExpression="rate(6 hours)")
    clock.advance(hours=13)
    assert len(heard()) == 2
    events.disable_rule(Name="nightly")
    clock.advance(days=1)
    assert heard() == []
    events.remove_targets(Rule="nightly", Ids=["q"])
    events.delete_rule(Name="nightly")
    clock.advance(days=1)
    assert heard() == []


@pytest.mark.aws(f"{GUIDE}eb-cron-expressions.html", operation="PutRule")
@pytest.mark.parametrize(
    "expression",
    ["rate(1 minutes)", "rate(5 minute)", "rate(0 hours)", "cron(0 3 * * * *)", "cron(61 3 * * ? *)", "daily",
     "cron(0 3 1 1 ? 2020)", "at(2027-01-01T00:00:00)"],
)  # fmt: skip
def test_a_bad_schedule_is_refused(events: Any, expression: str) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*ScheduleExpression is not valid"):
        events.put_rule(Name="bad", ScheduleExpression=expression)
    assert events.list_rules()["Rules"] == []


@pytest.mark.aws(f"{GUIDE}eb-transform-target-input.html", operation="PutTargets")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Input": '{"fixed": 1}'}, {"fixed": 1}),
        ({"InputPath": "$.detail"}, {"tail": "N1", "delay": 7, "legs": ["JFK", "LAX"]}),
        ({"InputPath": "$.detail.legs[1]"}, '"LAX"'),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"tail": "$.detail.tail", "delay": "$.detail.delay", "legs": "$.detail.legs"},
                    "InputTemplate": '{"who": <tail>, "told": "<tail> is <delay> late", "legs": <legs>, "n": <delay>}',
                }
            },
            {"who": "N1", "told": "N1 is 7 late", "legs": ["JFK", "LAX"], "n": 7},
        ),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"tail": "$.detail.tail"},
                    "InputTemplate": '"<tail> by <aws.events.rule-name>"',
                }
            },
            '"N1 by all"',
        ),
    ],
)
def test_a_target_gets_what_is_asked_for(events: Any, queue: Any, heard: Any, given: Any, expected: Any) -> None:
    events.put_rule(Name="all", EventPattern='{"source": ["course"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": queue[1], **given}])
    put(events, {"tail": "N1", "delay": 7, "legs": ["JFK", "LAX"]})
    assert heard() == [expected]


@pytest.mark.aws(f"{GUIDE}eb-targets.html", operation="PutTargets")
def test_events_start_state_machines_and_go_on_to_other_buses(events: Any, queue: Any, heard: Any, door: Any) -> None:
    states = door.client("stepfunctions")
    send = {"QueueUrl": queue[0], "MessageBody.$": "$.detail.tail"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": send, "End": True}
    text = json.dumps({"StartAt": "Send", "States": {"Send": task}})
    role = "arn:aws:iam::123456789012:role/r"
    machine = states.create_state_machine(name="m", definition=text, roleArn=role)["stateMachineArn"]
    bus = events.create_event_bus(Name="side")["EventBusArn"]
    events.put_rule(Name="all", EventPattern='{"source": ["course"]}')
    events.put_targets(
        Rule="all", Targets=[{"Id": "m", "Arn": machine, "RoleArn": role}, {"Id": "b", "Arn": bus, "RoleArn": role}]
    )
    events.put_rule(Name="aside", EventBusName="side", EventPattern='{"source": ["course"]}')
    events.put_targets(
        Rule="aside", EventBusName="side", Targets=[{"Id": "q", "Arn": queue[1], "InputPath": "$.detail"}]
    )
    put(events, {"tail": "N2"})
    found: list[Any] = []
    while len(found) < 2:
        found += heard()
    assert {"tail": "N2"} in found
    assert "N2" in found


@pytest.mark.aws(f"{GUIDE}eb-targets.html", operation="PutTargets")
def test_events_reach_streams_and_log_groups(events: Any, door: Any, s3: Any, clock: Any) -> None:
    kinesis, firehose, logs = door.client("kinesis"), door.client("firehose"), door.client("logs")
    kinesis.create_stream(StreamName="heard", ShardCount=1)
    clock.advance(minutes=1)
    s3.create_bucket(Bucket="heard-by-firehose")
    place = {"RoleARN": "arn:aws:iam::123456789012:role/r", "BucketARN": "arn:aws:s3:::heard-by-firehose"}
    firehose.create_delivery_stream(DeliveryStreamName="heard", ExtendedS3DestinationConfiguration=place)
    clock.advance(minutes=1)
    logs.create_log_group(logGroupName="/aws/events/heard")
    here = "us-east-1:123456789012"
    arns = [
        f"arn:aws:kinesis:{here}:stream/heard",
        f"arn:aws:firehose:{here}:deliverystream/heard",
        f"arn:aws:logs:{here}:log-group:/aws/events/heard",
    ]
    events.put_rule(Name="all", EventPattern='{"source": ["course"]}')
    aims: list[dict[str, Any]] = [{"Id": str(n), "Arn": arn, "InputPath": "$.detail"} for n, arn in enumerate(arns)]
    aims[0]["KinesisParameters"] = {"PartitionKeyPath": "$.tail"}
    events.put_targets(Rule="all", Targets=aims)
    put(events, {"tail": "N3"})
    shard = kinesis.list_shards(StreamName="heard")["Shards"][0]["ShardId"]
    start = {"StreamName": "heard", "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**start)["ShardIterator"]
    (record,) = kinesis.get_records(ShardIterator=iterator)["Records"]
    assert (json.loads(record["Data"]), record["PartitionKey"]) == ({"tail": "N3"}, "N3")
    (line,) = logs.filter_log_events(logGroupName="/aws/events/heard")["events"]
    assert json.loads(line["message"]) == {"tail": "N3"}
    clock.advance(minutes=10)
    (found,) = s3.list_objects_v2(Bucket="heard-by-firehose")["Contents"]
    assert json.loads(s3.get_object(Bucket="heard-by-firehose", Key=found["Key"])["Body"].read()) == {"tail": "N3"}


@pytest.mark.aws(f"{GUIDE}eb-rule-dlq.html", operation="PutTargets")
def test_what_a_target_cannot_take_becomes_a_dead_letter(events: Any, queue: Any, sqs: Any) -> None:
    gone = queue[1].replace("heard", "gone")
    events.put_rule(Name="all", EventPattern='{"source": ["course"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": gone, "DeadLetterConfig": {"Arn": queue[1]}}])
    put(events, {"n": 1})
    (letter,) = sqs.receive_message(QueueUrl=queue[0], MessageAttributeNames=["All"])["Messages"]
    told = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert json.loads(letter["Body"])["detail"] == {"n": 1}
    assert told["TARGET_ARN"] == gone
    assert told["RULE_ARN"].endswith("rule/all")
    assert "NonExistentQueue" in told["ERROR_CODE"]


@pytest.mark.aws(f"{GUIDE}eb-targets.html", operation="PutTargets")
def test_a_target_that_cannot_be_is_refused(events: Any, queue: Any) -> None:
    events.put_rule(Name="all", EventPattern='{"source": ["course"]}')
    with pytest.raises(ClientError, match="ValidationException"):
        events.put_targets(Rule="all", Targets=[{"Id": "b", "Arn": "arn:aws:s3:::bucket"}])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        events.put_targets(Rule="none", Targets=[{"Id": "q", "Arn": queue[1]}])
    outside = "arn:aws:events:us-east-1:123456789012:api-destination/web/1"
    with pytest.raises(ClientError, match="ValidationException"):
        events.put_targets(Rule="all", Targets=[{"Id": "w", "Arn": outside}])
    both = {"Id": "q", "Arn": queue[1], "Input": "{}", "InputPath": "$.detail"}
    with pytest.raises(ClientError, match="Only one of Input"):
        events.put_targets(Rule="all", Targets=[both])
    assert events.list_targets_by_rule(Rule="all")["Targets"] == []


@pytest.mark.aws(f"{GUIDE}eb-archive.html", operation="CreateArchive, StartReplay")
def test_an_archive_keeps_events_and_replays_them(events: Any, queue: Any, heard: Any, clock: Any) -> None:
    bus = events.describe_event_bus(Name="default")["Arn"]
    events.create_archive(ArchiveName="kept", EventSourceArn=bus)
    put(events, {"n": 1})
    events.put_rule(Name="all", EventPattern='{"source": ["course"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": queue[1]}])
    assert events.describe_archive(ArchiveName="kept")["EventCount"] == 1
    replay = {"EventStartTime": clock.now().timestamp() - 60, "EventEndTime": clock.now().timestamp() + 60}
    archive = events.describe_archive(ArchiveName="kept")["ArchiveArn"]
    events.start_replay(ReplayName="again", EventSourceArn=archive, Destination={"Arn": bus}, **replay)
    (event,) = heard()
    assert (event["detail"], event["replay-name"]) == ({"n": 1}, "again")


@pytest.mark.aws(f"{GUIDE}eb-event-patterns.html", operation="TestEventPattern")
def test_a_pattern_can_be_tried(events: Any) -> None:
    event = {"id": "1", "source": "course", "detail-type": "Landed", "account": "1", "time": "2026-11-02T09:00:00Z"}
    event |= {"region": "us-east-1", "resources": [], "detail": {"origin": "JFK"}}  # type: ignore[dict-item]
    for pattern, expected in (('{"detail": {"origin": ["JFK"]}}', True), ('{"source": ["other"]}', False)):
        assert events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"] is expected
    with pytest.raises(ClientError, match="InvalidEventPatternException"):
        events.test_event_pattern(EventPattern='{"source": "course"}', Event=json.dumps(event))

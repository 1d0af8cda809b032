"""EventBridge Scheduler: one-time, rate and cron schedules, zones, windows, completion."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/"
CREATE = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"
ROLE = "arn:aws:iam::123456789012:role/scheduler"
OFF = {"Mode": "OFF"}


@pytest.fixture
def scheduler(door: Any) -> Any:
    return door.client("scheduler")


@pytest.fixture
def sqs(door: Any) -> Any:
    return door.client("sqs")


@pytest.fixture
def queue(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName="ticks")["QueueUrl"])


@pytest.fixture
def target(sqs: Any, queue: str) -> dict[str, str]:
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {"Arn": arn, "RoleArn": ROLE, "Input": "<aws.scheduler.scheduled-time>"}


@pytest.fixture
def ticks(sqs: Any, queue: str) -> Callable[[], list[str]]:
    """Take all messages out of the queue."""

    def take() -> list[str]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(message["Body"])
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    return take


@pytest.mark.aws(f"{GUIDE}schedule-types.html#one-time", operation="CreateSchedule, GetSchedule")
def test_a_one_time_schedule_fires_once_and_is_deleted(scheduler: Any, target: Any, ticks: Any, clock: Any) -> None:
    at = {"ScheduleExpression": "at(2026-11-03T10:30:00)", "FlexibleTimeWindow": OFF, "Target": target}
    scheduler.create_schedule(Name="once", ActionAfterCompletion="DELETE", **at)
    scheduler.create_schedule(Name="kept", ScheduleExpressionTimezone="America/New_York", **at)
    clock.advance(hours=25)
    assert ticks() == []
    assert scheduler.get_schedule(Name="once")["State"] == "ENABLED"
    clock.advance(days=2)
    assert ticks() == ["2026-11-03T10:30:00Z", "2026-11-03T15:30:00Z"]
    assert [each["Name"] for each in scheduler.list_schedules()["Schedules"]] == ["kept"]
    clock.advance(days=30)
    assert ticks() == []


@pytest.mark.aws(f"{GUIDE}schedule-types.html#cron-based", operation="CreateSchedule, UpdateSchedule, DeleteSchedule")
def test_cron_follows_the_time_zone_and_changes_follow_at_once(
    scheduler: Any, target: Any, ticks: Any, clock: Any
) -> None:
    given = {"Name": "mornings", "FlexibleTimeWindow": OFF, "Target": target}
    zone = {"ScheduleExpressionTimezone": "Europe/Berlin"}
    scheduler.create_schedule(ScheduleExpression="cron(0 8 ? * MON-FRI *)", **zone, **given)
    clock.advance(days=4)
    assert ticks() == [f"2026-11-0{day}T07:00:00Z" for day in (3, 4, 5, 6)]
    scheduler.update_schedule(ScheduleExpression="rate(12 hours)", State="DISABLED", **given)
    clock.advance(days=2)
    assert ticks() == []
    scheduler.update_schedule(ScheduleExpression="rate(12 hours)", **given)
    clock.advance(hours=13)
    assert ticks() == ["2026-11-08T09:00:00Z", "2026-11-08T21:00:00Z"]
    scheduler.delete_schedule(Name="mornings")
    clock.advance(days=2)
    assert ticks() == []


@pytest.mark.aws(CREATE, operation="CreateSchedule")
def test_recurring_schedules_keep_to_their_dates(scheduler: Any, target: Any, ticks: Any, clock: Any) -> None:
    dates = {"StartDate": clock.now() + timedelta(days=1), "EndDate": clock.now() + timedelta(days=3)}
    given = {"FlexibleTimeWindow": OFF, "Target": target, "ActionAfterCompletion": "DELETE", **dates}
    scheduler.create_schedule(Name="rated", ScheduleExpression="rate(1 day)", **given)
    clock.advance(days=4)
    assert ticks() == [f"2026-11-0{day}T09:00:00Z" for day in (3, 4, 5)]
    assert scheduler.list_schedules()["Schedules"] == []


@pytest.mark.aws(f"{GUIDE}managing-schedule-flexible-time-windows.html", operation="CreateSchedule")
def test_a_flexible_window_delays_but_not_beyond(scheduler: Any, target: Any, ticks: Any, clock: Any) -> None:
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}
    expression = "cron(0 12 * * ? *)"
    scheduler.create_schedule(Name="loose", ScheduleExpression=expression, FlexibleTimeWindow=window, Target=target)
    clock.advance(hours=3)
    early = ticks()
    clock.advance(hours=1)
    assert early + ticks() == ["2026-11-02T12:00:00Z"]


@pytest.mark.aws(f"{GUIDE}managing-targets-universal.html", operation="CreateSchedule")
def test_a_universal_target_calls_any_operation(scheduler: Any, s3: Any, clock: Any) -> None:
    target = {
        "Arn": "arn:aws:scheduler:::aws-sdk:s3:createBucket",
        "RoleArn": ROLE,
        "Input": json.dumps({"Bucket": "made-on-time"}),
    }
    scheduler.create_schedule(
        Name="make", ScheduleExpression="at(2026-11-02T10:00:00)", FlexibleTimeWindow=OFF, Target=target
    )
    clock.advance(hours=2)
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["made-on-time"]


@pytest.mark.aws(f"{GUIDE}configuring-schedule-dlq.html", operation="CreateSchedule")
def test_what_fails_for_good_becomes_a_dead_letter(
    scheduler: Any, target: Any, sqs: Any, queue: str, clock: Any
) -> None:
    gone = {**target, "Arn": target["Arn"].replace("ticks", "gone"), "DeadLetterConfig": {"Arn": target["Arn"]}}
    scheduler.create_schedule(
        Name="lost", ScheduleExpression="at(2026-11-02T10:00:00)", FlexibleTimeWindow=OFF, Target=gone
    )
    clock.advance(hours=2)
    (letter,) = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"]
    assert letter["Body"] == "2026-11-02T10:00:00Z"
    assert letter["MessageAttributes"]["SCHEDULE_ARN"]["StringValue"].endswith("schedule/default/lost")


@pytest.mark.aws(f"{GUIDE}managing-targets-templated.html", operation="CreateSchedule")
def test_a_machine_gets_an_event_when_no_input_is_given(scheduler: Any, door: Any, clock: Any) -> None:
    states = door.client("stepfunctions")
    text = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    machine = states.create_state_machine(name="m", definition=text, roleArn=ROLE)["stateMachineArn"]
    target = {"Arn": machine, "RoleArn": ROLE}
    scheduler.create_schedule(
        Name="daily", ScheduleExpression="cron(0 0 * * ? *)", FlexibleTimeWindow=OFF, Target=target
    )
    clock.advance(days=2)
    runs = states.list_executions(stateMachineArn=machine)["executions"]
    assert [(run["status"], f"{run['startDate']:%d}") for run in runs] == [("SUCCEEDED", "04"), ("SUCCEEDED", "03")]
    given = json.loads(states.describe_execution(executionArn=runs[0]["executionArn"])["input"])
    assert (given["source"], given["time"]) == ("aws.scheduler", "2026-11-04T00:00:00Z")


@pytest.mark.aws(CREATE, operation="CreateSchedule")
@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"ScheduleExpression": "at(2026-11-02T08:59:00)"}, "in the past"),
        ({"ScheduleExpression": "at(2026-13-02)"}, "Invalid Schedule Expression at"),
        ({"ScheduleExpression": "rate(0 days)"}, "Invalid Schedule Expression rate"),
        ({"ScheduleExpression": "cron(0 8 * * * *)"}, "Invalid Schedule Expression cron"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Timezone"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
        ({"Target": {"Arn": "arn:aws:s3:::bucket", "RoleArn": ROLE}}, "Arn"),
        ({"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:s3:paintBucket", "RoleArn": ROLE}}, "Arn"),
    ],
)
def test_a_bad_schedule_is_refused(scheduler: Any, target: Any, change: dict[str, Any], part: str) -> None:
    given = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": OFF, "Target": target, **change}
    with pytest.raises(ClientError) as caught:
        scheduler.create_schedule(Name="bad", **given)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert part in caught.value.response["Error"]["Message"]
    assert scheduler.list_schedules()["Schedules"] == []


@pytest.mark.aws(f"{GUIDE}managing-schedule-group.html", operation="CreateScheduleGroup, CreateSchedule")
def test_a_schedule_lives_in_a_group_that_exists(scheduler: Any, target: Any, ticks: Any, clock: Any) -> None:
    given = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": OFF, "Target": target, "GroupName": "team"}
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        scheduler.create_schedule(Name="hourly", **given)
    scheduler.create_schedule_group(Name="team")
    scheduler.create_schedule(Name="hourly", **given)
    scheduler.delete_schedule_group(Name="team")
    clock.advance(hours=5)
    assert len(ticks()) <= 1

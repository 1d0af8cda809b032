"""State machines and schedules: runs waited for, history, pictures, failures."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from helpers import diagrams, queues, session, trace, workflows
from helpers.errors import ExecutionFailed, MachineNotFound, ScheduleRefused

pytestmark = pytest.mark.usefixtures("started")
ROLE = "arn:aws:iam::123456789012:role/states"


@pytest.mark.parametrize("thing", [getattr(workflows, name) for name in workflows.__all__] + [diagrams.states])
def test_the_examples_run(thing: Any) -> None:
    module = __import__(thing.__module__, fromlist=["x"])
    for each in doctest.DocTestFinder().find(thing, globs=vars(module).copy()):
        assert doctest.DocTestRunner().run(each).failed == 0


@pytest.fixture
def night() -> str:
    """A queue gets a message; a day without flights is a failure that is caught."""
    queue = queues.create_queue("nights")
    send = {"QueueUrl": queue, "MessageBody.$": "$.day"}
    copy = {"Resource": "arn:aws:states:::aws-sdk:s3:getObject", "Parameters": {"Bucket": "none-here", "Key": "k"}}
    retry = [{"ErrorEquals": ["S3.NoSuchBucketException"], "IntervalSeconds": 30, "MaxAttempts": 1}]
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "Send"}]
    definition = {
        "StartAt": "Any?",
        "States": {
            "Any?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.flights", "NumericGreaterThan": 0, "Next": "Copy"}],
                "Default": "Empty",
            },
            "Empty": {"Type": "Fail", "Error": "NoFlights", "Cause": "the day is empty"},
            "Copy": {"Type": "Task", **copy, "Retry": retry, "Catch": catch, "Next": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Send"},
            "Send": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": send,
                "End": True,
            },
        },
    }
    return workflows.create_machine("night", definition, role=ROLE)


def test_a_run_is_waited_for_and_its_way_is_drawn(night: str) -> None:
    done = workflows.run(night, {"day": "2013-01-01", "flights": 842}, name="first")
    assert done.status == "SUCCEEDED"
    assert (done.stopped - done.started).total_seconds() >= 30
    happened = workflows.history(done.arn)
    assert list(happened.columns) == ["time", "state", "event", "detail"]
    failed = happened[happened["event"] == "TaskFailed"]
    assert failed["state"].tolist() == ["Copy", "Copy"]
    assert failed["detail"].str.startswith("S3.NoSuchBucketException").all()
    picture = diagrams.states(done.arn)
    assert picture.alt.startswith("Run first of night: SUCCEEDED. Any? (Choice): done")
    assert "Copy (Task): failed, caught, 2 tries, 30 s, S3.NoSuchBucketException" in picture.alt
    assert "Rest (Wait): not reached" in picture.alt
    assert "Empty (Fail): not reached" in picture.alt
    assert picture.svg.count("<rect") > 10


def test_a_run_that_fails_says_why_and_can_be_looked_at(night: str) -> None:
    with pytest.raises(ExecutionFailed, match="FAILED: NoFlights the day is empty") as caught:
        workflows.run(night, {"day": "x", "flights": 0})
    assert workflows.history(caught.value.execution)["event"].iloc[-1] == "ExecutionFailed"
    assert "Empty (Fail): failed" in diagrams.states(caught.value.execution).alt
    assert workflows.list_runs(night)["status"].tolist() == ["FAILED"]


def test_a_missing_machine_is_named(night: str) -> None:
    for call in (workflows.start, workflows.run, workflows.list_runs):
        with pytest.raises(MachineNotFound, match="StateMachineDoesNotExist"):
            call(f"{night}-none")


def test_schedules_start_runs_when_the_clock_passes(night: str) -> None:
    workflows.create_schedule("nightly", "cron(0 3 * * ? *)", night, {"day": "d", "flights": 0}, role=ROLE)
    session.advance(days=3)
    assert workflows.list_runs(night)["started"].dt.hour.tolist() == [3, 3, 3]
    with pytest.raises(ScheduleRefused, match="ValidationException"):
        workflows.create_schedule("past", "at(2001-01-01T00:00:00)", night, role=ROLE)


def test_cleanup_deletes_machines_and_schedules(night: str) -> None:
    workflows.create_schedule("nightly", "rate(1 day)", night, role=ROLE)
    report = session.cleanup()
    assert len(report.left) == 0
    assert {"state machine", "schedule", "queue"} <= set(report.deleted["kind"])


def test_the_policy_names_the_machine_and_its_role() -> None:
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    with trace.calls() as seen:
        machine = workflows.create_machine("flow", definition, role=ROLE)
        workflows.run(machine)
    rows = seen.policy()["Statement"]
    allowed = {action: row["Resource"] for row in rows for action in row["Action"]}
    assert allowed["states:StartExecution"] == ["arn:aws:states:*:*:stateMachine:flow"]
    assert allowed["states:DescribeExecution"] == ["arn:aws:states:*:*:execution:flow:*"]
    assert "iam:PassRole" in allowed

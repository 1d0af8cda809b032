"""AWS Step Functions and EventBridge Scheduler in small calls: state machines, their runs, and schedules."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers._waiting import pause
from helpers.errors import ExecutionFailed, MachineNotFound, ScheduleRefused, WaitTimedOut, explained

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_stepfunctions import SFNClient

__all__ = ["Execution", "create_machine", "create_schedule", "history", "list_runs", "run", "start", "wait_for"]

HISTORY = ["time", "state", "event", "detail"]
RUNS = ["name", "status", "started", "stopped", "execution"]
#: Events after which an execution waits for a time rather than for work.
NAPS = ("WaitStateEntered", "TaskFailed", "TaskTimedOut", "LambdaFunctionFailed")


@dataclass(frozen=True)
class Execution:
    """One run of a state machine.

    Parameters
    ----------
    arn
        What :func:`history` and ``diagrams.states`` take.
    status
        ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT`` or ``ABORTED``.
    output
        What the last state gave; None if the run did not succeed.
    started, stopped
        When.
    """

    arn: str
    status: str
    output: Any
    started: datetime
    stopped: datetime


def create_machine(machine: str, definition: Mapping[str, Any], *, role: str, client: SFNClient | None = None) -> str:
    """Create a standard state machine.

    Parameters
    ----------
    machine
        Its name.
    definition
        In the Amazon States Language, as Python writes JSON.
    role
        ARN of the IAM role in whose name its tasks call other services.
    client
        Step Functions client; by default the session's.

    Returns
    -------
    The ARN, which all other calls take.

    Examples
    --------
    >>> nightly = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    >>> create_machine("nightly", nightly, role="arn:aws:iam::123456789012:role/states").split(":")[-1]
    'nightly'
    """
    client = client or session.client("stepfunctions")
    created = client.create_state_machine(name=machine, definition=json.dumps(definition), roleArn=role)
    return created["stateMachineArn"]


def start(machine: str, given: Any = None, *, name: str | None = None, client: SFNClient | None = None) -> str:
    """Start a run and do not wait for it.

    Parameters
    ----------
    machine
        ARN of the state machine.
    given
        The input of the first state, anything that is JSON.
    name
        A name to know the run by; the same one twice does not run twice.  By default AWS makes one.
    client
        Step Functions client; by default the session's.

    Returns
    -------
    The ARN of the run.

    Raises
    ------
    MachineNotFound
        There is no such state machine.

    Examples
    --------
    >>> nap = {"StartAt": "Nap", "States": {"Nap": {"Type": "Wait", "Seconds": 60, "End": True}}}
    >>> machine = create_machine("nap", nap, role="arn:aws:iam::123456789012:role/states")
    >>> start(machine, {"day": "2013-01-01"}, name="first").split(":")[-1]
    'first'
    """
    client = client or session.client("stepfunctions")
    options: Any = {"name": name} if name else {}
    text = json.dumps({} if given is None else given)
    with explained({"StateMachineDoesNotExist": MachineNotFound(f"There is no state machine {machine!r}.")}):
        return client.start_execution(stateMachineArn=machine, input=text, **options)["executionArn"]


def run(machine: str, given: Any = None, *, name: str | None = None, client: SFNClient | None = None) -> Execution:
    """Start a run and wait until it is over.

    Parameters
    ----------
    machine
        ARN of the state machine.
    given
        The input of the first state.
    name
        A name to know the run by.
    client
        Step Functions client; by default the session's.

    Raises
    ------
    ExecutionFailed
        It did not succeed; the message is that of the state that failed.

    Examples
    --------
    >>> double = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, $.n)"}, "End": True}
    >>> definition = {"StartAt": "Double", "States": {"Double": double}}
    >>> machine = create_machine("double", definition, role="arn:aws:iam::123456789012:role/states")
    >>> run(machine, {"n": 21}).output
    {'n': 42}
    """
    return wait_for(start(machine, given, name=name, client=client), client=client)


def wait_for(execution: str, *, at_most: float = 7200, client: SFNClient | None = None) -> Execution:
    """Wait until a run is over.

    Parameters
    ----------
    execution
        ARN of the run.
    at_most
        Seconds after which to give up.
    client
        Step Functions client; by default the session's.

    Raises
    ------
    ExecutionFailed
        It did not succeed.
    WaitTimedOut
        It still runs.

    Examples
    --------
    >>> nap = {"StartAt": "Nap", "States": {"Nap": {"Type": "Wait", "Seconds": 60, "End": True}}}
    >>> machine = create_machine("nap", nap, role="arn:aws:iam::123456789012:role/states")
    >>> wait_for(start(machine, "x")).output
    'x'
    """
    client = client or session.client("stepfunctions")
    waited, step = 0.0, 0.05
    while (found := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if waited >= at_most:
            raise WaitTimedOut(f"Waited {at_most:g} seconds for {execution}, in vain; look at its history.")
        waited, step = waited + _let_pass(execution, step, client, continues=waited > 0), min(5.0, step * 1.3)
    if found["status"] != "SUCCEEDED":
        raise ExecutionFailed(
            f"{found['status']}: {found.get('error', '')} {found.get('cause', '')}".strip(), execution
        )
    return Execution(execution, found["status"], json.loads(found["output"]), found["startDate"], found["stopDate"])


def _let_pass(execution: str, step: float, client: SFNClient, *, continues: bool) -> float:
    """Sleep while the run works; where it waits for a time, let that time come.  Return the seconds that passed."""
    newest = client.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=1)["events"]
    if newest and newest[0]["type"] in NAPS and step > 0.1:
        pause(60.0, continues=continues)
        return 60.0
    time.sleep(step)
    return step


def history(execution: str, *, client: SFNClient | None = None) -> pd.DataFrame:
    """Return what happened in a run, one row an event.

    Parameters
    ----------
    execution
        ARN of the run.
    client
        Step Functions client; by default the session's.

    Returns
    -------
    Columns ``time``, ``state`` (the state that was last entered), ``event``, ``detail`` (error, resource or output).

    Examples
    --------
    >>> definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    >>> machine = create_machine("done", definition, role="arn:aws:iam::123456789012:role/states")
    >>> history(run(machine).arn)["event"].tolist()
    ['ExecutionStarted', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded']
    """
    client = client or session.client("stepfunctions")
    rows, state = [], ""
    for page in client.get_paginator("get_execution_history").paginate(executionArn=execution):
        for event in page["events"]:
            entered = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails")
            state = entered["name"] if entered else "" if event["type"].startswith("Execution") else state
            rows.append((event["timestamp"], state, event["type"], _detail(event)))
    return pd.DataFrame(rows, columns=HISTORY)


def _detail(event: Mapping[str, Any]) -> str:
    told: Mapping[str, Any] = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    if "error" in told:
        return f"{told['error']}: {told.get('cause', '')}"
    if "resource" in told and "output" not in told:
        return f"{told.get('resourceType', '')}:{told['resource']}"
    return str(told.get("output") or told.get("input") or "")


def list_runs(machine: str, *, client: SFNClient | None = None) -> pd.DataFrame:
    """List the runs of a state machine, the newest first.

    Parameters
    ----------
    machine
        ARN of the state machine.
    client
        Step Functions client; by default the session's.

    Returns
    -------
    Columns ``name``, ``status``, ``started``, ``stopped``, ``execution``; no runs gives no rows.

    Examples
    --------
    >>> definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    >>> machine = create_machine("done", definition, role="arn:aws:iam::123456789012:role/states")
    >>> _ = run(machine, name="first")
    >>> list_runs(machine)[["name", "status"]].values.tolist()
    [['first', 'SUCCEEDED']]
    """
    client = client or session.client("stepfunctions")
    with explained({"StateMachineDoesNotExist": MachineNotFound(f"There is no state machine {machine!r}.")}):
        pages = list(client.get_paginator("list_executions").paginate(stateMachineArn=machine))
    found = [each for page in pages for each in page["executions"]]
    rows = [
        (each["name"], each["status"], each["startDate"], each.get("stopDate"), each["executionArn"]) for each in found
    ]
    return pd.DataFrame(rows, columns=RUNS)


def create_schedule(
    schedule: str,
    when: str,
    target: str,
    payload: Any = None,
    *,
    role: str,
    zone: str = "UTC",
    once: bool = False,
    client: EventBridgeSchedulerClient | None = None,
) -> str:
    """Create a schedule that starts something at a time.

    Parameters
    ----------
    schedule
        Its name.
    when
        ``"at(2026-11-03T03:00:00)"``, ``"rate(6 hours)"`` or ``"cron(0 3 * * ? *)"``: minute, hour, day of the month,
        month, day of the week, year.
    target
        ARN of a state machine, a function, a queue or a stream.
    payload
        What the target gets, as JSON; by default an event that tells the time.
    role
        ARN of the IAM role that may start the target.
    zone
        The time zone that ``when`` is meant in.
    once
        Delete the schedule after its last time.
    client
        Scheduler client; by default the session's.

    Returns
    -------
    The ARN of the schedule.

    Raises
    ------
    ScheduleRefused
        The expression is none, its time is past, or the target cannot be one.

    Examples
    --------
    >>> definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    >>> role = "arn:aws:iam::123456789012:role/states"
    >>> machine = create_machine("done", definition, role=role)
    >>> create_schedule("nightly", "cron(0 3 * * ? *)", machine, {"day": "today"}, role=role).split("/")[-1]
    'nightly'
    """
    client = client or session.client("scheduler")
    aim: Any = {"Arn": target, "RoleArn": role} | ({} if payload is None else {"Input": json.dumps(payload)})
    options: Any = {"ScheduleExpressionTimezone": zone, "ActionAfterCompletion": "DELETE" if once else "NONE"}
    refused = ScheduleRefused(f"{when!r} to {target} is no schedule that AWS takes; see the reason above.")
    with explained({"ValidationException": refused}):
        created = client.create_schedule(
            Name=schedule, ScheduleExpression=when, FlexibleTimeWindow={"Mode": "OFF"}, Target=aim, **options
        )
    return created["ScheduleArn"]

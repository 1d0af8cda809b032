"""What the tests of Step Functions share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/states"


@pytest.fixture
def states(door: Any) -> Any:
    return door.client("stepfunctions")


@pytest.fixture
def create(states: Any) -> Callable[..., str]:
    """``create(StartAt={...})``, or ``create({...})`` with a whole definition, returns the machine's ARN."""

    def machine(definition: dict[str, Any], name: str = "machine") -> str:
        text = json.dumps(definition)
        arn: str = states.create_state_machine(name=name, definition=text, roleArn=ROLE)["stateMachineArn"]
        return arn

    return machine


@pytest.fixture
def settled(states: Any) -> Callable[[str], dict[str, Any]]:
    """Return an execution when it is over, or waits for the clock or a caller for a quarter of a second."""

    def wait(arn: str, seconds: float = 30) -> dict[str, Any]:
        until, quiet, last = time.monotonic() + seconds, 0.0, 0
        while time.monotonic() < until:
            found: dict[str, Any] = states.describe_execution(executionArn=arn)
            if found["status"] != "RUNNING":
                break
            events = states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
            waits = events[-1]["type"] in ("WaitStateEntered", "TaskSubmitted", "TaskFailed", "TaskStarted")
            quiet = quiet + 0.05 if waits and len(events) == last else 0.0
            if quiet > 0.25 and events[-1]["type"] in ("WaitStateEntered", "TaskFailed"):
                break
            last = len(events)
            time.sleep(0.05)
        return found

    return wait


@pytest.fixture
def run(states: Any, create: Any, settled: Any) -> Callable[..., dict[str, Any]]:
    """``run(definition, input)`` runs an execution to its end and returns its description, ``output`` read."""
    numbers = iter(range(1000))

    def execute(definition: dict[str, Any], value: Any = None) -> dict[str, Any]:
        arn = create(definition, f"machine-{next(numbers)}")
        started = states.start_execution(stateMachineArn=arn, input=json.dumps({} if value is None else value))
        found: dict[str, Any] = settled(started["executionArn"])
        if "output" in found:
            found["output"] = json.loads(found["output"])
        return found

    return execute


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(states.start_execution, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call

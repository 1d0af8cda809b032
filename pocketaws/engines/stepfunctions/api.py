"""The operations: moto keeps the state machines, their versions, aliases and tags; executions are ours.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.exceptions import (
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    InvalidExecutionInput,
    InvalidToken,
    StateMachineDoesNotExist,
)
from moto.stepfunctions.models import StepFunctionBackend
from moto.stepfunctions.responses import StepFunctionResponse

from pocketaws import clock
from pocketaws.engines.stepfunctions import definition
from pocketaws.engines.stepfunctions.errors import StateFailed
from pocketaws.engines.stepfunctions.executions import Execution
from pocketaws.engines.stepfunctions.tasks import Token

__all__ = ["install"]

#: Bytes that an execution's input may have.
LIMIT = 262_144
Request = dict[str, Any]


class InvalidOutput(AWSError):  # type: ignore[misc]
    """What was sent for a token is no JSON."""

    TYPE = "InvalidOutput"
    STATUS = 400


class StateMachineAlreadyExists(AWSError):  # type: ignore[misc]
    """Another machine has the name."""

    TYPE = "StateMachineAlreadyExists"
    STATUS = 400


@dataclass
class State:
    """The executions of one account in one Region, and the tokens they wait for."""

    executions: dict[str, Execution] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)


def of(backend: Any) -> State:
    """Return what we know of an account; ``backend`` is moto's ``StepFunctionBackend``."""
    state: State = backend.__dict__.setdefault("pocketaws", State())
    return state


def _machine(backend: Any, arn: str) -> Any:
    """Return a machine or a version by its ARN; an alias gives the version with the greatest weight."""
    try:
        return backend.describe_state_machine(arn)
    except StateMachineDoesNotExist:
        base, _, name = arn.rpartition(":")
        known = next((each for each in backend.state_machines if each.arn == base), None)
        if known is None or name not in known.aliases:
            raise
        routes = known.aliases[name].routing_configuration
        return backend.describe_state_machine(max(routes, key=lambda each: each["weight"])["stateMachineVersionArn"])


def start_execution(backend: Any, request: Request) -> dict[str, Any]:
    """Answer ``StartExecution``."""
    arn, text = request["stateMachineArn"], request.get("input", "{}")
    machine = _machine(backend, arn)
    name = request.get("name") or str(uuid.uuid4())
    backend._validate_name(name)
    try:
        json.loads(text)
    except ValueError as error:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from None
    if len(text.encode()) > LIMIT:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: longer than {LIMIT} bytes")
    place = f"arn:{backend.partition}:states:{backend.region_name}:{backend.account_id}:execution:{machine.name}:{name}"
    state = of(backend)
    if known := state.executions.get(place):
        if not known.is_running or known.input != text:
            raise ExecutionAlreadyExists(f"Execution Already Exists: '{place}'")
        return {"executionArn": known.arn, "startDate": known.started}
    execution = Execution(
        place,
        name,
        machine,
        machine.definition,
        text,
        backend.region_name,
        backend.account_id,
        state.executions,
        state.tokens,
    )
    state.executions[place] = execution
    execution.begin()
    return {"executionArn": place, "startDate": execution.started}


def _execution(backend: Any, arn: str) -> Execution:
    backend._validate_execution_arn(arn)
    found = of(backend).executions.get(arn)
    if found is None:
        raise ExecutionDoesNotExist(f"Execution Does Not Exist: '{arn}'")
    return found


def stop_execution(backend: Any, request: Request) -> dict[str, Any]:
    """Answer ``StopExecution``."""
    execution = _execution(backend, request["executionArn"])
    execution.stop(request.get("error"), request.get("cause"))
    return {"stopDate": execution.stopped}


def _summary(execution: Execution) -> dict[str, Any]:
    found = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.started,
        "stopDate": execution.stopped,
    }
    return {name: value for name, value in found.items() if value is not None}


def describe_execution(backend: Any, request: Request) -> dict[str, Any]:
    """Answer ``DescribeExecution``."""
    execution = _execution(backend, request["executionArn"])
    found = {**_summary(execution), "input": execution.input, "inputDetails": {"included": True}, "redriveCount": 0}
    told = {"output": execution.output, "error": execution.error, "cause": execution.cause}
    if execution.output is not None:
        found["outputDetails"] = {"included": True}
    return {**found, **{name: value for name, value in told.items() if value is not None}}


def list_executions(backend: Any, request: Request) -> dict[str, Any]:
    """Answer ``ListExecutions``, the newest first."""
    machine = _machine(backend, request["stateMachineArn"])
    wanted = request.get("statusFilter")
    known = [each for each in reversed(of(backend).executions.values()) if each.machine.arn == machine.arn]
    known.sort(key=lambda each: each.started, reverse=True)
    return _page([_summary(each) for each in known if wanted in (None, each.status)], request, "executions", 100)


def _page(found: list[Any], request: Request, name: str, most: int) -> dict[str, Any]:
    token, size = request.get("nextToken") or "0", int(request.get("maxResults") or most)
    if not token.isdecimal():
        raise InvalidToken("'Invalid token'")
    start = int(token)
    answer: dict[str, Any] = {name: found[start : start + size]}
    if start + size < len(found):
        answer["nextToken"] = str(start + size)
    return answer


def get_execution_history(backend: Any, request: Request) -> dict[str, Any]:
    """Answer ``GetExecutionHistory``."""
    events = list(_execution(backend, request["executionArn"]).history.events)
    if request.get("reverseOrder"):
        events.reverse()
    told = [event.describe(request.get("includeExecutionData") is not False) for event in events]
    return _page(told, request, "events", 1000)


def describe_state_machine_for_execution(backend: Any, request: Request) -> dict[str, Any]:
    """Answer ``DescribeStateMachineForExecution``."""
    execution = _execution(backend, request["executionArn"])
    machine = execution.machine
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "definition": execution.text,
        "roleArn": machine.roleArn,
        "updateDate": machine.update_date,
    }


def _token(backend: Any, request: Request) -> Token:
    found = of(backend).tokens.get(request["taskToken"])
    if found is None or found.is_over:
        raise InvalidToken("'Invalid token'")
    found.heard = clock.now()
    return found


def _end(backend: Any, token: Token) -> None:
    token.is_over = True
    for execution in list(of(backend).executions.values()):
        if execution.is_running:
            execution.go_on()


def send_task_success(backend: Any, request: Request) -> None:
    """Answer ``SendTaskSuccess``."""
    token = _token(backend, request)
    try:
        token.output = json.loads(request["output"])
    except ValueError:
        raise InvalidOutput(f"Invalid Output: '{request['output']}'") from None
    _end(backend, token)


def send_task_failure(backend: Any, request: Request) -> None:
    """Answer ``SendTaskFailure``."""
    token = _token(backend, request)
    token.failure = StateFailed(request.get("error") or "States.TaskFailed", request.get("cause") or "")
    _end(backend, token)


def send_task_heartbeat(backend: Any, request: Request) -> None:
    """Answer ``SendTaskHeartbeat``."""
    _token(backend, request)


def validate_state_machine_definition(backend: Any, request: Request) -> dict[str, Any]:
    """Answer ``ValidateStateMachineDefinition``."""
    found = definition.problems(request["definition"])
    told = [
        {"severity": "ERROR", "code": code, "message": message, "location": where} for code, message, where in found
    ]
    return {"result": "FAIL" if found else "OK", "diagnostics": told, "truncated": False}


OPERATIONS: dict[str, Callable[[Any, Request], dict[str, Any] | None]] = {
    "describe_execution": describe_execution,
    "describe_state_machine_for_execution": describe_state_machine_for_execution,
    "get_execution_history": get_execution_history,
    "list_executions": list_executions,
    "send_task_failure": send_task_failure,
    "send_task_heartbeat": send_task_heartbeat,
    "send_task_success": send_task_success,
    "start_execution": start_execution,
    "stop_execution": stop_execution,
    "validate_state_machine_definition": validate_state_machine_definition,
}


#: What moto answers with a success that did nothing.
ABSENT = ("describe_map_run", "list_map_runs", "update_map_run")


def _absent(handler: Any) -> ActionResult:
    raise NotImplementedError


def _method(operation: Callable[[Any, Request], dict[str, Any] | None]) -> Callable[[Any], ActionResult]:
    def method(handler: Any) -> ActionResult:
        answer = operation(handler.stepfunction_backend, json.loads(handler.body or "{}"))
        return EmptyResult() if answer is None else ActionResult(answer)

    return method


def install() -> None:
    """Put our operations behind moto's handler, and check definitions before they are kept."""
    from moto.stepfunctions import responses
    from moto.stepfunctions.models import stepfunctions_backends

    responses.get_backend = lambda account, region: stepfunctions_backends[account][region]
    for name, operation in OPERATIONS.items():
        setattr(StepFunctionResponse, name, _method(operation))
    for name in ABSENT:
        setattr(StepFunctionResponse, name, _absent)
    create, update, delete = (
        StepFunctionBackend.create_state_machine,
        StepFunctionBackend.update_state_machine,
        StepFunctionBackend.delete_state_machine,
    )

    def create_state_machine(self: Any, name: str, definition: str, roleArn: str, *args: Any, **kwargs: Any) -> Any:
        _check(definition)
        known = next((each for each in self.state_machines if each.name == name), None)
        if known and (known.definition, known.roleArn) != (definition, roleArn):
            raise StateMachineAlreadyExists(f"State Machine Already Exists: '{known.arn}'")
        return create(self, name, definition, roleArn, *args, **kwargs)

    def update_state_machine(self: Any, arn: str, definition: str | None = None, *args: Any, **kwargs: Any) -> Any:
        if definition is not None:
            _check(definition)
        return update(self, arn, definition, *args, **kwargs)

    def delete_state_machine(self: Any, arn: str) -> None:
        delete(self, arn)
        for execution in list(of(self).executions.values()):
            if execution.machine.arn.startswith(arn):
                execution.stop(None, None)

    def start(self: Any, state_machine_arn: str, name: str, execution_input: str) -> Execution:
        """Start an execution for other services of moto, which call the backend itself."""
        request = {"stateMachineArn": state_machine_arn, "input": execution_input, **({"name": name} if name else {})}
        return of(self).executions[start_execution(self, request)["executionArn"]]

    StepFunctionBackend.start_execution = start
    StepFunctionBackend.create_state_machine = create_state_machine
    StepFunctionBackend.update_state_machine = update_state_machine
    StepFunctionBackend.delete_state_machine = delete_state_machine


def _check(text: str) -> None:
    definition.read(text)

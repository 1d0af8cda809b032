"""Task states: what a resource means, and how its result is waited for.

=================================  =========================================================
resource                           what it does
=================================  =========================================================
``arn:aws:lambda:…``               invokes a function with the state's input
``arn:aws:states:::lambda:invoke``, calls with AWS's names of fields, and waits for the answer
``sqs:sendMessage``, ``glue:…``
``….sync``                         starts a job and waits until it is over
``….waitForTaskToken``             calls, then waits for SendTaskSuccess or SendTaskFailure
``aws-sdk:service:action``         calls any operation of any service
=================================  =========================================================
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pocketaws import calls, clock, integrations
from pocketaws.engines.stepfunctions import jobs, services
from pocketaws.engines.stepfunctions.errors import StateFailed
from pocketaws.engines.stepfunctions.history import Branch
from pocketaws.engines.stepfunctions.scope import Scope
from pocketaws.engines.stepfunctions.waiting import Steps, Wait

__all__ = ["Resource", "Token", "read_resource", "run_task"]

#: Actions that the language names otherwise than the API.
_RENAMED = {("elasticmapreduce", "addStep"): "addJobFlowSteps", ("lambda", "invoke"): "invoke"}


@dataclass(frozen=True)
class Resource:
    """A task's resource, taken apart."""

    arn: str
    service: str
    action: str
    pattern: str = ""
    is_sdk: bool = False

    @property
    def kind(self) -> dict[str, str]:
        """How the history calls it."""
        if self.is_sdk:
            return {"resourceType": f"aws-sdk:{self.service}", "resource": self._named}
        return {"resourceType": self.service, "resource": self._named}

    @property
    def _named(self) -> str:
        return self.action + (f".{self.pattern}" if self.pattern else "")

    @property
    def job(self) -> jobs.Job | None:
        """How its job is watched, if it is one."""
        found = integrations.operation_of(self.service, _RENAMED.get((self.service, self.action), self.action))
        return jobs.JOBS.get((self.service, found[1])) if found else None


def read_resource(arn: str) -> Resource | None:
    """Return a resource taken apart; None if there is none such.

    Examples
    --------
    >>> read_resource("arn:aws:states:::glue:startJobRun.sync").pattern
    'sync'
    """
    parts = arn.split(":")
    if len(parts) >= 7 and parts[2] == "lambda" and parts[5] == "function":
        return Resource(arn, "lambda", "")
    if arn[:4] != "arn:" or len(parts) < 7 or parts[2:5] != ["states", "", ""]:
        return None
    is_sdk = parts[5] == "aws-sdk"
    rest = parts[6:] if is_sdk else parts[5:]
    service, action, pattern = rest[0], *(":".join(rest[1:]).partition(".")[::2])
    resource = Resource(arn, service, action, pattern, is_sdk)
    if pattern not in ("", "sync", "sync:2", "waitForTaskToken"):
        return None
    if not integrations.operation_of(service, _RENAMED.get((service, action), action)):
        return None
    if pattern.startswith("sync") and (is_sdk or resource.job is None):
        return None
    return resource


@dataclass
class Token:
    """A task that waits for somebody to call back."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex + uuid.uuid4().hex)
    is_over: bool = False
    output: Any = None
    failure: StateFailed | None = None
    heard: datetime = field(default_factory=clock.now)


def run_task(state: Mapping[str, Any], data: Any, scope: Scope, branch: Branch) -> Steps:
    """Run a task once and return its result.

    Raises
    ------
    StateFailed
        The call, the job or the function failed, or took too long.
    """
    resource = read_resource(state["Resource"])
    assert resource is not None, "definitions are checked before they run"
    token = Token()
    inside = scope.inner(Task={"Token": token.id}) if resource.pattern == "waitForTaskToken" else scope
    request = inside.fill(state["Parameters"], data) if "Parameters" in state else data
    limit = scope.number(state, "TimeoutSeconds", data)
    beat = scope.number(state, "HeartbeatSeconds", data)
    due = clock.now() + timedelta(seconds=limit) if limit else None
    if not resource.action:
        return (yield from _function(resource, request, branch))
    timing = {"timeoutInSeconds": int(limit)} if limit else {}
    branch.add("TaskScheduled", **resource.kind, region=branch.region, parameters=json.dumps(request), **timing)
    branch.add("TaskStarted", **resource.kind)
    try:
        result = yield from _result(resource, request, token, due, beat, branch)
    except StateFailed as failure:
        kind = "TaskTimedOut" if failure.error in ("States.Timeout", "States.HeartbeatTimeout") else "TaskFailed"
        branch.add(kind, **resource.kind, error=failure.error, cause=failure.cause)
        raise
    branch.add("TaskSucceeded", **resource.kind, output=json.dumps(result), outputDetails={"truncated": False})
    return result


def _result(
    resource: Resource, request: Any, token: Token, due: datetime | None, beat: float | None, branch: Branch
) -> Steps:
    if resource.pattern == "waitForTaskToken":
        branch.tokens[token.id] = token
    answer = _call(resource, request, branch)
    if resource.pattern:
        branch.add("TaskSubmitted", **resource.kind, output=json.dumps(answer), outputDetails={"truncated": False})
    if resource.pattern == "waitForTaskToken":
        return (yield from _answer_to(token, due, beat, branch))
    if resource.pattern:
        return (yield from _end_of(resource, request, answer, due, branch))
    return answer


def _call(resource: Resource, request: Any, branch: Branch) -> Any:
    if (resource.service, resource.action) == ("lambda", "invoke"):
        return _invoke(request, branch)
    action = _RENAMED.get((resource.service, resource.action), resource.action)
    if (resource.service, resource.action) == ("elasticmapreduce", "addStep"):
        request = {"JobFlowId": request.get("ClusterId"), "Steps": [request.get("Step")]}
    return services.call(resource.service, action, request, branch.region, branch.account)


def _end_of(resource: Resource, request: Any, answer: Any, due: datetime | None, branch: Branch) -> Steps:
    """Wait until a job is over; stop it when nobody waits any more."""
    job = resource.job
    assert job is not None
    if resource.action == "addStep":
        request = {"JobFlowId": request["ClusterId"]}
    seen: dict[str, Any] = {}

    def is_over() -> bool:
        found = services.call(resource.service, job.ask, job.request(request, answer), branch.region, branch.account)
        seen["job"] = job.look(found)
        return job.state(seen["job"]) in (*job.good, *job.bad)

    try:
        while not is_over():
            if due and clock.now() >= due:
                raise StateFailed("States.Timeout", "")
            yield Wait(is_over, due, polls=True)
    except (StateFailed, GeneratorExit):
        _stop(resource, job, request, answer, branch)
        raise
    if job.state(seen["job"]) in job.bad:
        raise StateFailed("States.TaskFailed", json.dumps(seen["job"]))
    return jobs.output_of(seen["job"], resource.pattern)


def _stop(resource: Resource, job: jobs.Job, request: Any, answer: Any, branch: Branch) -> None:
    if job.cancel:
        try:
            services.call(
                resource.service, job.cancel, job.cancel_request(request, answer), branch.region, branch.account
            )
        except StateFailed:
            return  # it is over by itself


def _answer_to(token: Token, due: datetime | None, beat: float | None, branch: Branch) -> Steps:
    """Wait until somebody sends the token back."""
    try:
        while not token.is_over:
            late = token.heard + timedelta(seconds=beat) if beat else None
            if due and clock.now() >= due:
                raise StateFailed("States.Timeout", "")
            if late and clock.now() >= late:
                raise StateFailed("States.HeartbeatTimeout", "")
            yield Wait(lambda: token.is_over, min((time for time in (due, late) if time), default=None))
    finally:
        branch.tokens.pop(token.id, None)
    if token.failure:
        raise token.failure
    return token.output


def _function(resource: Resource, request: Any, branch: Branch) -> Steps:
    yield from ()
    payload = json.dumps(request)
    branch.add("LambdaFunctionScheduled", resource=resource.arn, input=payload, inputDetails={"truncated": False})
    branch.add("LambdaFunctionStarted")
    try:
        result = _invoke({"FunctionName": resource.arn, "Payload": request}, branch)["Payload"]
    except StateFailed as failure:
        branch.add("LambdaFunctionFailed", error=failure.error, cause=failure.cause)
        raise
    branch.add("LambdaFunctionSucceeded", output=json.dumps(result), outputDetails={"truncated": False})
    return result


def _invoke(request: Mapping[str, Any], branch: Branch) -> dict[str, Any]:
    payload = json.dumps(request.get("Payload", {})).encode()
    parameters = {**request, "Payload": payload}
    try:
        answer = calls.call("lambda", "Invoke", parameters, region=branch.region, account=branch.account)
    except calls.CallFailed as error:
        raise StateFailed(f"Lambda.{error.code or 'Unknown'}", error.message) from None
    told = answer["Payload"].read().decode()
    if answer.get("FunctionError"):
        try:
            kind = json.loads(told).get("errorType") or "Lambda.Unknown"
        except (ValueError, AttributeError):
            kind = "Lambda.Unknown"
        raise StateFailed(str(kind), told)
    status = {"ExecutedVersion": answer.get("ExecutedVersion", "$LATEST"), "StatusCode": answer.get("StatusCode", 200)}
    return {**status, "Payload": json.loads(told) if told else None}

"""The states of the Amazon States Language, each a generator that gives its output and the next state's name.

Source: https://states-language.net/spec.html
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pocketaws import clock
from pocketaws.engines.stepfunctions.choices import choose
from pocketaws.engines.stepfunctions.errors import StateFailed, runtime
from pocketaws.engines.stepfunctions.history import Branch
from pocketaws.engines.stepfunctions.paths import put
from pocketaws.engines.stepfunctions.scope import Scope
from pocketaws.engines.stepfunctions.tasks import run_task
from pocketaws.engines.stepfunctions.waiting import Steps, Wait, together

__all__ = ["run_states"]

State = Mapping[str, Any]
#: Output of a state, and the name of the next one.
Outcome = tuple[Any, str | None]
#: Bytes that a state may give on.
LIMIT = 262_144
#: What ``States.ALL`` does not take.
_FATAL = ("States.Runtime", "States.DataLimitExceeded")
_DETAILS = {"truncated": False}


def run_states(block: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    """Run the states of a machine, a branch or an iteration from the first to an end; return the output.

    Raises
    ------
    StateFailed
        A state fails and nothing catches it.
    """
    name: str | None = block["StartAt"]
    while name:
        data, name = yield from _enter(name, block["States"][name], data, scope, branch)
    return data


def _enter(name: str, state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    kind = state["Type"]
    entered: dict[str, Any] = {"Name": name, "EnteredTime": stamp(clock.now()), "RetryCount": 0}
    scope.context["State"] = entered
    branch.add(f"{kind}StateEntered", name=name, input=json.dumps(data), inputDetails=_DETAILS)
    tries: dict[int, int] = {}
    while True:
        try:
            output, following = yield from _KINDS[kind](state, data, scope, branch)
            break
        except StateFailed as failure:
            pause = _pause(state, failure, tries)
            if pause is not None:
                yield Wait(due=clock.now() + timedelta(seconds=pause))
                entered["RetryCount"] += 1
                scope.context["State"] = entered
                continue
            output, following = _catch(state, failure, data, scope)
            break
    text = json.dumps(output)
    if len(text.encode()) > LIMIT:
        raise StateFailed("States.DataLimitExceeded", f"The state {name} gives more than {LIMIT} bytes of output.")
    branch.add(f"{kind}StateExited", name=name, output=text, outputDetails=_DETAILS)
    return output, following


def stamp(when: datetime) -> str:
    """Return a time as the context object shows it."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _matches(names: list[str], failure: StateFailed) -> bool:
    if failure.error in names:
        return True
    if "States.TaskFailed" in names and failure.error not in ("States.Timeout", *_FATAL):
        return True
    return "States.ALL" in names and failure.error not in _FATAL


def _pause(state: State, failure: StateFailed, tries: dict[int, int]) -> float | None:
    """Return the seconds until the next try; None if there is none."""
    for number, rule in enumerate(state.get("Retry", [])):
        if _matches(rule["ErrorEquals"], failure):
            done = tries.get(number, 0)
            if done >= rule.get("MaxAttempts", 3):
                return None
            tries[number] = done + 1
            pause: float = rule.get("IntervalSeconds", 1) * rule.get("BackoffRate", 2.0) ** done
            pause = min(pause, rule.get("MaxDelaySeconds", pause))
            return random.uniform(0, pause) if rule.get("JitterStrategy") == "FULL" else pause
    return None


def _catch(state: State, failure: StateFailed, data: Any, scope: Scope) -> Outcome:
    for rule in state.get("Catch", []):
        if _matches(rule["ErrorEquals"], failure):
            told = {"Error": failure.error, "Cause": failure.cause}
            _assign(rule, told, scope)
            path = rule.get("ResultPath", "$")
            return (data if path is None else put(path, told, data)), rule["Next"]
    raise failure


def _assign(state: State, result: Any, scope: Scope) -> None:
    if "Assign" in state:
        scope.variables.update(scope.fill(state["Assign"], result))


def _leave(state: State, data: Any, result: Any, scope: Scope) -> Outcome:
    """Place a result in a state's input, and take the output from it."""
    if "ResultSelector" in state:
        result = scope.fill(state["ResultSelector"], result)
    _assign(state, result, scope)
    path = state.get("ResultPath", "$")
    placed = data if path is None else put(path, result, data)
    return scope.select(state, "OutputPath", placed), state.get("Next")


def _pass(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    yield from ()
    seen = scope.select(state, "InputPath", data)
    if "Parameters" in state:
        seen = scope.fill(state["Parameters"], seen)
    return _leave(state, data, state.get("Result", seen), scope)


def _task(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    result = yield from run_task(state, scope.select(state, "InputPath", data), scope, branch)
    return _leave(state, data, result, scope)


def _choice(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    yield from ()
    seen = scope.select(state, "InputPath", data)
    following, rule = choose(state, seen, scope)
    _assign(rule or state, seen, scope)
    return scope.select(state, "OutputPath", seen), following


def _wait(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    seen = scope.select(state, "InputPath", data)
    seconds = scope.number(state, "Seconds", seen)
    if seconds is not None:
        due = clock.now() + timedelta(seconds=seconds)
    else:
        text = scope.read(state["TimestampPath"], seen) if "TimestampPath" in state else state["Timestamp"]
        try:
            due = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            raise runtime(f"The Timestamp {text!r} is not a valid time") from None
    while clock.now() < due:
        yield Wait(due=due)
    _assign(state, seen, scope)
    return scope.select(state, "OutputPath", seen), state.get("Next")


def _succeed(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    yield from ()
    return scope.select(state, "OutputPath", scope.select(state, "InputPath", data)), None


def _fail(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    yield from ()
    told = [
        str(scope.read(state[f"{name}Path"], data)) if f"{name}Path" in state else state.get(name, "")
        for name in ("Error", "Cause")
    ]
    raise StateFailed(*told)


def _parallel(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    seen = scope.select(state, "InputPath", data)
    if "Parameters" in state:
        seen = scope.fill(state["Parameters"], seen)
    branch.add("ParallelStateStarted")
    branches = [partial(run_states, block, seen, scope.inner(), branch.fork()) for block in state["Branches"]]
    try:
        results = yield from together(branches)
    except StateFailed:
        branch.add("ParallelStateFailed")
        raise
    branch.add("ParallelStateSucceeded")
    return _leave(state, data, results, scope)


def _map(state: State, data: Any, scope: Scope, branch: Branch) -> Steps:
    seen = scope.select(state, "InputPath", data)
    items = scope.read(state.get("ItemsPath", "$"), seen)
    if not isinstance(items, list):
        raise runtime(f"Reference path '{state.get('ItemsPath', '$')}' must point to array.")
    branch.add("MapStateStarted", length=len(items))
    name = scope.context["State"]["Name"]
    turns = [partial(_iterate, state, name, number, item, seen, scope, branch) for number, item in enumerate(items)]
    at_once = int(scope.number(state, "MaxConcurrency", seen) or 0)
    try:
        results = yield from together(turns, at_once or 40)
    except StateFailed:
        branch.add("MapStateFailed")
        raise
    branch.add("MapStateSucceeded")
    return _leave(state, data, results, scope)


def _iterate(state: State, name: str, number: int, item: Any, seen: Any, scope: Scope, branch: Branch) -> Steps:
    mine, inside = branch.fork(), scope.inner(Map={"Item": {"Index": number, "Value": item}})
    mine.add("MapIterationStarted", name=name, index=number)
    selector = state.get("ItemSelector", state.get("Parameters"))
    try:
        begin = item if selector is None else inside.fill(selector, seen)
        block = state["ItemProcessor"] if "ItemProcessor" in state else state["Iterator"]
        result = yield from run_states(block, begin, inside, mine)
    except StateFailed:
        mine.add("MapIterationFailed", name=name, index=number)
        raise
    mine.add("MapIterationSucceeded", name=name, index=number)
    return result


_KINDS: dict[str, Callable[[State, Any, Scope, Branch], Steps]] = {
    "Choice": _choice,
    "Fail": _fail,
    "Map": _map,
    "Parallel": _parallel,
    "Pass": _pass,
    "Succeed": _succeed,
    "Task": _task,
    "Wait": _wait,
}

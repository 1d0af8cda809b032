"""Definitions checked before they are kept, with AWS's words for what is wrong and where.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.exceptions import AWSError

from pocketaws.engines.stepfunctions import intrinsics, paths
from pocketaws.engines.stepfunctions.choices import OPERATORS
from pocketaws.engines.stepfunctions.tasks import read_resource

__all__ = ["InvalidDefinition", "problems", "read"]

_PATHS = ("InputPath", "OutputPath", "ResultPath", "ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath")
_ENDS = ("Succeed", "Fail")
_FIELDS = {
    "Task": {"Resource"},
    "Choice": {"Choices"},
    "Parallel": {"Branches"},
    "Pass": set(),
    "Wait": set(),
    "Map": set(),
    "Succeed": set(),
    "Fail": set(),
}
Problem = tuple[str, str, str]


class InvalidDefinition(AWSError):  # type: ignore[misc]
    """A definition that is no state machine."""

    TYPE = "InvalidDefinition"
    STATUS = 400


def read(text: str) -> dict[str, Any]:
    """Return a definition.

    Raises
    ------
    InvalidDefinition
        With all that is wrong with it.
    """
    found = problems(text)
    if found:
        told = ", ".join(f"'{code}: {message} at {where}'" for code, message, where in found)
        raise InvalidDefinition(f"Invalid State Machine Definition: {told}")
    machine: dict[str, Any] = json.loads(text)
    return machine


def problems(text: str) -> list[Problem]:
    """Return what is wrong with a definition: code, message, place."""
    try:
        machine = json.loads(text)
    except ValueError as error:
        return [("INVALID_JSON_DESCRIPTION", str(error), "/")]
    if not isinstance(machine, dict):
        return [("SCHEMA_VALIDATION_FAILED", "A state machine is a JSON object", "/")]
    return list(_block(machine, ""))


def _block(block: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if block.get("QueryLanguage", "JSONPath") != "JSONPath":
        yield (
            "SCHEMA_VALIDATION_FAILED",
            "QueryLanguage JSONata is not supported by pocketaws",
            f"{where}/QueryLanguage",
        )
        return
    states = block.get("States")
    if not isinstance(states, dict) or not states:
        yield "SCHEMA_VALIDATION_FAILED", "These fields are required: [States]", where or "/"
        return
    if "StartAt" not in block:
        yield "SCHEMA_VALIDATION_FAILED", "These fields are required: [StartAt]", where or "/"
        return
    if block["StartAt"] not in states:
        yield "MISSING_TRANSITION_TARGET", f"Missing 'StartAt' target: {block['StartAt']}", f"{where}/StartAt"
    reached = {block["StartAt"]}
    for name, state in states.items():
        place = f"{where}/States/{name}"
        if not isinstance(state, dict):
            yield "SCHEMA_VALIDATION_FAILED", "A state is a JSON object", place
            continue
        for target, field in _targets(state):
            reached.add(target)
            if target not in states:
                yield "MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", f"{place}/{field}"
        yield from _state(state, place)
    for name in states:
        if name not in reached:
            yield "MISSING_TRANSITION_TARGET", f'State "{name}" is not reachable.', f"{where}/States/{name}"


def _targets(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield state[field], field
    for list_name in ("Choices", "Catch"):
        for number, rule in enumerate(state.get(list_name) or []):
            if isinstance(rule, dict) and "Next" in rule:
                yield rule["Next"], f"{list_name}[{number}]/Next"


def _state(state: Mapping[str, Any], where: str) -> Iterator[Problem]:
    kind = state.get("Type")
    if kind not in _FIELDS:
        named = ", ".join(_FIELDS)
        yield "SCHEMA_VALIDATION_FAILED", f"The field 'Type' must have one of the values [{named}]", f"{where}/Type"
        return
    missing = [field for field in _FIELDS[kind] if field not in state]
    if missing:
        yield "SCHEMA_VALIDATION_FAILED", f"These fields are required: [{', '.join(missing)}]", where
        return
    if kind not in (*_ENDS, "Choice") and ("Next" in state) == (state.get("End") is True):
        yield "SCHEMA_VALIDATION_FAILED", "Exactly one of 'Next' and 'End' must be there", where
    if state.get("QueryLanguage", "JSONPath") != "JSONPath" or "Arguments" in state or "Output" in state:
        yield "SCHEMA_VALIDATION_FAILED", "QueryLanguage JSONata is not supported by pocketaws", where
    yield from _paths_of(state, where)
    if kind == "Task":
        yield from _task(state, where)
    elif kind == "Choice":
        yield from _choices(state, where)
    elif kind == "Wait" and len(_timing(state)) != 1:
        yield (
            "SCHEMA_VALIDATION_FAILED",
            "Exactly one of Seconds, SecondsPath, Timestamp, TimestampPath is needed",
            where,
        )
    elif kind == "Parallel":
        for number, block in enumerate(state["Branches"]):
            yield from _block(block, f"{where}/Branches[{number}]")
    elif kind == "Map":
        yield from _map(state, where)


def _timing(state: Mapping[str, Any]) -> list[str]:
    return [name for name in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if name in state]


def _task(state: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if read_resource(str(state["Resource"])) is None:
        message = f"The resource provided {state['Resource']} is not recognized. The value is not a valid resource ARN,"
        yield "SCHEMA_VALIDATION_FAILED", f"{message} or the resource is not available", f"{where}/Resource"
    for list_name in ("Retry", "Catch"):
        for number, rule in enumerate(state.get(list_name) or []):
            if not rule.get("ErrorEquals"):
                place = f"{where}/{list_name}[{number}]"
                yield "SCHEMA_VALIDATION_FAILED", "These fields are required: [ErrorEquals]", place


def _choices(state: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for number, rule in enumerate(state["Choices"]):
        place = f"{where}/Choices[{number}]"
        if "Next" not in rule:
            yield "SCHEMA_VALIDATION_FAILED", "These fields are required: [Next]", place
        yield from _rule(rule, place)


def _rule(rule: Mapping[str, Any], where: str) -> Iterator[Problem]:
    inner = [*rule.get("And", []), *rule.get("Or", []), *([rule["Not"]] if "Not" in rule else [])]
    if inner:
        for each in inner:
            yield from _rule(each, where)
        return
    if "Variable" not in rule or len([name for name in rule if name in OPERATORS]) != 1:
        yield "SCHEMA_VALIDATION_FAILED", "A choice rule needs a Variable and exactly one comparison", where


def _map(state: Mapping[str, Any], where: str) -> Iterator[Problem]:
    block = state.get("ItemProcessor", state.get("Iterator"))
    if not isinstance(block, dict):
        yield "SCHEMA_VALIDATION_FAILED", "These fields are required: [ItemProcessor]", where
        return
    distributed = (block.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED"
    if distributed or any(name in state for name in ("ItemReader", "ItemBatcher", "ResultWriter")):
        yield "SCHEMA_VALIDATION_FAILED", "A Map in Distributed mode is not supported by pocketaws", where
        return
    yield from _block(block, f"{where}/{'ItemProcessor' if 'ItemProcessor' in state else 'Iterator'}")


def _paths_of(state: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for name in _PATHS:
        if state.get(name) is not None and not _is_path(state[name]):
            yield "INVALID_JSON_PATH", f"Invalid path '{state[name]}'", f"{where}/{name}"
    for name in ("Parameters", "ResultSelector", "ItemSelector", "Assign"):
        yield from _template(state.get(name), f"{where}/{name}")


def _template(value: Any, where: str) -> Iterator[Problem]:
    if isinstance(value, dict):
        for name, each in value.items():
            if not name.endswith(".$"):
                yield from _template(each, f"{where}/{name}")
            elif not _is_path(each):
                message = (
                    f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call"
                )
                yield "SCHEMA_VALIDATION_FAILED", message, f"{where}/{name}"
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _template(each, f"{where}[{number}]")


def _is_path(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    if intrinsics.is_call(text):
        return text.rstrip().endswith(")")
    try:
        paths.parse(text)
    except ValueError:
        return False
    return True

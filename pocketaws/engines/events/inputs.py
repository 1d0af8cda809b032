"""What a target gets of an event: all of it, a part, a constant, or a template filled from it.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["read", "text_for"]

_STEP = re.compile(r"\.([^.\[]+)|\[(?:(\d+)|'([^']*)'|\"([^\"]*)\")\]")
_HOLE = re.compile(r"<([\w.\-]+)>")


def read(path: str, event: Any) -> Any:
    """Return what a path such as ``$.detail.items[0]`` leads to; None if nowhere."""
    value = event
    for name, number, *quoted in _STEP.findall(path.removeprefix("$")):
        key = name or next((each for each in quoted if each), "")
        if number:
            value = value[int(number)] if isinstance(value, list) and int(number) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def text_for(target: Mapping[str, Any], event: dict[str, Any], rule: Any, ingested: str) -> str:
    """Return the text that a target gets.

    Parameters
    ----------
    target
        As ``PutTargets`` took it.
    event
        The event.
    rule
        moto's rule, which templates may name.
    ingested
        When EventBridge got the event.
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return _json(read(target["InputPath"], event))
    transformer = target.get("InputTransformer")
    if not transformer:
        return _json(event)
    values = {name: read(path, event) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    values |= {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": ingested,
        "aws.events.event": {name: part for name, part in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    return _fill(transformer["InputTemplate"], values)


def _fill(template: str, values: Mapping[str, Any]) -> str:
    """Put values into the holes: as JSON, but without quotes of their own inside a quoted text."""
    done: list[str] = []
    place, quoted = 0, False
    for hole in _HOLE.finditer(template):
        if hole[1] not in values:
            continue
        before = template[place : hole.start()]
        quoted ^= len(re.findall(r'(?<!\\)"', before)) % 2 == 1
        done += [before, _inside(values[hole[1]]) if quoted else _json(values[hole[1]])]
        place = hole.end()
    return "".join([*done, template[place:]])


def _inside(value: Any) -> str:
    if value is None:
        return ""
    return _json(value if isinstance(value, str) else _json(value))[1:-1]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

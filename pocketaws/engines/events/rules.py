"""Rules: which events they take, when their schedule fires, and what goes to their targets.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timezone
from functools import partial
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.events.exceptions import ValidationException
from moto.events.models import EventPattern, EventsBackend, Rule
from moto.events.responses import EventsHandler

from pocketaws import clock, cron, targets
from pocketaws.engines.events.inputs import text_for

__all__ = ["install", "next_fire"]

_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)")
_INPUTS = ("Input", "InputPath", "InputTransformer")
_put_rule = EventsBackend.put_rule
_put_targets = EventsBackend.put_targets


def next_fire(expression: str, after: datetime) -> datetime | None:
    """Return when a schedule fires after a time; None if never again.

    Raises
    ------
    ValueError
        The expression is no schedule.
    """
    if expression.startswith("rate") and not _RATE.fullmatch(expression):
        raise ValueError(expression)
    return cron.next_time(expression, after)


def put_rule(backend: Any, name: str, *args: Any, **kwargs: Any) -> Rule:
    """Keep a rule and book its schedule."""
    expression = kwargs.get("scheduled_expression")
    if expression:
        try:
            first = next_fire(expression, clock.now())
        except ValueError:
            first = None
        if first is None:
            raise ValidationException("Parameter ScheduleExpression is not valid.")
    rule = _put_rule(backend, name, *args, **kwargs)
    if expression and first:
        clock.at(first, partial(_fire, backend, rule, first))
    return rule


def _fire(backend: Any, rule: Rule, when: datetime) -> None:
    """Let a schedule fire, and book its next time; a rule that was deleted or put anew since then does nothing."""
    bus = backend.event_buses.get(rule.event_bus_name)
    if bus is None or bus.rules.get(rule.name) is not rule:
        return
    following = next_fire(rule.scheduled_expression, when)
    if following:
        clock.at(following, partial(_fire, backend, rule, following))
    if rule.state == "DISABLED":
        return
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": _stamp(when),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
    _deliver(rule, event)


def put_targets(backend: Any, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]) -> None:
    """Keep targets that can be delivered to."""
    bus = backend.event_buses.get(backend._normalize_event_bus_arn(event_bus_arn))
    if bus is not None and name in bus.rules and all(target["Arn"].startswith("arn:") for target in targets):
        for target in targets:
            _check(target)
    _put_targets(backend, name, event_bus_arn, targets)


def _check(target: dict[str, Any]) -> None:
    arn, label = target["Arn"], target["Id"]
    if not _is_archive(arn) and (not targets.is_known(arn) or arn.startswith(targets.UNIVERSAL)):
        raise ValidationException(f"Parameter {arn} is not valid. Reason: pocketaws does not support such a target.")
    if sum(name in target for name in _INPUTS) > 1:
        raise ValidationException(
            f"Only one of Input, InputPath, or InputTransformer must be provided for target {label}."
        )


def _is_archive(arn: str) -> bool:
    """Whether this is the mark by which moto's archives hear of events."""
    return arn.split(":")[2:3] == ["events"] and not arn.split(":", 5)[-1].strip(":")


def send_to_targets(rule: Any, original_event: dict[str, Any], transform_input: bool = True) -> None:
    """Send an event to the targets of a rule whose pattern it matches."""
    pattern = rule.event_pattern
    if rule.state == "DISABLED" or not pattern.dump() or not pattern.matches_event(original_event):
        return
    event = {name: part for name, part in original_event.items() if name != "ingestion-time"}
    event["time"] = _stamp(event.get("time") or clock.now())
    _deliver(rule, event, original_event)


def _deliver(rule: Any, event: dict[str, Any], original: dict[str, Any] | None = None) -> None:
    for target in list(rule.targets):
        if _is_archive(target["Arn"]):
            named = re.search(r'"archive-arn": "[^"]*archive/([^"]+)"', target["InputTransformer"]["InputTemplate"])
            if named and original is not None:
                rule._send_to_events_archive(named[1], original)
            continue
        payload = text_for(target, event, rule, _stamp(clock.now()))
        origin = {"RULE_ARN": rule.arn}
        targets.send(targets.Delivery(target, payload, origin, rule.region_name, rule.account_id))


def _stamp(when: Any) -> str:
    """Return a time as events show it, whatever form it comes in."""
    if isinstance(when, str):
        if not re.fullmatch(r"\d+(\.\d+)?", when):
            return when
        when = float(when)
    moment = when if isinstance(when, datetime) else datetime.fromtimestamp(when, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_event_pattern(handler: Any) -> tuple[str, dict[str, Any]]:
    """Answer ``TestEventPattern``."""
    try:
        event = json.loads(handler._get_param("Event"))
    except ValueError:
        raise JsonRESTError("InvalidEventPatternException", "Parameter Event is not valid JSON.") from None
    matches = EventPattern.load(handler._get_param("EventPattern")).matches_event(event)
    return json.dumps({"Result": matches}), handler.response_headers


def install() -> None:
    """Let moto's rules and backend do as ours."""
    EventsHandler.test_event_pattern = test_event_pattern
    Rule.send_to_targets = send_to_targets
    EventsBackend.put_rule = put_rule
    EventsBackend.put_targets = put_targets

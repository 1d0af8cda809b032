"""Schedules: checked, booked, fired, and deleted after the last time where they say so.

Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone
from functools import partial
from typing import Any

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule
from moto.scheduler.responses import EventBridgeSchedulerResponse

from pocketaws import clock, targets
from pocketaws.engines.scheduler.times import Timing, spread

__all__ = ["install"]

_create = EventBridgeSchedulerBackend.create_schedule
_update = EventBridgeSchedulerBackend.update_schedule
_respond = EventBridgeSchedulerResponse.update_schedule
_DAY = 1440


def create_schedule(backend: Any, **given: Any) -> Schedule:
    """Create a schedule and book its first time."""
    timing = _check(given)
    backend.get_schedule_group(given["group_name"])  # moto fails on one that is not there
    schedule = _create(backend, **given)
    _book(backend, schedule, timing, first=True)
    return schedule


def update_schedule(backend: Any, **given: Any) -> Schedule:
    """Change a schedule; what was booked for it before is void."""
    timing = _check(given)
    schedule = _update(backend, **given)
    schedule.state = schedule.state or "ENABLED"
    _book(backend, schedule, timing, first=True)
    return schedule


def _check(given: dict[str, Any]) -> Timing:
    timing = Timing(given["schedule_expression"], given["schedule_expression_timezone"])
    if timing.once is not None and timing.once <= clock.now():
        expression = given["schedule_expression"]
        raise ValidationException(f"Invalid Schedule Expression {expression}. The time is in the past.")
    window = given["flexible_time_window"] or {}
    minutes = window.get("MaximumWindowInMinutes")
    if window.get("Mode") == "FLEXIBLE" and not (minutes and 1 <= minutes <= _DAY):
        raise ValidationException("MaximumWindowInMinutes is required, from 1 to 1440, for the mode FLEXIBLE.")
    if window.get("Mode") == "OFF" and minutes:
        raise ValidationException("MaximumWindowInMinutes must not be set for the mode OFF.")
    start, end = _time(given["start_date"]), _time(given["end_date"])
    if end and end <= max(clock.now(), start or clock.now()):
        raise ValidationException("The EndDate you specify must be later than the StartDate and than now.")
    _check_target(given["target"] or {})
    return timing


def _check_target(target: dict[str, Any]) -> None:
    arn = target.get("Arn", "")
    if not targets.is_known(arn):
        raise ValidationException(f"Provided Arn is not in correct format, or pocketaws cannot deliver to it: {arn}")
    service = arn.split(":")[2]
    needed = {"kinesis": "KinesisParameters", "events": "EventBridgeParameters"}.get(service)
    if needed and needed not in target:
        raise ValidationException(f"{needed} must be specified for a target of {service}.")
    if service == "sqs" and arn.endswith(".fifo") and not (target.get("SqsParameters") or {}).get("MessageGroupId"):
        raise ValidationException("MessageGroupId must be specified for a FIFO queue.")
    if arn.startswith(targets.UNIVERSAL) or service == "states":
        try:
            json.loads(target.get("Input") or "{}")
        except ValueError:
            raise ValidationException("Invalid Input: it is not a JSON object.") from None


def _time(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromtimestamp(float(value), timezone.utc)


def _book(backend: Any, schedule: Any, timing: Timing, *, first: bool = False, after: datetime | None = None) -> None:
    """Book the next time; after the last one the schedule is complete."""
    token = schedule.pocketaws = object()  # what was booked before this is void
    start, end = _time(schedule.start_date), _time(schedule.end_date)
    since = after or max(clock.now(), start or clock.now())
    if first and timing.is_rate:
        when: datetime | None = since
    else:
        when = timing.following(since)
    if when and timing.once is None and end and when > end:
        when = None
    if when is None:
        if not first and schedule.action_after_completion == "DELETE":
            backend.schedule_groups[schedule.group_name].schedules.pop(schedule.name, None)
        return
    window = schedule.flexible_time_window or {}
    minutes = window.get("MaximumWindowInMinutes", 0) if window.get("Mode") == "FLEXIBLE" else 0
    clock.at(when + spread(schedule.arn, when, minutes), partial(_fire, backend, schedule, timing, token, when))


def _fire(backend: Any, schedule: Any, timing: Timing, token: object, when: datetime) -> None:
    group = backend.schedule_groups.get(schedule.group_name)
    is_there = group is not None and group.schedules.get(schedule.name) is schedule
    if not is_there or schedule.pocketaws is not token:
        return
    if schedule.state != "DISABLED":
        targets.send(_delivery(backend, schedule, when))
    _book(backend, schedule, timing, after=when)


def _delivery(backend: Any, schedule: Any, when: datetime) -> targets.Delivery:
    stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    context = {
        "schedule-arn": schedule.arn,
        "scheduled-time": stamp,
        "execution-id": str(uuid.uuid4()),
        "attempt-number": "1",
    }
    text = schedule.target.get("Input")
    if text is None:
        text = json.dumps(_event(backend, schedule, stamp))
    for name, value in context.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    origin = {"SCHEDULE_ARN": schedule.arn}
    return targets.Delivery(schedule.target, text, origin, backend.region_name, backend.account_id)


def _event(backend: Any, schedule: Any, stamp: str) -> dict[str, Any]:
    """Return what a target gets that is given no input."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": backend.account_id,
        "time": stamp,
        "region": backend.region_name,
        "resources": [schedule.arn],
        "detail": "{}",
    }


def _answer_update(handler: Any) -> str:
    answer: str = _respond(handler)
    name = handler.uri.split("?")[0].split("/")[-1]
    schedule = handler.scheduler_backend.get_schedule(handler._get_param("GroupName"), name)
    schedule.action_after_completion = handler._get_param("ActionAfterCompletion")
    return answer


def install() -> None:
    """Let moto's backend do as ours."""
    EventBridgeSchedulerBackend.create_schedule = create_schedule
    EventBridgeSchedulerBackend.update_schedule = update_schedule
    EventBridgeSchedulerResponse.update_schedule = _answer_update

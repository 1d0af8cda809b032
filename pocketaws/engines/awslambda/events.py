"""Asynchronous events: accepted at once, delivered by the clock, tried again, and sent on when nothing helps.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html and .../invocation-async-error-handling.html
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.awslambda import destinations, turns
from pocketaws.engines.awslambda.errors import LambdaError
from pocketaws.engines.awslambda.invocations import Result, invoke, resolve
from pocketaws.engines.awslambda.state import of

__all__ = ["submit"]

#: Minutes from a failure to the next try.
WAITS = (1, 2)
#: From a throttled try to the next.
THROTTLED = timedelta(seconds=1)


@dataclass
class _Event:
    backend: Any
    name: str
    qualifier: str | None
    payload: Any
    state: Any
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent: datetime = field(default_factory=clock.now)
    tries: int = 0


def submit(backend: Any, name: str, qualifier: str | None, payload: Any) -> str:
    """Accept an event for a function; return its request id.  It is delivered with the next request."""
    event = _Event(backend, name, qualifier, payload, of(backend))
    turns.book(clock.now(), lambda: _deliver(event))
    return event.id


def _deliver(event: _Event) -> None:
    backend = event.backend
    if of(backend) is not event.state:
        return  # everything was reset
    try:
        function = resolve(backend, event.name, event.qualifier)
    except Exception:
        return  # it was deleted
    settings = function.event_invoke_config[-1].config if function.event_invoke_config else {}
    oldest = event.sent + timedelta(seconds=settings.get("MaximumEventAgeInSeconds", 21_600))
    if clock.now() > oldest:
        _give_up(event, function, settings, None, "EventAgeExceeded")
        return
    try:
        result = invoke(backend, function, event.payload, request_id=event.id)
    except LambdaError as error:
        if error.code == 429:
            turns.book(clock.now() + THROTTLED, lambda: _deliver(event))
        else:
            _give_up(event, function, settings, _refusal(event, function, error), "RetriesExhausted")
        return
    event.tries += 1
    if not result.failed:
        _send(event, function, settings, result, "Success", "OnSuccess")
    elif event.tries <= settings.get("MaximumRetryAttempts", len(WAITS)):
        turns.book(clock.now() + timedelta(minutes=WAITS[event.tries - 1]), lambda: _deliver(event))
    else:
        _give_up(event, function, settings, result, "RetriesExhausted")


def _refusal(event: _Event, function: Any, error: LambdaError) -> Result:
    shown = json.dumps({"errorType": error.error_type, "errorMessage": error.message})
    return Result(event.id, shown, True, str(function.version), "")


def _give_up(event: _Event, function: Any, settings: dict[str, Any], result: Result | None, why: str) -> None:
    _send(event, function, settings, result, why, "OnFailure")
    target = (getattr(function, "dead_letter_config", None) or {}).get("TargetArn")
    if target:
        told = result.answer if result else {}
        attributes = {
            "RequestID": {"DataType": "String", "StringValue": event.id},
            "ErrorCode": {"DataType": "Number", "StringValue": "200"},
            "ErrorMessage": {"DataType": "String", "StringValue": str(told.get("errorMessage") or why)[:1024]},
        }
        destinations.send(event.backend, target, event.payload, attributes)


def _send(event: _Event, function: Any, settings: dict[str, Any], result: Result | None, why: str, name: str) -> None:
    target = ((settings.get("DestinationConfig") or {}).get(name) or {}).get("Destination")
    if not target:
        return
    version = result.version if result else str(function.version)
    arn = function.function_arn if version in function.function_arn else f"{function.function_arn}:{version}"
    envelope: dict[str, Any] = {
        "version": "1.0",
        "timestamp": destinations.stamp(),
        "requestContext": {
            "requestId": event.id,
            "functionArn": arn,
            "condition": why,
            "approximateInvokeCount": event.tries,
        },
        "requestPayload": event.payload,
    }
    if result:
        envelope["responseContext"] = {"statusCode": 200, "executedVersion": version}
        envelope["responseContext"] |= {"functionError": "Unhandled"} if result.failed else {}
        envelope["responsePayload"] = result.answer
    destinations.send(event.backend, target, envelope)

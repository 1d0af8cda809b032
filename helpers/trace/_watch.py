"""Listening to boto3: each call it makes becomes one record in the ledger and in every open block."""

from __future__ import annotations

import io
import time
from typing import Any
from urllib.parse import urlencode

import boto3

from helpers.trace import _created, _policy, _usage
from helpers.trace._record import Call, Trace

__all__ = ["ledger", "listeners", "watch"]

#: The traces of the blocks that run now.
listeners: list[Trace] = []
#: The trace of the whole session.
ledger = Trace()

#: Where a call's own notes lie in the context that botocore hands from event to event.
NOTES = "helpers.trace"


def watch(session: boto3.session.Session) -> None:
    """Record the calls of all clients and resources that this session makes from now on.

    Parameters
    ----------
    session
        A boto3 session that has made no client yet.

    Examples
    --------
    >>> import boto3
    >>> watch(boto3.session.Session(region_name="us-east-1"))
    """
    events = session.events
    events.register_last("before-parameter-build", _remember_parameters)
    events.register("before-call", _remember_start)
    # Before the resource layer of DynamoDB turns the answer's values into Python's.
    events.register_first("after-call.dynamodb", _record)
    events.register("after-call", _record)
    events.register("after-call-error", _record_failure)


def _remember_parameters(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    # Nothing is sent when a handler answers in AWS's place.
    context[NOTES] = {"params": dict(params), "sent": 0, "start": time.perf_counter()}


def _remember_start(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    if NOTES in context:
        context[NOTES].update(sent=_size(params.get("body")), start=time.perf_counter())


def _record(http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    notes = context.pop(NOTES, None)
    if notes is None:
        return  # recorded already, or no call of ours
    status: int | str = http_response.status_code
    if http_response.status_code >= 300:
        status = parsed.get("Error", {}).get("Code") or status
    _add(notes, model, parsed, status, _received(http_response, model))


def _record_failure(exception: Exception, context: dict[str, Any], **event: Any) -> None:
    """Record a call that got no answer; its status is the name of the exception."""
    notes = context.pop(NOTES, None)
    if notes is not None:
        service, operation = event["event_name"].split(".")[1:3]
        name = type(exception).__name__
        _publish(Call(service, operation, "", name, notes["sent"], milliseconds=_since(notes["start"])))


def _add(notes: dict[str, Any], model: Any, parsed: dict[str, Any], status: int | str, received: int) -> None:
    service, operation, params = model.service_model.service_name, model.name, notes["params"]
    sent, milliseconds = notes["sent"], _since(notes["start"])
    resource = _policy.resource_name(service, params)
    usage = _usage.measure(service, model, params, parsed, sent, received)
    allow = _policy.permissions(service, operation, params, parsed)
    worked = isinstance(status, int)
    made = _created.created(service, operation, params, parsed) if worked else ()
    gone = _created.deleted(service, operation, params) if worked else ()
    _publish(Call(service, operation, resource, status, sent, received, milliseconds, usage, allow, made, gone))


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def _publish(call: Call) -> None:
    for trace in (ledger, *listeners):
        trace.calls.append(call)


def _received(http_response: Any, model: Any) -> int:
    """Return the length of the answer's body; a stream that the caller has yet to read says it in a header."""
    if model.http.get("method") == "HEAD" or model.has_event_stream_output:
        return 0
    if http_response.status_code < 300 and model.has_streaming_output:
        return int(http_response.headers.get("Content-Length") or 0)
    return len(http_response.content or b"")


def _size(body: Any) -> int:
    """Return the length of a request's body without reading it."""
    if body is None:
        return 0
    if isinstance(body, str):
        return len(body.encode())
    if isinstance(body, dict):
        return len(urlencode(body, doseq=True))
    if hasattr(body, "__len__"):
        return len(body)
    if hasattr(body, "seek") and hasattr(body, "tell"):
        here = body.tell()
        end = body.seek(0, io.SEEK_END)
        body.seek(here)
        return int((body.tell() if end is None else end) - here)
    return 0

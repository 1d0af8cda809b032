"""``Invoke`` in its three kinds, and the calls by which moto's other services invoke a function.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.awslambda_simple.models import LambdaSimpleBackend

from pocketaws.engines.awslambda import events
from pocketaws.engines.awslambda.errors import LambdaError
from pocketaws.engines.awslambda.invocations import invoke, parse, resolve
from pocketaws.engines.awslambda.state import backend_of

__all__ = ["install"]

_Answer = tuple[int, dict[str, str], str]
_MOST = {"RequestResponse": 6 * 2**20, "Event": 2**20, "DryRun": 6 * 2**20}


def answer(handler: Any) -> _Answer:
    """Answer ``Invoke``."""
    name = unquote(handler.path.rsplit("/", 2)[-2])
    kind = handler.headers.get("X-Amz-Invocation-Type") or "RequestResponse"
    if len(handler.body or b"") > _MOST.get(kind, 0):
        text = f"Request must be smaller than {_MOST.get(kind, 0)} bytes for the InvokeFunction operation"
        raise LambdaError("RequestTooLargeException", text, 413)
    qualifier = (handler.querystring.get("Qualifier") or [None])[0]
    function, event = resolve(handler.backend, name, qualifier), parse(handler.body)
    if kind == "DryRun":
        return 204, {"status": "204"}, ""
    if kind == "Event":
        request_id = events.submit(handler.backend, name, qualifier, event)
        return 202, {"status": "202", "x-amzn-requestid": request_id}, ""
    result = invoke(handler.backend, function, event)
    headers = {"content-type": "application/json", "x-amz-executed-version": result.version}
    if result.failed:
        headers["x-amz-function-error"] = "Unhandled"
    if handler.headers.get("X-Amz-Log-Type") == "Tail":
        headers["x-amz-log-result"] = base64.b64encode(result.tail.encode()).decode()
    return 200, headers | {"x-amzn-requestid": result.request_id}, result.payload


def answer_async(handler: Any) -> _Answer:
    """Answer ``InvokeAsync``, which is as old as Lambda."""
    name = unquote(handler.path.rstrip("/").rsplit("/", 2)[-2])
    handler.backend.get_function(name, None)
    events.submit(handler.backend, name, None, parse(handler.body))
    return 202, {"status": "202"}, ""


def _from_backend(backend: Any, function_name: str, qualifier: str | None, body: Any, headers: Any, _: Any) -> bytes:
    """Accept an event of another service: EventBridge, Secrets Manager."""
    backend.get_function(function_name, qualifier)
    events.submit(backend, function_name, qualifier, parse(body))
    return b""


def _from_function(function: Any, body: str, request_headers: Any, response_headers: Any) -> bytes:
    """Accept an event of another service: S3, SNS, CloudWatch Logs."""
    backend = backend_of(function.account_id, function.region)
    events.submit(backend, function.function_arn, None, parse(body))
    return b""


def install() -> None:
    """Put these into moto's handler and classes."""
    LambdaResponse.invoke = answer
    LambdaResponse.invoke_async = answer_async
    LambdaSimpleBackend.invoke = _from_backend
    LambdaFunction.invoke = _from_function

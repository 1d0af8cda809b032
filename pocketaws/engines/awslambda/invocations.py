"""One event through one function: run, logged, and answered as ``Invoke`` answers.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
import math
import random
import re
import uuid
from dataclasses import dataclass
from typing import Any

from pocketaws import logs
from pocketaws.engines.awslambda.environments import Environment, Outcome
from pocketaws.engines.awslambda.errors import LambdaError
from pocketaws.engines.awslambda.pool import borrow

__all__ = ["Result", "invoke", "parse", "resolve"]

_PYTHON = re.compile(r"python3\.\d+$")
_TAIL = 4096


@dataclass
class Result:
    """What ``Invoke`` answers."""

    request_id: str
    payload: str
    failed: bool
    version: str
    tail: str

    @property
    def answer(self) -> Any:
        """The payload, parsed."""
        return json.loads(self.payload)


def resolve(backend: Any, name: str, qualifier: str | None) -> Any:
    """Return moto's ``LambdaFunction`` of a name or ARN; of an alias with weights, now and then the other version."""
    function = backend.get_function(name, qualifier)
    alias = backend._lambdas._get_function_aliases(function.function_name).get(qualifier or name.rpartition(":")[2])
    weights = ((alias.routing_config or {}) if alias else {}).get("AdditionalVersionWeights") or {}
    for version, weight in weights.items():
        if random.random() < weight:
            return backend.get_function(function.function_name, version)
    return function


def parse(body: str | bytes) -> Any:
    """Return the event of a request; no body is an empty object."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        return json.loads(text) if text else {}
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise LambdaError("InvalidRequestContentException", message) from None


def invoke(backend: Any, function: Any, event: Any, *, request_id: str | None = None) -> Result:
    """Run a function on an event, and wait for it.

    Raises
    ------
    LambdaError
        Lambda does not run it at all: an unknown runtime, too many at once.
    """
    if function.package_type != "Zip" or not _PYTHON.match(function.run_time or ""):
        kind = function.run_time or "an image"
        text = f"pocketaws runs functions of Python's runtimes from zip packages; {kind} is not supported."
        raise LambdaError("InvalidRuntimeException", text, 502)
    request_id = request_id or str(uuid.uuid4())
    with borrow(backend, function) as environment:
        outcome = environment.run(
            event, request_id=request_id, arn=function.function_arn, timeout=float(function.timeout)
        )
    text = _report(function, request_id, outcome)
    _log(backend, function, environment, text)
    return Result(request_id, outcome.payload, outcome.failed, str(function.version), text[-_TAIL:])


def _report(function: Any, request_id: str, outcome: Outcome) -> str:
    """Return the log of an event: what the function wrote between the lines of Lambda."""
    said = outcome.log if outcome.log.endswith("\n") or not outcome.log else f"{outcome.log}\n"
    spent = outcome.seconds + (outcome.init or 0)
    init = "" if outcome.init is None else f"Init Duration: {outcome.init * 1000:.2f} ms\t"
    return (
        f"START RequestId: {request_id} Version: {function.version}\n{said}"
        f"END RequestId: {request_id}\n"
        f"REPORT RequestId: {request_id}\tDuration: {outcome.seconds * 1000:.2f} ms\t"
        f"Billed Duration: {math.ceil(spent * 1000)} ms\tMemory Size: {function.memory_size} MB\t{init}\n"
    )


def _log(backend: Any, function: Any, environment: Environment, text: str) -> None:
    logs.write(backend, function.logs_group_name, environment.stream, text.splitlines())

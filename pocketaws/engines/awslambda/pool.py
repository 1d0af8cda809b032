"""Environments kept warm: an idle one of the same code and settings is used again, or a new one is made."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from pocketaws import roles
from pocketaws.engines.awslambda.environments import Environment
from pocketaws.engines.awslambda.errors import LambdaError
from pocketaws.engines.awslambda.state import State, of

__all__ = ["borrow", "drop"]

#: Idle environments of an account that are kept; further ones end after their event.
MOST_IDLE = 8
#: Environments of an account at work at once (AWS: 1,000, on more than one machine).
MOST_BUSY = 64


@contextlib.contextmanager
def borrow(backend: Any, function: Any) -> Iterator[Environment]:
    """Give an environment for one event.

    Raises
    ------
    LambdaError
        ``TooManyRequestsException``; ``ServiceException`` where no process can be started.
    """
    state, key, name = of(backend), _key(function), function.function_name
    with state.lock:
        _count(state, function)
        idle = state.idle.get(key, [])
        found = next((idle.pop() for _ in list(idle) if idle[-1].is_usable() or _discard(idle)), None)
        state.busy[name] = state.busy.get(name, 0) + 1
    try:
        environment = found or _make(backend, function)
        try:
            yield environment
        finally:
            _give_back(state, key, environment)
    finally:
        with state.lock:
            state.busy[name] -= 1


def drop(backend: Any, name: str) -> None:
    """End the idle environments of a function, or of an earlier version of its code."""
    state = of(backend)
    with state.lock:
        for key in [key for key in state.idle if key.startswith(f"{name}|")]:
            for environment in state.idle.pop(key):
                environment.stop()


def _discard(idle: list[Environment]) -> bool:
    idle.pop().stop()
    return False


def _count(state: State, function: Any) -> None:
    reserved = function.reserved_concurrency
    busy = state.busy.get(function.function_name, 0)
    if (reserved is not None and busy >= int(reserved)) or sum(state.busy.values()) >= MOST_BUSY:
        raise LambdaError("TooManyRequestsException", "Rate Exceeded.", 429)


def _give_back(state: State, key: str, environment: Environment) -> None:
    with state.lock:
        if not environment.is_usable():
            environment.stop()
            return
        state.idle.setdefault(key, []).append(environment)
        while sum(map(len, state.idle.values())) > MOST_IDLE:
            oldest = next(each for each in state.idle.values() if each)
            oldest.pop(0).stop()


def _key(function: Any) -> str:
    made_of = {**function.get_configuration(), "LastModified": "", "Roles": roles.is_asked()}
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True, default=str).encode()).hexdigest()
    return f"{function.function_name}|{digest}"


def _make(backend: Any, function: Any) -> Environment:
    if sys.platform == "emscripten":
        text = "Functions run in processes, which Python in a browser does not have."
        raise LambdaError("ServiceException", text, 500)
    layers = [backend.layers_versions_by_arn(each["Arn"]).code_bytes for each in function.layers]
    return Environment(function, layers, roles.environment(function.role, backend.region_name, backend.account_id))

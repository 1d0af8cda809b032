"""News of messages and records: who reads a queue or stream for others (Lambda, Firehose) hears when something came.

Engines of queues and streams call ``tell(arn)``; they know nothing of those who listen.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["listen", "tell"]

_listeners: list[Callable[[str], object]] = []


def listen(listener: Callable[[str], object]) -> None:
    """Call a function with the ARN whenever something arrives anywhere."""
    _listeners.append(listener)


def tell(arn: str) -> None:
    """Say that a queue or stream has something new, now or, for what is delayed, soon."""
    for listener in _listeners:
        listener(arn)

"""What Lambda does by itself (events to deliver, sources to poll) happens one thing at a time, in order.

While one goes on, what its function causes waits here, whichever thread finds it due: results do not depend on luck.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from pocketaws import clock
from pocketaws.clock import Booking

__all__ = ["book"]

log = logging.getLogger(__name__)


class _Turns:
    """Who waits, and whether somebody is at it."""

    waiting: ClassVar[deque[Callable[[], object]]] = deque()
    is_busy = False
    lock = threading.Lock()


def book(when: datetime, action: Callable[[], object]) -> Booking:
    """Book an action for a time; one that is due already happens with the next request."""
    return clock.at(when, lambda: _take(action))


def _take(action: Callable[[], object]) -> None:
    with _Turns.lock:
        _Turns.waiting.append(action)
        if _Turns.is_busy:
            return
        _Turns.is_busy = True
    while following := _next():
        try:
            following()
        except Exception:
            log.exception("an event of Lambda failed")


def _next() -> Callable[[], object] | None:
    with _Turns.lock:
        if _Turns.waiting:
            return _Turns.waiting.popleft()
        _Turns.is_busy = False
        return None

"""What Glue books with the clock: done under the lock; then the clock waits for the jobs that were started.

So a schedule of three days runs the first day's job to its end before the second day begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking
from pocketaws.engines.glue.state import of

__all__ = ["book"]

#: The clock waits for jobs so many seconds of the machine; a job that takes longer goes on in the background.
PATIENCE = 120


def book(backend: Any, when: datetime, action: Callable[[], object]) -> Booking:
    """Book an action for a time."""

    def due() -> None:
        started = clock.now()
        with of(backend).lock:
            action()
        until = time.monotonic() + PATIENCE
        clock.stand_by(lambda: time.monotonic() > until or not _is_busy(backend, started))

    return clock.at(when, due)


def _is_busy(backend: Any, since: datetime) -> bool:
    with of(backend).lock:
        runs = (run for job in of(backend).jobs.values() for run in job.runs)
        return any(run.is_active and run.started >= since for run in runs)

"""Waiting for work that takes its own time: a script runs as long as it runs, whatever a simulated clock says."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from helpers.errors import WaitTimedOut

__all__ = ["wait_for_work"]

Found = TypeVar("Found")


def wait_for_work(ask: Callable[[], Found | None], *, what: str, at_most: float = 7200) -> Found:
    """Ask, at first often and then every five seconds, until the answer is not None.

    Raises
    ------
    WaitTimedOut
        It did not come within ``at_most`` seconds.
    """
    pause, waited = 0.1, 0.0
    while (found := ask()) is None:
        if waited >= at_most:
            raise WaitTimedOut(f"Waited {at_most:g} seconds for {what}, in vain; look at its state, then wait again.")
        time.sleep(pause)
        waited += pause
        pause = min(5.0, pause * 1.15)
    return found

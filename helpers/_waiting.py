"""Waiting in the time of the session: simulated time passes at once, a real account's takes its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from helpers import session
from helpers.errors import SessionError, WaitTimedOut

__all__ = ["pause", "wait_until"]

Found = TypeVar("Found")


def pause(seconds: float) -> None:
    """Let some time pass: move the simulated clock, or sleep where there is none."""
    try:
        session.advance(seconds=seconds)
    except SessionError:
        time.sleep(seconds)


def wait_until(ask: Callable[[], Found | None], *, what: str, every: float, at_most: float, growth: float = 1) -> Found:
    """Ask again and again until the answer is not None.

    Parameters
    ----------
    ask
        Asks AWS once; None means not yet.
    what
        What is waited for, for the message when it does not come.
    every
        Seconds between two questions.
    at_most
        Seconds after which to give up.
    growth
        How much longer each pause is than the one before.

    Returns
    -------
    The answer.

    Raises
    ------
    WaitTimedOut
        It did not come in time.
    """
    waited = 0.0
    while (found := ask()) is None:
        if waited >= at_most:
            raise WaitTimedOut(f"Waited {waited:g} seconds for {what}, in vain; look at its state, then wait again.")
        step = min(every, at_most - waited)
        pause(step)
        waited += step
        every *= growth
    return found

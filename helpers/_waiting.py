"""Waiting in the time of the session: simulated time passes at once, a real account's takes its time.

Work takes its own time in either: a script runs as long as it runs, whatever a simulated clock says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from helpers import session
from helpers.errors import SessionError, WaitTimedOut

__all__ = ["pause", "wait_for_work", "wait_until"]

Found = TypeVar("Found")


def pause(seconds: float, *, continues: bool = False) -> None:
    """Let some time pass: move the simulated clock (see :func:`helpers.session.advance`), or sleep where is none."""
    try:
        session.advance(seconds=seconds, continues=continues)
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
        pause(step, continues=waited > 0)
        waited += step
        every *= growth
    return found


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

"""What a running execution waits for, and how several branches wait together.

The states of an execution are generators.  Whenever one cannot go on it yields a :class:`Wait`; whoever drives the
execution resumes it when the wait is over.  So no thread sleeps through a Wait state of three days.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from pocketaws import clock

__all__ = ["Steps", "Wait", "together"]


@dataclass
class Wait:
    """A reason not to go on yet.

    Parameters
    ----------
    is_over
        Whether what is waited for has happened; asked now and then.
    due
        When to go on in any case.
    polls
        Whether to ask by itself: a job runs in the machine's time.  Else somebody calls, or the clock moves.
    """

    is_over: Callable[[], bool] = lambda: False
    due: datetime | None = None
    polls: bool = False

    def ready(self) -> bool:
        """Whether to go on."""
        return (self.due is not None and clock.now() >= self.due) or self.is_over()


Steps: TypeAlias = Generator[Wait, None, Any]


def together(branches: Sequence[Callable[[], Steps]], at_once: int = 0) -> Steps:
    """Run branches side by side and return their results in order; the first failure ends all.

    Parameters
    ----------
    branches
        Make the generators, each when its turn comes.
    at_once
        How many run at the same time; 0: all.
    """
    results: list[Any] = [None] * len(branches)
    running: dict[int, tuple[Steps, Wait | None]] = {}
    following = 0
    try:
        while running or following < len(branches):
            while following < len(branches) and len(running) < (at_once or len(branches)):
                running[following] = (branches[following](), None)
                following += 1
            for number, (steps, wait) in list(running.items()):
                if wait is None or wait.ready():
                    try:
                        running[number] = (steps, next(steps))
                    except StopIteration as end:
                        results[number] = end.value
                        del running[number]
            waits = [wait for _, wait in running.values() if wait]
            has_room = following < len(branches) and len(running) < (at_once or len(branches))
            if waits and not has_room and not any(wait.ready() for wait in waits):
                yield _any(waits)
    finally:
        for steps, _ in running.values():
            steps.close()
    return results


def _any(waits: list[Wait]) -> Wait:
    times = [wait.due for wait in waits if wait.due]
    return Wait(
        lambda: any(wait.ready() for wait in waits), min(times, default=None), any(wait.polls for wait in waits)
    )

"""Tasks: what a check is, and how it is run.

A check reads the state of an account and yields steps ``(points, passed, sentence)``.  A step that passed earns its
points, a :class:`Part` its share of them; the sentence of the first that is missing is what the student reads, so it
says what is the case and what was expected, never the answer.  Where nothing can be looked at, yield no points with the
reason, and ``return``.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from botocore.exceptions import ClientError

from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["DONE", "Outcome", "Part", "Step", "Task", "run", "run_all", "task", "tasks_of"]

log = logging.getLogger(__name__)

Step = tuple[int, object, str]
Check = Callable[[Brief, Account], Iterator[Step]]
DONE = "done"


@dataclass(frozen=True)
class Part:
    """How much of a step is done: earns so many whole points as ``got`` is of ``of``; all only for all of it."""

    got: int
    of: int

    def share(self, points: int) -> int:
        """Return what it earns of so many points."""
        return points if bool(self) else points * max(self.got, 0) // max(self.of, 1)

    def __bool__(self) -> bool:
        return self.got >= self.of > 0


@dataclass(frozen=True)
class Task:
    """One task of a lab: what it is called, what it is worth, and its check."""

    number: int
    title: str
    points: int
    hint: str
    check: Check


@dataclass(frozen=True)
class Outcome:
    """What a task earned.

    Parameters
    ----------
    message
        ``done``, or one sentence on the first step that is missing.
    broken
        What went wrong in the check itself, for the course's people; empty otherwise.
    """

    task: int
    name: str
    points: int
    out_of: int
    message: str
    broken: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it earned everything."""
        return self.points >= self.out_of


def task(number: int, title: str, *, points: int, hint: str) -> Callable[[Check], Task]:
    """Turn a check into a task.

    Parameters
    ----------
    number, title
        As in the notebook's heading, ``## Task 2: Read without a Scan``.
    points
        The sum of all its steps.
    hint
        One or two sentences that open after a failed try.
    """
    return lambda check: Task(number, title, points, hint, check)


def tasks_of(module: ModuleType) -> list[Task]:
    """List the tasks of a module of checks, by number."""
    return sorted((each for each in vars(module).values() if isinstance(each, Task)), key=lambda each: each.number)


class _TookTooLong(BaseException):
    """A check is over its time; no ``except Exception`` on the way keeps it."""


@contextmanager
def _at_most(seconds: float | None) -> Iterator[threading.Event]:
    """Leave the block when it takes longer, where a signal can tell: in the main thread, not on Windows.

    The event is set then: code in C may swallow what is raised.
    """
    late = threading.Event()
    if seconds is None or not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield late
        return

    def leave(*_: object) -> None:
        late.set()
        raise _TookTooLong

    before = signal.signal(signal.SIGALRM, leave)
    signal.setitimer(signal.ITIMER_REAL, seconds, 5.0)  # again, should something swallow it
    try:
        yield late
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run(task: Task, brief: Brief, aws: Account, *, seconds: float | None = None) -> Outcome:
    """Run a check; whatever it meets, an outcome comes back with the points earned until then.

    Parameters
    ----------
    seconds
        How long it may take; what a student made may be without an end.
    """
    earned = 0
    missing: list[str] = []
    broken = ""
    try:
        with _at_most(seconds) as late:
            for points, passed, sentence in task.check(brief, aws):
                if late.is_set():
                    raise _TookTooLong
                earned += passed.share(points) if isinstance(passed, Part) else points if passed else 0
                if not passed:
                    missing.append(sentence)
    except _TookTooLong:
        missing.append(f"To look at what you made took over {seconds:.0f} seconds; make it smaller.")
        broken = f"took over {seconds:.0f} seconds"
    except ClientError as error:
        missing.append(f"{error.operation_name} answered {error.response['Error']['Code']}: your work is not readable.")
    except Exception as error:
        log.exception("the check of task %s of lab %s failed", task.number, brief.lab)
        missing.append(f"What you made could not be read ({type(error).__name__}); compare it with the task's words.")
        broken = f"{type(error).__name__}: {str(error)[:200]}"
    earned = min(earned, task.points)
    if earned >= task.points:
        return Outcome(task.number, task.title, task.points, task.points, DONE)
    message = missing[0] if missing else "The check ended early; please tell your instructor."
    return Outcome(task.number, task.title, earned, task.points, message, broken)


def run_all(tasks: Iterable[Task], brief: Brief, aws: Account, *, seconds: float | None = None) -> list[Outcome]:
    """Run all checks, their requests unlogged, each so many seconds at most."""
    with aws.unlogged():
        return [run(each, brief, aws, seconds=seconds) for each in tasks]

"""Executions: a definition at work, driven by a thread while there is something to do, and else by the clock.

Nobody sleeps through a Wait state: its end is booked with the clock.  A job that runs in the machine's time is asked
for its state some times a second.  When a booking starts or resumes an execution, the clock stands by until the
execution waits for the clock again, so that days pass in their order.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking
from pocketaws.engines.stepfunctions import definition
from pocketaws.engines.stepfunctions.errors import StateFailed
from pocketaws.engines.stepfunctions.history import Branch, History
from pocketaws.engines.stepfunctions.scope import Scope
from pocketaws.engines.stepfunctions.states import run_states, stamp
from pocketaws.engines.stepfunctions.tasks import Token
from pocketaws.engines.stepfunctions.waiting import Steps, Wait

__all__ = ["Execution"]

log = logging.getLogger(__name__)


class _Here(threading.local):
    """Whether this thread drives an execution: it never waits for another one, nor for its own."""

    is_worker = False


_here = _Here()
#: The clock waits for jobs so many seconds of the machine; a longer one goes on in the background.
PATIENCE = 120
#: Seconds between two looks at a job: the first, and the longest.
FIRST, LONGEST = 0.01, 0.1


@dataclass(eq=False)
class Execution:
    """One execution of a state machine.

    Parameters
    ----------
    machine
        moto's state machine (or version) it was started on.
    text
        The definition that runs: later updates of the machine do not touch it.
    alive
        The register it stands in; an execution that no longer stands there (after a reset) stops.
    """

    arn: str
    name: str
    machine: Any
    text: str
    input: str
    region: str
    account: str
    alive: dict[str, Execution]
    tokens: dict[str, Token]
    started: datetime = field(default_factory=clock.now)
    status: str = "RUNNING"
    stopped: datetime | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        self.definition: dict[str, Any] = definition.read(self.text)
        self._branch = Branch(self.history, self.region, self.account, self.tokens)
        self._guard = threading.Lock()
        self._is_working = self._is_called = False
        self._wait: Wait | None = None
        self._booking: Booking | None = None
        self._steps: Steps | None = None
        limit = self.definition.get("TimeoutSeconds")
        self._due = self.started + timedelta(seconds=limit) if limit else None
        told = {"input": self.input, "inputDetails": {"truncated": False}, "roleArn": self.machine.roleArn}
        self._branch.add("ExecutionStarted", **told)

    @property
    def is_running(self) -> bool:
        """Whether it is not over."""
        return self.status == "RUNNING"

    @property
    def is_idle(self) -> bool:
        """Whether it is over, or nothing but the clock or a caller brings it on."""
        return not self._is_working

    def begin(self) -> None:
        """Run from the first state."""
        scope = Scope(
            {
                "Execution": {
                    "Id": self.arn,
                    "Input": json.loads(self.input),
                    "Name": self.name,
                    "RoleArn": self.machine.roleArn,
                    "StartTime": stamp(self.started),
                },
                "StateMachine": {"Id": self.machine.arn, "Name": self.machine.name},
            }
        )
        self._steps = run_states(self.definition, json.loads(self.input), scope, self._branch)
        self.go_on()

    def go_on(self) -> None:
        """Do what can be done, in a thread; in an event of the clock, the clock stands by meanwhile."""
        until = time.monotonic() + PATIENCE
        begun: list[bool] = []

        def is_over() -> bool:
            if not begun:
                begun.append(True)
                self._work_in_background()
            return self.is_idle or time.monotonic() > until

        if not _here.is_worker:
            clock.stand_by(is_over)
        if not begun:
            self._work_in_background()

    def stop(self, error: str | None, cause: str | None) -> None:
        """Abort; what it waits for is stopped too."""
        with self._guard:
            if not self.is_running:
                return
            self._end("ABORTED", "ExecutionAborted", error=error, cause=cause)
        self.go_on()

    def _work_in_background(self) -> None:
        with self._guard:
            self._is_called = True
            if self._is_working:
                return
            self._is_working = True
        try:
            threading.Thread(target=self._work, name=f"states-{self.name}", daemon=True).start()
        except RuntimeError:  # Python in a browser has no threads
            self._work()

    def _work(self) -> None:
        _here.is_worker = True
        try:
            self._work_on()
        finally:
            _here.is_worker = False

    def _work_on(self) -> None:
        while True:
            with self._guard:
                if not self._is_called:
                    self._is_working = False
                    return
                self._is_called = False
            try:
                self._run_until_blocked()
            except Exception as error:
                log.exception("the execution %s broke", self.arn)
                self._finish("FAILED", "ExecutionFailed", error="States.Runtime", cause=str(error))

    def _run_until_blocked(self) -> None:
        pause = FIRST
        while self.is_running and self.alive.get(self.arn) is self:
            if self._due and clock.now() >= self._due:
                self._finish("TIMED_OUT", "ExecutionTimedOut")
            elif self._wait is None or self._wait.ready():
                pause = FIRST
                self._step()
            elif self._wait.polls:
                time.sleep(pause)
                pause = min(LONGEST, pause * 1.5)
            else:
                self._book()
                return
        if self._steps is not None:
            self._steps.close()

    def _step(self) -> None:
        assert self._steps is not None
        try:
            self._wait = next(self._steps)
        except StopIteration as end:
            output = json.dumps(end.value)
            self._finish("SUCCEEDED", "ExecutionSucceeded", output=output, outputDetails={"truncated": False})
        except StateFailed as failure:
            self._finish("FAILED", "ExecutionFailed", error=failure.error, cause=failure.cause)

    def _finish(self, status: str, event: str, **details: Any) -> None:
        with self._guard:
            if self.is_running:
                self._end(status, event, **details)

    def _end(self, status: str, event: str, **details: Any) -> None:
        told = {name: value for name, value in details.items() if value is not None}
        self._branch.add(event, **told)
        self.output, self.error, self.cause = (details.get(name) for name in ("output", "error", "cause"))
        self.status, self.stopped = status, clock.now()
        if self._booking:
            self._booking.cancel()

    def _book(self) -> None:
        """Let the clock bring the execution on when its wait ends."""
        times = [when for when in (self._due, self._wait.due if self._wait else None) if when]
        if self._booking:
            self._booking.cancel()
        self._booking = clock.at(min(times), self._resume) if times else None

    def _resume(self) -> None:
        if self.is_running and self.alive.get(self.arn) is self:
            self.go_on()

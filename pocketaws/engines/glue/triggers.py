"""Triggers: on demand, by schedule, on condition; alone or in a workflow.

As on AWS, a conditional trigger sees only runs that a trigger has started.

Source: https://docs.aws.amazon.com/glue/latest/dg/about-triggers.html
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pocketaws import clock, cron
from pocketaws.clock import Booking
from pocketaws.engines.glue import bookings
from pocketaws.engines.glue.crawlers import api as crawlers
from pocketaws.engines.glue.crawlers import running as crawling
from pocketaws.engines.glue.errors import GlueError, invalid
from pocketaws.engines.glue.jobs import api as jobs
from pocketaws.engines.glue.state import of

if TYPE_CHECKING:
    from pocketaws.engines.glue.workflows import WorkflowRun

__all__ = ["Action", "Trigger", "activate", "fire", "is_met"]

log = logging.getLogger(__name__)

_CRAWL_STATES = {"COMPLETED": "SUCCEEDED", "STOPPED": "CANCELLED"}


@dataclass
class Action:
    """What a trigger started: a run of a job or of a crawler, or the reason why it could not."""

    kind: str
    name: str
    trigger: str
    run: Any = None
    error: str | None = None

    @property
    def state(self) -> str:
        """The state of its run, by the words of job runs or crawls; ``ERROR`` if it could not start."""
        if self.run is None:
            return "ERROR"
        if self.kind == "CRAWLER":
            return _CRAWL_STATES.get(self.run.state, self.run.state) if self.run.ended else "RUNNING"
        return str(self.attempts[-1].state)

    @property
    def attempts(self) -> list[Any]:
        """The runs of a job's action: the first and those that tried again."""
        return [each for each in self.run.job.runs if each.id.startswith(self.run.id.partition("_attempt_")[0])]

    @property
    def is_active(self) -> bool:
        """Whether it is not over."""
        return self.state in ("STARTING", "RUNNING", "STOPPING", "WAITING")


@dataclass
class Trigger:
    """A trigger."""

    settings: dict[str, Any]
    state: str = "CREATED"
    id: str = field(default_factory=lambda: f"tr_{uuid.uuid4().hex}")
    booking: Booking | None = None
    #: What a conditional trigger outside workflows has seen since it last fired.
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The trigger's name."""
        return str(self.settings["Name"])

    @property
    def kind(self) -> str:
        """``ON_DEMAND``, ``SCHEDULED`` or ``CONDITIONAL``."""
        return str(self.settings["Type"])

    @property
    def workflow(self) -> str | None:
        """The workflow it belongs to."""
        return self.settings.get("WorkflowName")

    @property
    def actions(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Kind and name of what it starts, and the action with its settings."""
        found = []
        for action in self.settings.get("Actions") or []:
            kind = "JOB" if action.get("JobName") else "CRAWLER"
            found.append((kind, action.get("JobName") or action.get("CrawlerName") or "", action))
        return found

    @property
    def conditions(self) -> list[tuple[tuple[str, str], str]]:
        """Kind and name of what it watches, and the state it waits for."""
        found = []
        for each in (self.settings.get("Predicate") or {}).get("Conditions") or []:
            if each.get("JobName"):
                found.append((("JOB", each["JobName"]), each.get("State", "SUCCEEDED")))
            else:
                found.append((("CRAWLER", each["CrawlerName"]), each.get("CrawlState", "SUCCEEDED")))
        return found

    def describe(self) -> dict[str, Any]:
        """Return the trigger as ``GetTrigger`` answers it."""
        names = ("Name", "WorkflowName", "Type", "Description", "Schedule", "Actions", "Predicate")
        described = {name: self.settings[name] for name in names if self.settings.get(name) is not None}
        return {**described, "Id": self.id, "State": self.state}


def is_met(trigger: Trigger, states: dict[tuple[str, str], str]) -> bool:
    """Whether the predicate of a trigger holds for the states of what it watches."""
    met = [states.get(watched) == wanted for watched, wanted in trigger.conditions]
    logical = (trigger.settings.get("Predicate") or {}).get("Logical", "AND")
    return bool(met) and (any(met) if logical == "ANY" else all(met))


def activate(backend: Any, trigger: Trigger) -> None:
    """Let a trigger act by itself from now on; one on demand acts now.

    Raises
    ------
    GlueError
        ``InvalidInputException``: its schedule cannot be read.
    """
    if trigger.kind == "ON_DEMAND":
        _act(backend, trigger)
        return
    trigger.state = "ACTIVATED"
    if trigger.kind == "SCHEDULED":
        _book(backend, trigger)


def deactivate(trigger: Trigger) -> None:
    """Let a trigger act no more."""
    trigger.state = "DEACTIVATED"
    if trigger.booking:
        trigger.booking.cancel()


def _book(backend: Any, trigger: Trigger) -> None:
    if trigger.booking:
        trigger.booking.cancel()
    try:
        when = cron.next_time(trigger.settings.get("Schedule") or "", clock.now())
    except ValueError:
        raise invalid(f"Invalid schedule expression: {trigger.settings.get('Schedule')}") from None

    def due() -> None:
        _book(backend, trigger)
        _act(backend, trigger)

    trigger.booking = bookings.book(backend, when, due) if when else None


def _act(backend: Any, trigger: Trigger) -> None:
    from pocketaws.engines.glue import workflows

    if trigger.workflow is None:
        fire(backend, trigger)
        return
    try:
        workflows.begin(backend, of(backend).workflows[trigger.workflow], [trigger])
    except GlueError as error:
        log.info("trigger %s starts no run: %s", trigger.name, error)


def fire(
    backend: Any, trigger: Trigger, run: WorkflowRun | None = None, predecessors: list[dict[str, str]] | None = None
) -> None:
    """Start every action of a trigger; one that cannot start does not keep the others from it."""
    for kind, name, settings in trigger.actions:
        if run and (kind, name) in run.kept:
            continue
        action = Action(kind, name, trigger.name)
        if run:
            run.actions.append(action)
        workflow_run = f"{run.workflow}/{run.id}" if run else None
        try:
            if kind == "CRAWLER":
                # The action learns of its run before the run can be over.
                crawling.start(backend, crawlers.crawler_of(backend, name), (trigger.name, workflow_run or ""), action)
            else:
                origin = {"trigger": trigger.name, "workflow_run": workflow_run, "predecessors": predecessors or []}
                action.run = jobs.start_run(backend, jobs.job_of(backend, name), settings, **origin)
        except GlueError as error:
            action.error = str(error.message)
            log.info("trigger %s cannot start %s: %s", trigger.name, name, error)


def notice(backend: Any, key: tuple[str, str], state: str) -> None:
    """Tell conditional triggers outside workflows how a run that a trigger started has ended."""
    for trigger in list(of(backend).triggers.values()):
        watched = {each for each, _ in trigger.conditions}
        if trigger.state != "ACTIVATED" or trigger.workflow or key not in watched:
            continue
        trigger.seen[key] = state
        if is_met(trigger, trigger.seen):
            trigger.seen = {}
            fire(backend, trigger)

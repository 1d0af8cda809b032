"""Workflows: their runs, the graph of what ran, and its statistics.

Source: https://docs.aws.amazon.com/glue/latest/dg/workflows_overview.html
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pocketaws import clock
from pocketaws.engines.glue.crawlers import running as crawling
from pocketaws.engines.glue.errors import GlueError
from pocketaws.engines.glue.jobs import running as running_jobs
from pocketaws.engines.glue.state import of
from pocketaws.engines.glue.triggers import Action, Trigger, fire, is_met, notice

__all__ = ["Workflow", "WorkflowRun", "begin", "graph", "install", "node_id"]

_COUNTED = {
    "TIMEOUT": "TimeoutActions",
    "FAILED": "FailedActions",
    "STOPPED": "StoppedActions",
    "CANCELLED": "StoppedActions",
    "SUCCEEDED": "SucceededActions",
    "ERROR": "ErroredActions",
    "WAITING": "WaitingActions",
}


@dataclass
class WorkflowRun:
    """One run of a workflow."""

    workflow: str
    properties: dict[str, str]
    id: str = field(default_factory=lambda: f"wr_{uuid.uuid4().hex}")
    previous: str | None = None
    state: str = "RUNNING"
    started: datetime = field(default_factory=clock.now)
    completed: datetime | None = None
    actions: list[Action] = field(default_factory=list)
    #: Triggers that have fired in it, and how many are starting their actions just now.
    fired: set[str] = field(default_factory=set)
    firing: int = 0
    #: Actions whose result a resumed run takes over.
    kept: set[tuple[str, str]] = field(default_factory=set)

    @property
    def states(self) -> dict[tuple[str, str], str]:
        """How each action has ended."""
        return {(each.kind, each.name): each.state for each in self.actions if not each.is_active}

    @property
    def statistics(self) -> dict[str, int]:
        """How many actions there were, by what became of them."""
        counts = Counter(_COUNTED.get(each.state, "RunningActions") for each in self.actions)
        names = {*_COUNTED.values(), "RunningActions"}
        return {"TotalActions": len(self.actions), **{name: counts[name] for name in sorted(names)}}


@dataclass
class Workflow:
    """A workflow."""

    settings: dict[str, Any]
    created: datetime = field(default_factory=clock.now)
    changed: datetime = field(default_factory=clock.now)
    runs: list[WorkflowRun] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The workflow's name."""
        return str(self.settings["Name"])


def begin(backend: Any, workflow: Workflow, triggers: list[Trigger], **given: Any) -> WorkflowRun:
    """Start a run with some triggers.

    Raises
    ------
    GlueError
        ``ConcurrentRunsExceededException``.
    """
    limit = workflow.settings.get("MaxConcurrentRuns")
    if limit and sum(run.state in ("RUNNING", "STOPPING") for run in workflow.runs) >= limit:
        raise GlueError("ConcurrentRunsExceededException", f"Concurrent runs exceeded for workflow {workflow.name}")
    properties = {**(workflow.settings.get("DefaultRunProperties") or {}), **given.pop("properties", {})}
    run = WorkflowRun(workflow.name, properties, **given)
    workflow.runs.append(run)
    for trigger in triggers:
        _fire(backend, trigger, run)
    settle(backend, run)
    return run


def _fire(backend: Any, trigger: Trigger, run: WorkflowRun) -> None:
    run.fired.add(trigger.name)
    watched = {each for each, _ in trigger.conditions}
    before = [each for each in run.actions if each.kind == "JOB" and each.run and (each.kind, each.name) in watched]
    run.firing += 1
    try:
        fire(backend, trigger, run, [{"JobName": each.name, "RunId": each.attempts[-1].id} for each in before])
    finally:
        run.firing -= 1


def settle(backend: Any, run: WorkflowRun) -> None:
    """Fire the triggers whose condition holds now; end the run when nothing is left to do."""
    if run.completed:
        return
    if run.state == "RUNNING":
        for trigger in list(of(backend).triggers.values()):
            mine = trigger.workflow == run.workflow and trigger.state == "ACTIVATED" and trigger.name not in run.fired
            if mine and is_met(trigger, run.states):
                _fire(backend, trigger, run)
    if not run.firing and not any(each.is_active for each in run.actions) and not run.completed:
        run.state = "STOPPED" if run.state == "STOPPING" else "COMPLETED"
        run.completed = clock.now()


def stop(backend: Any, run: WorkflowRun) -> None:
    """Stop what is under way; the run is STOPPING until that is over.

    Raises
    ------
    GlueError
        ``IllegalWorkflowStateException``.
    """
    if run.state != "RUNNING":
        raise GlueError("IllegalWorkflowStateException", f"Workflow run {run.id} is {run.state} and cannot be stopped")
    run.state = "STOPPING"
    for action in [each for each in run.actions if each.is_active]:
        if action.kind == "JOB":
            running_jobs.stop(action.attempts[-1])
        elif (crawler := of(backend).crawlers.get(action.name)) and crawler.state == "RUNNING":
            crawling.stop(backend, crawler)
    settle(backend, run)


def _ended(backend: Any, kind: str, name: str, state: str, trigger: str | None, workflow_run: str | None) -> None:
    if trigger is None:
        return
    if not workflow_run:
        notice(backend, (kind, name), state)
        return
    workflow, run_id = workflow_run.split("/", 1)
    found = of(backend).workflows.get(workflow)
    for run in found.runs if found else []:
        if run.id == run_id:
            settle(backend, run)


def _job_ended(backend: Any, run: Any) -> None:
    _ended(backend, "JOB", run.job.name, run.state, run.trigger, run.workflow_run)


def _crawl_ended(backend: Any, crawler: Any, run: Any) -> None:
    trigger, workflow_run = run.trigger or (None, None)
    _ended(backend, "CRAWLER", crawler.name, Action("CRAWLER", crawler.name, "", run).state, trigger, workflow_run)


def install() -> None:
    """Hear of every run that ends."""
    if _job_ended not in running_jobs.finished:
        running_jobs.finished.append(_job_ended)
        crawling.finished.append(_crawl_ended)


def node_id(kind: str, name: str) -> str:
    """Return the id of a node of the graph: the same in every run."""
    return f"wnode_{hashlib.sha256(f'{kind}/{name}'.encode()).hexdigest()}"


def graph(backend: Any, workflow: str, run: WorkflowRun | None = None) -> dict[str, Any]:
    """Return the nodes and edges of a workflow, with what ran in a run."""
    triggers = [each for each in of(backend).triggers.values() if each.workflow == workflow]
    nodes, edges = [], []
    things: dict[tuple[str, str], None] = {}
    for trigger in triggers:
        own = node_id("TRIGGER", trigger.name)
        details = {"TriggerDetails": {"Trigger": trigger.describe()}}
        nodes.append({"Type": "TRIGGER", "Name": trigger.name, "UniqueId": own, **details})
        for key, _ in trigger.conditions:
            things[key] = None
            edges.append({"SourceId": node_id(*key), "DestinationId": own})
        for kind, name, _ in trigger.actions:
            things[kind, name] = None
            edges.append({"SourceId": own, "DestinationId": node_id(kind, name)})
    nodes += [_node(kind, name, run) for kind, name in things]
    return {"Nodes": nodes, "Edges": edges}


def _node(kind: str, name: str, run: WorkflowRun | None) -> dict[str, Any]:
    ran = [each for each in (run.actions if run else []) if (each.kind, each.name) == (kind, name) and each.run]
    details: dict[str, Any] = {}
    if kind == "JOB" and ran:
        details = {"JobDetails": {"JobRuns": [each.describe() for action in ran for each in action.attempts]}}
    elif ran:
        crawls = [
            {
                "State": action.state,
                "StartedOn": action.run.started,
                "CompletedOn": action.run.ended,
                "ErrorMessage": action.run.error,
            }
            for action in ran
        ]
        details = {"CrawlerDetails": {"Crawls": crawls}}
    return {"Type": kind, "Name": name, "UniqueId": node_id(kind, name), **details}

"""A job and its attempts, as Batch describes them.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking
from pocketaws.tasks import Task

__all__ = ["OVER", "Attempt", "Job", "State", "of"]

OVER = ("SUCCEEDED", "FAILED")
STATES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", *OVER)


@dataclass
class Attempt:
    """One run of a job's command."""

    stream: str
    started: datetime = field(default_factory=clock.now)
    stopped: datetime | None = None
    code: int | None = None
    reason: str | None = None
    status_reason: str | None = None

    def describe(self) -> dict[str, Any]:
        """Return the attempt as ``DescribeJobs`` lists it."""
        container = {"exitCode": self.code, "logStreamName": self.stream, "reason": self.reason}
        return {
            "container": {name: value for name, value in container.items() if value is not None},
            "startedAt": milliseconds(self.started),
            "stoppedAt": milliseconds(self.stopped),
            "statusReason": self.status_reason,
        }


@dataclass
class Job:
    """A job, an array of jobs, or one of an array's."""

    name: str
    queue: Any
    definition: Any
    request: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    index: int | None = None
    parent: Job | None = None
    children: list[Job] = field(default_factory=list)
    waits_for: list[Job] = field(default_factory=list)
    state: str = "SUBMITTED"
    reason: str | None = None
    created: datetime = field(default_factory=clock.now)
    stopped: datetime | None = None
    attempts: list[Attempt] = field(default_factory=list)
    task: Task | None = None
    expiry: Booking | None = None
    ended_for: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER

    @property
    def container(self) -> dict[str, Any]:
        """The container's properties: the definition's, with the request's in their place."""
        given = self.request.get("containerOverrides") or {}
        own = dict(self.definition.container_properties or {})
        variables = {each["name"]: each.get("value", "") for each in own.get("environment") or []}
        variables |= {each["name"]: each.get("value", "") for each in given.get("environment") or []}
        needs = {each["type"]: each["value"] for each in own.get("resourceRequirements") or []}
        needs |= {each["type"]: each["value"] for each in given.get("resourceRequirements") or []}
        own |= {name: value for name, value in given.items() if value not in (None, [])}
        own["environment"] = [{"name": name, "value": value} for name, value in variables.items()]
        own["resourceRequirements"] = [{"type": name, "value": value} for name, value in needs.items()]
        return own

    @property
    def command(self) -> list[str]:
        """The command, with its parameters filled in."""
        parameters = {**self.definition.parameters, **(self.request.get("parameters") or {})}
        return [
            str(parameters.get(part[5:], part)) if part.startswith("Ref::") else str(part)
            for part in self.container.get("command") or []
        ]

    @property
    def vcpus(self) -> float:
        """How many vCPUs it takes."""
        needs = {each["type"]: each["value"] for each in self.container["resourceRequirements"]}
        return float(needs.get("VCPU") or self.container.get("vcpus") or 1)

    @property
    def tries(self) -> int:
        """How often it is tried at most."""
        return int(self.retries.get("attempts") or 1)

    @property
    def retries(self) -> dict[str, Any]:
        """Its retry strategy."""
        return self.request.get("retryStrategy") or self.definition.retry_strategy or {}

    @property
    def timeout(self) -> int | None:
        """Seconds an attempt may take."""
        given = self.request.get("timeout") or self.definition.timeout or {}
        return int(given["attemptDurationSeconds"]) if given.get("attemptDurationSeconds") else None

    @property
    def arn(self) -> str:
        """Its ARN."""
        place, _, _ = str(self.queue.arn).partition(":job-queue/")
        return f"{place}:job/{self.id}"

    def summary(self) -> dict[str, Any]:
        """Return the job as ``ListJobs`` shows it."""
        last = self.attempts[-1] if self.attempts else None
        found: dict[str, Any] = {
            "jobArn": self.arn,
            "jobId": self.id,
            "jobName": self.name,
            "jobDefinition": self.definition.arn,
            "createdAt": milliseconds(self.created),
            "status": self.state,
            "statusReason": self.reason,
            "startedAt": milliseconds(last.started) if last else None,
            "stoppedAt": milliseconds(self.stopped),
        }
        if last and last.code is not None:
            found["container"] = {"exitCode": last.code} | ({"reason": last.reason} if last.reason else {})
        if self.children:
            found["arrayProperties"] = {"size": len(self.children)}
        elif self.index is not None:
            found["arrayProperties"] = {"index": self.index}
        return {name: value for name, value in found.items() if value is not None}

    def describe(self) -> dict[str, Any]:
        """Return the job as ``DescribeJobs`` shows it."""
        found = self.summary()
        last = self.attempts[-1] if self.attempts else None
        if self.children:
            states = [child.state for child in self.children]
            found["arrayProperties"]["statusSummary"] = {state: states.count(state) for state in STATES}
        container = {**self.container, "command": self.command}
        if last:
            container |= {"logStreamName": last.stream, "exitCode": last.code, "reason": last.reason}
        return {
            **found,
            "jobQueue": self.queue.arn,
            "attempts": [attempt.describe() for attempt in self.attempts if attempt.stopped],
            "container": {name: value for name, value in container.items() if value is not None},
            "dependsOn": self.request.get("dependsOn") or [],
            "parameters": {**self.definition.parameters, **(self.request.get("parameters") or {})},
            "retryStrategy": {"attempts": self.tries, **self.retries},
            "timeout": {"attemptDurationSeconds": self.timeout} if self.timeout else None,
            "platformCapabilities": self.definition.platform_capabilities or [],
            "tags": self.request.get("tags") or {},
        }


def milliseconds(when: datetime | None) -> int | None:
    """Return a time as Batch writes it."""
    return int(when.timestamp() * 1000) if when else None


@dataclass
class State:
    """The jobs of one account in one Region."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    jobs: dict[str, Job] = field(default_factory=dict)


def of(backend: Any) -> State:
    """Return what we know of an account; ``backend`` is moto's ``BatchBackend``."""
    state: State | None = backend.__dict__.get("pocketaws")
    if state is None:
        state = backend.__dict__.setdefault("pocketaws", State())
    return state

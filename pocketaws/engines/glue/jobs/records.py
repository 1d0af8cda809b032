"""A job and its runs, as AWS describes them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking

__all__ = ["ACTIVE", "Job", "Run"]

ACTIVE = ("STARTING", "RUNNING", "STOPPING", "WAITING")
_DPU = {"G.025X": 0.25, "Standard": 1.0, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0, "Z.2X": 2.0}


@dataclass
class Run:
    """One run of a job."""

    job: Job
    arguments: dict[str, str]
    settings: dict[str, Any]
    id: str = ""
    attempt: int = 0
    previous: str | None = None
    trigger: str | None = None
    workflow_run: str | None = None
    predecessors: list[dict[str, str]] = field(default_factory=list)
    state: str = "STARTING"
    started: datetime = field(default_factory=clock.now)
    changed: datetime = field(default_factory=clock.now)
    completed: datetime | None = None
    error: str | None = None
    seconds: int = 0
    is_expired: bool = False
    process: Any = None
    expiry: Booking | None = None

    def __post_init__(self) -> None:
        self.id = self.id or f"jr_{uuid.uuid4().hex}{uuid.uuid4().hex}"

    @property
    def is_active(self) -> bool:
        """Whether it is not over."""
        return self.state in ACTIVE

    @property
    def timeout(self) -> int:
        """Minutes it may take."""
        return int(self.settings.get("Timeout") or self.job.settings.get("Timeout") or self.job.default_timeout)

    @property
    def capacity(self) -> float:
        """DPUs."""
        given = {**self.job.settings, **self.settings}
        if given.get("MaxCapacity"):
            return float(given["MaxCapacity"])
        if self.job.kind == "pythonshell":
            return 0.0625
        return _DPU.get(given.get("WorkerType") or "G.1X", 1.0) * (given.get("NumberOfWorkers") or 10)

    def describe(self) -> dict[str, Any]:
        """Return the run as ``GetJobRun`` answers it."""
        given = {**self.job.settings, **self.settings}
        return {
            "Id": self.id,
            "Attempt": self.attempt,
            "PreviousRunId": self.previous,
            "TriggerName": self.trigger,
            "JobName": self.job.name,
            "StartedOn": self.started,
            "LastModifiedOn": self.changed,
            "CompletedOn": self.completed,
            "JobRunState": self.state,
            "Arguments": self.arguments,
            "ErrorMessage": self.error,
            "PredecessorRuns": self.predecessors,
            "AllocatedCapacity": int(self.capacity),
            "ExecutionTime": self.seconds,
            "Timeout": self.timeout,
            "MaxCapacity": self.capacity,
            "WorkerType": given.get("WorkerType"),
            "NumberOfWorkers": given.get("NumberOfWorkers"),
            "SecurityConfiguration": given.get("SecurityConfiguration"),
            "LogGroupName": self.job.log_group,
            "GlueVersion": given.get("GlueVersion", self.job.version),
            "DPUSeconds": round(self.seconds * self.capacity, 2) if self.completed else None,
            "ExecutionClass": given.get("ExecutionClass"),
        }


@dataclass
class Job:
    """A job."""

    settings: dict[str, Any]
    created: datetime = field(default_factory=clock.now)
    changed: datetime = field(default_factory=clock.now)
    runs: list[Run] = field(default_factory=list)
    #: What the next run starts from: the state by transformation context, and where it comes from.
    bookmark: dict[str, Any] = field(default_factory=dict)
    bookmark_run: Run | None = None
    bookmark_version: int = 0

    @property
    def name(self) -> str:
        """The job's name."""
        return str(self.settings["Name"])

    @property
    def kind(self) -> str:
        """``pythonshell`` or ``glueetl``."""
        return str(self.settings["Command"]["Name"])

    @property
    def log_group(self) -> str:
        """The log groups of its runs begin so."""
        return "/aws-glue/python-jobs" if self.kind == "pythonshell" else "/aws-glue/jobs"

    @property
    def version(self) -> str:
        """The version of Glue: the newest for Spark jobs that name none."""
        return str(self.settings.get("GlueVersion") or ("6.0" if self.kind == "glueetl" else "3.0"))

    @property
    def default_timeout(self) -> int:
        """Minutes that a run may take where the job says nothing: 8 hours from Glue 5.0 on, 2 days before."""
        return 480 if self.version.split(".")[0] >= "5" else 2880

    @property
    def limit(self) -> int:
        """How many runs may go on at once."""
        return int((self.settings.get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1)

    def describe(self) -> dict[str, Any]:
        """Return the job as ``GetJob`` answers it."""
        spark = self.kind == "glueetl"
        return {
            "ExecutionProperty": {"MaxConcurrentRuns": self.limit},
            "MaxRetries": 0,
            "Timeout": self.default_timeout,
            "GlueVersion": self.version,
            **({} if spark else {"MaxCapacity": 0.0625}),
            **{name: value for name, value in self.settings.items() if value is not None and name != "Tags"},
            "CreatedOn": self.created,
            "LastModifiedOn": self.changed,
        }

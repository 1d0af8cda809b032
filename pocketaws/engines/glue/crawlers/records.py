"""A crawler and its runs, as AWS describes them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking
from pocketaws.engines.glue.crawlers.schemas import Schema

__all__ = ["LOG_GROUP", "Crawler", "Run"]

LOG_GROUP = "/aws-glue/crawlers"
_SETTINGS = (
    "Name",
    "Role",
    "Targets",
    "DatabaseName",
    "Description",
    "Classifiers",
    "TablePrefix",
    "Configuration",
    "CrawlerSecurityConfiguration",
    "LineageConfiguration",
    "LakeFormationConfiguration",
)


@dataclass
class Run:
    """One run of a crawler."""

    trigger: tuple[str, str] | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "RUNNING"
    started: datetime = field(default_factory=clock.now)
    ended: datetime | None = None
    error: str | None = None
    created: int = 0
    updated: int = 0
    deleted: int = 0
    partitions: int = 0
    #: Requests to S3: lists and reads.
    lists: int = 0
    reads: int = 0

    @property
    def seconds(self) -> float:
        """How long it has taken, by the clock."""
        return ((self.ended or clock.now()) - self.started).total_seconds()

    def describe(self, crawler: str) -> dict[str, Any]:
        """Return the run as ``ListCrawls`` answers it."""
        summary = {
            "TABLE": {"ADD": self.created, "UPDATE": self.updated, "DELETE": self.deleted},
            "PARTITION": {"ADD": self.partitions},
        }
        return {
            "CrawlId": self.id,
            "State": self.state,
            "StartTime": self.started,
            "EndTime": self.ended,
            "Summary": json.dumps(summary),
            "ErrorMessage": self.error,
            "LogGroup": LOG_GROUP,
            "LogStream": crawler,
            "MessagePrefix": self.id,
            "DPUHour": round(self.seconds / 3600, 6),
        }


@dataclass
class Crawler:
    """A crawler: its settings, where it stands, and what it remembers of earlier runs."""

    settings: dict[str, Any]
    account: str
    region: str
    created: datetime = field(default_factory=clock.now)
    changed: datetime = field(default_factory=clock.now)
    version: int = 1
    state: str = "READY"
    schedule_state: str = "NOT_SCHEDULED"
    schedule: Booking | None = None
    step: Booking | None = None
    runs: list[Run] = field(default_factory=list)
    #: Folder -> schema found there, for runs that crawl new folders only.
    folders: dict[str, Schema] = field(default_factory=dict)
    #: The tables it made.
    tables: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The crawler's name."""
        return str(self.settings["Name"])

    @property
    def database(self) -> str:
        """The database it writes to."""
        return str(self.settings.get("DatabaseName") or "default").lower()

    @property
    def configuration(self) -> dict[str, Any]:
        """The JSON of ``Configuration``, read."""
        return dict(json.loads(self.settings.get("Configuration") or "{}"))

    @property
    def only_new_folders(self) -> bool:
        """Whether folders seen before are left out."""
        policy = self.settings.get("RecrawlPolicy") or {}
        return bool(policy.get("RecrawlBehavior") == "CRAWL_NEW_FOLDERS_ONLY")

    def policy(self, name: str, default: str) -> str:
        """Return a part of the schema change policy."""
        return str((self.settings.get("SchemaChangePolicy") or {}).get(name) or default)

    def describe(self) -> dict[str, Any]:
        """Return the crawler as ``GetCrawler`` answers it."""
        running = self.runs[-1] if self.runs and self.state != "READY" else None
        described = {name: self.settings[name] for name in _SETTINGS if self.settings.get(name) is not None}
        described |= {
            "Classifiers": self.settings.get("Classifiers") or [],
            "RecrawlPolicy": self.settings.get("RecrawlPolicy") or {"RecrawlBehavior": "CRAWL_EVERYTHING"},
            "SchemaChangePolicy": {
                "UpdateBehavior": self.policy("UpdateBehavior", "UPDATE_IN_DATABASE"),
                "DeleteBehavior": self.policy("DeleteBehavior", "DEPRECATE_IN_DATABASE"),
            },
            "LineageConfiguration": self.settings.get("LineageConfiguration") or {"CrawlerLineageSettings": "DISABLE"},
            "State": self.state,
            "CrawlElapsedTime": int(running.seconds * 1000) if running else 0,
            "CreationTime": self.created,
            "LastUpdated": self.changed,
            "Version": self.version,
        }
        if expression := self.settings.get("Schedule"):
            described["Schedule"] = {"ScheduleExpression": expression, "State": self.schedule_state}
        over = [run for run in self.runs if run.ended]
        if over:
            described["LastCrawl"] = {
                "Status": {"COMPLETED": "SUCCEEDED", "STOPPED": "CANCELLED"}.get(over[-1].state, "FAILED"),
                "ErrorMessage": over[-1].error,
                "LogGroup": LOG_GROUP,
                "LogStream": self.name,
                "MessagePrefix": over[-1].id,
                "StartTime": over[-1].started,
            }
        return described

"""Rulesets and their evaluation runs.

While the clock runs, an evaluation takes a second; while it stands still, it is over when its start is answered.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking
from pocketaws.engines import athena
from pocketaws.engines.glue.bookings import book
from pocketaws.engines.glue.quality import dqdl
from pocketaws.engines.glue.quality.rules import Outcome, Subject, evaluate

__all__ = ["Evaluation", "Result", "Ruleset", "start"]


@dataclass
class Ruleset:
    """A ruleset."""

    name: str
    text: str
    rules: list[dqdl.Node]
    description: str | None = None
    target: dict[str, str] | None = None
    created: datetime = field(default_factory=clock.now)
    changed: datetime = field(default_factory=clock.now)

    def describe(self) -> dict[str, Any]:
        """Return what all answers about a ruleset have in common."""
        return {
            "Name": self.name,
            "Description": self.description,
            "TargetTable": self.target,
            "CreatedOn": self.created,
            "LastModifiedOn": self.changed,
        }


@dataclass
class Result:
    """What an evaluation of one ruleset found."""

    ruleset: str
    source: dict[str, Any]
    run_id: str
    outcomes: list[tuple[str, Outcome]]
    started: datetime
    id: str = field(default_factory=lambda: f"dqresult-{uuid.uuid4().hex}")
    completed: datetime = field(default_factory=clock.now)

    @property
    def score(self) -> float:
        """Return the share of the rules that passed."""
        return sum(each.result == "PASS" for _, each in self.outcomes) / len(self.outcomes)

    def describe(self) -> dict[str, Any]:
        """Return it as ``GetDataQualityResult`` answers it."""
        passed = sum(each.result == "PASS" for _, each in self.outcomes)
        counts = {"TotalRulesProcessed": len(self.outcomes), "TotalRulesPassed": passed}
        return {
            "ResultId": self.id,
            "Score": self.score,
            "DataSource": self.source,
            "RulesetName": self.ruleset,
            "StartedOn": self.started,
            "CompletedOn": self.completed,
            "RulesetEvaluationRunId": self.run_id,
            "RuleResults": [_told(number, *each) for number, each in enumerate(self.outcomes, start=1)],
            "AggregatedMetrics": {**counts, "TotalRulesFailed": len(self.outcomes) - passed},
        }


def _told(number: int, text: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "Name": f"Rule_{number}",
        "Description": text,
        "EvaluatedRule": text,
        "Result": outcome.result,
        "EvaluationMessage": outcome.message,
        "EvaluatedMetrics": outcome.metrics,
    }


@dataclass
class Evaluation:
    """A run that evaluates rulesets on a table."""

    rulesets: list[Ruleset]
    request: dict[str, Any]
    state: str = "STARTING"
    id: str = field(default_factory=lambda: f"dqrun-{uuid.uuid4().hex}")
    started: datetime = field(default_factory=clock.now)
    changed: datetime = field(default_factory=clock.now)
    completed: datetime | None = None
    error: str | None = None
    results: list[Result] = field(default_factory=list)
    step: Booking | None = None

    @property
    def source(self) -> dict[str, Any]:
        """The table, as the request names it."""
        return dict(self.request["DataSource"])

    def end(self, state: str) -> None:
        """Be over."""
        self.state = state
        self.changed = self.completed = clock.now()

    def describe(self) -> dict[str, Any]:
        """Return it as ``GetDataQualityRulesetEvaluationRun`` answers it."""
        asked = ("DataSource", "Role", "NumberOfWorkers", "Timeout", "AdditionalRunOptions")
        return {
            **{name: self.request[name] for name in asked if name in self.request},
            "RunId": self.id,
            "Status": self.state,
            "ErrorString": self.error,
            "StartedOn": self.started,
            "LastModifiedOn": self.changed,
            "CompletedOn": self.completed,
            "ExecutionTime": int(((self.completed or clock.now()) - self.started).total_seconds()),
            "RulesetNames": [each.name for each in self.rulesets],
            "ResultIds": [each.id for each in self.results],
        }


def start(backend: Any, run: Evaluation) -> None:
    """Start an evaluation."""
    run.state = "RUNNING"
    if clock.is_frozen():
        _work(backend, run)
    else:
        run.step = book(backend, clock.now() + timedelta(seconds=1), partial(_work, backend, run))


def _work(backend: Any, run: Evaluation) -> None:
    try:
        subject = _subject(backend, run.source["GlueTable"])
    except Exception as missing:
        run.error = str(getattr(missing, "message", missing))
        run.end("FAILED")
        return
    for ruleset in run.rulesets:
        outcomes = [(rule.text, evaluate(rule, subject)) for rule in ruleset.rules]
        run.results.append(Result(ruleset.name, run.source, run.id, outcomes, run.started))
    run.end("SUCCEEDED")


def _subject(backend: Any, table: dict[str, str]) -> Subject:
    database, name = table["DatabaseName"].lower(), table["TableName"].lower()
    described = backend.get_table(database, name).as_dict()
    columns = [*described["StorageDescriptor"]["Columns"], *(described.get("PartitionKeys") or [])]

    def ask(sql: str) -> list[tuple[Any, ...]]:
        found = athena.rows(sql, database, account=backend.account_id, region=backend.region_name)
        return [tuple(float(each) if isinstance(each, Decimal) else each for each in row) for row in found]

    kinds = {column["Name"].lower(): str(column.get("Type") or "string") for column in columns}
    return Subject(f'"{database}"."{name}"', kinds, ask)

"""What a trigger's actions and conditions must say, before anybody looks whether what they name is there.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-trigger.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.glue.errors import GlueError, invalid

__all__ = ["check"]

_JOB_STATES, _CRAWL_STATES = "SUCCEEDED, STOPPED, FAILED, TIMEOUT", "SUCCEEDED, FAILED, CANCELLED"


def check(kind: str, settings: dict[str, Any]) -> None:
    """Refuse a trigger whose actions or conditions lack something or contradict themselves.

    Raises
    ------
    GlueError
        ``InvalidInputException`` or ``ValidationException``, as AWS says it.
    """
    for action in settings["Actions"]:
        if action.get("JobName") and action.get("CrawlerName"):
            raise invalid("Both JobName and CrawlerName cannot be set together in an action")
    found = (settings.get("Predicate") or {}).get("Conditions") or []
    if kind == "CONDITIONAL" and not found:
        raise invalid("Predicate cannot be null or empty")
    if kind != "CONDITIONAL" and found:
        raise invalid(f"Triggers of type {kind} have no predicate")
    for number, condition in enumerate(found, 1):
        _check_condition(number, condition)


def _check_condition(number: int, condition: dict[str, Any]) -> None:
    missing = "State cannot be null or empty, choose from one of the following"
    if condition.get("JobName"):
        if not condition.get("State"):
            raise invalid(f"{missing} job state: [{_JOB_STATES}]")
    elif not condition.get("CrawlerName"):
        raise invalid("JobName or CrawlerName in condition cannot be null or empty")
    elif not condition.get("CrawlState"):
        raise invalid(f"{missing} crawler state: [{_CRAWL_STATES}]")
    logical = condition.get("LogicalOperator")
    if not logical:
        raise invalid("Logical operator cannot be null or empty")
    if logical != "EQUALS":
        place = f"at 'predicate.conditions.{number}.member.logicalOperator'"
        raise GlueError(
            "ValidationException",
            f"Value '{logical}' {place} failed to satisfy constraint: Member must satisfy enum value set: [Equals]",
        )

"""Lifecycle rules, and what AWS refuses in them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from pocketaws.engines.s3.errors import S3Error, invalid_argument, invalid_request

__all__ = ["RANK", "Filter", "NoncurrentTransition", "Rule", "Transition", "validate"]

#: The waterfall: objects move only to the right.
RANK = {
    name: rank
    for rank, name in enumerate(
        (
            "STANDARD",
            "REDUCED_REDUNDANCY",
            "STANDARD_IA",
            "INTELLIGENT_TIERING",
            "ONEZONE_IA",
            "GLACIER_IR",
            "GLACIER",
            "DEEP_ARCHIVE",
        )
    )
}


@dataclass(frozen=True)
class Filter:
    """Which objects a rule is about."""

    prefix: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    larger_than: int | None = None
    smaller_than: int | None = None
    text: str = "(prefix=)"

    @property
    def by_size(self) -> bool:
        """Whether the rule says itself how large objects must be."""
        return self.larger_than is not None or self.smaller_than is not None

    def matches(self, name: str, size: int, tags: Mapping[str, str]) -> bool:
        """Whether a rule with this filter applies to an object."""
        return (
            name.startswith(self.prefix)
            and all(tags.get(key) == value for key, value in self.tags)
            and (self.larger_than is None or size > self.larger_than)
            and (self.smaller_than is None or size < self.smaller_than)
        )


@dataclass(frozen=True)
class Transition:
    """To a storage class after days, or on a date."""

    storage_class: str
    days: int | None = None
    date: datetime | None = None


@dataclass(frozen=True)
class NoncurrentTransition:
    """To a storage class some days after a version became noncurrent, but for the newest ones."""

    storage_class: str
    days: int
    newer: int = 0


@dataclass(frozen=True)
class Rule:
    """One rule of a lifecycle configuration."""

    id: str
    enabled: bool
    filter: Filter
    transitions: tuple[Transition, ...] = ()
    expiration_days: int | None = None
    expiration_date: datetime | None = None
    expires_markers: bool = False
    noncurrent_transitions: tuple[NoncurrentTransition, ...] = ()
    noncurrent_days: int | None = None
    noncurrent_newer: int = 0
    abort_days: int | None = None
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)


def validate(rule: Rule) -> None:
    """Refuse a rule that AWS would refuse: InvalidArgument or InvalidRequest, with AWS's message."""
    if not (
        rule.transitions
        or rule.noncurrent_transitions
        or rule.source.keys() & {"Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"}
    ):
        raise invalid_request("At least one action needs to be specified in a rule.")
    if rule.filter.tags and (rule.abort_days or rule.expires_markers):
        what = "AbortIncompleteMultipartUpload" if rule.abort_days else "ExpiredObjectDeleteMarker"
        raise invalid_request(f"{what} cannot be specified with Tags.")
    if rule.filter.by_size and rule.abort_days:
        raise invalid_request("AbortIncompleteMultipartUpload cannot be specified with Object Size.")
    _validate_order("Transition", "Days", [(t.storage_class, t.days) for t in rule.transitions], rule)
    _validate_order("Transition", "Date", [(t.storage_class, t.date) for t in rule.transitions], rule)
    noncurrent = [(t.storage_class, t.days) for t in rule.noncurrent_transitions]
    _validate_order("NoncurrentVersionTransition", "NoncurrentDays", noncurrent, rule)
    _validate_ends(rule)


def _validate_order(action: str, unit: str, steps: list[tuple[str, Any]], rule: Rule) -> None:
    """Refuse a class named twice, and a colder one that does not come later than a warmer one."""
    if len({name for name, _ in steps}) < len(steps):
        message = (
            f"'StorageClass' must be different for '{action}' actions in same 'Rule' with filter '{rule.filter.text}'"
        )
        raise invalid_request(message)
    if unit != "NoncurrentDays" and 0 < sum(when is None for _, when in steps) < len(steps):
        message = (
            f"Found mixed 'Date' and 'Days' based Transition actions in lifecycle rule for filter '{rule.filter.text}'"
        )
        raise invalid_request(message)
    ordered = sorted(((RANK[name], when, name) for name, when in steps if when is not None), key=lambda step: step[0])
    for (_, earlier, warm), (_, later, cold) in pairwise(ordered):
        if later <= earlier:
            where = f"for filter '{rule.filter.text}'"
            raise invalid_argument(
                f"'{unit}' in the {action} action for StorageClass '{cold}' {where} must be greater than "
                f"'{unit}' in the {action} action for StorageClass '{warm}' {where}"
            )


def _validate_ends(rule: Rule) -> None:
    """Refuse what would expire before it moves."""
    mixed = (rule.expiration_days and any(t.date for t in rule.transitions)) or (
        rule.expiration_date and any(t.days is not None for t in rule.transitions)
    )
    if mixed:
        raise invalid_request(
            "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter "
            f"'{rule.filter.text}'"
        )
    if rule.expiration_days and any(rule.expiration_days <= (t.days or 0) for t in rule.transitions):
        raise _too_early("Days", "Expiration", "Transition", rule)
    if rule.expiration_date and any(t.date and rule.expiration_date <= t.date for t in rule.transitions):
        raise _too_early("Date", "Expiration", "Transition", rule)
    if rule.noncurrent_days and any(rule.noncurrent_days <= t.days for t in rule.noncurrent_transitions):
        raise _too_early("NoncurrentDays", "NoncurrentVersionExpiration", "NoncurrentVersionTransition", rule)


def _too_early(unit: str, end: str, move: str, rule: Rule) -> S3Error:
    where = f"for filter '{rule.filter.text}'"
    return invalid_argument(f"'{unit}' in the {end} action {where} must be greater than '{unit}' in the {move} action")

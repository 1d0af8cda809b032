"""Lifecycle by the clock: objects move and expire at midnight UTC.

A bucket with rules has one booking in the clock's diary, for the next midnight on which something can be
due; whatever is written to the bucket brings the booking forward.  So days on which nothing happens cost
nothing.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html (days, rounding),
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends

from pocketaws import clock
from pocketaws.engines.s3 import events
from pocketaws.engines.s3.rules import RANK, Rule
from pocketaws.engines.s3.state import created, of_bucket, of_object, versions
from pocketaws.engines.s3.versions import mark_deleted, remove

__all__ = ["abort_time", "expiration_time", "midnight_after", "touch"]

_DAY = timedelta(days=1)
_SMALL = 128 * 1024
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


def midnight_after(when: datetime) -> datetime:
    """Return a time rounded up to midnight UTC.

    Examples
    --------
    >>> midnight_after(datetime(2014, 1, 18, 10, 30, tzinfo=timezone.utc)).isoformat()
    '2014-01-19T00:00:00+00:00'
    """
    midnight = when.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == when else midnight + _DAY


def touch(bucket: FakeBucket) -> None:
    """Look at a bucket at the coming midnight, if it has rules: something in it has changed."""
    if of_bucket(bucket).rules:
        _book(bucket, midnight_after(clock.now() + timedelta(microseconds=1)))


def _book(bucket: FakeBucket, when: datetime) -> None:
    state = of_bucket(bucket)
    if state.sweep is not None:
        if state.sweep.when <= when:
            return
        state.sweep.cancel()
    state.sweep = clock.at(when, lambda: _sweep(bucket))


def _sweep(bucket: FakeBucket) -> None:
    """Do everything that is due in a bucket, and book the next time."""
    state, now = of_bucket(bucket), clock.now()
    state.sweep = None
    if s3_backends[bucket.account_id][bucket.partition].buckets.get(bucket.name) is not bucket:
        return
    rules = [rule for rule in state.rules if rule.enabled]
    coming = _NEVER
    for key_name in list(dict.keys(bucket.keys)):
        coming = min(coming, _sweep_key(bucket, key_name, rules, now))
    for upload in list(bucket.multiparts.values()):
        due, _ = abort_time(bucket, upload.key_name, upload.initiated)
        if due <= now:
            del bucket.multiparts[upload.id]
        else:
            coming = min(coming, due)
    if coming < _NEVER:
        _book(bucket, coming)


def _sweep_key(bucket: FakeBucket, key_name: str, rules: list[Rule], now: datetime) -> datetime:
    """Do what is due to a key's versions; return when to look again."""
    coming = _NEVER
    stack = versions(bucket, key_name)
    noncurrent = list(pairwise(stack))
    for newer, (version, successor) in enumerate(reversed(noncurrent)):
        coming = min(coming, _sweep_noncurrent(bucket, version, created(successor), newer, rules, now))
    current = stack[-1]
    if isinstance(current, FakeKey):
        return min(coming, _sweep_current(bucket, current, rules, now))
    return min(coming, _sweep_marker(bucket, current, rules, now))


def _sweep_current(bucket: FakeBucket, stored: FakeKey, rules: list[Rule], now: datetime) -> datetime:
    expires, _ = expiration_time(bucket, stored)
    if expires <= now:
        _expire(bucket, stored)
        return now + _DAY
    steps = [
        (_due(created(stored), step.days) if step.date is None else step.date, step.storage_class)
        for rule in _matching(bucket, stored, rules)
        for step in rule.transitions
        if _may_move(bucket, stored, rule, step.storage_class)
    ]
    return min(expires, _move(bucket, stored, steps, now))


def _sweep_noncurrent(
    bucket: FakeBucket,
    version: FakeKey | FakeDeleteMarker,
    since: datetime,
    newer: int,
    rules: list[Rule],
    now: datetime,
) -> datetime:
    matching = list(_matching(bucket, version, rules))
    ends = [_due(since, r.noncurrent_days) for r in matching if r.noncurrent_days and newer >= r.noncurrent_newer]
    expires = max(min(ends, default=_NEVER), _locked_until(version))
    if expires <= now:
        events.send(bucket, "s3:LifecycleExpiration:Delete", version)
        remove(bucket, version)
        return now + _DAY
    if isinstance(version, FakeDeleteMarker):
        return expires
    steps = [
        (_due(since, step.days), step.storage_class)
        for rule in matching
        for step in rule.noncurrent_transitions
        if newer >= step.newer and _may_move(bucket, version, rule, step.storage_class)
    ]
    return min(expires, _move(bucket, version, steps, now))


def _sweep_marker(bucket: FakeBucket, marker: FakeDeleteMarker, rules: list[Rule], now: datetime) -> datetime:
    """Remove a delete marker that hides nothing any more."""
    if len(versions(bucket, marker.name)) > 1:
        return _NEVER
    due = _NEVER
    for rule in _matching(bucket, marker, rules):
        if rule.expires_markers:
            due = min(due, midnight_after(created(marker)))
        if rule.expiration_days:
            due = min(due, _due(created(marker), rule.expiration_days))
        if rule.expiration_date:
            due = min(due, rule.expiration_date)
    if due > now:
        return due
    events.send(bucket, "s3:LifecycleExpiration:Delete", marker)
    remove(bucket, marker)
    return _NEVER


def _expire(bucket: FakeBucket, stored: FakeKey) -> None:
    if bucket.versioning_status is None:
        events.send(bucket, "s3:LifecycleExpiration:Delete", stored)
        remove(bucket, stored)
    else:
        marker = mark_deleted(bucket, stored.name)
        events.send(bucket, "s3:LifecycleExpiration:DeleteMarkerCreated", marker)


def _move(bucket: FakeBucket, stored: FakeKey, steps: list[tuple[datetime, str]], now: datetime) -> datetime:
    """Move an object to the coldest class that is due; return when the next one is."""
    due = [name for when, name in steps if when <= now and RANK[name] > RANK.get(stored.storage_class, 0)]
    if due:
        stored._storage_class = max(due, key=lambda name: RANK[name])
        of_object(stored).accessed = now  # Intelligent-Tiering counts from here
        events.send(bucket, "s3:LifecycleTransition", stored)
    rank = RANK.get(stored.storage_class, 0)
    return min((when for when, name in steps if when > now and RANK[name] > rank), default=_NEVER)


def _due(since: datetime, days: int | None) -> datetime:
    return midnight_after(since + timedelta(days=days or 0))


def _matching(bucket: FakeBucket, version: FakeKey | FakeDeleteMarker, rules: list[Rule]) -> Iterator[Rule]:
    tags: Mapping[str, str] = {}
    size = getattr(version, "size", 0)
    if isinstance(version, FakeKey) and any(rule.filter.tags for rule in rules):
        tags = s3_backends[bucket.account_id][bucket.partition].tagger.get_tag_dict_for_resource(version.arn)
    return (rule for rule in rules if rule.filter.matches(version.name, size, tags))


def _may_move(bucket: FakeBucket, stored: FakeKey, rule: Rule, storage_class: str) -> bool:
    """Whether an object is large enough, or its rule says sizes itself, and the class lies below its own."""
    if stored.storage_class == "ONEZONE_IA" and storage_class == "GLACIER_IR":
        return False
    if stored.size >= _SMALL or rule.filter.by_size:
        return True
    return of_bucket(bucket).minimum_size == "varies_by_storage_class" and storage_class in ("GLACIER", "DEEP_ARCHIVE")


def _locked_until(version: FakeKey | FakeDeleteMarker) -> datetime:
    """Return the midnight from which a version may be deleted."""
    if isinstance(version, FakeDeleteMarker) or not version.is_locked(governance_bypass=False):
        return datetime.min.replace(tzinfo=timezone.utc)
    if version.lock_legal_status == "ON":
        return _NEVER
    return midnight_after(datetime.fromisoformat(version.lock_until.replace("Z", "+00:00")))


def expiration_time(bucket: FakeBucket, stored: FakeKey) -> tuple[datetime, str]:
    """Return when the current version of an object expires, and the id of the rule."""
    rules = [
        rule for rule in of_bucket(bucket).rules if rule.enabled and (rule.expiration_days or rule.expiration_date)
    ]
    times = [
        (rule.expiration_date or _due(created(stored), rule.expiration_days), rule.id)
        for rule in _matching(bucket, stored, rules)
    ]
    return min(times, default=(_NEVER, ""))


def abort_time(bucket: FakeBucket, key_name: str, initiated: datetime) -> tuple[datetime, str]:
    """Return when an unfinished multipart upload is aborted, and the id of the rule."""
    rules = [rule for rule in of_bucket(bucket).rules if rule.enabled and rule.abort_days]
    times = [(_due(initiated, r.abort_days), r.id) for r in rules if key_name.startswith(r.filter.prefix)]
    return min(times, default=(_NEVER, ""))

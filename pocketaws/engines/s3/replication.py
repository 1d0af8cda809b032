"""Replication to another bucket, in the same Region or another.

An object written while a rule matches it shows PENDING, and is copied fifteen minutes later by the clock
(AWS copies most within seconds; fifteen minutes is what its Replication Time Control promises).  The copy
has the version id, metadata and tags of the source and shows REPLICA.  Not replicated: what was there before
the rule, replicas, what a lifecycle rule does, deletions of a version, SSE-KMS objects unless the rule says
so, SSE-C objects into a bucket that blocks SSE-C.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnt-replicated.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends

from pocketaws import clock
from pocketaws.engines.s3 import events
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer
from pocketaws.engines.s3.lifecycle import touch
from pocketaws.engines.s3.rules import Filter
from pocketaws.engines.s3.state import of_bucket, of_object, versions
from pocketaws.engines.s3.versions import append

__all__ = ["DELAY", "ReplicationRule", "add_status", "find_bucket", "replicate_later", "replicate_marker_later"]

DELAY = timedelta(minutes=15)


@dataclass(frozen=True)
class ReplicationRule:
    """Which objects go where."""

    id: str
    priority: int
    enabled: bool
    filter: Filter
    destination: str
    storage_class: str | None = None
    markers: bool = False
    kms: bool = False


def find_bucket(name: str) -> FakeBucket | None:
    """Return a bucket of any account, or None."""
    where = s3_backends.bucket_accounts.get(name)
    return s3_backends[where[1]][where[0]].buckets.get(name) if where else None


def _matching(bucket: FakeBucket, stored: FakeKey) -> list[ReplicationRule]:
    """Return the rules for an object: one a destination, that of the highest priority."""
    tags = s3_backends[bucket.account_id][bucket.partition].tagger.get_tag_dict_for_resource(stored.arn)
    kms = (stored.encryption or "").startswith("aws:kms")
    chosen: dict[str, ReplicationRule] = {}
    for rule in sorted(of_bucket(bucket).replication, key=lambda each: each.priority):
        if rule.enabled and rule.filter.matches(stored.name, stored.size, tags) and (rule.kms or not kms):
            chosen[rule.destination] = rule
    return list(chosen.values())


def replicate_later(bucket: FakeBucket, stored: FakeKey) -> None:
    """Book the copying of a new object, if the bucket has rules."""
    if any(rule.enabled for rule in of_bucket(bucket).replication):
        of_object(stored).replication = "PENDING"
        clock.at(clock.now() + DELAY, lambda: _replicate(bucket, stored))


def _replicate(bucket: FakeBucket, stored: FakeKey) -> None:
    if not any(each is stored for each in versions(bucket, stored.name)):
        return
    results = [_copy(stored, rule) for rule in _matching(bucket, stored)]
    if not results:
        of_object(stored).replication = None
    elif all(results):
        of_object(stored).replication = "COMPLETED"
    else:
        of_object(stored).replication = "FAILED"
        events.send(bucket, "s3:Replication:OperationFailedReplication", stored)


def _copy(stored: FakeKey, rule: ReplicationRule) -> bool:
    """Copy a version to a rule's destination; say whether that was possible."""
    destination = find_bucket(rule.destination)
    source = of_object(stored)
    if destination is None or not destination.is_versioned:
        return False
    if source.customer_key_md5 and of_bucket(destination).blocks_customer_keys:
        return False
    copy = FakeKey(
        name=stored.name,
        value=stored.value,
        account_id=destination.account_id,
        region_name=stored.region_name,
        storage=rule.storage_class or stored.storage_class,
        etag=stored.etag.strip('"'),
        is_versioned=True,
        version_id=stored.version_id,
        bucket_name=destination.name,
        encryption=stored.encryption,
        kms_key_id=stored.kms_key_id,
        bucket_key_enabled=stored.bucket_key_enabled,
        lock_mode=stored.lock_mode,
        lock_legal_status=stored.lock_legal_status,
        lock_until=stored.lock_until,
        checksum_value=stored.checksum_value,
        checksum_type=stored.checksum_type,
        checksum_parts=stored.checksum_parts,
    )
    copy.last_modified, copy.checksum_algorithm = stored.last_modified, stored.checksum_algorithm
    if not copy.lock_mode and destination.has_default_lock:
        copy.lock_mode, copy.lock_until = destination.default_lock_mode, destination.default_retention()
    copy.set_metadata(dict(stored.metadata))
    state = of_object(copy)
    state.replication, state.customer_key_md5, state.parts = "REPLICA", source.customer_key_md5, source.parts
    append(destination, copy)
    tagger = s3_backends[stored.account_id][stored.partition].tagger
    theirs = s3_backends[destination.account_id][destination.partition].tagger
    theirs.tag_resource(copy.arn, tagger.convert_dict_to_tags_input(tagger.get_tag_dict_for_resource(stored.arn)))
    touch(destination)
    events.send(destination, "s3:ObjectCreated:Put", copy)
    return True


def replicate_marker_later(bucket: FakeBucket, marker: FakeDeleteMarker) -> None:
    """Book the copying of a delete marker, where rules ask for it."""
    for rule in of_bucket(bucket).replication:
        if rule.enabled and rule.markers and rule.filter.matches(marker.name, 0, {}):
            clock.at(clock.now() + DELAY, lambda rule=rule: _copy_marker(bucket, marker, rule))  # type: ignore[misc]


def _copy_marker(bucket: FakeBucket, marker: FakeDeleteMarker, rule: ReplicationRule) -> None:
    destination = find_bucket(rule.destination)
    still_there = any(each is marker for each in versions(bucket, marker.name))
    if destination is None or not destination.is_versioned or not still_there:
        return
    copy = FakeDeleteMarker(key=marker.key)
    copy._version_id, copy.last_modified = marker.version_id, marker.last_modified
    append(destination, copy)
    touch(destination)


def add_status(call: Call, answer: Answer) -> Answer:
    """Show x-amz-replication-status on reads."""
    status, headers, body = answer
    if call.name not in ("GetObject", "HeadObject") or status not in (200, 206) or (stored := call.object) is None:
        return answer
    shown = of_object(stored).replication
    if shown and (shown != "PENDING" or _matching(call.existing_bucket, stored)):
        headers["x-amz-replication-status"] = shown
    return status, headers, body

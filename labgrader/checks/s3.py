"""The checks of lab 3.6."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.grants import KEYS, may
from labgrader.labs import s3 as given
from labgrader.tasks import Part, Step, task

__all__ = ["index", "lake", "link", "repair", "upload"]

#: Seconds that a notebook may have gone on since it made a link.
_SINCE = 480


@task(
    1,
    "Build the lake",
    points=7,
    hint="put_bucket_encryption takes an alias as KMSMasterKeyID. In the policy the partner is the principal "
    "arn:aws:iam::ACCOUNT:root. A lifecycle rule can hold a transition, a NoncurrentVersionExpiration and an "
    "AbortIncompleteMultipartUpload.",
)
def lake(lab: Brief, aws: Account) -> Iterator[Step]:
    """Read the bucket's configuration."""
    name = {"Bucket": lab.lake}
    if aws.ask("s3", "head_bucket", **name) is None:
        yield 0, False, f"There is no bucket {lab.lake} yet."
        return
    status = (aws.ask("s3", "get_bucket_versioning", **name) or {}).get("Status", "off")
    yield 1, status == "Enabled", f"Versioning of {lab.lake} is {status}, expected Enabled."
    yield 1, _uses_key(lab, aws), f"{lab.lake} does not encrypt with the key {lab.key_alias} by default."
    yield 1, _partner_reads_reports(lab, aws), f"No statement lets account {lab.partner} get reports/*, and only that."
    block = (aws.ask("s3", "get_public_access_block", **name) or {}).get("PublicAccessBlockConfiguration", {})
    statements = _statements(lab, aws)
    is_private = len(block) == 4 and all(block.values()) and not _lets_others_in(lab, aws, statements)
    yield 1, statements and is_private, "A part of Block Public Access is off, or the policy lets others in."
    rules = (aws.ask("s3", "get_bucket_lifecycle_configuration", **name) or {}).get("Rules", [])
    raw = [rule for rule in rules if rule.get("Status") == "Enabled" and _prefix(rule) in ("raw/", "raw")]
    moves = [(each.get("StorageClass"), each.get("Days")) for rule in raw for each in rule.get("Transitions", [])]
    yield 1, ("STANDARD_IA", lab.cool) in moves, f"No rule moves raw/ to Standard-IA after {lab.cool} days."
    kept = [rule.get("NoncurrentVersionExpiration", {}) for rule in raw]
    days = [each.get("NoncurrentDays") for each in kept if not each.get("NewerNoncurrentVersions")]
    yield 1, lab.keep in days, f"No rule deletes versions under raw/ {lab.keep} days after they were replaced."
    enabled = [rule for rule in rules if rule.get("Status") == "Enabled" and _prefix(rule) in ("raw/", "raw", "")]
    given_up = [rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation") for rule in enabled]
    yield 1, lab.abort in given_up, f"No rule gives up unfinished uploads after {lab.abort} days."


@task(
    2,
    "Finish an upload",
    points=5,
    hint="list_multipart_uploads and list_parts say what is there. A part is checked by the algorithm of its upload, "
    "SHA256, and complete_multipart_upload wants number, ETag and ChecksumSHA256 of each.",
)
def upload(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the object with its source, and look for what was sent."""
    content = given.video(lab)
    stored = aws.read(lab.drop, "camera.bin")
    if stored is None:
        yield 0, False, f"There is no object camera.bin in {lab.drop} yet."
        return
    yield (
        1,
        stored == content,
        f"camera.bin has {len(stored):,} bytes that are not those of the inbox ({len(content):,}).",
    )
    head = aws.ask("s3", "head_object", Bucket=lab.drop, Key="camera.bin", ChecksumMode="ENABLED") or {}
    told = head.get("ChecksumSHA256", "no SHA256")
    yield (
        1,
        stored == content and told == _checksum_of_parts(content),
        f"S3 holds {told} as its checksum, not that of 3 parts.",
    )
    sent = [int(entry.parameters.get("PartNumber", 0)) for entry in _parts_sent(lab, aws)]
    few = set(sent) == {given.missing_part(lab)}
    yield 2, stored == content and few, f"You sent parts {sent or 'none'}; one part was missing, the others were there."
    open_ = aws.pages("s3", "list_multipart_uploads", "Uploads", Bucket=lab.drop)
    yield 1, not open_, f"{len(open_)} uploads in {lab.drop} are still unfinished, and billed."


@task(
    3,
    "Repair a bucket",
    points=5,
    hint="list_object_versions shows versions and delete markers. Deleting the marker brings an object back; copying "
    "an old version onto its key makes it current, and takes nothing away.",
)
def repair(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare each object with its last good version."""
    models = given.models(lab)
    wanted = {model.key: [each for each in model.versions if each != b"{}"][-1] for model in models}
    now = {model.key: aws.read(lab.models, model.key) for model in models}
    deleted = [model.key for model in models if model.fate == "deleted"]
    emptied = [model.key for model in models if "emptied" in model.fate]
    back = [key for key in deleted if now[key] == wanted[key]]
    yield 1, Part(len(back), len(deleted)), f"{len(back)} of {len(deleted)} deleted models are back."
    full = [key for key in emptied if now[key] == wanted[key]]
    yield (
        2,
        Part(len(full), len(emptied)),
        f"{len(full)} of {len(emptied)} emptied models have their last good content.",
    )
    work = back or full
    risen = [model.key for model in models if model.fate == "retired" and now[model.key] is not None]
    yield (
        1,
        work and not risen,
        f"{len(risen)} models that were retired on purpose are back." if work else "No work yet.",
    )
    lost = _lost_versions(lab, aws)
    yield 1, work and not lost, f"{lost} old versions are gone for good." if work else "No work yet."


@task(
    4,
    "Index what arrives",
    points=5,
    hint="The queue's policy must let s3.amazonaws.com send. Keys in events are URL-encoded: unquote_plus. The first "
    "message of a new notification is a test without Records.",
)
def index(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at the notification, at the index, and at what is left in the queue."""
    configured = aws.ask("s3", "get_bucket_notification_configuration", Bucket=lab.lake) or {}
    wanted = {"prefix": "raw/", "suffix": ".csv"}
    right = [
        each
        for each in configured.get("QueueConfigurations", [])
        if each["QueueArn"].endswith(f":{lab.queue}") and any("ObjectCreated" in event for event in each["Events"])
    ]
    if not right:
        yield 0, False, f"{lab.lake} sends no events of created objects to a queue {lab.queue}."
        return
    exact = any(_filter(each) == wanted and _hears_every_way(each["Events"]) for each in right)
    yield 1, exact, "The events are not those of keys raw/….csv alone, or not of every way to create an object."
    rows = {
        f"raw/{name}": text.count("\n") - 1 for name, text in given.deliveries(lab).items() if name.endswith(".csv")
    }
    told = aws.read_json(lab.inbox, "answers/index.json")
    told = told if isinstance(told, dict) else {}
    good = [key for key, count in rows.items() if told.get(key) == count]
    yield 2, Part(len(good), len(rows)), f"answers/index.json has {len(good)} of {len(rows)} tables with their rows."
    yield (
        1,
        good and len(told) == len(good),
        f"answers/index.json names {len(told)} keys, {len(told) - len(good)} too many.",
    )
    url = (aws.ask("sqs", "get_queue_url", QueueName=lab.queue) or {}).get("QueueUrl", "")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = (aws.ask("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names) or {}).get("Attributes", {})
    left = sum(int(counts.get(name, 1)) for name in names)
    yield 0, left == 0, f"{left} messages are left in {lab.queue}; a message stays until it is deleted."
    taken = _messages_taken(lab, aws, right[0]["QueueArn"])
    sentence = f"{taken} messages of {lab.queue} were received and deleted; each table that arrived is told in one."
    yield 1, good and left == 0 and taken >= len(rows), sentence


@task(
    5,
    "Hand over a report",
    points=3,
    hint="generate_presigned_url of the session's client, with ExpiresIn in seconds; or s3.presign.",
)
def link(lab: Brief, aws: Account) -> Iterator[Step]:
    """Follow the link."""
    url = (aws.read(lab.inbox, "answers/link.txt") or b"").decode(errors="replace").strip()
    if not url:
        yield 0, False, f"There is no link in {lab.inbox}/answers/link.txt."
        return
    parts = urlsplit(url)
    leads = unquote(parts.path).endswith(f"/{lab.report}") and lab.inbox in f"{parts.netloc}{parts.path}"
    yield 1, leads, f"The link does not lead to {lab.report} in your inbox."
    answer = aws.fetch(url) if leads else None
    opens = answer is not None and answer.status_code == 200 and lab.report.encode() in answer.content
    yield 1, opens, f"Who follows the link gets {answer.status_code if answer is not None else 'no answer'}."
    is_right, lives = _lives(lab, aws, {name: values[0] for name, values in parse_qs(parts.query).items()})
    yield 1, opens and is_right, f"The link lives {lives} seconds, not {lab.minutes} minutes."


def _policy(lab: Brief, aws: Account) -> str:
    return str((aws.ask("s3", "get_bucket_policy", Bucket=lab.lake) or {}).get("Policy", "{}"))


def _statements(lab: Brief, aws: Account) -> list[dict[str, Any]]:
    found = json.loads(_policy(lab, aws)).get("Statement", [])
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _principals(statement: dict[str, Any]) -> list[str]:
    principal = statement.get("Principal", "")
    return _listed(principal.get("AWS", "")) if isinstance(principal, dict) else _listed(principal)


def _lets_others_in(lab: Brief, aws: Account, statements: list[dict[str, Any]]) -> bool:
    """Whether anybody is allowed anything but the partner's account and one's own."""
    own = (aws.ask("sts", "get_caller_identity") or {}).get("Account", "")
    known = {name for account in (own, lab.partner) for name in (account, f"arn:aws:iam::{account}:root", "*")}
    allowed = [each for each in statements if each.get("Effect") == "Allow"]
    named = all("NotPrincipal" not in each and set(_principals(each)) <= known for each in allowed)
    return not named or any(may(_policy(lab, aws), lab.lake, who) for who in ("", lab.partner[::-1]))


def _partner_reads_reports(lab: Brief, aws: Account) -> bool:
    """Whether the partner's account may get reports/* and nothing else."""
    return may(_policy(lab, aws), lab.lake, lab.partner) == {("s3:GetObject", key) for key in KEYS["reports/"]}


def _uses_key(lab: Brief, aws: Account) -> bool:
    configured = aws.ask("s3", "get_bucket_encryption", Bucket=lab.lake) or {}
    rules = configured.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    wanted = (aws.ask("kms", "describe_key", KeyId=lab.key_alias) or {}).get("KeyMetadata", {}).get("KeyId")
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        key = default.get("KMSMasterKeyID", "")
        if default.get("SSEAlgorithm", "").startswith("aws:kms") and key:
            found = aws.ask("kms", "describe_key", KeyId=key)
            return bool(found and wanted and found["KeyMetadata"]["KeyId"] == wanted)
    return False


def _prefix(rule: dict[str, Any]) -> str | None:
    """Return the prefix of the keys that a rule is for; None where it leaves out some of them."""
    chosen = rule.get("Filter", {})
    parts = chosen.get("And", chosen)
    narrows = any(value for name, value in parts.items() if name != "Prefix")
    return None if narrows else str(parts.get("Prefix") or rule.get("Prefix") or "")


def _parts_sent(lab: Brief, aws: Account) -> list[Any]:
    sent = aws.requests("UploadPart", "UploadPartCopy", Bucket=lab.drop, Key="camera.bin")
    return [entry for entry in sent if entry.outcome == "OK"]


def _checksum_of_parts(content: bytes) -> str:
    digests = [hashlib.sha256(content[at : at + given.PART]).digest() for at in range(0, len(content), given.PART)]
    return base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode() + f"-{len(digests)}"


def _lost_versions(lab: Brief, aws: Account) -> int:
    there = aws.pages("s3", "list_object_versions", "Versions", Bucket=lab.models)
    counted = Counter((each["Key"], each["ETag"].strip('"')) for each in there)
    wanted = Counter(
        (model.key, hashlib.md5(each).hexdigest()) for model in given.models(lab) for each in model.versions
    )
    return (wanted - counted).total()


def _hears_every_way(events: list[str]) -> bool:
    ways = {event.removeprefix("s3:").removeprefix("ObjectCreated:") for event in events}
    return "*" in ways or ways >= {"Put", "Post", "Copy", "CompleteMultipartUpload"}


def _messages_taken(lab: Brief, aws: Account, arn: str) -> int:
    """Return how many messages of the queue were deleted after they had been received."""
    if aws.pages("lambda", "list_event_source_mappings", "EventSourceMappings", EventSourceArn=arn):
        return 10**6  # a function hears the queue, which deletes without a request
    taken = 0
    for entry in aws.requests("DeleteMessage", "DeleteMessageBatch"):
        if entry.outcome == "OK" and str(entry.parameters.get("QueueUrl")).endswith(f"/{lab.queue}"):
            batch = entry.parameters.get("Entries", [])
            taken += len(batch) if isinstance(batch, list) else 10  # too long to be kept
            taken += entry.operation == "DeleteMessage"
    return taken


def _lives(lab: Brief, aws: Account, query: dict[str, str]) -> tuple[bool, str]:
    """Return whether a link lives as long as asked, and how long; the older kind says only when it ends."""
    wanted = lab.minutes * 60
    if (told := query.get("X-Amz-Expires")) is not None or not (end := query.get("Expires", "")).isdigit():
        return told == str(wanted), told or "no"
    left = [int(end) - now for now in (aws.now().timestamp(), time.time())]  # signed by this clock or the machine's
    return any(wanted - _SINCE <= each <= wanted for each in left), f"another {min(left, key=abs):.0f}"


def _filter(configuration: dict[str, Any]) -> dict[str, str]:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return {re.sub(r"\W", "", each["Name"]).lower(): each["Value"] for each in rules}

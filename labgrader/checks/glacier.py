"""The checks of lab 3.7."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from helpers import plans
from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.labs import glacier as given
from labgrader.tasks import Part, Step, task
from pocketaws.journal import Entry

__all__ = ["lock", "plan", "recover", "thaw"]


@task(
    1,
    "Lock ledgers away",
    points=7,
    hint="Object Lock is switched on when a bucket is created, and its default retention holds for what arrives "
    "afterwards. put_object_retention makes the time of one version longer.",
)
def lock(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at the bucket's lock, and at what holds each ledger."""
    if aws.ask("s3", "head_bucket", Bucket=lab.vault) is None:
        yield 0, False, f"There is no bucket {lab.vault} yet."
        return
    told = aws.ask("s3", "get_object_lock_configuration", Bucket=lab.vault) or {}
    configured = told.get("ObjectLockConfiguration", {})
    rule = configured.get("Rule", {}).get("DefaultRetention", {})
    yield 1, configured.get("ObjectLockEnabled") == "Enabled", f"Object Lock of {lab.vault} is off."
    is_right = (rule.get("Mode"), rule.get("Days")) == ("GOVERNANCE", lab.retain)
    text = f"{rule.get('Mode', 'none')} for {rule.get('Days', 0)} days"
    yield 1, is_right, f"Its default retention is {text}, not GOVERNANCE for {lab.retain} days."
    ledgers, heads = given.ledgers(lab), {}
    for name, content in ledgers.items():
        head = aws.ask("s3", "head_object", Bucket=lab.vault, Key=f"ledgers/{name}") or {}
        if head.get("ETag", "").strip('"') == hashlib.md5(content).hexdigest():
            heads[name] = head
    cold = {name: head for name, head in heads.items() if head.get("StorageClass") == "DEEP_ARCHIVE"}
    text = f"{len(heads)} of {len(ledgers)} ledgers are there with their bytes, {len(cold)} in Deep Archive."
    yield 2, Part(len(cold), len(ledgers)), text
    locked = [name for name, head in cold.items() if _held(head) >= timedelta(days=lab.retain, seconds=-60)]
    yield 2, Part(len(locked), len(ledgers)), f"{len(locked)} of {len(ledgers)} are locked for {lab.retain} days."
    longest = _held(cold.get(lab.disputed, {}))
    others = [name for name in locked if _held(cold[name]) > timedelta(days=lab.retain + 1)]
    yield (
        1,
        timedelta(days=lab.longer, hours=-1) <= longest <= timedelta(days=lab.longer + 1) and others == [lab.disputed],
        f"{lab.disputed} is locked for {longest.days} days, and {len(others)} ledgers for longer than {lab.retain}; "
        f"expected {lab.longer} days for this one alone.",
    )


@task(
    2,
    "Thaw in time, for the least money",
    points=7,
    hint="plans.retrieval_tiers() has the hours that AWS promises and the prices; count with most_hours. Ask for all "
    "at once, then fetch in the order of the deadlines. HeadObject tells the class, and not every class must thaw.",
)
def thaw(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the desk with the wishes, and the requests with the cheapest tier that is promised in time."""
    wishes = [each for each in given.frozen(lab) if each.hours is not None]
    asked: dict[str, list[Entry]] = {}
    for entry in aws.requests("RestoreObject", Bucket=lab.archive):
        if entry.outcome == "OK":
            asked.setdefault(str(entry.parameters.get("Key")), []).append(entry)
    desk = aws.objects(lab.desk)
    there = [each for each in wishes if aws.read(lab.desk, each.key) == each.content and _came(each, asked)]
    yield 2, Part(len(there), len(wishes)), f"{len(there)} of {len(wishes)} objects lie in {lab.desk} and can be read."
    frozen = [each for each in there if each.storage_class != "GLACIER_IR"]
    cheap = [each for each in frozen if {_tier(entry) for entry in asked[each.key]} == {_cheapest(each)}]
    few = f"{len(cheap)} of 5 were asked for by the cheapest tier that AWS promises in time."
    yield 2, Part(len(cheap), 5), few
    began = min((datetime.fromisoformat(one.at) for each in asked.values() for one in each), default=None)
    late = [each for each in there if not _in_time(each, began, desk[each.key]["LastModified"])]
    yield 2, Part(len(there) - len(late), len(wishes)), f"{len(late)} of {len(there)} reached {lab.desk} too late."
    wanted = {each.key for each in wishes}
    extra = (set(asked) | set(desk)) - wanted
    yield 1, len(there) == len(wishes) and not extra, f"{len(extra)} objects were thawed or copied that nobody wants."


@task(
    3,
    "Recover from an overwrite",
    points=6,
    hint="s3.list_versions shows when the attack began; the note was not the first thing written. Thaw the frozen "
    "versions by their ids, copy, then compare every hash: what does not match is not a recovery.",
)
def recover(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the clean bucket with the last good moment, byte by byte."""
    documents = given.documents(lab)
    wanted = {each.key: each.versions[-1] for each in documents if each.fate not in ("retired", "lost")}
    found = aws.objects(lab.clean)
    good = [key for key, content in wanted.items() if key in found and aws.read(lab.clean, key) == content]
    if not good:
        yield 0, False, f"No object in {lab.clean} has the bytes of the last good moment."
        return
    yield 3, Part(len(good), len(wanted)), f"{len(good)} of {len(wanted)} objects in {lab.clean} have their good bytes."
    work = 2 * len(good) > len(wanted)
    extra = len(set(found) - set(wanted))
    yield 1, work and not extra, f"{extra} objects in {lab.clean} do not belong there, or most others are missing."
    told = aws.read_json(lab.inbox, "answers/lost.json")
    gone = [each.key for each in documents if each.fate == "lost"]
    yield 1, work and told == gone, "answers/lost.json is not the list of what no version can bring back."
    destroyed = _destroyed(lab, aws, documents)
    yield 1, work and not destroyed, f"{destroyed} versions or markers of {lab.production}, the evidence, are gone."


@task(
    4,
    "Plan for RPO and RTO",
    points=5,
    hint="plans.archive(bytes, objects, months=, retrievals=, days=) prices all ways; keep those whose hours are at "
    "most the RTO, then take the smallest total. The copies come on top, each month.",
)
def plan(lab: Brief, aws: Account) -> Iterator[Step]:
    """Price every plan anew."""
    told = aws.read_json(lab.inbox, "answers/plan.json")
    if not isinstance(told, dict):
        yield 0, False, f"There is no JSON object in {lab.inbox}/answers/plan.json."
        return
    systems = given.systems(lab)
    answers = {name: told[name] if isinstance(told.get(name), dict) else {} for name in systems}
    classes, copies, dollars = [], [], []
    for name, system in systems.items():
        ways = plans.archive(
            int(system["bytes"]),
            int(system["objects"]),
            months=system["months"],
            retrievals=system["recoveries"],
            days=int(system["copy_days"]),
        )
        ways = ways[ways["hours"] <= system["rto_hours"]]
        least = ways["total"].min()
        chosen = ways[ways["total"] <= 1.01 * least][["storage_class", "tier"]].itertuples(index=False, name=None)
        if (answers[name].get("storage_class"), answers[name].get("tier") or "") in list(chosen):
            classes.append(name)
        enough = {way: each for way, each in given.WAYS.items() if each["rpo_hours"] <= system["rpo_hours"]}
        cheapest = min(enough, key=lambda way: enough[way]["usd_a_month"])
        if answers[name].get("copies") == cheapest:
            copies.append(name)
        total = least + enough[cheapest]["usd_a_month"] * system["months"]
        if _near(answers[name].get("dollars"), total):
            dollars.append(name)
    count = len(systems)
    yield 2, Part(len(classes), count), f"{len(classes)} of {count} systems are back in time for the least money."
    both = [name for name in copies if name in classes]
    yield 1, len(both) == count, f"{len(copies)} of {count} systems are copied often enough, and not more often."
    right = [name for name in dollars if name in both]
    yield 2, Part(len(right), count), f"{len(right)} of {count} dollars are those of the whole time, within a percent."


def _held(head: dict[str, Any]) -> timedelta:
    """Return how long a version is locked, from its arrival."""
    until, since = head.get("ObjectLockRetainUntilDate"), head.get("LastModified")
    return until - since if until and since and head.get("ObjectLockMode") else timedelta(0)


def _tier(entry: Entry) -> str:
    return str(entry.parameters.get("Tier") or "Standard")


def _came(wish: given.Frozen, asked: dict[str, list[Entry]]) -> bool:
    """Whether an object can have come from the archive."""
    return wish.storage_class == "GLACIER_IR" or wish.key in asked


def _cheapest(wish: given.Frozen) -> str:
    tiers = plans.retrieval_tiers()
    able = tiers[(tiers["storage_class"] == wish.storage_class) & (tiers["most_hours"] <= wish.hours)]
    return str(able.nsmallest(1, "usd_per_gb")["tier"].iloc[0])


def _in_time(wish: given.Frozen, began: datetime | None, came: datetime) -> bool:
    """Whether an object came within its hours from the first restore of all."""
    return began is None or came <= began + timedelta(hours=float(wish.hours or 0))


def _destroyed(lab: Brief, aws: Account, documents: list[given.Document]) -> int:
    """Return how many versions and markers are gone that the attack left."""
    name = {"Bucket": lab.production}
    versions = aws.pages("s3", "list_object_versions", "Versions", **name)
    markers = aws.pages("s3", "list_object_versions", "DeleteMarkers", **name)
    found = Counter((each["Key"], each["ETag"].strip('"')) for each in versions)
    found.update((each["Key"], "marker") for each in markers)
    left: Counter[tuple[str, str]] = Counter()
    for each in documents:
        contents = list(each.versions[:-1] if each.fate == "lost" else each.versions)
        contents += [] if each.fate in ("deleted", "retired") else [given.encrypted(lab, each)]
        contents += [b"pay"] if each.fate == "twice" else []
        left.update((each.key, hashlib.md5(content).hexdigest()) for content in contents)
        left.update([(each.key, "marker")] if each.fate in ("deleted", "retired") else [])
    return (left - found).total()


def _near(told: Any, right: float) -> bool:
    return isinstance(told, int | float) and not isinstance(told, bool) and abs(told - right) <= 0.01 * right

"""Lab 3.7: ledgers to lock away, objects to thaw in time, a bucket to recover, and four plans to price."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["WAYS", "Document", "Frozen", "documents", "encrypted", "frozen", "ledgers", "place", "systems", "tell"]

GB = 2**30
#: Ways to make copies: how many hours of work each may lose, and its dollars a month.
WAYS = {
    "replication": {"rpo_hours": 0.25, "usd_a_month": 9.5},
    "hourly": {"rpo_hours": 1, "usd_a_month": 4.2},
    "nightly": {"rpo_hours": 24, "usd_a_month": 0.9},
    "weekly": {"rpo_hours": 168, "usd_a_month": 0.2},
}


@dataclass(frozen=True)
class Frozen:
    """An object of the archive; ``hours`` is the deadline of the one who asks for it, None if nobody does."""

    key: str
    storage_class: str
    hours: float | None
    content: bytes


@dataclass(frozen=True)
class Document:
    """An object of production: its good versions in turn, and what became of them."""

    key: str
    fate: str
    versions: tuple[bytes, ...]


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    days = draw.randint(30, 90)
    brief.fact("vault", brief.name("vault"), "the bucket that you make for the ledgers")
    brief.fact("retain", days, "days that every ledger is locked, from the day when it arrives")
    brief.fact("disputed", draw.choice(sorted(ledgers(brief))), "the ledger that a court has asked for")
    brief.fact("longer", days + draw.randint(100, 400), "days that this one is locked")
    brief.fact("archive", brief.name("archive"), "the bucket with frozen objects")
    brief.fact("desk", brief.name("desk"), "the bucket for what you thaw; it is there already")
    brief.fact("production", brief.name("production"), "the bucket that was attacked")
    brief.fact("clean", brief.name("clean"), "the bucket that you make to recover into")


def place(brief: Brief, aws: Account) -> None:
    """Put ledgers and wishes into the inbox, freeze the archive, and let an attack happen."""
    for name, content in ledgers(brief).items():
        aws.put(brief.inbox, f"ledgers/{name}", content)
    aws.put(brief.inbox, "systems.json", systems(brief))
    aws.put(brief.inbox, "ways.json", WAYS)
    aws.create_bucket(brief.archive)
    aws.create_bucket(brief.desk)
    for each in frozen(brief):
        where = {"Bucket": brief.archive, "Key": each.key, "StorageClass": each.storage_class}
        aws.client("s3").put_object(**where, Body=each.content)
    wishes = [{"key": each.key, "hours": each.hours} for each in frozen(brief) if each.hours is not None]
    aws.put(brief.inbox, "wishes.json", wishes)
    _attack(brief, aws)


def ledgers(brief: Brief) -> dict[str, bytes]:
    """Return the ledgers: name -> content."""
    draw, found = brief.random("ledgers"), {}
    for quarter in draw.sample(range(1, 41), draw.randint(6, 9)):
        lines = [f"{draw.randint(1, 10**6)},{draw.randint(-9_999, 9_999)}" for _ in range(draw.randint(40, 120))]
        found[f"{2014 + (quarter - 1) // 4}-q{(quarter - 1) % 4 + 1}.csv"] = "\n".join(["entry,cents", *lines]).encode()
    return found


def frozen(brief: Brief) -> list[Frozen]:
    """Return the archive; deadlines lie so that what a restore takes by luck is not what AWS promises."""
    draw = brief.random("archive")
    wishes: list[tuple[str, float | None]] = [
        ("GLACIER", round(draw.uniform(0.3, 1.5), 1)),
        ("GLACIER", round(draw.uniform(9.5, 11.5), 1)),
        ("GLACIER", draw.randint(14, 40)),
        ("DEEP_ARCHIVE", draw.randint(16, 44)),
        ("DEEP_ARCHIVE", draw.randint(64, 90)),
        ("GLACIER_IR", draw.randint(2, 9)),
        ("GLACIER", None),
        ("DEEP_ARCHIVE", None),
        ("DEEP_ARCHIVE", None),
    ]
    draw.shuffle(wishes)
    names = draw.sample(range(1_000, 10_000), len(wishes))
    return [
        Frozen(f"scans/{name}.tif", storage_class, hours, draw.randbytes(draw.randint(2_000, 6_000)))
        for name, (storage_class, hours) in zip(names, wishes, strict=True)
    ]


def documents(brief: Brief) -> list[Document]:
    """Return production as it was before the attack, and how each object fared."""
    draw = brief.random("production")
    fates = ["overwritten", "corrected", "deleted", "twice", "frozen", "retired", "lost"]
    fates += draw.choices(["overwritten", "corrected", "deleted", "twice", "frozen"], k=5)
    draw.shuffle(fates)
    names = draw.sample(range(100, 1_000), len(fates))
    found = []
    for name, fate in zip(names, fates, strict=True):
        count = 2 if fate in ("corrected", "lost") else 1
        versions = [json.dumps({"case": name, "sum": draw.randint(1, 10**9)}).encode() for _ in range(count)]
        found.append(Document(f"case-{name}.json", fate, tuple(versions)))
    return found


def encrypted(brief: Brief, document: Document) -> bytes:
    """Return what the attacker wrote over a document, from which nobody can work out what it was."""
    return brief.random(f"encrypted/{document.key}").randbytes(len(document.versions[-1]))


def systems(brief: Brief) -> dict[str, dict[str, float]]:
    """Return four systems: what each holds, and what was signed for it.

    Standard is right for the one with millions of small objects, and for no other.
    """
    draw, found = brief.random("systems"), {}
    years = [12, 24, 36]
    kinds = [
        (draw.randint(800, 9_000), draw.randint(2_000, 40_000), draw.choice([0.05, 0.5]), years),
        (draw.randint(800, 9_000), draw.randint(2_000, 40_000), draw.choice([6, 8, 10]), years),
        (draw.randint(1_000, 20_000), draw.randint(1_000, 90_000), draw.choice([14, 20, 30]), [2, *years]),
        (draw.randint(20, 60), draw.randint(3, 6) * 1_000_000, draw.choice([24, 48, 72]), [2, *years]),
    ]
    draw.shuffle(kinds)
    losses = draw.sample([0.5, 3, 36, 200], 4)
    names = draw.sample(["billing", "claims", "photos", "sensors", "letters", "maps", "payroll"], 4)
    for name, (size, objects, rto, months), rpo in zip(names, kinds, losses, strict=True):
        found[name] = {
            "bytes": size * GB,
            "objects": objects,
            "months": draw.choice(months),
            "recoveries": draw.choice([1, 2, 3]),
            "copy_days": draw.randint(1, 7),
            "rpo_hours": rpo,
            "rto_hours": rto,
        }
    return found


def _attack(brief: Brief, aws: Account) -> None:
    """Write production in three days, overwrite or delete all of it, and let a night pass."""
    everything, client = documents(brief), aws.client("s3")
    aws.create_bucket(brief.production, versioned=True)
    ids: dict[str, Any] = {}
    for each in everything:
        kept = "GLACIER" if each.fate == "frozen" else "STANDARD"
        where = {"Bucket": brief.production, "Key": each.key}
        client.put_object(**where, Body=each.versions[0], StorageClass=kept)
    aws.advance(days=1)
    for each in everything:
        if len(each.versions) > 1:
            ids[each.key] = aws.put(brief.production, each.key, each.versions[1])
        if each.fate == "retired":
            client.delete_object(Bucket=brief.production, Key=each.key)
    hashes = {each.key: hashlib.sha256(each.versions[-1]).hexdigest() for each in everything if each.fate != "retired"}
    aws.put(brief.inbox, "hashes.json", hashes)
    aws.advance(hours=brief.random("quiet").randint(3, 30))
    for each in everything:
        if each.fate == "lost":
            client.delete_object(Bucket=brief.production, Key=each.key, VersionId=ids[each.key])
        if each.fate == "deleted":
            client.delete_object(Bucket=brief.production, Key=each.key)
        elif each.fate != "retired":
            aws.put(brief.production, each.key, encrypted(brief, each))
    aws.advance(minutes=2)
    for each in everything:
        if each.fate == "twice":
            aws.put(brief.production, each.key, b"pay")
    aws.put(brief.production, "README-TO-PAY.txt", "All your files are ours.")
    aws.advance(hours=brief.random("noticed").randint(5, 14))

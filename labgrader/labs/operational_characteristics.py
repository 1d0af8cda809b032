"""Lab 3.1: data sets to place in classes, a stream to size, claims on seats that race, a bill that is too high."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any

from helpers import plans
from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["before", "bill", "claims", "costs", "datasets", "etag", "place", "sample", "scans", "tell"]

GB, MIB = 2**30, 2**20
RECORDS = 1_200
NAMES = [
    "boarding",
    "radar",
    "tickets",
    "meals",
    "tracks",
    "crews",
    "cargo",
    "gates",
    "fuel",
    "lounges",
    "weather",
    "refunds",
    "scans",
    "towers",
]
#: What a data set is like, by the class that ought to be cheapest: bytes of an object, months, reads, hours to wait.
_PROFILES: dict[str, tuple[tuple[int, int], tuple[int, int], tuple[float, float], int]] = {
    "STANDARD": ((6_000, 24_000), (10, 14), (0.0, 2.0), 0),
    "hot": ((40 * MIB, 160 * MIB), (10, 18), (30.0, 60.0), 0),
    "STANDARD_IA": ((20 * MIB, 90 * MIB), (10, 14), (7.0, 9.0), 0),
    "short": ((20 * MIB, 90 * MIB), (1, 1), (0.3, 0.6), 0),
    "GLACIER_IR": ((40 * MIB, 160 * MIB), (12, 24), (1.0, 2.5), 0),
    "GLACIER": ((40 * MIB, 160 * MIB), (12, 24), (0.5, 2.0), 6),
    "DEEP_ARCHIVE": ((40 * MIB, 160 * MIB), (12, 36), (0.0, 1.0), 48),
}


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    brief.fact("store", brief.name("store"), "the bucket with data/, an object of each data set")
    brief.fact("stream", brief.name("scans"), "the stream that you make")
    records = scans(brief)
    size = sum(len(json.dumps(each)) for each in records)
    peaks = [peak / 20 for peak in range(44, 76)]
    needs = [max(RECORDS * peak / 800, size * peak / (0.8 * MIB)) for peak in peaks]
    clear = [peak for peak, need in zip(peaks, needs, strict=True) if 0.25 < need % 1 < 0.75]
    brief.fact("peak", draw.choice(clear), "how many times scans.jsonl comes in the busiest second")
    brief.fact("full", 80, "percent of its limits that a shard may use in that second")
    brief.fact("seats", brief.name("seats"), "the bucket with the seats that are sold")
    brief.fact("pack", draw.choice([64, 128, 256]), "MiB of a large object, for task 4")
    right = [min(each_costs(each).values()) for each in datasets(brief)]
    brief.fact("budget", round(sum(right) * 1.001, 2), "dollars that the six data sets may cost")


def place(brief: Brief, aws: Account) -> None:
    """Put data sets, scans, claims and bill into the inbox; fill the two buckets."""
    aws.put(brief.inbox, "datasets.json", datasets(brief))
    aws.put(brief.inbox, "scans.jsonl", "".join(f"{json.dumps(each)}\n" for each in scans(brief)))
    aws.put(brief.inbox, "claims.json", claims(brief))
    lines = ["dataset,storage_class,objects,bytes"]
    lines += [",".join(str(value) for value in row.values()) for row in bill(brief)]
    aws.put(brief.inbox, "bill.csv", "\n".join(lines) + "\n")
    aws.create_bucket(brief.store)
    for each in datasets(brief):
        aws.put(brief.store, f"data/{each['name']}.bin", sample(brief, each["name"]))
    aws.create_bucket(brief.seats)
    for key, body in before(brief).items():
        aws.put(brief.seats, key, body)


def datasets(brief: Brief) -> list[dict[str, Any]]:
    """Return the six data sets of task 1."""
    draw = brief.random("datasets")
    names, found = draw.sample(NAMES, 6), []
    for profile in ["STANDARD", "hot", draw.choice(["STANDARD_IA", "short"]), "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]:
        found.append({"name": names.pop(), **_drawn(draw, profile)})
    draw.shuffle(found)
    return found


def _drawn(draw: random.Random, profile: str) -> dict[str, Any]:
    """Draw a data set whose cheapest class is cheaper than the next by a tenth."""
    sizes, months, reads, hours = _PROFILES[profile]
    while True:
        size, total = draw.randint(*sizes), draw.randint(200, 900) * GB
        objects = draw.randint(2, 9) * 1_000_000 if size < MIB else total // size
        found = {
            "objects": objects,
            "bytes": objects * size,
            "months": draw.randint(*months),
            "reads": round(draw.uniform(*reads), 1),
            "wait_hours": hours,
        }
        best, second = sorted(each_costs(found).values())[:2]
        if second > 1.1 * best:
            return found


def costs(dataset: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return for each class the hours of its fastest tier, and the dollars of its cheapest one that is in time."""
    plan = plans.archive(dataset["bytes"], dataset["objects"], months=dataset["months"], retrievals=dataset["reads"])
    found = {}
    for name, ways in plan.groupby("storage_class"):
        in_time = ways[ways["hours"] <= dataset["wait_hours"]]
        found[str(name)] = float(ways["hours"].min()), float(in_time["total"].min())
    return found


def each_costs(dataset: Mapping[str, Any]) -> dict[str, float]:
    """Return the dollars of each class that answers in time."""
    return {name: usd for name, (hours, usd) in costs(dataset).items() if hours <= dataset["wait_hours"] and usd == usd}


def sample(brief: Brief, name: str) -> bytes:
    """Return the object of a data set."""
    return brief.random(f"sample/{name}").randbytes(2_000)


def scans(brief: Brief) -> list[dict[str, Any]]:
    """Return scans of bags: most at one airport, records small or large, some bags scanned twice."""
    draw = brief.random("scans")
    hot, *others = draw.sample(["EWR", "JFK", "LGA"], 3)
    bags = draw.sample(range(10**9, 10**10), 1_000)
    bags += draw.sample(bags, RECORDS - len(bags))
    draw.shuffle(bags)
    padding = draw.choice([60, 1_250])
    return [
        {
            "scan": number,
            "bag": f"{bag}",
            "airport": hot if draw.random() < 0.65 else draw.choice(others),
            "belt": draw.randint(1, 12),
            "image": draw.randbytes((padding + draw.randint(0, 40)) // 2).hex(),
        }
        for number, bag in enumerate(bags, start=1)
    ]


def _seat_story(brief: Brief) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Draw what was sold before, and the claims: of each seat some in time and some late."""
    draw = brief.random("seats")
    rows = draw.sample(range(1, 40), 18)
    there: dict[str, str] = {}
    of_seat: list[list[dict[str, Any]]] = []
    for number, row in enumerate(rows):
        key = f"seats/{row:02}{draw.choice('ABCDEF')}"
        known: str | None = None
        queue: list[dict[str, Any]] = []
        if number % 3 == 0:
            there[key] = _body(draw)
            known = etag(there[key])
        late = draw.choice([[True, False, True], [False, False, True], [False, True, False, True]])
        history = [known]
        for position, is_late in enumerate(late):
            is_late = is_late and len(history) > 1
            seen = draw.choice(history[:-1]) if is_late else history[-1]
            queue.append({"key": key, "body": _body(draw), "seen": seen, "at": draw.random() + position})
            if not is_late:
                history.append(etag(queue[-1]["body"]))
        of_seat.append(queue)
    found = sorted((each for queue in of_seat for each in queue), key=lambda each: each["at"])
    told = [{"id": f"c{n:02}", **{k: each[k] for k in ("key", "body", "seen")}} for n, each in enumerate(found, 1)]
    return there, told


def _body(draw: random.Random) -> str:
    return f"passenger {draw.randint(10_000, 99_999)}, bags {draw.randint(0, 3)}, fare {draw.randint(80, 900)}"


def before(brief: Brief) -> dict[str, str]:
    """Return the seats that were sold before: key -> content."""
    return _seat_story(brief)[0]


def claims(brief: Brief) -> list[dict[str, Any]]:
    """Return the claims on seats, in the order in which they come; some saw what is there no more."""
    return _seat_story(brief)[1]


def etag(body: str) -> str:
    """Return the ETag of an object with this content."""
    return f'"{hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()}"'


def bill(brief: Brief) -> list[dict[str, Any]]:
    """Return the inventory behind a bill: one data set lies in small objects where that is dear."""
    draw = brief.random("bill")
    names = iter(draw.sample(NAMES, 8))
    kinds: list[tuple[str, int, int]] = [
        (draw.choice(["STANDARD_IA", "GLACIER_IR"]), draw.randint(4, 9) * 10**6, draw.randint(4_000, 20_000)),
        ("STANDARD", draw.randint(10, 20) * 10**6, draw.randint(4_000, 20_000)),
        ("STANDARD_IA", draw.randint(2, 4) * 10**6, draw.randint(140_000, 190_000)),
        ("GLACIER_IR", draw.randint(10, 30) * 10**3, draw.randint(5_000, 20_000)),
        ("DEEP_ARCHIVE", draw.randint(2, 5) * 10**6, draw.randint(60_000, 90_000)),
        ("GLACIER_IR", draw.randint(3, 6) * 10**6, draw.randint(400_000, 900_000)),
        ("STANDARD", draw.randint(20, 90) * 10**3, draw.randint(30, 90) * MIB),
        ("STANDARD_IA", draw.randint(20, 90) * 10**3, draw.randint(30, 90) * MIB),
    ]
    rows = [
        {"dataset": next(names), "storage_class": kind, "objects": count, "bytes": count * size}
        for kind, count, size in kinds
    ]
    draw.shuffle(rows)
    return rows

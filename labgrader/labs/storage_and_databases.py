"""Lab 3.5: four workloads and the stores made for them, seats sold once, ways on a map, an index kept by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any

from helpers import data
from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = [
    "TAGS",
    "duties",
    "flights",
    "hotels",
    "index_found",
    "names",
    "pages",
    "pilots",
    "place",
    "requests",
    "routes",
    "seats",
    "tell",
    "wishes",
]

TAGS = ["bar", "beach", "family", "gym", "late check-in", "parking", "pets", "pool", "quiet", "sauna", "shuttle"]
_FIRST = ["Ada", "Bo", "Chen", "Dana", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun", "Kaya", "Lou", "Mia", "Nils", "Oya"]
_LAST = ["Abel", "Brandt", "Costa", "Diaz", "Egger", "Fischer", "Gupta", "Haas", "Ito", "Jonas", "Kim", "Lind"]
_WORDS = ["Municipal", "County", "Regional", "International", "Lake", "River", "Island", "Memorial", "Valley"]


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    brief.fact("stores", brief.name("stores"), "the bucket for files that you make; it is there already")
    brief.fact("pages", brief.name("pages"), "the DynamoDB table that you make in task 1")
    brief.fact("word", draw.choice(_WORDS), "a word that passengers search for")
    brief.fact("seats", brief.name("seats"), "the table of seats, which is there already")
    codes = [code for code, _ in _chain(brief)]
    brief.fact("start", codes[0], "the airport where the way begins")
    brief.fact("goal", codes[-1], "the airport where it ends")
    brief.fact("legs", draw.randint(2, 3), "legs that a crew may fly at most from the start")
    brief.fact("hotels", brief.name("hotels"), "the table of hotels, which is there already")
    brief.fact("by_tag", brief.name("by-tag"), "its index by tag, a table that is there already and was neglected")


def place(brief: Brief, aws: Account) -> None:
    """Put the files into the inbox; make the bucket, the seats, the hotels and their index."""
    aws.create_bucket(brief.stores)
    aws.put(brief.inbox, "pages.json", pages(brief))
    for name, rows in (
        ("flights", flights(brief)),
        ("pilots", pilots(brief)),
        ("duties", duties(brief)),
        ("names", names()),
        ("routes", routes(brief)),
    ):
        aws.put(brief.inbox, f"{name}.csv", _csv(rows))
    aws.put(brief.inbox, "requests.json", requests(brief))
    aws.put(brief.inbox, "wishes.json", wishes(brief))
    _table(aws, brief.seats, "flight")
    aws.put_items(brief.seats, [{"flight": flight, "unsold": unsold} for flight, unsold in seats(brief).items()])
    _table(aws, brief.hotels, "id")
    aws.put_items(brief.hotels, [{"id": name, **rest} for name, rest in hotels(brief).items()])
    _table(aws, brief.by_tag, "tag", "id")
    aws.put_items(brief.by_tag, [{"tag": tag, "id": name} for tag, name in sorted(index_found(brief))])


# Task 1: four workloads


def pages(brief: Brief) -> list[dict[str, Any]]:
    """Return what the app shows of each booking, with the legs inside."""
    draw, found = brief.random("pages"), []
    codes = draw.sample(range(100_000, 1_000_000), draw.randint(110, 150))
    for code in codes:
        legs = [
            {"flight": f"B6 {draw.randint(1, 999)}", "seat": f"{draw.randint(1, 30)}{draw.choice('ABCDEF')}"}
            for _ in range(draw.randint(1, 3))
        ]
        found.append({"code": f"B{code}", "name": _person(draw), "bags": draw.randint(0, 3), "legs": legs})
    return found


@lru_cache(maxsize=4)
def _flights(month: int) -> list[dict[str, Any]]:
    frame = data.flights([month])[["carrier", "flight", "origin", "dest", "dep_delay"]]
    frame = frame.astype({"flight": int, "dep_delay": object}).where(frame.notna(), None)
    rows: list[dict[str, Any]] = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    for row in rows:
        row["dep_delay"] = None if row["dep_delay"] is None else int(row["dep_delay"])
    return rows


def flights(brief: Brief) -> list[dict[str, Any]]:
    """Return flights and how late each left; None where it never did."""
    draw = brief.random("flights")
    return draw.sample(_flights(draw.randint(1, 12)), draw.randint(3_500, 4_500))


def pilots(brief: Brief) -> list[dict[str, str]]:
    """Return the pilots."""
    draw = brief.random("pilots")
    numbers = draw.sample(range(1_000, 10_000), 40)
    return [{"id": f"P{number}", "name": _person(draw), "base": draw.choice(["BOS", "JFK"])} for number in numbers]


def duties(brief: Brief) -> list[dict[str, str]]:
    """Return the duties as they were sent; some break one of the two rules."""
    draw, crew = brief.random("duties"), [pilot["id"] for pilot in pilots(brief)]
    found: list[dict[str, str]] = []
    taken = set()
    while len(found) < 160:
        pilot, day = draw.choice(crew), f"2013-07-{draw.randint(1, 31):02}"
        if (pilot, day) not in taken:
            taken.add((pilot, day))
            found.append({"pilot": pilot, "day": day, "flight": f"B6 {draw.randint(1, 999)}"})
    for _ in range(draw.randint(4, 9)):
        stranger = {"pilot": f"P{draw.randint(10_000, 99_999)}", "day": "2013-07-04"}
        found.insert(draw.randrange(len(found)), stranger | {"flight": f"B6 {draw.randint(1, 999)}"})
    for row in draw.sample(found, draw.randint(5, 9)):
        found.append(row | {"flight": f"B6 {draw.randint(1_000, 1_999)}"})
    return found


@lru_cache(maxsize=1)
def _names() -> list[dict[str, str]]:
    frame = data.airports()
    return [{"faa": faa, "name": name} for faa, name in zip(frame["faa"], frame["name"], strict=True)]


def names() -> list[dict[str, str]]:
    """Return the airports and what they are called."""
    return list(_names())


# Task 2: seats


def seats(brief: Brief) -> dict[str, int]:
    """Return what is unsold of each flight at first."""
    draw = brief.random("seats")
    return {f"B6 {number}": draw.randint(6, 12) for number in sorted(draw.sample(range(1, 1_000), 8))}


def requests(brief: Brief) -> list[dict[str, Any]]:
    """Return the agents' requests, in order: sales, and moves to another flight."""
    draw, there = brief.random("requests"), list(seats(brief))
    found: list[dict[str, Any]] = []
    for number in range(1, draw.randint(38, 44)):
        row: dict[str, Any] = {"id": f"q{number:02}", "flight": draw.choice(there), "seats": draw.randint(1, 4)}
        if number % 4 == 0:
            row["to"] = draw.choice([flight for flight in there if flight != row["flight"]])
        found.append(row)
    # at least one move that must fail as a whole, and then one sale that its first half would have made possible
    full, other = draw.sample(there, 2)
    found.append({"id": "q90", "flight": other, "to": full, "seats": 60})
    found.append({"id": "q91", "flight": other, "seats": 40})
    return found


# Task 3: ways


def _chain(brief: Brief) -> list[tuple[str, int]]:
    """Return airports in a row; neighbors are near each other."""
    draw = brief.random("chain")
    codes = draw.sample(sorted(row["faa"] for row in _names()), draw.randint(44, 52))
    return [(code, number) for number, code in enumerate(codes)]


def routes(brief: Brief) -> list[dict[str, Any]]:
    """Return routes, each in one direction; some are suspended."""
    draw, codes = brief.random("routes"), [code for code, _ in _chain(brief)]
    last, found = len(codes) - 1, {}
    for here in range(last):
        for there in {here + 1, *(here + draw.randint(2, 6) for _ in range(2))}:
            if there <= last:
                found[here, there] = found[there, here] = 30 + 10 * (there - here) + draw.randint(0, 9)
    hubs = [0, *sorted(draw.sample(range(9, last - 8), 3)), last]
    for here, there in pairwise(hubs):
        found[here, there] = 220 + 22 * (there - here) + draw.randint(0, 9)
    rows = [_route(codes[a], codes[b], minutes, "flown") for (a, b), minutes in found.items()]
    middle = draw.randint(12, last - 12)
    rows += [_route(codes[0], codes[middle], 61, "suspended"), _route(codes[middle], codes[last], 62, "suspended")]
    rows += [_route(codes[last], codes[0], 63, "flown")]  # back, not there
    draw.shuffle(rows)
    return rows


def _route(origin: str, dest: str, minutes: int, state: str) -> dict[str, Any]:
    return {"origin": origin, "dest": dest, "minutes": minutes, "state": state}


# Task 4: an index


def hotels(brief: Brief) -> dict[str, dict[str, Any]]:
    """Return the hotels as they are at first: id -> name and tags."""
    draw = brief.random("hotels")
    ids = [f"h{number}" for number in sorted(draw.sample(range(100, 1_000), 40))]
    return {each: {"name": f"Hotel {draw.choice(_LAST)}", "tags": _tags(draw)} for each in ids}


def wishes(brief: Brief) -> list[dict[str, Any]]:
    """Return changes in order: new tags of a hotel, a new hotel, a hotel that closes."""
    draw, there = brief.random("wishes"), sorted(hotels(brief))
    chosen = draw.sample(there, 14)
    found: list[dict[str, Any]] = [{"do": "tag", "id": each, "tags": _tags(draw)} for each in chosen[:9]]
    found += [{"do": "close", "id": each} for each in chosen[9:12]]
    for number in draw.sample(range(1_000, 2_000), 4):
        found.append({"do": "open", "id": f"h{number}", "name": f"Hotel {draw.choice(_LAST)}", "tags": _tags(draw)})
    draw.shuffle(found)
    return [*found, *({"do": "tag", "id": each, "tags": _tags(draw)} for each in chosen[:3])]


def index_found(brief: Brief) -> set[tuple[str, str]]:
    """Return the index as it is found: pairs of tag and id, some missing, some of tags that a hotel has no more."""
    draw, there = brief.random("index"), hotels(brief)
    right = {(tag, name) for name, hotel in there.items() for tag in hotel["tags"]}
    stale = {(tag, name) for name, hotel in there.items() for tag in TAGS if tag not in hotel["tags"]}
    gone = set(draw.sample(sorted(right), draw.randint(8, 14)))
    ghosts = {(draw.choice(TAGS), f"h{draw.randint(10, 99)}") for _ in range(4)}
    return (right - gone) | set(draw.sample(sorted(stale), draw.randint(8, 14))) | ghosts


def _tags(draw: Any) -> list[str]:
    return sorted(draw.sample(TAGS, draw.randint(1, 4)))


def _person(draw: Any) -> str:
    return f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"


def _csv(rows: Iterable[dict[str, Any]]) -> str:
    rows, out = list(rows), io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _table(aws: Account, name: str, *keys: str) -> None:
    dynamo = aws.client("dynamodb")
    dynamo.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamo.get_waiter("table_exists").wait(TableName=name)

"""The checks of lab 3.5."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.columns import read_columns
from labgrader.databases import LARGEST, ask, takes
from labgrader.graphs import legs_of, quickest, reached
from labgrader.labs import storage_and_databases as given
from labgrader.tasks import Part, Step, task
from labgrader.writes import Write, writing_requests

__all__ = ["index", "seats", "ways", "workloads"]

#: Flights, and how many more are unsold of each after a request than before; sorted.
Changes = tuple[tuple[str, int], ...]
_DAYS = [f"2013-07-{day:02}" for day in range(1, 32)]


@task(
    1,
    "Give four workloads the store that fits",
    points=8,
    hint="One thing by its key: a table of DynamoDB. One question over all rows: columns. Rules between tables: "
    "a FOREIGN KEY and a UNIQUE in SQLite. Words: a virtual table that uses fts5.",
)
def workloads(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at each store: what it holds, and whether it does what it was chosen for."""
    yield from _pages(lab, aws)
    yield from _columns(lab, aws)
    yield from _relations(lab, aws)
    yield from _search(lab, aws)


@task(
    2,
    "Sell no seat twice",
    points=6,
    hint="Let the database subtract, on the condition that enough is unsold. A move is two such updates in one "
    "transact_write_items: both happen, or none.",
)
def seats(lab: Brief, aws: Account) -> Iterator[Step]:
    """Replay the requests and compare."""
    unsold, refused, wanted = _sold(lab)
    items = {str(item.get("flight")): item.get("unsold") for item in aws.items(lab.seats)}
    if items == given.seats(lab):
        yield 0, False, f"{lab.seats} is as you found it: nothing is sold."
        return
    right = [flight for flight, count in unsold.items() if items.get(flight) == count]
    yield 2, Part(len(right), len(unsold)), f"{len(right)} of {len(unsold)} flights have the right number unsold."
    told = aws.read_json(lab.inbox, "answers/refused.json")
    same = isinstance(told, list) and sorted(map(str, told)) == refused
    yield 1, same, "answers/refused.json is not the list of the ids of the requests that were refused."
    done = writing_requests(aws, lab.seats)
    careful = [made for request in done if request is not None and (made := _changes(request)) is not None]
    whole = len(right) == len(unsold)
    sentence = f"{len(careful)} of {len(done)} requests wrote to {lab.seats} so that no other agent's sale can be lost."
    missing = Counter(pair for each in wanted for pair in each) - Counter(pair for each in careful for pair in each)
    yield 0, len(careful) == len(done), sentence
    sentence = f"{missing.total()} sales and halves of moves were not written by themselves."
    yield 2, whole and len(careful) == len(done) and not missing, sentence
    moves: Counter[Changes] = Counter(each for each in wanted if len(each) == 2)
    left = moves - Counter(careful)
    sentence = (
        f"{moves.total() - left.total()} of the {moves.total()} moves that were possible are one transaction each."
    )
    yield 1, whole and not left, sentence


@task(
    3,
    "Find the way",
    points=5,
    hint="A directed graph of the routes that are flown: networkx.DiGraph, shortest_path with and without weight, "
    "single_source_shortest_path_length with cutoff.",
)
def ways(lab: Brief, aws: Account) -> Iterator[Step]:
    """Walk what was answered along the routes."""
    flown = {(row["origin"], row["dest"]): row["minutes"] for row in given.routes(lab) if row["state"] == "flown"}
    fewest = aws.read_json(lab.inbox, "answers/fewest.json")
    legs = legs_of(fewest, lab.start, lab.goal)
    flies = bool(legs) and all(leg in flown for leg in legs)
    text = f"answers/fewest.json is not a list of airports from {lab.start} to {lab.goal}, each leg on a route flown."
    yield 1, flies, text
    steps = reached(flown, lab.start)
    yield 1, flies and len(legs) == steps[lab.goal], f"answers/fewest.json takes {len(legs)} legs; fewer are possible."
    legs = legs_of(aws.read_json(lab.inbox, "answers/quickest.json"), lab.start, lab.goal)
    flies = bool(legs) and all(leg in flown for leg in legs)
    took = sum(flown[leg] for leg in legs) if flies else 0
    text = (
        f"answers/quickest.json takes {took} minutes; less is possible."
        if flies
        else "answers/quickest.json is no way."
    )
    yield 2, flies and took == quickest(flown, lab.start, lab.goal), text
    near = sorted(code for code, count in steps.items() if 0 < count <= lab.legs)
    told = aws.read_json(lab.inbox, "answers/near.json")
    same = isinstance(told, list) and sorted(map(str, told)) == near
    yield 1, same, f"answers/near.json does not list the airports that {lab.legs} legs at most reach from {lab.start}."


@task(
    4,
    "Keep an index consistent",
    points=6,
    hint="Compare the index with the hotels and mend it first. Then make each wish one transact_write_items: the "
    "hotel, a Delete for each tag that goes, a Put for each that comes.",
)
def index(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the hotels and the index with the wishes."""
    wanted, wishes = _hotels(lab), given.wishes(lab)
    items = {str(item.get("id")): item for item in aws.items(lab.hotels)}
    found = {(str(item.get("tag")), str(item.get("id"))) for item in aws.items(lab.by_tag)}
    touched = {wish["id"] for wish in wishes}
    right = [name for name in touched if _hotel(items.get(name)) == wanted.get(name)]
    others = all(_hotel(items.get(name)) == wanted[name] for name in wanted.keys() - touched)
    if found == given.index_found(lab) and _first(lab) == {name: _hotel(item) for name, item in items.items()}:
        yield 0, False, "Hotels and index are as you found them."
        return
    extra = len(items.keys() - wanted.keys())
    done = len(right) == len(touched) and others and not extra
    yield (
        1,
        done,
        f"{len(right)} of {len(touched)} hotels that wishes name are as they should be; {extra} are too many.",
    )
    exact = {(tag, name) for name, (_, tags) in wanted.items() for tag in tags}
    missing, stale = len(exact - found), len(found - exact)
    text = f"{missing} pairs of tag and hotel are missing in {lab.by_tag}, {stale} are there that no hotel has."
    yield 3, done and not missing and not stale, text
    apart, seen = _apart(lab, aws)
    text = f"{apart} requests left a pair of tag and hotel wrong in one of the two tables that was right before."
    yield 0, not apart, text
    text = "The request log does not show how hotels and index came to be what they are."
    yield 2, done and not missing and not stale and not apart and seen == exact, text


# Task 1


def _pages(lab: Brief, aws: Account) -> Iterator[Step]:
    described = aws.table(lab.pages)
    keys = [key["AttributeName"] for key in (described or {}).get("KeySchema", [])]
    items = {str(item.get("code")): item for item in aws.items(lab.pages)}
    wanted = given.pages(lab)
    same = [page for page in wanted if items.get(page["code"]) == page]
    text = f"{lab.pages} holds {len(same)} of {len(wanted)} pages whole, with their legs inside."
    yield 1, len(same) == len(wanted) == len(items), text
    yield 1, same and keys == ["code"], f"{lab.pages} does not find a page by its code alone."


def _columns(lab: Brief, aws: Account) -> Iterator[Step]:
    wanted = given.flights(lab)
    names, table = list(wanted[0]), read_columns(_content(aws, lab.stores, "flights.parquet"))
    if table is None or not set(names) <= set(table.column_names):
        yield 0, False, f"{lab.stores} has no Parquet file flights.parquet with {', '.join(names)}."
        return
    found = zip(*(table[name].to_pylist() for name in names), strict=True)
    rows = Counter(tuple(None if value != value else value for value in row) for row in found)
    same = rows == Counter(tuple(row.values()) for row in wanted)
    yield 1, same, f"flights.parquet has {len(table):,} rows that are not the {len(wanted):,} of flights.csv."
    whole = pa.types.is_integer(table.schema.field("dep_delay").type)
    yield 1, same and whole, f"dep_delay is {table.schema.field('dep_delay').type}, not whole numbers and null."


def _relations(lab: Brief, aws: Account) -> Iterator[Step]:
    content = _content(aws, lab.stores, "crew.db")
    crew, duties = given.pilots(lab), _lawful(lab)
    found = [
        ask(content, f"SELECT {', '.join(rows[0])} FROM {name} LIMIT 1000", name)
        for name, rows in (("pilots", crew), ("duties", duties))
    ]
    if None in found:
        yield 0, False, f"{lab.stores} has no SQLite file crew.db with the tables pilots and duties."
        return
    same = [Counter(rows or []) for rows in found] == [
        Counter(tuple(row.values()) for row in rows) for rows in (crew, duties)
    ]
    yield (
        1,
        same,
        f"crew.db has {len(found[0] or [])} pilots and {len(found[1] or [])} duties, not those that keep the rules.",
    )
    taken, flights = {(row["pilot"], row["day"]) for row in duties}, sorted({row["flight"] for row in duties})
    free = next((pilot["id"], day) for pilot in crew for day in _DAYS if (pilot["id"], day) not in taken)
    tried = [(("P0", free[1]), False), (min(taken), False), (max(taken), False), (free, True)]
    sql = "INSERT INTO duties (pilot, day, flight) VALUES (?, ?, ?)"
    refuses = all(takes(content, sql, [*row, _another(flights, duties, row)]) is right for row, right in tried)
    yield 1, same and refuses, "crew.db itself takes a duty that breaks a rule, or refuses one that keeps them."


def _search(lab: Brief, aws: Account) -> Iterator[Step]:
    content = _content(aws, lab.stores, "search.db")
    made = ask(content, "SELECT sql FROM sqlite_master WHERE name = 'names'")
    if not made or not re.match(r"(?is)\s*CREATE\s+VIRTUAL\s+TABLE\b.*\bUSING\s+fts\d", str(made[0][0])):
        yield 0, False, f"{lab.stores} has no SQLite file search.db with a full-text index names."
        return
    rows = ask(content, "SELECT faa, name FROM names LIMIT 5000") or []
    same = Counter(rows) == Counter((row["faa"], row["name"]) for row in given.names())
    yield 1, same, f"The index names holds {len(rows)} airports that are not those of names.csv."
    hits = ask(content, f"SELECT faa FROM names WHERE names MATCH '{lab.word}' LIMIT 5000") or []
    wanted = {(row["faa"],) for row in given.names() if lab.word.lower() in row["name"].lower().split()}
    yield (
        1,
        same and wanted <= set(hits),
        f"A search for {lab.word} finds {len(hits)} airports, not all that have the word.",
    )


def _another(flights: list[str], duties: list[dict[str, str]], duty: tuple[str, str]) -> str:
    """Return a flight of the file that a duty does not have, nor anybody on its day."""
    return next(each for each in flights if each not in {row["flight"] for row in duties if duty[1] == row["day"]})


def _lawful(lab: Brief) -> list[dict[str, str]]:
    """Return the duties of pilots that there are, the first of each pilot and day."""
    known = {pilot["id"] for pilot in given.pilots(lab)}
    taken: dict[tuple[str, str], dict[str, str]] = {}
    for row in given.duties(lab):
        if row["pilot"] in known:
            taken.setdefault((row["pilot"], row["day"]), row)
    return list(taken.values())


def _content(aws: Account, bucket: str, key: str) -> bytes | None:
    head = aws.ask("s3", "head_object", Bucket=bucket, Key=key)
    return aws.read(bucket, key) if head and head["ContentLength"] <= LARGEST else None


# Task 2


def _sold(lab: Brief) -> tuple[dict[str, int], list[str], list[Changes]]:
    """Return what must be unsold, the refused requests, and what each of the others changes."""
    unsold, refused, changes = given.seats(lab), [], []
    for each in given.requests(lab):
        takes, count = each.get("to", each["flight"]), each["seats"]
        if unsold[takes] < count:
            refused.append(each["id"])
            continue
        changes.append(tuple(sorted([(takes, -count), *([(each["flight"], count)] if "to" in each else [])])))
        for flight, more in changes[-1]:
            unsold[flight] += more
    return unsold, sorted(refused), changes


def _changes(request: list[Write]) -> Changes | None:
    """Return by how much a request changes which flights; None if a sale of another agent can be lost."""
    found = []
    for write in request:
        if (more := write.added("unsold")) is None:
            return None
        found.append((str(write.key[0]), more))
    return tuple(sorted(found))


# Task 4


def _first(lab: Brief) -> dict[str, tuple[str, list[str]]]:
    return {name: (hotel["name"], hotel["tags"]) for name, hotel in given.hotels(lab).items()}


def _hotels(lab: Brief) -> dict[str, tuple[str, list[str]]]:
    """Return the hotels as they must be: name and tags."""
    there = _first(lab)
    for wish in given.wishes(lab):
        name = wish["id"]
        if wish["do"] == "close":
            there.pop(name, None)
        elif wish["do"] == "open":
            there[name] = (wish["name"], wish["tags"])
        else:
            there[name] = (there[name][0], wish["tags"])
    return there


def _apart(lab: Brief, aws: Account) -> tuple[int, set[tuple[Any, ...]]]:
    """Carry out the requests again; return how many left a pair wrong that was right, and the pairs in the end."""
    hotels = {(name,): {"id": name, **rest} for name, rest in given.hotels(lab).items()}
    pairs = {pair: {"tag": pair[0], "id": pair[1]} for pair in given.index_found(lab)}
    there: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {lab.hotels: hotels, lab.by_tag: pairs}
    wrong, count = _wrong(there[lab.hotels], there[lab.by_tag]), 0
    for request in writing_requests(aws, lab.hotels, lab.by_tag):
        for write in request or ():
            rows = there[write.table.name]
            before = rows.get(write.key, {})
            after = write.after(before) if write.holds(before) else before
            rows.pop(write.key, None) if not after else rows.update({write.key: after})
        before_wrong, wrong = wrong, _wrong(there[lab.hotels], there[lab.by_tag])
        count += request is None or not wrong <= before_wrong
    return count, set(there[lab.by_tag])


def _wrong(hotels: dict[tuple[Any, ...], dict[str, Any]], pairs: Iterable[tuple[Any, ...]]) -> set[tuple[str, ...]]:
    """Return the pairs that only one of hotels and index has."""
    have = {(tag, item["id"]) for item in hotels.values() for tag in (_hotel(item) or ("", []))[1]}
    return have ^ set(pairs)


def _hotel(item: dict[str, Any] | None) -> tuple[str, list[str]] | None:
    tags = item.get("tags") if item else None
    return (str(item.get("name")), sorted(map(str, tags))) if item and isinstance(tags, list | set) else None

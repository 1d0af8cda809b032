"""The checks of lab 3.9."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.labs import dynamodb as given
from labgrader.reads import key_reads
from labgrader.tasks import Part, Step, task
from labgrader.writes import Write, writing_requests

__all__ = ["accident", "indexes", "lost_updates", "questions", "reminders", "table"]


@task(
    1,
    "Load the records",
    points=5,
    hint="officers comes as text, and UpdateTime does not sort: turn both while you load (datetime.strptime reads "
    "'%a %b %d %H:%M:%S %Y'). An index key may not be empty text, so leave out what is empty.",
)
def table(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at keys, completeness and types."""
    described = aws.table(lab.table)
    if described is None:
        yield 0, False, f"There is no table {lab.table} yet."
        return
    sentence = f"The key of {lab.table} is not guid alone, so question 1 is no GetItem."
    yield 1, _keys(described) == ("guid", None), sentence
    records, items = {each["guid"]: each for each in given.records(lab)}, _by_guid(aws, lab)
    there = [guid for guid in records if guid in items]
    whole = [guid for guid in there if _is_whole(items[guid], records[guid])]
    sentence = f"{lab.table} holds {len(whole)} of {len(records)} records with all that they have."
    yield 2, Part(len(whole), len(records)), sentence
    changed = {change["guid"] for change in given.changes(lab)}  # of which task 4 sets the officers
    typed = [
        guid
        for guid in there
        if isinstance(found := items[guid].get("officers"), Decimal)
        and (found == int(records[guid]["officers"]) or guid in changed)
    ]
    yield 1, there and typed == there, f"officers is a number in {len(typed)} of {len(there)} items."
    sorts = [guid for guid in there if items[guid].get("updated_at") == _iso(records[guid]["UpdateTime"])]
    sentence = (
        f"updated_at is UpdateTime as ISO 8601 in UTC (2018-03-02T12:43:43Z) in {len(sorts)} of {len(there)} items."
    )
    yield 1, there and sorts == there, sentence


@task(
    2,
    "Give each question an index",
    points=6,
    hint="Only what a question returns belongs into its index: ProjectionType INCLUDE. An item without the key "
    "attributes is not in an index, which makes it sparse; one Query needs one value of the partition key.",
)
def indexes(lab: Brief, aws: Account) -> Iterator[Step]:
    """Ask the questions oneself and look at what they cost."""
    described = aws.table(lab.table)
    if described is None:
        yield 0, False, f"There is no table {lab.table} yet."
        return
    found = {each["IndexName"]: each for each in described.get("GlobalSecondaryIndexes", [])}
    by_county = next((name for name, each in found.items() if _keys(each) == ("county", "updated_at")), None)
    answer, units = _ask_county(lab, aws, by_county) if by_county else ([], 0.0)
    right = [name for name, _ in _expected_county(lab)]
    yield 1, by_county, "No index finds a county's records in the order of updated_at."
    yield 1, answer == right, f"The index for {lab.county} since {lab.since} gives not the names of its departments."
    cheap = answer == right and units <= lab.read_budget
    yield 1, cheap, f"The question about {lab.county} costs {units:g} RCU, more than {lab.read_budget:g}."
    yield 1, any(_keys(each)[0] == "PoliceDepartmentName" for each in found.values()), "No index finds a name."
    yield (
        1,
        _is_review_index(lab, aws, found),
        "No index gives the departments under review, oldest first, and only them.",
    )
    copies = [name for name, each in found.items() if _copies_report(each)]
    yield 1, found and not copies, f"Each write pays for a copy of the report in {', '.join(copies) or 'no index yet'}."


@task(
    3,
    "Answer without reading everything",
    points=4,
    hint="A Query takes a condition on both keys of an index; IndexName says which, ScanIndexForward in which order.",
)
def questions(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the answer, and look at how it was found."""
    answer = aws.read_json(lab.inbox, "answers/county.json")
    if not isinstance(answer, list):
        yield 0, False, f"There is no JSON list in {lab.inbox}/answers/county.json."
        return
    right = [name for name, _ in _expected_county(lab)]
    same = sorted(map(str, answer)) == sorted(right)
    yield 1, same, f"answers/county.json names {len(answer)} departments, not those of {lab.county} since {lab.since}."
    yield 1, answer == right, "The names are not in order, newest update first."
    reads = key_reads(aws, lab.table)
    asked = any(read.fixes("county", lab.county) for read in reads)
    yield 1, same and asked, f"The request log shows no Query of an index of your table for {lab.county}."
    scans = [read for read in reads if read.is_scan]
    sentence = f"The request log shows {len(scans)} scans of {lab.table}; each reads everything."
    yield 1, same and asked and not scans, sentence


@task(
    4,
    "Let no change be lost",
    points=5,
    hint="One UpdateItem does it: set the value and count version up, on condition that version is the one that was "
    "seen. ConditionalCheckFailedException then means: refused.",
)
def lost_updates(lab: Brief, aws: Account) -> Iterator[Step]:
    """Replay the changes and compare."""
    items = _by_guid(aws, lab)
    state, refused = _replayed(lab)
    if not items:
        yield 0, False, f"{lab.table} holds no records to change."
        return
    right = [guid for guid, wanted in state.items() if _agrees(items.get(guid, {}), wanted)]
    touched = [guid for guid in state if items.get(guid, {}).get("version") != 1]
    if not touched:
        yield 0, False, "No record has another version than 1 yet."
        return
    sentence = f"{len(right)} of {len(state)} changed records are as they should be; version counts accepted changes."
    yield 3, Part(len(right), len(state)), sentence
    told = aws.read_json(lab.inbox, "answers/refused.json")
    yield (
        1,
        isinstance(told, list) and sorted(map(str, told)) == refused,
        ("answers/refused.json is not the list of the ids of the changes that were refused."),
    )
    sentence = "Not every accepted change was written on the condition that its version stands, so one could be lost."
    yield 1, all(_careful(lab, aws, items)), sentence


@task(
    5,
    "Let reminders expire, and say which did",
    points=5,
    hint="TTL reads whole seconds since 1970 as a number. A stream with old images, switched on before the waiting, "
    "names in userIdentity who deleted: the service, or nobody, which is you.",
)
def reminders(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at TTL, stream and what is left."""
    described = aws.table(lab.reminders)
    opened = aws.created(lab.inbox)
    if described is None or opened is None:
        yield 0, False, f"There is no table {lab.reminders} yet."
        return
    ttl = (aws.ask("dynamodb", "describe_time_to_live", TableName=lab.reminders) or {})["TimeToLiveDescription"]
    attribute = ttl.get("AttributeName", "")
    yield 1, attribute, f"Time to live is not enabled on {lab.reminders}."
    times = {each["id"]: _moment(each["expires"]) for each in given.reminders(lab, opened)}
    last = max(times, key=lambda name: times[name])
    left = {str(item.get("id")): item for item in aws.items(lab.reminders)}
    value = left.get(last, {}).get(attribute)
    yield 1, value == int(times[last].timestamp()), f"{last} does not hold the second of its expiry, as a number."
    view = described.get("StreamSpecification", {}).get("StreamViewType", "")
    yield 1, view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"), "No stream keeps what a deleted item was."
    waited = aws.now()
    gone = sorted(name for name, when in times.items() if when < waited.replace(minute=0, second=0, microsecond=0))
    remain = sorted(set(times) - set(gone) - {lab.cancelled})
    vanished = gone and sorted(left) == remain
    yield 1, vanished, f"{len(left)} reminders are left; {len(remain)} have not expired by {waited:%Y-%m-%d %H:%M}."
    told = aws.read_json(lab.inbox, "answers/expired.json")
    expired = [name for name in gone if name != lab.cancelled]
    yield (
        1,
        vanished and isinstance(told, list) and sorted(map(str, told)) == expired,
        ("answers/expired.json is not the list of what DynamoDB itself deleted."),
    )


@task(
    6,
    "Undo an accident",
    points=5,
    hint="Restore to the second before the accident into a new table, and copy back what is missing, nothing else: "
    "what others changed since must stay.",
)
def accident(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the ledger with its story."""
    story, now = given.ledger(lab), {str(item.get("id")): item for item in aws.items(lab.ledger)}
    lost = {entry["id"] for entry in story["lost"]}
    had = [(entry["id"], entry["amount"]) for entry in [*story["first"], *story["changed"]]]
    back = sorted({name for name, amount in had if name in lost and now.get(name, {}).get("amount") == amount})
    if not back:
        yield 0, False, f"None of the {len(lost)} lost entries is back in {lab.ledger} with an amount that it had."
        return
    yield 2, Part(len(back), len(lost)), f"{len(back)} of {len(lost)} lost entries are back in {lab.ledger}."
    good = dict(had)
    wrong = [name for name in back if now[name].get("amount") != good[name]]
    yield 1, not wrong, f"{len(wrong)} entries are back with another amount than they had when they were lost."
    since = good | {entry["id"]: entry["amount"] for entry in story["later"]}
    undone = [name for name in since.keys() - lost if now.get(name, {}).get("amount") != since[name]]
    yield 1, not undone, f"{len(undone)} entries that were not lost are no longer as others left them."
    asked = aws.requests("RestoreTableToPointInTime")
    restored = any(each.outcome == "OK" and lab.ledger in str(each.parameters) for each in asked)
    yield 1, restored, f"The request log shows no restore of {lab.ledger} to a point in time."


def _by_guid(aws: Account, lab: Brief) -> dict[str, dict[str, Any]]:
    return {str(item.get("guid")): item for item in aws.items(lab.table)}


def _is_whole(item: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether an item has what nothing else tells of a record; empty text may be left out."""
    told = [name for name in ("PoliceDepartmentName", "county", "report", "review_since") if record[name]]
    return all(item.get(name) == record[name] for name in told)


def _keys(described: dict[str, Any]) -> tuple[str | None, str | None]:
    named = {key["KeyType"]: key["AttributeName"] for key in described["KeySchema"]}
    return named.get("HASH"), named.get("RANGE")


def _iso(ctime: str) -> str:
    return f"{datetime.strptime(ctime, '%a %b %d %H:%M:%S %Y'):%Y-%m-%dT%H:%M:%SZ}"


def _moment(iso: str) -> datetime:
    return datetime.strptime(iso, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def _expected_county(lab: Brief) -> list[tuple[str, str]]:
    """Return names and times of the county's records since the date, newest first."""
    there = [each for each in given.records(lab) if each["county"] == lab.county]
    found = [(each["PoliceDepartmentName"], _iso(each["UpdateTime"])) for each in there]
    return sorted((each for each in found if each[1] >= lab.since), key=lambda each: each[1], reverse=True)


def _ask_county(lab: Brief, aws: Account, index: str) -> tuple[list[str], float]:
    answer = aws.client("dynamodb").query(
        TableName=lab.table,
        IndexName=index,
        KeyConditionExpression="county = :c AND updated_at >= :s",
        ExpressionAttributeValues={":c": {"S": lab.county}, ":s": {"S": lab.since}},
        ScanIndexForward=False,
        ReturnConsumedCapacity="TOTAL",
    )
    names = [item.get("PoliceDepartmentName", {}).get("S", "") for item in answer["Items"]]
    return names, answer["ConsumedCapacity"]["CapacityUnits"]


def _is_review_index(lab: Brief, aws: Account, found: dict[str, dict[str, Any]]) -> bool:
    wanted = sorted(each["guid"] for each in given.records(lab) if each["review_since"])
    for name, described in found.items():
        partition, order = _keys(described)
        if order == "review_since":
            held = aws.pages("dynamodb", "scan", "Items", TableName=lab.table, IndexName=name)
            one_value = len({str(item.get(partition)) for item in held}) == 1
            if one_value and sorted(str(item.get("guid", {}).get("S")) for item in held) == wanted:
                return True
    return False


def _copies_report(index: dict[str, Any]) -> bool:
    projection = index["Projection"]
    return projection["ProjectionType"] == "ALL" or "report" in projection.get("NonKeyAttributes", [])


def _replayed(lab: Brief) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return each touched record as it must be, and the refused changes."""
    state: dict[str, dict[str, Any]] = {}
    refused = []
    for change in given.changes(lab):
        record = state.setdefault(change["guid"], {"version": 1})
        if change["seen"] == record["version"]:
            record.update(change["set"], version=record["version"] + 1)
        else:
            refused.append(change["id"])
    return state, refused


def _agrees(item: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(item.get(name) == value for name, value in wanted.items())


def _careful(lab: Brief, aws: Account, items: dict[str, dict[str, Any]]) -> Iterator[bool]:
    """Tell of each accepted change whether a write made it, one that is refused on every other version."""
    officers = {each["guid"]: int(each["officers"]) for each in given.records(lab)}
    writes = [write for request in writing_requests(aws, lab.table) for write in request or ()]
    state: dict[str, dict[str, Any]] = {}
    for change in given.changes(lab):
        guid = change["guid"]
        loaded = {name: value for name, value in items.get(guid, {}).items() if name != "chief"}
        before = state.get(guid) or loaded | {"guid": guid, "officers": officers[guid], "version": 1}
        if change["seen"] == before["version"]:
            after = change["set"] | {"version": before["version"] + 1}
            yield any(_makes(write, before, after) for write in writes if write.key == (guid,))
            state[guid] = before | after


def _makes(write: Write, before: dict[str, Any], after: dict[str, Any]) -> bool:
    held = [version for version in range(100) if write.holds(before | {"version": version})]
    return held == [before["version"]] and _agrees(write.after(before), after)

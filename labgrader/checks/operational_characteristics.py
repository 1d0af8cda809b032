"""The checks of lab 3.1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from math import ceil
from typing import Any

from botocore.exceptions import ClientError

from helpers import prices
from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.labs import operational_characteristics as given
from labgrader.tasks import Part, Step, task

__all__ = ["classes", "race", "small_objects", "stream"]

#: The fullest shard may hold so many times an even share.
UNEVEN = 1.5
GB, MIB = given.GB, given.MIB
SMALLEST = 128 * 1024


@task(
    1,
    "Place six data sets under a budget",
    points=6,
    hint="plans.archive counts requests, smallest sizes, shortest times and restores. Keep the rows whose hours fit "
    "the data set's wait, and take the cheapest; an object moves when it is copied onto itself with a storage class.",
)
def classes(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the classes of the objects with what each data set costs there."""
    objects, wanted = aws.objects(lab.store, "data/"), given.datasets(lab)
    placed = {each["name"]: _class_of(lab, objects, each["name"]) for each in wanted}
    lost = [name for name, kind in placed.items() if not kind]
    if lost:
        yield 0, False, f"data/{lost[0]}.bin in {lab.store} is not the object that was given, or is gone."
        return
    best = {each["name"]: min(usd, key=usd.__getitem__) for each in wanted if (usd := given.each_costs(each))}
    moved = [name for name, kind in placed.items() if kind != "STANDARD"]
    right = [name for name in moved if placed[name] == best[name]]
    to_move = [name for name, kind in best.items() if kind != "STANDARD"]
    if not moved:
        yield 0, False, "All six objects are still in STANDARD."
        return
    got = len(right) - (len(moved) - len(right))
    text = f"{len(moved)} objects have left STANDARD, not all of them for the class that is cheapest in time."
    yield 4, Part(got, len(to_move)), text
    usd_of = [given.each_costs(each).get(placed[each["name"]]) for each in wanted]
    slow = [each["name"] for each, usd in zip(wanted, usd_of, strict=True) if usd is None]
    total = sum(usd or 0 for usd in usd_of)
    text = (
        f"{slow[0]} lies in {placed[slow[0]]}, which is not one of the five classes or answers too late."
        if slow
        else f"The six cost {total:,.2f} dollars, more than {lab.budget:,.2f}."
    )
    yield 2, not slow and total <= lab.budget, text


def _class_of(lab: Brief, objects: dict[str, dict[str, Any]], name: str) -> str:
    """Return the class of a data set's object; empty if it is another object."""
    found, content = objects.get(f"data/{name}.bin"), given.sample(lab, name)
    whole = hashlib.md5(content, usedforsecurity=False)
    parts = hashlib.md5(whole.digest(), usedforsecurity=False)
    if not found or found["ETag"].strip('"') not in (whole.hexdigest(), f"{parts.hexdigest()}-1"):
        return ""
    return str(found.get("StorageClass", "STANDARD"))


@task(
    2,
    "Size a stream",
    points=7,
    hint="Work out the records and the bytes of the busiest second, divide each by what a shard may use of its limit, "
    "take the larger, and round up. The partition key wants a field with many values that keeps a bag together.",
)
def stream(lab: Brief, aws: Account) -> Iterator[Step]:
    """Read the stream, and compare its records and shards with what is needed."""
    summary = aws.ask("kinesis", "describe_stream_summary", StreamName=lab.stream)
    if not summary:
        yield 0, False, f"There is no stream {lab.stream}."
        return
    shards = aws.pages("kinesis", "list_shards", "Shards", StreamName=lab.stream)[:50]
    try:
        held = {shard["ShardId"]: _records(aws, lab.stream, shard["ShardId"]) for shard in shards}
    except ClientError as error:
        if error.response["Error"]["Code"] != "ProvisionedThroughputExceededException":
            raise
        yield 0, False, "The stream was read too often in this second; call session.advance(seconds=1), then check."
        return
    wanted = [_text(each) for each in given.scans(lab)]
    found = sorted(_text(each) for records in held.values() for each in records)
    text = f"The stream holds {len(found):,} records that are not the {len(wanted):,} of scans.jsonl, each once."
    whole = found == sorted(wanted)
    yield 3, whole, text
    details = summary["StreamDescriptionSummary"]
    is_provisioned = details.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED") == "PROVISIONED"
    count, needed = int(details["OpenShardCount"]), _needed(lab)
    why = "more than are needed" if count > needed else f"too few for {lab.full} percent in the busiest second"
    text = f"The stream has {count} open shards, {why}." if is_provisioned else "The stream is not provisioned."
    yield 2, is_provisioned and count == needed, text
    fullest = max((len(records) for records in held.values()), default=0)
    even = len(wanted) / needed
    text = f"The fullest shard holds {fullest:,} records; an even share of the shards needed would be {even:,.0f}."
    is_even = is_provisioned and fullest <= UNEVEN * even
    yield 1, whole and is_even, text
    homes: dict[str, set[str]] = {}
    for shard, records in held.items():
        for each in records:
            homes.setdefault(str(each.get("bag")), set()).add(shard)
    apart = sum(len(where) > 1 for where in homes.values())
    yield 1, whole and is_even and not apart, f"The records of {apart} bags lie in more than one shard."


def _needed(lab: Brief) -> int:
    """Return the fewest shards that hold the busiest second."""
    records = given.scans(lab)
    size = sum(len(json.dumps(each)) for each in records)
    needed: int = ceil(lab.peak / (lab.full / 100) * max(len(records) / 1_000, size / MIB))
    return needed


def _records(aws: Account, stream: str, shard: str) -> list[dict[str, Any]]:
    """Return what a shard holds; what is no JSON object is an empty one."""
    client = aws.client("kinesis")
    start = {"StreamName": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = client.get_shard_iterator(**start)["ShardIterator"]
    found: list[dict[str, Any]] = []
    while iterator and len(found) < 20_000:
        answer = client.get_records(ShardIterator=iterator, Limit=10_000)
        found += [_object(each["Data"]) for each in answer["Records"]]
        iterator = answer.get("NextShardIterator") if answer["MillisBehindLatest"] else None
    return found


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(record: dict[str, Any]) -> str:
    return json.dumps(record, sort_keys=True)


@task(
    3,
    "Sell seats in a race",
    points=6,
    hint="put_object takes IfMatch with the ETag that a claim has seen, and IfNoneMatch='*' where it has seen nothing. "
    "AWS then says which claims come too late. After a wrong try, restart the kernel: what was overwritten is gone.",
)
def race(lab: Brief, aws: Account) -> Iterator[Step]:
    """Play the claims, and compare seats, refusals and the conditions in the request log."""
    seats, late, contested = _played(lab)
    held = aws.objects(lab.seats, "seats/")
    of_seat = {key: held[key]["ETag"] for key in seats if key in held}
    right = [key for key in contested if of_seat.get(key) == given.etag(seats[key])]
    whole = set(held) == set(seats) and all(of_seat[key] == given.etag(seats[key]) for key in seats)
    text = f"Of {len(seats)} seats {len(held)} are sold, not all to the one whose claim came in time."
    yield 3, Part(len(right) if whole else min(len(right), len(contested) - 1), len(contested)), text
    answer = aws.read_json(lab.inbox, "answers/refused.json")
    told = sorted(str(each) for each in answer) if isinstance(answer, list) else []
    text = f"answers/refused.json in {lab.inbox} names {len(told)} claims, not those that came too late."
    yield 1, told == sorted(late), text
    last = {
        str(each.parameters.get("Key")): each.parameters
        for each in aws.requests("PutObject", "CompleteMultipartUpload", "CopyObject", Bucket=lab.seats)
        if each.outcome == "OK"
    }
    bare = [key for key in seats if not _has_condition(last.get(key, {}))]
    text = f"The request log shows {len(bare)} seats whose last write had no condition: a race away from a lost sale."
    yield 2, whole and not bare, text


def _has_condition(asked: dict[str, Any]) -> bool:
    """Whether a write could have been refused: a star instead of an ETag, or the other way round, asks nothing."""
    return asked.get("IfMatch", "*") != "*" or asked.get("IfNoneMatch") == "*"


def _played(lab: Brief) -> tuple[dict[str, str], list[str], list[str]]:
    """Return the seats in the end, the late claims, and the seats where neither the first nor the last claim wins."""
    seats, late = given.before(lab), []
    claims = given.claims(lab)
    for claim in claims:
        now = seats.get(claim["key"])
        if claim["seen"] == (given.etag(now) if now is not None else None):
            seats[claim["key"]] = claim["body"]
        else:
            late.append(claim["id"])
    bodies: dict[str, list[str]] = {}
    for claim in claims:
        bodies.setdefault(claim["key"], []).append(claim["body"])
    return seats, late, [key for key, told in bodies.items() if seats[key] not in (told[0], told[-1])]


@task(
    4,
    "Find the mistake in a bill",
    points=5,
    hint="Compare prices.monthly_storage of each line with what it would be for the same bytes in large objects. Some "
    "classes bill 128 KB for each object at least.",
)
def small_objects(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the answer with the line that saves most."""
    answer = aws.read_json(lab.inbox, "answers/bill.json")
    if not isinstance(answer, dict):
        yield 0, False, f"There is no JSON object in {lab.inbox}/answers/bill.json."
        return
    row = max(given.bill(lab), key=lambda row: _saving(lab, row))
    is_found = answer.get("dataset") == row["dataset"]
    billed = row["objects"] * SMALLEST / GB
    sized = is_found and _near(answer.get("billed_gb"), billed)
    text = "billed_gb is not what AWS bills for that data set each month." if is_found else "Another line saves more."
    yield 2, sized, text
    text = f"saving is not what a month costs less in objects of {lab.pack} MiB, in the same class."
    yield 2, is_found and _near(answer.get("saving"), _saving(lab, row)), text
    stem = f"s3.{row['storage_class'].lower()}"
    least = SMALLEST * prices.price(f"{stem}.storage").each / prices.price("s3.standard.storage").each
    text = f"even_bytes is not the size from which {row['storage_class']} costs less than STANDARD to keep."
    yield 1, is_found and _near(answer.get("even_bytes"), least), text


def _saving(lab: Brief, row: dict[str, Any]) -> float:
    """Return the dollars a month that large objects would save."""
    kind, size = row["storage_class"], row["bytes"]
    packed = prices.monthly_storage(kind, size, ceil(size / (lab.pack * MIB)))
    return prices.monthly_storage(kind, size, row["objects"]) - packed


def _near(value: Any, wanted: float) -> bool:
    return type(value) in (int, float) and abs(value - wanted) <= 0.01 * wanted

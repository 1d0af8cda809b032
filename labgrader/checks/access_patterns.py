"""The checks of lab 3.2."""

from __future__ import annotations

import csv
import gzip
import io
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.labs import access_patterns as given
from labgrader.reads import key_reads, sql_reads, sql_runs
from labgrader.tasks import Part, Step, task

__all__ = ["consumer", "drift", "nightly", "questions"]

#: An object larger than this is not one of this lab, and is not opened; nor are more rows read.
LARGEST, MOST_ROWS = 1_000_000, 1_000
#: Columns of the nightly job's table.
NIGHTLY = ["carrier", "departures", "late"]


@task(
    1,
    "Finish a dead consumer's work",
    points=7,
    hint="Ask for each event whether its id was counted already. Write the id on condition that it is new, and only "
    "then add its bags (or do both in one transaction); move the checkpoint when the batch is done.",
)
def consumer(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare both tables with the events, and ask the stream whether anything is behind the checkpoints."""
    before, now = given.bags(lab)
    found = {str(item.get("id")): item for item in aws.items(lab.events)}
    wanted = {each["id"]: each for each in (*before, *now)}
    there = [id for id, each in wanted.items() if _same(found.get(id), each)]
    if len(there) < len(wanted) or len(found) > len(wanted):
        yield 0, False, f"{lab.events} holds {len(found)} events, {len(there)} as they were sent; others are missing."
        return
    yield 2, True, ""
    totals = {str(item.get("carrier")): item.get("bags") for item in aws.items(lab.totals)}
    sums: Counter[str] = Counter()
    for each in wanted.values():
        sums[each["carrier"]] += each["bags"]
    right = [carrier for carrier in sums if totals.get(carrier) == sums[carrier]]
    text = f"In {lab.totals} {len(right)} of {len(sums)} airlines have each event's bags once."
    yield 3, Part(len(right), len(sums)), text
    places = {str(item.get("shard")): str(item.get("sequence_number")) for item in aws.items(lab.places)}
    shards = [each["ShardId"] for each in aws.pages("kinesis", "list_shards", "Shards", StreamName=lab.stream)]
    waiting = [shard for shard in shards if not _at_tip(lab, aws, shard, places.get(shard, ""))]
    yield 2, bool(shards) and bool(right) and not waiting, f"Records wait behind the checkpoint of {_list(waiting)}."


@task(
    2,
    "Run the nightly job",
    points=5,
    hint="A day that was delivered again counts once, as corrected. A departure without a delay was cancelled: it did "
    "not depart, and was not late.",
)
def nightly(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the aggregate, whatever files it is written in."""
    rows = _nightly(lab, aws)
    if rows is None:
        yield 0, False, f"There is no table with carrier, departures and late under nightly/ in {lab.lake}."
        return
    files = given.days(lab)
    kept = [frame for name, frame in files.items() if f"{name}-corrected" not in files]
    month = pd.concat(kept).dropna(subset=["dep_delay"])
    departures = month["carrier"].value_counts().to_dict()
    late = month.loc[month["dep_delay"] > lab.minutes, "carrier"].value_counts().to_dict()
    carriers = [str(carrier) for carrier, _, _ in rows]
    if sorted(carriers) != sorted(map(str, departures)):
        yield 0, False, f"It has {len(carriers)} rows, not one for each of the {len(departures)} carriers."
        return
    right = [carrier for carrier, (_, n, _) in zip(carriers, rows, strict=True) if _number(n) == departures[carrier]]
    text = f"The departures of {len(right)} of {len(carriers)} carriers are right."
    yield 2, len(right) == len(carriers), text
    right = [carrier for carrier, (_, _, n) in zip(carriers, rows, strict=True) if _number(n) == late.get(carrier, 0)]
    text = f"The late departures of {len(right)} of {len(carriers)} carriers are right."
    yield 3, len(right) == len(carriers), text


@task(
    3,
    "Find the hour at which the world changed",
    points=5,
    hint="Compare each hour of the last week with the median of the same hour on the same weekday of the four weeks "
    "before. One hour alone is no change, and a weekend is not unusual on a weekend.",
)
def drift(lab: Brief, aws: Account) -> Iterator[Step]:
    """Apply the rule to the arrivals, and compare date, hour and usual count."""
    answer = aws.read_json(lab.inbox, "answers/drift.json")
    if not isinstance(answer, dict):
        yield 0, False, f"There is no JSON object in {lab.inbox}/answers/drift.json."
        return
    date, hour, usual = _change(lab)
    yield 2, answer.get("date") == date, f"On {str(answer.get('date'))[:20]} the rule does not ring first."
    same_hour = answer.get("date") == date and _number(answer.get("hour")) == hour
    yield 2, same_hour, f"The hour {str(answer.get('hour'))[:20]} is not the second of the first two."
    text = f"Usual for that hour are not {str(answer.get('usual'))[:20]} arrivals."
    yield 1, same_hour and _number(answer.get("usual")) == usual, text


@task(
    4,
    "Three questions, three paths",
    points=6,
    hint="With the whole key: GetItem. With the partition key and a range of the sort key: a Query whose key condition "
    "names both. Without a key: SQL in Athena. A Scan in the request log stays there: begin anew with a new lab.",
)
def questions(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the answers, and look into the request log how the table was asked."""
    answer = aws.read_json(lab.inbox, "answers/questions.json")
    if not isinstance(answer, dict):
        yield 0, False, f"There is no JSON object in {lab.inbox}/answers/questions.json."
        return
    rows = given.history(lab)
    mine = rows[rows["tailnum"] == lab.plane]
    one = mine.loc[mine["planned"] == lab.moment, "dest"].iloc[0]
    some = mine.loc[mine["planned"].between(lab.since, lab.until)].sort_values("planned")["dest"].tolist()
    late = rows.loc[rows["dep_delay"] > lab.minutes, "carrier"].value_counts().to_dict()
    reads = key_reads(aws, lab.flights)
    scans = sum(each.is_scan for each in reads)
    of_plane = [each for each in reads if each.fixes("tailnum", lab.plane)]
    by_key = any(each.fixes("planned", lab.moment) for each in of_plane)
    by_range = any(each.begins("planned", lab.since) or each.ends("planned", lab.until) for each in of_plane)
    for name, right, path, way in (
        ("point", answer.get("point") == one, by_key, "by its whole key"),
        ("range", answer.get("range") == some, by_range, "by a range of the key"),
        ("search", _counts(answer.get("search")) == late, _by_sql(lab, aws), "by SQL that reads the files"),
    ):
        yield 1, right, f"The answer to the {name} question is not right."
        text = f"The request log shows {scans} scans." if scans else f"The request log shows no request {way}."
        yield 1, right and path and not scans, text


def _same(item: dict[str, Any] | None, event: dict[str, Any]) -> bool:
    return item is not None and all(item.get(name) == value for name, value in event.items())


def _at_tip(lab: Brief, aws: Account, shard: str, place: str) -> bool:
    """Whether nothing waits behind a checkpoint; a place that is none is not at the tip."""
    kinesis = aws.client("kinesis")
    start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": place}
    if not place.isdecimal():
        return False
    for _ in range(5):
        with suppress(ClientError):
            iterator = kinesis.get_shard_iterator(StreamName=lab.stream, ShardId=shard, **start)["ShardIterator"]
            found = kinesis.get_records(ShardIterator=iterator, Limit=1)
            return not found["Records"] and not found["MillisBehindLatest"] and _is_there(lab, aws, shard, place)
        time.sleep(0.3)  # a shard may be read five times a second
    return False


def _is_there(lab: Brief, aws: Account, shard: str, place: str) -> bool:
    """Whether a record has this sequence number, so that a number far ahead is no checkpoint."""
    kinesis = aws.client("kinesis")
    start = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": place}
    for _ in range(5):
        with suppress(ClientError):
            iterator = kinesis.get_shard_iterator(StreamName=lab.stream, ShardId=shard, **start)["ShardIterator"]
            return [r["SequenceNumber"] for r in kinesis.get_records(ShardIterator=iterator, Limit=2)["Records"]] == [
                place
            ]
        time.sleep(0.3)
    return False


def _list(shards: list[str]) -> str:
    return ", ".join(shards) or "no shard, and no total is right"


def _nightly(lab: Brief, aws: Account) -> list[tuple[Any, ...]] | None:
    """Return the rows of all files under nightly/ that have the three columns; None if there is no such file."""
    objects, found = aws.objects(lab.lake, "nightly/"), []
    for key in [key for key, each in objects.items() if 0 < each["Size"] <= LARGEST][:50]:
        with suppress(ValueError, OSError, EOFError, zlib.error, csv.Error, pa.ArrowException):
            content = aws.read(lab.lake, key) or b""
            found.append(_rows_of_parquet(content) if content[:4] == b"PAR1" else _rows_of_csv(content))
    there = [rows for rows in found if rows is not None]
    return [row for rows in there for row in rows] if there else None


def _rows_of_parquet(content: bytes) -> list[tuple[Any, ...]] | None:
    file = pq.ParquetFile(io.BytesIO(content))
    if file.metadata.num_rows > MOST_ROWS or not set(NIGHTLY) <= set(file.schema_arrow.names):
        return None
    columns = file.read(columns=NIGHTLY)
    return list(zip(*(columns[name].to_pylist() for name in NIGHTLY), strict=True))


def _rows_of_csv(content: bytes) -> list[tuple[Any, ...]] | None:
    """Read CSV, packed or not, without pandas: some kilobytes of names of columns keep that busy for minutes."""
    if content[:2] == b"\x1f\x8b":
        content = gzip.GzipFile(fileobj=io.BytesIO(content)).read(LARGEST)
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    header = next(lines, [])
    if not set(NIGHTLY) <= set(header):
        return None
    places = [header.index(name) for name in NIGHTLY]
    return [tuple(line[at] for at in places) for line in islice(lines, MOST_ROWS) if len(line) > max(places)]


def _number(value: Any) -> float | None:
    """Return a number; None for what is none, true and false included."""
    if isinstance(value, bool):
        return None
    with suppress(TypeError, ValueError, OverflowError):
        return float(value)
    return None


def _change(lab: Brief) -> tuple[str, int, float]:
    """Return date and hour at which the rule rings first, and the usual count of that hour."""
    counts = given.arrivals(lab).pivot_table(index="date", columns="hour", values="arrivals")
    for day in range(28, 35):
        usual = counts.iloc[[day - 7 * week for week in (1, 2, 3, 4)]].median()
        away = (counts.iloc[day] - usual) / usual**0.5
        for first, second in zip(counts.columns, counts.columns[1:], strict=False):
            if abs(away[first]) > lab.limit and abs(away[second]) > lab.limit:
                return str(counts.index[day]), int(second), float(usual[second])
    raise AssertionError("no change was placed")


def _by_sql(lab: Brief, aws: Account) -> bool:
    """Whether Athena has read all files of the history, for statements that ask for its delays."""
    done = sql_runs(aws)
    whole = sum(each["Size"] for each in aws.objects(lab.lake, "history/").values())
    scanned = [run.get("Statistics", {}).get("DataScannedInBytes", 0) for run in done]
    asked = [run.get("Query", "") for run in done]
    asked += [each.parameters.get("QueryStatement") for each in aws.requests("CreatePreparedStatement")]
    return 0 < whole <= max(scanned, default=0) and any(sql_reads(str(sql), "history", "dep_delay") for sql in asked)


def _counts(value: Any) -> dict[str, float | None]:
    """Return counts by carrier, those that are zero left out."""
    found = {str(k): _number(n) for k, n in value.items()} if isinstance(value, dict) else {}
    return {carrier: count for carrier, count in found.items() if count != 0}

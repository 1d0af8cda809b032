"""The checks of lab 3.3."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.labs import catalog_entries as given
from labgrader.reads import sql_runs
from labgrader.tasks import Part, Step, task
from pocketaws.engines.athena.catalog import Column, Storage, Table
from pocketaws.engines.athena.errors import QueryFailed
from pocketaws.engines.athena.projection import is_projected, project

__all__ = ["index", "late", "schema", "table"]


@task(
    1,
    "Describe a lake with an odd partition",
    points=7,
    hint="A crawler would trip over the odd folder and the notes. Make the table by hand, register the days that follow"
    " the pattern, and the odd one with a location of its own: catalog.create_partitions(..., location=...).",
)
def table(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare columns, partitions and their places."""
    named = {"DatabaseName": lab.database, "Name": lab.table}
    found = (aws.ask("glue", "get_table", **named) or {}).get("Table")
    if not found:
        yield 0, False, f"There is no table {lab.table} in {lab.database} yet."
        return
    keys = [(key["Name"], key.get("Type")) for key in found.get("PartitionKeys", [])]
    yield 1, keys == [("day", "string")], f"Its partition keys are {keys}; expected day, a string."
    columns = _columns(found)
    right = [here for here, there in zip(columns, given.COLUMNS.items(), strict=False) if here == there]
    text = f"{len(right)} of {len(given.COLUMNS)} columns stand in their place, with their type."
    storage = found.get("StorageDescriptor", {})
    is_parquet = "parquet" in f"{storage.get('InputFormat')} {storage.get('SerdeInfo')}".lower()
    text = text if is_parquet else "The table does not say that its files are Parquet."
    yield 2, is_parquet and Part(len(right), len(given.COLUMNS)), text
    places = _places(lab, aws, lab.table)
    usual = [day for day in given.days(lab) if day != lab.odd_day]
    there = [day for day in usual if places.get(day) == f"{lab.lake}/flights/day={day}"]
    yield 2, Part(len(there), len(usual)), f"{len(there)} of {len(usual)} days are registered at their place."
    odd = places.get(lab.odd_day)
    yield 1, odd == f"{lab.lake}/flights/{lab.odd_folder}", f"{lab.odd_day} lies at {odd or 'no place'}."
    extra = sorted(set(places) - set(given.days(lab)))
    yield 1, odd and not extra, f"Registered, but no day of the lake: {', '.join(extra)[:80] or 'nothing yet'}."


@task(
    2,
    "Make a late day visible in three ways",
    points=6,
    hint="BatchCreatePartition for the first; ALTER TABLE ... ADD PARTITION or MSCK REPAIR TABLE through Athena for the"
    " second; projection.* properties of the table for the third. UpdateTable replaces the whole entry: read it first.",
)
def late(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at the partitions, at the table's properties, and at who asked for what."""
    runs = sql_runs(aws)  # first, so that a statement that nobody waited for has run
    api = [
        entry
        for entry in aws.requests("CreatePartition", "BatchCreatePartition", TableName=lab.by_api)
        if entry.outcome == "OK" and lab.late_day in json.dumps(entry.parameters, default=str)
    ]
    places = {name: _places(lab, aws, name) for name in (lab.by_api, lab.by_sql)}
    right = f"{lab.lake}/late/day={lab.late_day}"
    yield 1, places[lab.by_api].get(lab.late_day) == right, f"{lab.by_api} does not know {lab.late_day} at its place."
    by_api = bool(api) and lab.late_day in places[lab.by_api]
    yield 1, by_api, f"Nobody registered {lab.late_day} of {lab.by_api} by the API of Glue."
    yield 1, places[lab.by_sql].get(lab.late_day) == right, f"{lab.by_sql} does not know {lab.late_day} at its place."
    asked = [run for run in runs if _registers(str(run.get("Query")), lab.by_sql)]
    yield (
        1,
        asked and lab.late_day in places[lab.by_sql],
        f"No SQL statement registered {lab.late_day} of {lab.by_sql}.",
    )
    rule = (aws.ask("glue", "get_table", DatabaseName=lab.database, Name=lab.by_rule) or {}).get("Table", {})
    computed, late = _computed(rule), [*given.days(lab)[-3:], lab.late_day]
    dates = all(day in computed for day in late)
    yield 1, dates, f"{lab.by_rule} does not compute its days as dates from the first under late/."
    kept = _columns(rule) == list(given.COLUMNS.items())
    at_home = all(computed.get(day) == f"{lab.lake}/late/day={day}" for day in (*late, lab.until))
    text = f"The rule of {lab.by_rule} does not find the days up to {lab.until}, each at its place."
    text = text if kept else f"{lab.by_rule} has not the columns that it had."
    yield 1, dates and kept and at_home, text


@task(
    3,
    "Evolve a schema",
    points=6,
    hint="Under BACKWARD a new field needs a default; for one that may be unknown the type is a union with null first, "
    "and the default null. A version that was refused stays in the list as FAILURE, and does no harm.",
)
def schema(lab: Brief, aws: Account) -> Iterator[Step]:
    """Read the newest version that passed, and the table's columns."""
    wanted = {"SchemaId": {"RegistryName": lab.registry, "SchemaName": "departure"}}
    about = aws.ask("glue", "get_schema", **wanted) or {}
    latest = aws.ask("glue", "get_schema_version", **wanted, SchemaVersionNumber={"LatestVersion": True}) or {}
    if int(latest.get("VersionNumber", 1)) < 2:
        yield 0, False, "The schema departure has no second version that passed."
        return
    yield 1, latest.get("Status") == "AVAILABLE", f"Its latest version is {latest.get('Status')}, expected AVAILABLE."
    fields = _fields(latest.get("SchemaDefinition", ""))
    new = fields.get(lab.field, {})
    union = new.get("type")
    optional = isinstance(union, list) and sorted(map(str, union)) == ["null", "string"]
    yield 1, optional and "default" in new and new["default"] is None, f"{lab.field} is not a text that may be missing."
    kept = all(fields.get(each["name"], {}).get("type") == each["type"] for each in given.definition(lab)["fields"])
    yield 1, kept and new, "A field of the first version is gone, or has another type."
    mode = about.get("Compatibility")
    yield 1, new and mode == "BACKWARD", f"The schema's compatibility is {mode}; it must stay BACKWARD."
    found = (aws.ask("glue", "get_table", DatabaseName=lab.database, Name=lab.table) or {}).get("Table", {})
    names = _columns(found)
    yield 1, names[-1:] == [(lab.field, "string")], f"The last column of {lab.table} is not {lab.field}, a string."
    old = [name for name, _ in names[:-1]] == list(given.COLUMNS)
    yield 1, names[-1:] == [(lab.field, "string")] and old, f"The other columns of {lab.table} are not as they were."


@task(
    4,
    "Index objects by their events",
    points=6,
    hint="Listen to s3:ObjectCreated:* and s3:ObjectRemoved:* alike. Keys in events are URL-encoded: unquote_plus. "
    "Order is not promised: let the sequencer, or a look at the object, decide.",
)
def index(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the index with what is there, and look at the notification and the queue."""
    configured = aws.ask("s3", "get_bucket_notification_configuration", Bucket=lab.lake) or {}
    events = [
        event
        for each in configured.get("QueueConfigurations", [])
        if each["QueueArn"].endswith(f":{lab.queue}")
        and _hears(each, [f"arrivals/{name}" for name in given.arrivals(lab)])
        for event in each["Events"]
    ]
    both = all(any(kind in event for event in events) for kind in ("ObjectCreated", "ObjectRemoved"))
    if not events:
        yield 0, False, f"{lab.lake} sends no events of arrivals/ to a queue {lab.queue}."
        return
    gone = {f"arrivals/{name}" for name in given.withdrawn(lab)}
    sizes = {f"arrivals/{name}": len(content) for name, content in given.arrivals(lab).items()}
    wanted = {key: size for key, size in sizes.items() if key not in gone}
    there = aws.objects(lab.lake, "arrivals/")
    items = {str(item.get("key")): item for item in aws.items(lab.index)}
    right = [key for key, size in wanted.items() if key in there and items.get(key, {}).get("size") == size]
    yield 3, Part(len(right), len(wanted)), f"{lab.index} has {len(right)} of {len(wanted)} objects with their size."
    yield 1, right and both, f"The events are {', '.join(sorted(events))}; the index must hear of removals too."
    stale = sorted(set(items) - set(wanted))
    yield 1, right and not gone & set(there) and not stale, f"{len(stale)} items speak of objects that are not there."
    left = _left(lab, aws)
    heard = [
        each for each in aws.requests("ReceiveMessage") if str(each.parameters.get("QueueUrl")).endswith(lab.queue)
    ]
    yield 1, right and heard and left == 0, f"{left} messages are left in {lab.queue}, or nobody received any."


def _columns(table: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a table's columns, in order: name and type."""
    columns = table.get("StorageDescriptor", {}).get("Columns", [])
    return [(str(each.get("Name")), str(each.get("Type")).lower()) for each in columns]


def _registers(statement: str, table: str) -> bool:
    """Whether a statement of SQL registers partitions of a table; comments and texts do not count."""
    bare = re.sub(r"--[^\n]*|/\*.*?\*/", " ", statement[:5_000], flags=re.DOTALL)
    named = rf"TABLE\s+(\S+\.)?[`\"]?{table}[`\"]?\s"
    return bool(re.match(rf"\s*(ALTER\s+{named}\s*ADD|MSCK\s+REPAIR\s+{named})", f"{bare} ", re.IGNORECASE))


def _computed(table: dict[str, Any]) -> dict[str, str]:
    """Return the days that Athena computes from a table's properties: value -> bucket and prefix; none if it cannot."""
    told = {str(name): str(value) for name, value in table.get("Parameters", {}).items()}
    keys = tuple(Column(str(each["Name"]), "string") for each in table.get("PartitionKeys", []))
    place = str(table.get("StorageDescriptor", {}).get("Location", ""))
    made = Table("", "", Storage(place, "", "", {}, ()), keys, told, {})
    if is_projected(made) and [key.name for key in keys] == ["day"] and told.get("projection.day.type") == "date":
        with suppress(QueryFailed, ValueError, OverflowError):
            return {each.values[0]: _place(each.storage.location) for each in project(made, lambda _: None)}
    return {}


def _hears(configured: dict[str, Any], keys: Sequence[str]) -> bool:
    """Whether a notification's filter lets all keys through."""
    rules = configured.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    tests = {"prefix": str.startswith, "suffix": str.endswith}
    return all(tests[rule["Name"].lower()](key, rule["Value"]) for rule in rules for key in keys)


def _place(location: str) -> str:
    return location.removeprefix("s3://").rstrip("/")


def _places(lab: Brief, aws: Account, name: str) -> dict[str, str]:
    """Return a table's partitions: value -> bucket and prefix."""
    found = aws.pages("glue", "get_partitions", "Partitions", DatabaseName=lab.database, TableName=name)
    return {
        "/".join(each.get("Values", [])): _place(str(each.get("StorageDescriptor", {}).get("Location", "")))
        for each in found
    }


def _fields(text: str) -> dict[str, dict[str, Any]]:
    with suppress(ValueError, RecursionError):
        told = json.loads(text)
        fields = told.get("fields", []) if isinstance(told, dict) else []
        return {str(each.get("name")): each for each in fields if isinstance(each, dict)}
    return {}


def _left(lab: Brief, aws: Account) -> int:
    url = (aws.ask("sqs", "get_queue_url", QueueName=lab.queue) or {}).get("QueueUrl", "")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = (aws.ask("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names) or {}).get("Attributes", {})
    return sum(int(counts.get(each, 1)) for each in names)

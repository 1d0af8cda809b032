"""The checks of lab 3.8."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.columns import read_columns
from labgrader.labs import glue as given
from labgrader.tasks import Part, Step, task
from pocketaws.credentials import ACCOUNT_ID, REGION
from pocketaws.engines import athena
from pocketaws.engines.glue.quality import dqdl
from pocketaws.engines.glue.quality.rules import Subject, evaluate
from pocketaws.engines.glue.quality.values import quoted

__all__ = ["crawl", "job", "night", "rules"]

_WRITES = ("PutObject", "CopyObject", "CompleteMultipartUpload")
_SLACK = timedelta(seconds=1)


@task(
    1,
    "Send a crawler that guesses nothing",
    points=6,
    hint="A CSV classifier with a header and custom datatypes names the type of each column. Give it to the crawler "
    "before the first crawl.",
)
def crawl(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at the crawler's last crawl, and at the raw table."""
    crawler = (aws.ask("glue", "get_crawler", Name=lab.crawler) or {}).get("Crawler", {})
    if crawler.get("LastCrawl", {}).get("Status") != "SUCCEEDED" or crawler.get("DatabaseName") != lab.database:
        yield 0, False, f"No crawler {lab.crawler} has finished a crawl into {lab.database}."
        return
    table = _table(lab, aws, lab.table)
    if table is None:
        yield 0, False, f"The crawl has made no table {lab.table} in {lab.database}."
        return
    days = {values[0] for values, _ in _partitions(lab, aws, lab.table) if len(values) == 1}
    wanted = given.days(lab)[:5]
    got = Part(len(days & set(wanted)), len(wanted))
    yield 2, got, f"{got.got} of the {got.of} days are partitions of {lab.table}."
    types = _types(table)
    clock = types.get(lab.clock)
    yield 2, clock == "string", f"The column {lab.clock} has the type {clock}, which loses the zero of 0515."
    others = {"carrier", "flight", "origin", "dest", "dep_delay"} - types.keys()
    yield 1, clock == "string" and not others, f"The table lacks the columns {', '.join(sorted(others))}."
    keeps = crawler.get("SchemaChangePolicy", {}).get("UpdateBehavior") == "LOG" or crawler.get("Classifiers")
    yield 1, clock == "string" and keeps, "The next crawl would guess again, and overwrite the type."


@task(
    2,
    "Turn new files into Parquet, each once",
    points=7,
    hint="The generated script keeps a bookmark. Drop rows that came twice in its transform, name origin as the "
    "partition and bigint as the type of the delay, run it, land the late day, run it again.",
)
def job(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the rows day by day, and when each file was written with the job's runs."""
    runs = _runs(lab, aws)
    if not runs:
        yield 0, False, f"No run of a job {lab.job} has succeeded."
        return
    files = {key: found for key in _clean(lab, aws) if (found := _rows(lab, aws, key))}
    held: Counter[Any] = sum(files.values(), Counter())
    wanted = {day: _wanted(lab, [day]) for day in given.days(lab)[:6]}
    right = [day for day, rows in wanted.items() if _of_days(held, [day]) == rows]
    yield 3, Part(len(right), len(wanted)), f"{len(right)} of {len(wanted)} days have each of their flights once."
    whole, written = len(right) == len(wanted), _written(lab, aws)
    of_run = {key: runs.index(written[key]) if written.get(key) in runs else -1 for key in files}
    strays = [key for key, number in of_run.items() if number < 0]
    yield 2, whole and not strays, f"{len(strays)} files under clean/ were not written by a run of the job."
    late = {of_run[key] for key, rows in files.items() if _of_days(rows, [lab.late_day])}
    early = {of_run[key] for key, rows in files.items() if _of_days(rows, given.days(lab)[:5])}
    apart = whole and not strays and max(early) < min(late)
    yield 2, apart, f"No run has written {lab.late_day} alone and left what earlier runs wrote."


@task(
    3,
    "Write down what good rows are",
    points=5,
    hint="Three ColumnValues rules: one with in, one with matches, one with between and a where for NA. Create the "
    "ruleset with the raw table as its TargetTable, and evaluate it before and after tonight's file lands.",
)
def rules(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look for a rule on the wrong column that held for the good days, and not for tonight's."""
    ruleset = aws.ask("glue", "get_data_quality_ruleset", Name=lab.rules) or {}
    if ruleset.get("TargetTable", {}).get("TableName") != lab.table:
        yield 0, False, f"There is no ruleset {lab.rules} for the table {lab.table}."
        return
    results = _results(lab, aws)
    passed = [result for result in results if _all_pass(result)]
    yield 1, passed, "No evaluation of it has all rules PASS on the days that are good."
    failing = {rule for result in results for rule in _named(result, "FAIL")}
    types = _types(_table(lab, aws, lab.table) or {})
    caught = {rule for rule in sorted(failing)[:20] if _catches(lab, rule, types)} if passed else set()
    yield 3, passed and caught, f"No evaluation found what is wrong with {lab.tonight}; {len(failing)} rules failed."
    held = {rule for result in passed for rule in _named(result, "PASS")}
    yield 1, caught & held, "The rule that failed has never held, so it says nothing about tonight."


@task(
    4,
    "Let the night run, and stop",
    points=7,
    hint="A gate is a job that evaluates the ruleset and raises when a rule fails. Conditional triggers with the "
    "state SUCCEEDED go from crawler to gate, from gate to job, from job to a crawler of clean/.",
)
def night(lab: Brief, aws: Account) -> Iterator[Step]:
    """Look at the workflow's runs, at the evaluations made during them, and at the clean table."""
    if aws.ask("glue", "get_workflow", Name=lab.workflow) is None:
        yield 0, False, f"There is no workflow {lab.workflow}."
        return
    runs = sorted(_workflow_runs(lab, aws), key=lambda run: str(run["StartedOn"]))
    results, gates = _results(lab, aws), _gates(lab, aws)
    runs = [run for run in runs if gates & {each["Id"] for each in _job_runs(run)}]
    failed = [result for result in results if _named(result, "FAIL")]
    stopped = [run for run in runs if not _ran(run, lab.job) and _during(run, failed)]
    yield 2, stopped, f"No run of {lab.workflow} has evaluated the rules, found a breach and left {lab.job} alone."
    good = [
        run
        for run in runs
        if "SUCCEEDED" in _ran(run, lab.job)
        and _during(run, [result for result in results if _all_pass(result)])
        and any(run["StartedOn"] > bad["StartedOn"] for bad in stopped)
    ]
    yield 2, good, f"After the stopped run no run of {lab.workflow} has passed the rules and run {lab.job}."
    table = _table(lab, aws, lab.clean) or {}
    keys = [key["Name"] for key in table.get("PartitionKeys", [])]
    registered = _partitions(lab, aws, lab.clean)
    sizes = {key: found["Size"] for key, found in _clean(lab, aws).items()}
    files = {place: [key for key in sizes if f"s3://{lab.lake}/{key}".startswith(place)] for _, place in registered}
    held: Counter[Any] = sum((_rows(lab, aws, key) for keys in files.values() for key in keys), Counter())
    whole = held == _wanted(lab, given.days(lab))
    yield 2, good and whole, f"The partitions of {lab.clean} hold {sum(held.values())} rows, not all flights once."
    asked = [
        place for values, place in registered if dict(zip(keys, values, strict=False)).get("origin") == lab.airport
    ]
    share = sum(sizes[key] for place in asked for key in files[place]) / max(sum(sizes.values()), 1)
    limit = good and whole and 0 < share <= 0.6
    yield 1, limit, f"A question for the origin {lab.airport} cannot skip the other airports' files."


def _table(lab: Brief, aws: Account, name: str) -> dict[str, Any] | None:
    return (aws.ask("glue", "get_table", DatabaseName=lab.database, Name=name) or {}).get("Table")


def _partitions(lab: Brief, aws: Account, table: str) -> list[tuple[list[str], str]]:
    """Return values and place of each partition."""
    found = aws.pages("glue", "get_partitions", "Partitions", DatabaseName=lab.database, TableName=table)
    return [(each["Values"], each["StorageDescriptor"].get("Location", "").rstrip("/") + "/") for each in found]


def _runs(lab: Brief, aws: Account) -> list[str]:
    """Return the ids of the job's runs that succeeded, oldest first."""
    found = aws.pages("glue", "get_job_runs", "JobRuns", JobName=lab.job)
    good = [run for run in found if run["JobRunState"] == "SUCCEEDED"]
    newest_first = sorted(good, key=lambda run: str(run["StartedOn"]), reverse=True)  # of one time as they are listed
    return [run["Id"] for run in newest_first[::-1]]


def _clean(lab: Brief, aws: Account) -> dict[str, Any]:
    found = aws.objects(lab.lake, f"clean/{lab.clean}/")
    return {key: each for key, each in list(found.items())[:300] if 0 < each["Size"] < 5_000_000}


def _written(lab: Brief, aws: Account) -> dict[str, str]:
    """Return which run of a job wrote each key of the lake last, by the request log; empty for everybody else."""
    return {
        str(entry.parameters.get("Key")): entry.work
        for entry in aws.requests(*_WRITES, Bucket=lab.lake)
        if entry.outcome == "OK"
    }


def _rows(lab: Brief, aws: Account, key: str) -> Counter[Any]:
    """Return the rows of a file of the clean table; folders are columns; nothing where types are not as asked."""
    table = read_columns(aws.read(lab.lake, key))
    if table is None:
        return Counter()
    folders = dict(part.split("=", 1) for part in key.split("/") if "=" in part)
    names = ["date", *given.columns(lab)]
    if not set(names) <= {*table.column_names, *folders} or "dep_delay" in folders:
        return Counter()
    if not pa.types.is_integer(table.schema.field("dep_delay").type):
        return Counter()
    frame = table.to_pandas().assign(**folders)[names]
    return _counted(frame)


def _counted(frame: pd.DataFrame) -> Counter[Any]:
    delays = [None if pd.isna(value) else int(value) for value in frame["dep_delay"]]
    columns = [[str(value)[:10] for value in frame[name]] for name in frame.columns if name != "dep_delay"]
    return Counter(zip(*columns, delays, strict=True))


def _wanted(lab: Brief, days: Iterable[str]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for day in days:
        rows = given.rows(lab, day)
        rows.insert(0, "date", day)
        found.update(_counted(rows))
    return found


def _of_days(rows: Counter[Any], days: Iterable[str]) -> Counter[Any]:
    wanted = set(days)
    return Counter({row: number for row, number in rows.items() if row[0] in wanted})


def _results(lab: Brief, aws: Account) -> list[dict[str, Any]]:
    """Return the evaluations of the ruleset on the raw table."""
    listed = aws.client("glue").list_data_quality_results(MaxResults=100)["Results"]
    found = [aws.ask("glue", "get_data_quality_result", ResultId=each["ResultId"]) or {} for each in listed[:100]]
    return [
        each
        for each in found
        if each.get("RulesetName") == lab.rules
        and each.get("DataSource", {}).get("GlueTable", {}).get("TableName") == lab.table
    ]


def _named(result: dict[str, Any], verdict: str) -> set[str]:
    found = result.get("RuleResults", [])
    return {str(rule.get("Description")) for rule in found if rule.get("Result") == verdict}


def _all_pass(result: dict[str, Any]) -> bool:
    found = result.get("RuleResults", [])
    return bool(found) and all(rule.get("Result") == "PASS" for rule in found)


def _types(table: dict[str, Any]) -> dict[str, str]:
    columns = [*table.get("StorageDescriptor", {}).get("Columns", []), *table.get("PartitionKeys", [])]
    return {str(column["Name"]).lower(): str(column.get("Type") or "string") for column in columns}


def _catches(lab: Brief, rule: str, types: dict[str, str]) -> bool:
    """Whether a rule holds on all flights as they are when tonight's are mended, and not as they came."""
    try:
        (node,) = dqdl.read(f"Rules = [ {rule} ]")
    except (dqdl.Malformed, ValueError):
        return False
    held = [given.rows(lab, day).assign(date=day) for day in given.days(lab)]
    frames = [pd.concat([*held[:-1], tonight.assign(date=lab.tonight)]) for tonight in (held[-1], given.spoiled(lab))]
    return [evaluate(node, _subject(lab.database, frame, types)).result for frame in frames] == ["PASS", "FAIL"]


def _subject(database: str, frame: pd.DataFrame, types: dict[str, str]) -> Subject:
    """Return flights as a table that rules may ask, with the types that the raw table has."""
    header, *lines = frame.to_csv(index=False, na_rep="NA").split()
    trino = {"string": "varchar", "int": "integer", "float": "real"}
    places = {name: place for place, name in enumerate(header.split(","), start=1) if name in types}
    cells = ", ".join(
        f"TRY_CAST(split_part(line, ',', {place}) AS {trino.get(types[name], types[name])}) AS {name}"
        for name, place in places.items()
    )
    table = f"WITH flown AS (SELECT {cells} FROM UNNEST(split({quoted('|'.join(lines))}, '|')) AS given (line))"

    def ask(sql: str) -> list[tuple[Any, ...]]:
        more = re.sub(r"(?i)^\s*WITH\b", ",", sql)
        found = athena.rows(f"{table} {more}", database, account=ACCOUNT_ID, region=REGION)
        return [tuple(float(each) if isinstance(each, Decimal) else each for each in row) for row in found]

    return Subject("flown", {name: types[name] for name in places}, ask)


def _workflow_runs(lab: Brief, aws: Account) -> list[dict[str, Any]]:
    listed = aws.pages("glue", "get_workflow_runs", "Runs", Name=lab.workflow)
    named = {"Name": lab.workflow, "IncludeGraph": True}
    found = [aws.ask("glue", "get_workflow_run", RunId=each["WorkflowRunId"], **named) for each in listed[:20]]
    return [each["Run"] for each in found if each and each["Run"].get("CompletedOn")]


def _gates(lab: Brief, aws: Account) -> set[str]:
    """Return the job runs that have evaluated the ruleset themselves, whatever else was evaluated meanwhile."""
    asked = aws.requests("StartDataQualityRulesetEvaluationRun")
    return {each.work for each in asked if lab.rules in (each.parameters.get("RulesetNames") or ())} - {""}


def _job_runs(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the runs of all jobs in a run of the workflow."""
    nodes = run.get("Graph", {}).get("Nodes", [])
    return [each for node in nodes for each in node.get("JobDetails", {}).get("JobRuns", [])]


def _ran(run: dict[str, Any], job: str) -> list[str]:
    """Return the states of a job's runs in a run of the workflow."""
    return [each["JobRunState"] for each in _job_runs(run) if each.get("JobName") == job]


def _during(run: dict[str, Any], results: list[dict[str, Any]]) -> bool:
    """Whether one of these evaluations was made while the workflow ran."""
    return any(run["StartedOn"] - _SLACK <= each["CompletedOn"] <= run["CompletedOn"] + _SLACK for each in results)

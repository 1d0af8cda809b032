"""What a student made may crash, fill or never let go of what looks at it; that costs one task."""

from __future__ import annotations

import ctypes
import io
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pocketaws
from labgrader import host
from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.columns import read_columns
from labgrader.databases import ask
from labgrader.forks import in_a_fork
from labgrader.tasks import Step, Task
from pocketaws import clock, journal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")


def sleep_in_c() -> None:
    """Hold Python's lock for ever, so that no signal is heard."""
    ctypes.PyDLL(None).pause()


@pytest.mark.parametrize("work", [lambda: os.kill(os.getpid(), 9), lambda: 1 / 0, sleep_in_c, lambda: object()])
def test_work_in_a_fork_that_comes_to_no_end_is_none(work: Callable[[], object]) -> None:
    began = time.monotonic()
    assert in_a_fork(work, seconds=1) is None
    assert time.monotonic() - began < 5


def test_work_in_a_fork_tells_what_it_returns_and_changes_nothing() -> None:
    kept = [1]
    assert in_a_fork(lambda: [*kept, kept.append(2), "x" * 300_000], seconds=20) == [1, None, "x" * 300_000]
    assert kept == [1]


def test_a_check_that_takes_its_process_along_costs_only_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    def deadly(lab: Brief, aws: Account) -> Iterator[Step]:
        yield 2, True, "a"
        os.kill(os.getpid(), 9)

    def fine(lab: Brief, aws: Account) -> Iterator[Step]:
        yield 4, True, "a"

    pocketaws.start()
    try:
        aws = Account(boto3.session.Session(region_name="us-east-1"), now=clock.now, advance=clock.advance)
        brief = Brief("3.9", seed=1)
        told = [host._outcome(Task(1, "t", 4, "", check), brief, aws) for check in (deadly, fine)]
    finally:
        pocketaws.stop()
    assert [(each["points"], each["message"]) for each in told] == [
        (0, "What you made could not be looked at; make it smaller."),
        (4, "done"),
    ]


def test_rows_that_a_database_makes_up_are_bounded() -> None:
    """Small files whose generated columns hold megabytes a row."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute("CREATE TABLE pilots (id, name AS (hex(zeroblob(1000000))))")
        made.executemany("INSERT INTO pilots (id) VALUES (?)", [(number,) for number in range(1_000)])
        content = made.serialize()
    assert ask(content, "SELECT id, name FROM pilots LIMIT 1000") is None
    assert ask(content, "SELECT id FROM pilots LIMIT 2") == [(0,), (1,)]


def test_rows_of_a_dictionary_are_bounded() -> None:
    """A Parquet file of some kilobytes with two gigabytes of text."""
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 100_000]))
    out = io.BytesIO()
    pq.write_table(pa.table({"carrier": long}), out, compression="zstd")
    assert len(out.getvalue()) < 100_000
    assert read_columns(out.getvalue()) is None


def test_the_request_log_keeps_as_many_as_it_is_told() -> None:
    pocketaws.start()
    try:
        kept = []
        for most in (2, 4):
            journal.start(most=most)
            for _ in range(3):
                boto3.client("dynamodb").list_tables()
            kept.append(len(journal.entries()))
    finally:
        journal.stop()
        pocketaws.stop()
    assert kept == [2, 3]

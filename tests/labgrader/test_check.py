"""What a student meets: open the lab, check, hints, closing; on every door."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import boto3
import nbformat
import pytest
from zoo import ROOT, solution

import pocketaws
from helpers import session
from helpers.errors import SessionNotStarted
from labgrader import check as lab_check
from labgrader import checks, labs
from labgrader.account import Account
from labgrader.briefs import Brief, Told, grading_seed, told_seed
from labgrader.check import Report, check, check_all, close_lab, open_lab, todo
from labgrader.errors import LabUnknown
from labgrader.rehearsal import Stage
from labgrader.submission import code_cells
from labgrader.tasks import Part, Step, Task, run, run_all, tasks_of
from pocketaws import clock, server
from pocketaws.engines.athena.query import database


@pytest.fixture
def started() -> Iterator[None]:
    session.start(seed=1)
    yield
    session.stop()


def test_a_brief_is_one_students_and_the_same_each_time() -> None:
    ada, again = (labs.brief("3.9", seed=1, student="ada") for _ in range(2))
    bob, later = labs.brief("3.9", seed=1, student="bob"), labs.brief("3.9", seed=2, student="ada")
    told = [{fact.name: fact.value for fact in brief.facts()} for brief in (ada, again, bob, later)]
    assert told[0] == told[1]
    assert len({each["table"] for each in told}) == 3
    assert ada.random("x").random() == again.random("x").random() != ada.random("y").random()
    assert "lab.table" in repr(ada)
    assert ada.table in ada._repr_html_()
    with pytest.raises(AttributeError, match=r"lab 3\.9 has no 'tables'; it has inbox"):
        _ = ada.tables


def test_the_seed_of_a_grading_is_nobodys_guess() -> None:
    seeds = {grading_seed(s, lab=lab, student=who) for s in "xy" for lab in ("3.6", "3.9") for who in ("ada", "bob")}
    assert len(seeds) == 8
    assert all(len(seed) == 16 for seed in seeds)


def test_there_is_no_lab_of_another_number() -> None:
    with pytest.raises(LabUnknown, match=r"no lab '4\.1'"):
        labs.brief("4.1", seed=1)


@pytest.mark.parametrize("lab", labs.available())
def test_a_lab_opens_twice_without_harm_and_closes_with_nothing_left(lab: str, started: None) -> None:
    open_lab(lab, seed=5, student="ada")
    before = check_all()
    open_lab(lab, seed=5, student="ada")
    assert check_all() == before
    assert before.points == 0
    assert before.out_of == sum(each.points for each in checks.tasks(lab))
    assert repr(close_lab()).endswith("left behind: 0")


def test_a_hint_opens_after_a_failed_try(started: None) -> None:
    open_lab("3.9", seed=5)
    first, second = check(1), check(1)
    hint = checks.tasks("3.9")[0].hint
    assert hint not in repr(first) + first._repr_html_()
    assert hint in repr(second)
    assert "<summary>Hint</summary>" in second._repr_html_()
    assert "Hint for task 2" not in repr(check_all()), "Task 2 has not been tried before."
    assert check(9).note == "Lab 3.9 has tasks 1 to 6."


def test_a_check_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    session.stop()
    monkeypatch.setattr(lab_check, "_lab", lab_check._Lab())
    assert "No lab is open" in repr(check(1))
    assert "No lab is open" in check_all()._repr_html_()
    with pytest.raises(SessionNotStarted):
        open_lab("3.9", seed=1)


def test_while_grading_nothing_is_placed_and_nothing_checked(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = labs.brief("3.9", seed="a real seed").facts()
    monkeypatch.setenv(lab_check.GRADING, Told("3.9", "5", "", facts).as_json())
    lab = open_lab("3.9", seed=5)
    assert session.client("s3").list_buckets()["Buckets"] == []
    assert check_all() == Report([], note="Checked by the grader, outside this notebook.")
    assert close_lab() == "Kept for the grader."
    assert lab.facts() == facts, "The facts are those that the grader tells."
    assert open_lab("3.9", seed=6).table == labs.brief("3.9", seed=6).table, "Values of somebody else stay theirs."


@pytest.mark.parametrize("lab", labs.available())
def test_what_a_graded_kernel_is_told_are_the_facts(lab: str) -> None:
    brief = labs.brief(lab, seed=7, student="ada")
    told = Told.from_json(Told(lab, told_seed("7"), "ada", brief.facts()).as_json())
    again = told.brief(lab, seed=told_seed("7"), student="ada")
    assert again is not None
    assert again.facts() == brief.facts()
    assert again.random("facts").random() != brief.random("facts").random(), "What is given does not follow from it."


def test_the_requests_of_checks_are_not_the_students(started: None) -> None:
    open_lab("3.9", seed=5)
    check_all()
    account = lab_check.account()
    assert account.requests() == []
    session.client("s3").list_buckets()
    assert [entry.operation for entry in account.requests()] == ["ListBuckets"]


def test_a_stub_says_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    todo(3)
    assert capsys.readouterr().out == "Task 3 is still to do.\n"


# How checks are run.


def steps(*given: Step) -> Task:
    return Task(1, "a task", 4, "a hint", lambda lab, aws: iter(given))


def outcome(task: Task) -> tuple[int, str]:
    told = run(task, Brief("3.9", seed=1), None)  # type: ignore[arg-type]
    return told.points, told.message


def test_steps_add_up_and_the_first_missing_speaks() -> None:
    assert outcome(steps((1, True, "a"), (3, [7], "b"))) == (4, "done")
    assert outcome(steps((1, True, "a"), (2, None, "b"), (1, 0, "c"))) == (1, "b")
    assert outcome(steps((1, Part(2, 2), "a"), (3, Part(2, 3), "b"))) == (3, "b")
    assert outcome(steps((4, Part(0, 0), "nothing there"))) == (0, "nothing there")
    assert outcome(steps((9, True, "a"))) == (4, "done")


def test_a_check_that_breaks_keeps_what_was_earned() -> None:
    def broken(lab: Brief, aws: object):  # type: ignore[no-untyped-def]
        yield 2, True, "a"
        raise KeyError("version")

    told = run(Task(1, "a task", 4, "", broken), Brief("3.9", seed=1), None)  # type: ignore[arg-type]
    assert (told.points, told.out_of, told.broken) == (2, 4, "KeyError: 'version'")
    assert "could not be read (KeyError)" in told.message


def endless_loop(aws: Account) -> None:
    while True:
        with suppress(Exception):
            time.sleep(10)


def query(aws: Account, sql: str) -> None:
    place = {"OutputLocation": "s3://lake/"}
    asked = aws.client("athena").start_query_execution(QueryString=sql, ResultConfiguration=place)
    aws.client("athena").get_query_execution(QueryExecutionId=asked["QueryExecutionId"])


def endless_query(aws: Account) -> None:
    numbers = "UNNEST(sequence(1, 1000000))"
    query(aws, f"SELECT count(*) FROM {numbers} a(x), {numbers} b(y), {numbers} c(z) WHERE x + y = z")


@pytest.mark.parametrize("look", [endless_loop, endless_query])
def test_a_check_without_an_end_costs_only_its_task(
    look: Callable[[Account], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LONGEST", 3.0)

    def endless(lab: Brief, aws: Account):  # type: ignore[no-untyped-def]
        yield 2, True, "a"
        look(aws)
        yield 2, True, "b"

    pocketaws.start()
    try:
        session = boto3.session.Session(region_name="us-east-1")
        aws = Account(session, now=clock.now, advance=clock.advance)
        aws.create_bucket("lake")
        query(aws, "SELECT 1")  # imports take their time, and are not to be left half-way
        tasks = [Task(1, "endless", 4, "", endless), steps((4, True, "a"))]
        first, second = run_all(tasks, Brief("3.9", seed=1), aws, seconds=1.5)
    finally:
        pocketaws.stop()
    assert (first.points, first.message) == (2, "To look at what you made took over 2 seconds; make it smaller.")
    assert (first.broken, second.is_done) == ("took over 2 seconds", True)


@pytest.mark.parametrize("lab", labs.available())
def test_tasks_are_numbered_and_say_what_is_missing(lab: str) -> None:
    found = checks.tasks(lab)
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    assert all(each.hint and each.title and each.points > 0 and each.check.__doc__ for each in found)
    assert tasks_of(sys.modules[f"labgrader.checks.{labs.module_name(lab)}"]) == found


# The other doors.


@pytest.mark.parametrize("lab", labs.available())
def test_a_lab_is_done_and_checked_through_a_server(lab: str, stage: Stage) -> None:
    pocketaws.start(at=None)
    try:
        serving = server.make("127.0.0.1", 0)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{serving.server_port}"
        cells = code_cells(solution(lab), seed=4, student="ada", backend=address)
        told = stage.perform(cells, lab, seed=4, student="ada")
        serving.shutdown()
        serving.server_close()
    finally:
        pocketaws.stop()
    assert told.errors == []
    assert told.lost == {}


def test_papermill_runs_a_blank_lab_as_a_user_would_type_it(tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "labs/3.9-dynamodb.ipynb", str(out), "-p", "student", "ada"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-2000:]
    cells = nbformat.read(out, as_version=4).cells
    text = "".join(str(output) for cell in cells if cell.cell_type == "code" for output in cell.outputs)
    assert "Task 1 is still to do." in text
    assert "All tasks: 0 of 30" in text
    assert "left behind: 0" in text
    assert labs.brief("3.9", seed=1, student="ada").table in text

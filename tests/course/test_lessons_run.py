"""Whole lessons: with another seed, on a server, under their policy, with real credentials lying about.

Each lesson runs four times, once for each way; the tests below ask these runs different questions.  (Strict nbval,
which compares every stored output with a new run, is a command of its own in the Makefile.)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import pytest
from _notebooks import ROOT, lessons, stem_number
from course_runs import TRAP, Run, committed_policy, needed_policy, run, server, without

LESSONS = lessons()
#: Lesson -> the action whose loss it must feel.
INDISPENSABLE = {
    "3.1": "kinesis:CreateStream",
    "3.2": "kinesis:CreateStream",
    "3.3": "glue:CreateCrawler",
    "3.4": "glue:CreateTable",
    "3.5": "dynamodb:CreateTable",
    "3.6": "s3:PutObject",
    "3.7": "s3:RestoreObject",
    "3.8": "glue:StartJobRun",
    "3.9": "dynamodb:CreateTable",
}

Runs: TypeAlias = Callable[[Path, str], Run]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("course")


@pytest.fixture(scope="session")
def done(place: Path) -> Runs:
    """``done(lesson, "server")``: the run of a lesson in one way; all are begun at once, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        begun: dict[tuple[Path, str], Future[Run]] = {
            (lesson, name): pool.submit(way, lesson, place / f"{lesson.stem}-{name}")
            for lesson in LESSONS
            for name, way in WAYS.items()
        }
        yield lambda lesson, name: begun[lesson, name].result()  # type: ignore[misc]


def beside(folder: Path, ending: str) -> Path:
    return folder.parent / f"{folder.name}.{ending}"


def trapped(lesson: Path, folder: Path) -> Run:
    return run(lesson, folder, trap=beside(folder, "trap"))


def on_a_server(lesson: Path, folder: Path) -> Run:
    with server() as address:
        return run(lesson, folder, backend=address)


def under_its_policy(lesson: Path, folder: Path) -> Run:
    policy = beside(folder, "json")
    policy.write_text(json.dumps(committed_policy(lesson)))
    return run(lesson, folder, policy=policy)


def under_a_policy_that_lacks_something(lesson: Path, folder: Path) -> Run:
    policy = beside(folder, "json")
    policy.write_text(json.dumps(without(committed_policy(lesson), INDISPENSABLE[stem_number(lesson)])))
    return run(lesson, folder, policy=policy)


WAYS: dict[str, Callable[[Path, Path], Run]] = {
    "trapped": trapped,
    "server": on_a_server,
    "policy": under_its_policy,
    "less": under_a_policy_that_lacks_something,
}


def same(one: Run, other: Run) -> None:
    for (source, expected), (_, found) in zip(one.results, other.results, strict=True):
        assert found == expected, f"{one.path.name}: two runs differ in the cell\n{source}"


def billed(run: Run) -> dict[str, float]:
    """Return the figures but the number of calls: who waits for a script asks for as long as the script runs."""
    return {name: value for name, value in run.figures.items() if name != "calls"}


@each_lesson
def test_a_lesson_runs_with_another_seed_and_leaves_nothing_behind(done: Runs, lesson: Path) -> None:
    """It also runs from another folder than its own."""
    figures = done(lesson, "trapped").figures
    assert figures["left_behind"] == 0
    assert figures["calls"] > 50, "a lesson that calls AWS so rarely did not do its work"


@each_lesson
def test_no_connection_leaves_this_machine(done: Runs, lesson: Path, place: Path) -> None:
    assert done(lesson, "trapped").figures["left_behind"] == 0
    noted = (place / f"{lesson.stem}-trapped.trap").read_text().splitlines()
    kinds = {line.split()[0] for line in noted}
    assert len(noted) >= 2, "the trap was not set in both papermill and the kernel"
    assert kinds == {"set"}, f"{lesson.name} turned to {[line for line in noted if not line.startswith('set')]}"


@each_lesson
def test_the_server_gives_the_same_results(done: Runs, lesson: Path) -> None:
    here, there = done(lesson, "trapped"), done(lesson, "server")
    same(here, there)
    assert billed(there) == billed(here)


@each_lesson
def test_the_stored_policy_is_what_the_lesson_needs(done: Runs, lesson: Path) -> None:
    needed = needed_policy(done(lesson, "trapped"))
    assert needed == committed_policy(lesson), f"helpers/policies/{stem_number(lesson)}.json is stale; run make refresh"


@each_lesson
def test_under_its_policy_a_lesson_gives_the_same_results(done: Runs, lesson: Path) -> None:
    same(done(lesson, "trapped"), done(lesson, "policy"))


@each_lesson
def test_without_one_action_a_lesson_stops(done: Runs, lesson: Path) -> None:
    action = INDISPENSABLE[stem_number(lesson)]
    assert action in json.dumps(committed_policy(lesson)), f"{lesson.name} no longer needs {action}"
    stopped = done(lesson, "less")
    assert stopped.status != 0, f"{lesson.name} ran without {action}"
    assert "AccessDenied" in stopped.told, stopped.told[-2000:]


def test_the_trap_notes_and_refuses(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(TRAP)
    tries = "\n".join(
        f"try:\n    {line}\nexcept OSError as error:\n    print(error)"
        for line in (
            "socket.create_connection(('192.0.2.1', 80))",
            "socket.socket().connect_ex(('192.0.2.2', 80))",
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.3', 53))",
            "urllib.request.urlopen('http://example.com/')",
        )
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "COURSE_TRAP": str(tmp_path / "noted")}
    command = [sys.executable, "-c", f"import socket, urllib.request\n{tries}"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.count("trapped") == 4, told.stdout + told.stderr
    noted = [line.split() for line in (tmp_path / "noted").read_text().splitlines()]
    hosts = [host for kind, host in noted if kind != "set"]
    assert hosts == ["192.0.2.1", "192.0.2.2", "192.0.2.3", "example.com"]


def test_make_course_says_in_a_sentence_that_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    command = [sys.executable, str(ROOT / "tools" / "course.py"), "--into", str(tmp_path / "file" / "course")]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 1
    assert told.stderr.startswith("Cannot write the results into")
    assert len(told.stderr.splitlines()) == 1


def test_make_course_says_in_a_sentence_that_nothing_answers(tmp_path: Path) -> None:
    if not LESSONS:
        pytest.skip("no lesson yet")
    command = [sys.executable, str(ROOT / "tools" / "course.py"), "--into", str(tmp_path / "results")]
    told = subprocess.run(
        [*command, "--only", "3.9", "--backend", "http://127.0.0.1:9"], capture_output=True, text=True
    )
    assert told.returncode == 1
    last = told.stderr.strip().splitlines()[-1]
    assert "BackendUnreachable" in last, told.stderr
    assert "pocketaws serve" in last

"""The commands for a class, as a teaching assistant types them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from zoo import animals, solution

LAB = "3.9"


def labgrader(*words: object, cwd: Path, secret: str = "a secret of some length") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "LABGRADER_SECRET"}
    if secret:
        environment["LABGRADER_SECRET"] = secret
    command = [sys.executable, "-m", "labgrader", *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of three that has been graded: one right, one with a mistake, one file that is no notebook."""
    place = tmp_path_factory.mktemp("class")
    mistaken = next(each for each in animals(LAB) if each.path.stem == "scan_instead_of_query")
    for name, notebook in (("ada", solution(LAB)), ("grace", mistaken.notebook())):
        (place / "in" / name).mkdir(parents=True)
        nbformat.write(notebook, place / "in" / name / "3.9.ipynb")
    (place / "in" / "edsger").mkdir()
    (place / "in" / "edsger" / "3.9.ipynb").write_text('{"cells": [')
    (place / "roster.csv").write_text("student,name\nada,Ada Lovelace\ngrace,Grace\nedsger,Edsger\nleslie,Leslie L.\n")
    told = labgrader("grade", "in", "--lab", LAB, "--roster", "roster.csv", "-j", 2, "--evidence", "seen", cwd=place)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Leslie L. handed in nothing." in told.stdout
    assert "3 submissions graded; the marks are in gradebook.sqlite." in told.stdout
    return place


def test_marks_are_those_of_the_zoo(graded: Path) -> None:
    told = labgrader("export", "--lab", LAB, "--roster", "roster.csv", cwd=graded)
    marks = {row["student"]: row for row in csv.DictReader(told.stdout.splitlines())}
    mistaken = next(each for each in animals(LAB) if each.path.stem == "scan_instead_of_query")
    assert marks["ada"]["points"] == marks["ada"]["out of"]
    assert int(marks["grace"]["points"]) == sum(mistaken.earns().values())
    assert (marks["edsger"]["points"], marks["leslie"]["points"]) == ("0", "")
    assert "not a notebook" in marks["edsger"]["note"]


def test_graded_again_nothing_is_done_twice(graded: Path) -> None:
    told = labgrader("grade", "in", "--lab", LAB, cwd=graded)
    assert "0 submissions graded, 3 were graded before" in told.stdout


def test_the_report_and_the_evidence_are_there(graded: Path) -> None:
    told = labgrader("report", "--lab", LAB, "--roster", "roster.csv", cwd=graded)
    assert told.stdout.strip() == "The report is in report/index.html."
    assert "Ada Lovelace" in (graded / "report" / "index.html").read_text()
    assert len(list((graded / "seen").glob("ada-*.ipynb"))) == 1


def test_likely_copies_are_listed(graded: Path) -> None:
    labs = Path(__file__).resolve().parents[2] / "labs"
    told = labgrader("similar", "in", "--lab", LAB, "--labs", labs, "--least", 0.5, cwd=graded)
    assert told.stdout.splitlines()[0].startswith("ada  grace  shape ")
    assert told.stdout.splitlines()[-1].startswith("1 pairs among 2 students")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("grade", "nowhere", "--lab", LAB),
            "There is no nowhere: name the folder of the submissions",
        ),
        (("grade", "in", "--lab", "9.9"), "There is no lab '9.9'"),
        (("grade", "in", "--lab", LAB, "--roster", "no.csv"), "The roster no.csv cannot be read"),
        (("grade", "in", "--lab", LAB, "--secret-file", "no"), "The secret cannot be read from no"),
        (("report", "--lab", LAB, "--gradebook", "no.sqlite"), "There is no gradebook no.sqlite"),
        (("report", "--lab", "3.6"), "No submission of lab 3.6 has been graded"),
        (("export", "--lab", LAB, "--to", "paper"), "--to is one of canvas, moodle, gradescope, csv, not paper."),
        (("export", "--lab", LAB, "--policy", "no.toml"), "The policy no.toml cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(graded: Path, words: tuple[str, ...], says: str) -> None:
    told = labgrader(*words, cwd=graded)
    assert told.returncode == 1
    assert told.stderr.startswith(says), told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_class_is_not_graded_without_a_secret(graded: Path) -> None:
    told = labgrader("grade", "in", "--lab", LAB, cwd=graded, secret="")
    assert told.returncode == 1
    assert told.stderr.startswith("Grading a class needs the course's secret")


def test_autograders_are_written(graded: Path) -> None:
    told = labgrader("autograder", "--lab", LAB, "-o", "grader.zip", cwd=graded)
    assert "grader.zip is the autograder of lab 3.9" in told.stdout
    told = labgrader("workflow", "--lab", LAB, cwd=graded)
    assert told.stdout.startswith("# Made by: labgrader workflow --lab 3.9")

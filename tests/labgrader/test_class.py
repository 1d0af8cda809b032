"""A class: whose each file is, what being late costs, and a gradebook that survives everything."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import nbformat
import pytest

from labgrader import autograders, exports, intake, pages, policy, roster, similarity
from labgrader.classroom import grade_class
from labgrader.errors import GradebookBroken, LabGraderError, NothingToGrade, PolicyBroken, RosterBroken
from labgrader.gradebook import Gradebook, Try
from labgrader.tasks import Outcome

DUE = datetime(2026, 11, 20, 23, 59, tzinfo=timezone.utc)
ADA = roster.Student("ada", "Ada Lovelace", "ada@example.org", canvas="4711", moodle="Participant 77", sid="S1")
GRACE = roster.Student("grace", "Hopper, Grace", "grace@example.org", canvas="4712", moodle="Participant 78", sid="S2")
CLASS = roster.Roster([ADA, GRACE])
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "source": "1", "metadata": {}}],
    }
)


@dataclass(frozen=True)
class Fake:
    """What grading told, made up: as many points as the file has bytes, up to 6."""

    tasks: list[Outcome]
    notes: list[str] = field(default_factory=list)
    failure: str = ""
    seed: str = "abc"
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)


def fake(path: Path, student: str) -> Fake:
    if "lost" in path.read_text():
        return Fake([], failure="The machine was full.")
    points = min(len(path.read_text()), 4)
    message = "done" if points == 4 else f"{student}: <script>alert(1)</script>"
    return Fake([Outcome(1, "First", points, 4, message), Outcome(2, "Second", 2, 2, "done")])


def lay(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def found(folder: Path, scratch: Path, known: roster.Roster = CLASS) -> tuple[list[tuple[str, str]], list[str]]:
    handed, troubles = intake.collect(folder, known, scratch / "scratch")
    return [(each.student, each.path.name) for each in handed], [trouble.sentence for trouble in troubles]


@pytest.mark.parametrize(
    "name",
    [
        "ada/3.9-dynamodb.ipynb",
        "ada/week 9/3.9.ipynb",
        "ada.ipynb",
        "ada@example.org/x.ipynb",
        "lovelaceada_4711_815_3.9-dynamodb.ipynb",
        "lovelaceada_LATE_4711_815_3.9-dynamodb-1.ipynb",
        "Ada Lovelace_999_assignsubmission_file/3.9.ipynb",
        "Ada Lovelace_999_assignsubmission_file_/3.9.ipynb",
        "Ada Lovelace_999_assignsubmission_file_3.9.ipynb",
        "Lovelace Ada_77_assignsubmission_file_3.9.ipynb",
        "S1/anything.ipynb",
    ],
)
def test_whose_a_file_is(tmp_path: Path, name: str) -> None:
    """Folders a student, and the names that Canvas and Moodle give to downloads."""
    handed, troubles = found(lay(tmp_path / "in", **{name: NOTEBOOK}), tmp_path)
    assert [student for student, _ in handed] == ["ada"]
    assert troubles == ["Hopper, Grace handed in nothing."]


def test_gradescope_says_whose_its_folders_are_and_when(tmp_path: Path) -> None:
    told = """
submission_815:
  :submitters:
  - :name: Ada Lovelace
    :sid: S1
    :email: ada@example.org
  :created_at: 2026-11-20 20:15:05.000000000 Z
"""
    folder = lay(tmp_path / "in", **{"submission_metadata.yml": told, "submission_815/3.9.ipynb": NOTEBOOK})
    (handed,), _ = intake.collect(folder, CLASS, tmp_path / "scratch")
    assert (handed.student, handed.at) == ("ada", datetime(2026, 11, 20, 20, 15, 5, tzinfo=timezone.utc))


def test_a_zip_stands_for_its_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        archive.writestr("lovelaceada_4711_1_3.9.ipynb", NOTEBOOK)
        archive.writestr("__MACOSX/._x.ipynb", "")
        archive.writestr("hoppergrace_4712_2_3.9.ipynb", NOTEBOOK)
    handed, _ = found(tmp_path / "submissions.zip", tmp_path)
    assert sorted(handed) == [("ada", "lovelaceada_4711_1_3.9.ipynb"), ("grace", "hoppergrace_4712_2_3.9.ipynb")]


def zipped(path: Path, *entries: tuple[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)


def test_a_bad_file_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_BYTES", 100_000)
    folder = lay(tmp_path / "in", **{"ada/3.9.ipynb": NOTEBOOK, "grace/3.9.pdf": "x", "grace/3.9.zip": "no zip"})
    zipped(folder / "bomb" / "3.9.zip", ("3.9.ipynb", bytes(10_000_000)))
    zipped(folder / "climber" / "3.9.zip", ("../../out.ipynb", b"{}"))
    zipped(folder / "windows" / "3.9.zip", ("C:" + "\\out.ipynb", b"{}"))
    zipped(folder / "crowd" / "3.9.zip", *((f"{n}.ipynb", b"") for n in range(2_001)))
    lay(folder, **{"giant/3.9.ipynb": "x" * 100_001})
    (folder / "link").mkdir()
    (folder / "link" / "3.9.ipynb").symlink_to(folder / "ada" / "3.9.ipynb")
    handed, troubles = found(folder, tmp_path)
    assert handed == [("ada", "3.9.ipynb")]
    for words in (
        "grace/3.9.pdf is not a notebook",
        "grace/3.9.zip is a zip that cannot be unpacked safely",
        "bomb/3.9.zip is a zip that cannot be unpacked safely: unpacked it is larger",
        "climber/3.9.zip is a zip that cannot be unpacked safely: '../../out.ipynb' climbs out",
        "windows/3.9.zip is a zip that cannot be unpacked safely",
        "crowd/3.9.zip is a zip that cannot be unpacked safely: it holds 2,001 files",
        "giant/3.9.ipynb has 0 MB, more than",
        "link/3.9.ipynb is a link",
        "Grace handed in nothing",
    ):
        assert any(words in sentence for sentence in troubles), f"nobody says {words!r}: {troubles}"
    assert not list(tmp_path.glob("out.ipynb"))
    assert all(sentence.count("\n") == 0 for sentence in troubles)


def test_somebody_who_is_not_on_the_roster_is_graded_and_named(tmp_path: Path) -> None:
    handed, troubles = found(lay(tmp_path / "in", **{"mallory/3.9.ipynb": NOTEBOOK}), tmp_path)
    assert handed == [("mallory", "3.9.ipynb")]
    assert "mallory is not on the roster; graded under that name." in troubles


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: None])
def test_an_empty_folder_is_one_sentence(tmp_path: Path, make: object) -> None:
    make(tmp_path / "in")  # type: ignore[operator]
    with pytest.raises(NothingToGrade, match=r"^(No notebook is in|There is no) "):
        intake.collect(tmp_path / "in", CLASS, tmp_path / "scratch")


def test_rosters_of_ours_and_of_the_systems(tmp_path: Path) -> None:
    canvas = 'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Lovelace, Ada",4711,u1,ada,A\n'
    moodle = "Identifier,Full name,Email address,Status\nParticipant 77,Ada Lovelace,ada@example.org,x\n"
    gradescope = "First Name,Last Name,SID,Email\nAda,Lovelace,S1,ada@example.org\n"
    ours = "\ufeffstudent,name,email,canvas_id\nada,Ada Lovelace,ada@example.org,4711\n"
    for text, expected in (
        (canvas, roster.Student("ada", "Lovelace, Ada", canvas="4711", sis="u1", section="A")),
        (moodle, roster.Student("ada", "Ada Lovelace", "ada@example.org", moodle="Participant 77")),
        (gradescope, roster.Student("S1", "Ada Lovelace", "ada@example.org", sid="S1")),
        (ours, roster.Student("ada", "Ada Lovelace", "ada@example.org", canvas="4711")),
    ):
        (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
        assert roster.read(tmp_path / "roster.csv").students == [expected]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "student\nada\nada\n", None])
def test_a_bad_roster_is_one_sentence(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(RosterBroken, match=r"^The roster [^\n]+$"):
        roster.read(tmp_path / "roster.csv")


def test_two_students_of_one_name_are_not_mixed_up() -> None:
    twins = roster.Roster([roster.Student("a1", "Ada Lovelace"), roster.Student("a2", "Ada Lovelace")])
    assert twins.find("Ada Lovelace") is None
    assert twins.find("nobody", "a2") == twins.students[1]


@pytest.mark.parametrize(
    ("hours", "kept"), [(-1, 1.0), (0.2, 1.0), (0.5, 0.9), (24, 0.9), (25, 0.8), (24 * 9, 0.5), (24 * 15, 0.0)]
)
def test_what_being_late_costs(hours: float, kept: float) -> None:
    rules = policy.Policy(DUE, grace_minutes=15, percent_per_day=10, most_percent=50, closed_after_days=14)
    assert rules.kept("ada", DUE + timedelta(hours=hours)) == kept


def test_a_policy_is_a_small_file(tmp_path: Path) -> None:
    text = (
        'due = 2026-11-20T23:59:00Z\ntries = "last"\npercent_per_day = 10\n[extensions]\nada = 2026-11-27T23:59:00Z\n'
    )
    (tmp_path / "policy.toml").write_text(text)
    rules = policy.read(tmp_path / "policy.toml")
    assert (rules.kept("ada", DUE + timedelta(days=2)), rules.kept("grace", DUE + timedelta(days=2))) == (1.0, 0.8)
    for bad in ("due = 2026-11-20", 'tries = "first"', "percent_per_day = -1", "x = 1", "due =", "extensions = 3"):
        (tmp_path / "policy.toml").write_text(bad)
        with pytest.raises(PolicyBroken, match=r"^The policy [^\n]+$"):
            policy.read(tmp_path / "policy.toml")


def test_every_try_is_kept_and_the_best_or_last_counts(tmp_path: Path) -> None:
    folder = lay(tmp_path / "in", **{"ada/1.ipynb": "1234", "ada/2.ipynb": "12", "grace/1.ipynb": "1"})
    for number, name in enumerate(("ada/1.ipynb", "ada/2.ipynb", "grace/1.ipynb")):
        os.utime(folder / name, (DUE.timestamp() + 3600 * number, DUE.timestamp() + 3600 * number))
    with Gradebook(tmp_path / "book.sqlite") as book:
        done = grade_class(folder, "3.9", book, fake, roster=CLASS)
        assert (done.graded, done.before) == (3, 0)
        best, last = (
            {
                mark.student: mark.points
                for mark in book.marks("3.9", policy.Policy(DUE, tries=tries, percent_per_day=50))
            }
            for tries in ("best", "last")
        )
        assert (best, last) == ({"ada": 6, "grace": 1.5}, {"ada": 2, "grace": 1.5})
        assert len(book.tries("3.9")) == 3
        again = grade_class(folder, "3.9", book, fake, roster=CLASS)
        assert (again.graded, again.before) == (0, 3)


def test_a_failure_of_the_grader_is_graded_again_the_next_time(tmp_path: Path) -> None:
    folder = lay(tmp_path / "in", **{"ada/1.ipynb": "lost", "grace/1.ipynb": "1"})
    with Gradebook(tmp_path / "book.sqlite") as book:
        done = grade_class(folder, "3.9", book, fake, roster=CLASS)
        assert done.graded == 1
        assert [each.sentence for each in done.troubles] == [
            "ada/1.ipynb could not be graded: The machine was full. Grade the class again to try it once more."
        ]
        assert (
            grade_class(
                folder, "3.9", book, lambda path, student: fake(folder / "grace/1.ipynb", student), roster=CLASS
            ).graded
            == 1
        )


def test_a_regrade_is_a_new_round(tmp_path: Path) -> None:
    folder = lay(tmp_path / "in", **{"ada/1.ipynb": "1", "grace/1.ipynb": "1"})
    with Gradebook(tmp_path / "book.sqlite") as book:
        grade_class(folder, "3.9", book, fake, roster=CLASS)
        mended = Fake([Outcome(1, "First", 4, 4, "done"), Outcome(2, "Second", 2, 2, "done")])
        grade_class(folder, "3.9", book, lambda *_: mended, roster=CLASS, again=True, only=["ada"])
        assert {mark.student: mark.points for mark in book.marks("3.9", policy.Policy())} == {"ada": 6, "grace": 3}
    rows = (
        sqlite3.connect(tmp_path / "book.sqlite").execute("SELECT student, round FROM tries ORDER BY 1, 2").fetchall()
    )
    assert rows == [("ada", 1), ("ada", 2), ("grace", 1)]


SLOW_CLASS = """
import sys, time
sys.path[:0] = [sys.argv[3]]
from pathlib import Path
from test_class import CLASS, fake
from labgrader.classroom import grade_class
from labgrader.gradebook import Gradebook

def slow(path, student):
    time.sleep(0.05)
    return fake(path, student)

with Gradebook(Path(sys.argv[2])) as book:
    grade_class(Path(sys.argv[1]), "3.9", book, slow, roster=CLASS)
"""


def told(path: Path) -> list[object]:
    """What a gradebook holds, without numbers of rows and what a watch measured."""
    book = sqlite3.connect(path)
    columns = "student, file, sha256, handed_in, seed_id, reason, task, name, points, out_of, message"
    return book.execute(f"SELECT {columns} FROM tries JOIN points ON try = id ORDER BY student, file, task").fetchall()


def test_killed_three_times_nothing_is_lost(tmp_path: Path) -> None:
    folder = lay(tmp_path / "in", **{f"s{number:03}/1.ipynb": "x" * (number % 6 + 1) for number in range(36)})
    command = [sys.executable, "-c", SLOW_CLASS, str(folder)]
    here = str(Path(__file__).parent)
    subprocess.run([*command, str(tmp_path / "calm.sqlite"), here], check=True)
    shaken = tmp_path / "shaken.sqlite"
    counts = []
    for _ in range(3):
        process = subprocess.Popen([*command, str(shaken), here])
        until = (counts[-1] if counts else 0) + 5
        for _ in range(600):
            if shaken.exists() and rows(shaken) >= until:
                break
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        counts.append(rows(shaken))
    assert 0 < counts[0] < counts[1] < counts[2] < 36
    subprocess.run([*command, str(shaken), here], check=True)
    assert told(shaken) == told(tmp_path / "calm.sqlite")


def rows(path: Path) -> int:
    try:
        return int(sqlite3.connect(path).execute("SELECT count(*) FROM tries").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_a_gradebook_that_is_none_or_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "book.sqlite").write_text("this is a letter, and no gradebook at all " * 50)
    with pytest.raises(GradebookBroken, match=r"^The gradebook [^\n]+ cannot be used [^\n]+$"):
        Gradebook(tmp_path / "book.sqlite")
    with pytest.raises(GradebookBroken):
        Gradebook(tmp_path / "nowhere" / "book.sqlite")


def graded(folder: Path) -> Gradebook:
    book = Gradebook(folder / "book.sqlite")
    for student, points in (("ada", 4), ("grace", 1), ("=cmd()", 0)):
        outcomes = [Outcome(1, "First", points, 4, "=1+1 <script>"), Outcome(2, "Second", 2, 2, "done")]
        book.add(Try("3.9", student, f"{student}/1.ipynb", "a" * 64, DUE, "seed", outcomes), 1)
    return book


def table(to: str, book: Gradebook, known: roster.Roster = CLASS) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exports.export(to, "3.9", book.marks("3.9", policy.Policy()), known))))


def test_exports_have_the_layouts_that_the_systems_import(tmp_path: Path) -> None:
    with graded(tmp_path) as book:
        canvas = table("canvas", book)
        assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 3.9"]
        assert canvas[1] == ["    Points Possible", "", "", "", "", "6"]
        assert canvas[2] == ["Ada Lovelace", "4711", "", "ada", "", "6"]
        moodle = table("moodle", book)
        assert moodle[0] == [
            "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
            "Last modified (submission)", "Last modified (grade)", "Feedback comments",
        ]  # fmt: skip
        assert moodle[1][:6] == [
            "Participant 77",
            "Ada Lovelace",
            "ada@example.org",
            "Submitted for grading",
            "6",
            "6.00",
        ]
        by_email = table("moodle", book, roster.Roster([roster.Student("ada", "Ada", "ada@example.org")]))
        assert by_email[:2] == [
            ["Email address", "Lab 3.9", "Lab 3.9 (feedback)"],
            ["ada@example.org", "6", "First: 4 of 4, =1+1 <script> | Second: 2 of 2, done"],
        ]
        gradescope = table("gradescope", book)
        assert gradescope[0] == ["First Name", "Last Name", "SID", "Email", "Total Score", "Max Points"]
        assert gradescope[1] == ["Ada", "Lovelace", "S1", "ada@example.org", "6", "6"]
        plain = table("csv", book)
        assert plain[0][:4] == ["student", "name", "email", "points"]
        assert {row[0]: row[3] for row in plain[1:]} == {"ada": "6", "grace": "3", "'=cmd()": "2"}


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path) -> None:
    with graded(tmp_path) as book:
        for to in exports.FORMATS:
            cells = [cell for row in table(to, book) for cell in row]
            assert not [cell for cell in cells if re.match(r"[=+@\t]|-[^0-9]", cell) and cell != "-"], to


def test_who_handed_in_nothing_stands_in_the_export_without_a_mark(tmp_path: Path) -> None:
    with Gradebook(tmp_path / "book.sqlite") as book:
        book.add(Try("3.9", "ada", "1.ipynb", "a" * 64, DUE, "seed", [Outcome(1, "First", 4, 4, "done")]), 1)
        assert table("canvas", book)[3] == ["Hopper, Grace", "4712", "", "grace", "", ""]


def test_the_report_has_a_page_a_student_and_a_histogram_a_task(tmp_path: Path) -> None:
    with graded(tmp_path) as book:
        book.note("3.9", [intake.Trouble("x", "x/3.9.zip is a <b>bomb</b>.")])
        index = pages.write(book, "3.9", tmp_path / "report", roster=CLASS, policy=policy.Policy())
        page = index.read_text()
        assert page.count("<figure") == 3
        assert "Task 1: First: 1 with 0, 1 with 1, 1 with 4" in page
        assert "&lt;b&gt;bomb" in page
        written = {each.name: each.read_text() for each in (tmp_path / "report" / "students").iterdir()}
        assert set(written) == {pages.page_name(student) for student in ("ada", "grace", "=cmd()")}
        links = set(re.findall(r'href="students/([^"]+)"', page))
        assert links == set(written)
        ada = written[pages.page_name("ada")]
        assert "Ada Lovelace" in ada
        assert "4 of 4" in ada
        assert "=1+1 &lt;script&gt;" in ada
        everything = page + "".join(written.values())
        assert "<script" not in everything
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', everything), "a report asks nothing of the network"
    with Gradebook(tmp_path / "empty.sqlite") as book, pytest.raises(LabGraderError, match="begin with"):
        pages.write(book, "3.9", tmp_path / "report", roster=CLASS, policy=policy.Policy())


def test_page_names_are_safe_and_different() -> None:
    names = [pages.page_name(student) for student in ("../../etc/passwd", "a/b", "a-b", "ada", "x" * 300)]
    assert all(re.fullmatch(r"[A-Za-z0-9-]*\.html", name) and len(name) < 60 for name in names)
    assert len(set(names)) == len(names)


def notebook(*cells: str) -> object:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def test_a_copy_with_other_names_is_seen_and_the_lab_itself_does_not_count() -> None:
    given = "import boto3\nfrom helpers import s3, session\n" + "\n".join(f"print('given {n}')" for n in range(30))
    own = "\n".join(f"total_{n} = prices['{n}'] * count  # my sum\nclient.put_object(Key=f'{n}')" for n in range(12))
    copied = own.replace("total_", "x").replace("prices", "p").replace("client", "c").replace("my sum", "mine")
    other = "\n".join(
        f"for row in table.scan()['Items'][{n}:]:\n    if row['id'] > {n}:\n        yield row" for n in range(9)
    )
    class_ = {
        "ada": notebook(given, own),
        "bob": notebook(given, copied),
        "eve": notebook(given, other),
        "x": notebook(given),
    }
    (pair,) = similarity.similar(class_, notebook(given, "todo(1)"))
    assert (pair.one, pair.other, pair.shape) == ("ada", "bob", 1.0)
    assert pair.words < 0.9


def test_gradescope_gets_results_and_its_zip(tmp_path: Path) -> None:
    told = autograders.gradescope_results(fake(lay(tmp_path, **{"1.ipynb": "12"}) / "1.ipynb", "ada"))
    assert told["score"] == 4
    assert [(test["score"], test["max_score"], test["status"]) for test in told["tests"]] == [
        (2, 4, "failed"),
        (2, 2, "passed"),
    ]
    content = zipfile.ZipFile(io.BytesIO(autograders.gradescope_zip("3.9", "s" * 32, "git+https://example.org/course")))
    assert {"setup.sh", "run_autograder"} <= set(content.namelist())
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n"], input=content.read(name), check=True)
        assert content.getinfo(name).external_attr >> 16 & 0o111
    (tmp_path / "m.json").write_text('{"users": [{"email": "ada@example.org", "id": 1}]}')
    assert autograders.gradescope_student(tmp_path / "m.json") == "ada@example.org"
    assert autograders.gradescope_student(tmp_path / "none.json") == "unknown"


def test_the_workflow_is_yaml_and_keeps_the_secret_out_of_the_repository() -> None:
    import yaml

    text = autograders.workflow("3.9", "3.9-dynamodb.ipynb", "git+https://example.org/course")
    steps = yaml.safe_load(text)["jobs"]["grade"]["steps"]
    assert steps[-1]["env"]["LABGRADER_SECRET"] == "${{ secrets.LABGRADER_SECRET }}"
    assert "labgrader run" in steps[-1]["run"]

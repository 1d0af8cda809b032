"""Submissions as a class hands them in: confined kernels, a private AWS each, marks from its state alone.

What only a sandbox can stop is in ``OPEN``, so that it can be turned round when there is one.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from zoo import animals, blank, solution

from helpers import session
from labgrader import confine, host, probes
from labgrader.errors import SecretUnusable
from labgrader.grading import Desk, Result, grade_one
from labgrader.limits import Limits
from labgrader.report import read_secret
from labgrader.submission import open_submission

SECRET = "an-example-secret-of-this-test"
QUICK = Limits(cell_seconds=4, total_seconds=60)
LAB, DONE, MOST = "3.6", 7, 25

Grade = Callable[..., Result]

#: What the survey of graders found and a kernel of the grader's own user can still do.
OPEN = (
    "read files of that user: solutions, credentials in its home",
    "open network connections",
    "kill processes of that user, where Linux gives it no namespace of its own (labgrader doctor tells)",
    "take memory with many processes: the limit is of one process",
    "write files that this user may write",
)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Desk() as open_:
        yield open_


@pytest.fixture
def grade(desk: Desk, tmp_path: Path) -> Grade:
    def graded(notebook: Any, *, lab: str = LAB, student: str = "ada", **options: Any) -> Result:
        path = tmp_path / "submission.ipynb"
        path.write_bytes(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
        options = {"limits": QUICK} | options
        return grade_one(path, student=student, lab=lab, secret=SECRET, desk=desk, **options)

    return graded


def with_cell(source: str, *, base: Callable[[str], Any] = blank, at: int | None = None, lab: str = LAB) -> Any:
    """Return a lab with one more cell: last, or at a place."""
    made = base(lab)
    cell = nbformat.v4.new_code_cell(source)
    made.cells.insert(len(made.cells) if at is None else at, cell)
    return made


def after_task_1(source: str) -> Any:
    """Return the solution up to task 1, then the given cell, then blank tasks."""
    made = solution(LAB)
    second = next(at for at, cell in enumerate(made.cells) if cell.source.startswith("## Task 2"))
    made.cells[second:] = [nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("print('still here')")]
    return made


def test_right_work_earns_everything_under_a_seed_that_nobody_knew(grade: Grade, tmp_path: Path) -> None:
    evidence = tmp_path / "executed.ipynb"
    result = grade(solution(LAB), limits=Limits(), evidence=evidence)
    assert (result.points, result.out_of, result.notes, result.failure) == (MOST, MOST, [], "")
    told = result.as_json()
    assert {"points", "out_of", "tasks"} <= set(told)
    assert set(told["tasks"][0]) == {"name", "points", "out_of", "message"}
    assert json.loads(json.dumps(told))["points"] == MOST
    assert len(result.file) == 64
    assert len(result.seed) == 12
    executed = nbformat.read(evidence, as_version=4)
    assert "still to do" not in str(executed)
    assert "Checked by the grader" in str(executed), "The lab's own checks do not run while grading."


def test_a_policy_that_refuses_requests_without_tls_keeps_its_author_in(grade: Grade) -> None:
    """The lesson recommends it, and the grader's AWS is reached by plain HTTP."""
    found = next(each for each in animals(LAB) if each.path.stem == "partner_by_condition")
    result = grade(found.notebook(), limits=Limits())
    assert (result.points, result.notes) == (MOST, []), result.tasks


def test_the_clock_begins_as_in_the_lesson() -> None:
    session.start()
    try:
        assert session.now() == host.START
    finally:
        session.stop()


def test_a_blank_lab_earns_nothing(grade: Grade) -> None:
    assert grade(blank(LAB)).points == 0


def test_other_students_values_earn_nothing(grade: Grade) -> None:
    """A notebook whose author wrote their own seed into open_lab."""
    made = solution(LAB)
    cell = next(
        cell
        for cell in made.cells
        if "open_lab(" in cell.source and cell.cell_type == "code" and "lab =" in cell.source
    )
    cell.source = 'lab = open_lab("3.6", seed=1, student="bob")\nlab'
    result = grade(made, limits=Limits())
    assert result.points == 0, result.tasks


#: By lab, code that lays out what the course's own modules say was given.
FROM_THE_COURSE = {
    "3.4": "from labgrader.labs import structure_and_format as given\n"
    "month = given.month(lab).sort_by('date')\n"
    "s3.put_object(lab.lake, 'clean/flights.parquet', formats.write(month, 'parquet', row_group_size=4_096))\n"
    "orders = formats.write(given.orders(lab), 'parquet')\n"
    "s3.put_object(lab.lake, 'typed/orders.parquet', orders)\n",
    "3.7": "from labgrader.labs import glacier as given\n"
    "for each in given.frozen(lab):\n    s3.put_object(lab.desk, each.key, each.content)\n"
    "s3.create_bucket(lab.clean)\n"
    "for each in given.documents(lab):\n    s3.put_object(lab.clean, each.key, each.versions[-1])\n",
}


@pytest.mark.parametrize("lab", FROM_THE_COURSE)
def test_what_is_given_can_only_be_read_from_aws(grade: Grade, tmp_path: Path, lab: str) -> None:
    """A notebook that reads the course's own code, and lays out what that says was given."""
    source, evidence = FROM_THE_COURSE[lab] + "print('LAID OUT')", tmp_path / "executed.ipynb"
    result = grade(with_cell(source, lab=lab), lab=lab, evidence=evidence, limits=Limits())
    assert (result.points, result.failure) == (0, "")
    assert "LAID OUT" in str(nbformat.read(evidence, as_version=4).cells[-1].outputs)


# The single techniques of the survey of graders: none may earn anything for no work.

NO_WORK = {
    "prints a fake score": 'print(\'{"points": 25, "out_of": 25}\')\n25',
    "drops every assert": "get_ipython().input_transformers_post.append("
    "lambda lines: [line for line in lines if 'assert' not in line])",
    "replaces the runner of checks": "import labgrader.tasks as t\nt.run = t.run_all = lambda *a: [25]\n"
    "import labgrader.check as c\nc.check_all = lambda: 25",
    "replaces boto3.client": "import boto3\nfrom unittest.mock import MagicMock\nboto3.client = MagicMock()\n"
    "session.client = MagicMock()",
    "answers with an object that is equal to all": "class All(str):\n    __eq__ = lambda s, o: True\n"
    "    __hash__ = str.__hash__\ns3.put_object(lab.inbox, 'answers/link.txt', All('x'))",
    "leaves a pickle": "import pickle, os\nclass Evil:\n    def __reduce__(self): return (os.system, ('true',))\n"
    "s3.put_object(lab.inbox, 'answers/index.json', pickle.dumps(Evil()))",
    "resets the AWS": "import urllib.request as u\n"
    "for p in ('/moto-api/reset', '/pocketaws/reset', '/pocketaws/requests'):\n"
    "    try: u.urlopen(u.Request(session.endpoint() + p, method='POST', data=b'{}'), timeout=5); print('LEAK', p)\n"
    "    except Exception as e: print(e)",
    "leaves the system": "import sys\nsys.exit(0)",
}


def test_no_technique_earns_anything_for_no_work(grade: Grade, tmp_path: Path) -> None:
    """All of them in one notebook: whatever one of them earned would be seen."""
    made, evidence = blank(LAB), tmp_path / "executed.ipynb"
    made.cells += [nbformat.v4.new_code_cell(source) for source in NO_WORK.values()]
    result = grade(made, evidence=evidence)
    assert (result.points, result.failure) == (0, "")
    executed = nbformat.read(evidence, as_version=4).cells[-len(NO_WORK) :]
    assert "LEAK" not in json.dumps([cell.outputs for cell in executed])
    assert all(cell.execution_count for cell in executed), "Each of them was really tried."


def test_an_aws_of_its_own_earns_nothing_and_is_noticed(grade: Grade) -> None:
    made = solution(LAB)
    start = next(cell for cell in made.cells if "session.start(backend" in cell.source)
    start.source = start.source.replace("session.start(backend", 'session.start("pocketaws"')
    result = grade(made, limits=Limits())
    assert result.points == 0
    assert any("Not one AWS call reached the grader" in note for note in result.notes)


def test_a_kernel_that_kills_whatever_it_can_reach_ends_itself_alone(grade: Grade) -> None:
    """Its AWS, the driver and other submissions are out of its reach: it has no number for them."""
    if not probes.namespaces_work():
        pytest.skip("this machine gives processes no namespace of their own")
    source = (
        "import os, signal\n"
        "for pid in [*range(3, 70_000), -1]:\n"
        "    if pid != os.getpid():\n"
        "        try: os.kill(pid, signal.SIGKILL)\n"
        "        except OSError: pass\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    result = grade(after_task_1(source))
    assert (result.points, result.failure) == (DONE, ""), result.notes
    assert any("The kernel died" in note for note in result.notes), result.notes


# Earned points survive whatever comes after.

AFTERWARDS = {
    "warns and raises": (
        "import sys\nprint('careful', file=sys.stderr)\nraise RuntimeError('no more')",
        "raised RuntimeError",
    ),
    "ends the interpreter": ("import os\nos._exit(0)", "The kernel died"),
    "loops": ("while True: pass", "raised KeyboardInterrupt"),
    "loops and ignores interrupts": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "could not be interrupted",
    ),
    "takes 100 GB": ("block = bytearray(100 << 30)", "raised MemoryError"),
    "is no Python": ("this is no Python", "raised SyntaxError"),
}


@pytest.mark.parametrize(("source", "words"), AFTERWARDS.values(), ids=AFTERWARDS.keys())
def test_earned_points_survive(grade: Grade, source: str, words: str) -> None:
    result = grade(after_task_1(source))
    assert (result.points, result.failure) == (DONE, ""), result.notes
    assert any(words in note for note in result.notes), result.notes


def test_the_whole_notebook_has_a_time_limit(grade: Grade) -> None:
    sleepy = after_task_1("import time\ntime.sleep(3)")
    sleepy.cells += [nbformat.v4.new_code_cell("import time\ntime.sleep(3)") for _ in range(20)]
    result = grade(sleepy, limits=Limits(cell_seconds=5, total_seconds=9))
    assert result.points == DONE
    assert "took over 9 seconds" in result.notes[-1]


def test_output_is_cut_and_costs_nothing(grade: Grade, tmp_path: Path) -> None:
    flood = (
        "for i in range(5):\n    print('x' * (1 << 20), flush=True)\nfor i in range(1_500):\n    print(i, flush=True)"
    )
    evidence = tmp_path / "executed.ipynb"
    result = grade(after_task_1(flood), evidence=evidence, limits=Limits(cell_seconds=40))
    assert result.points == DONE
    assert evidence.stat().st_size < QUICK.total_output + QUICK.cell_output
    assert "(more output was cut)" in evidence.read_text()


FLOODS = {
    "large files": "open(f'{time.time()}', 'wb').write(b'x' * 10**7); time.sleep(0.05)",
    "many files": "open(f'{time.time()}', 'w').close()",
    "deep folders": "os.mkdir('d'); os.chdir('d')",
    "many folders": "os.makedirs(f'{time.time()}', exist_ok=True)",
}


@pytest.mark.parametrize("how", FLOODS)
def test_a_full_disk_ends_the_submission_and_keeps_its_points(
    grade: Grade, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confine, "_MOST_FILES", 3_000)
    result = grade(
        after_task_1(f"import os, time\nwhile True:\n    {FLOODS[how]}"),
        limits=Limits(cell_seconds=40, disk=100 * 2**20),
    )
    assert (result.points, result.failure) == (DONE, "")
    assert "it wrote more than" in result.notes[-1]


def test_nothing_survives_the_submission(grade: Grade, tmp_path: Path) -> None:
    mark = f"survivor-{os.getpid()}"
    source = (
        "import os, subprocess, sys\n"
        f"code = 'import time; time.sleep(600)  # {mark}'\n"
        "subprocess.Popen([sys.executable, '-c', code], start_new_session=True)\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.execve(sys.executable, [sys.executable, '-c', code], {})\n"
        "    os._exit(0)\n"
        "open('left-behind.txt', 'w').write('x')"
    )
    assert grade(after_task_1(source)).points == DONE
    time.sleep(0.2)
    assert mark not in subprocess.run(["ps", "axww"], capture_output=True, text=True).stdout


def test_jobs_that_a_student_hands_to_aws_are_confined_too(tmp_path: Path) -> None:
    """A Glue job runs under the limits of its submission; the grader's environment is not in it."""
    cell = confine.open_cell(Limits(memory=2 * 2**30, file_size=1_000))
    work = cell.folder / "job"
    work.mkdir()
    code = "import resource, os; print(resource.getrlimit(resource.RLIMIT_FSIZE)[0], sorted(os.environ))"
    process = cell.start([sys.executable, "-c", code], folder=work, environment={"ONLY": "this"})
    assert process.wait(30) == 0
    told = (work / "stdout").read_text()
    assert told.startswith(("1000 ['LC_CTYPE', 'ONLY']", "1000 ['ONLY']"))
    cell.close()
    assert not cell.folder.exists()


# What is handed in may be anything.

SOUND = json.dumps(nbformat.from_dict(blank(LAB)))
ODD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no JSON"),
    "truncated": (SOUND[: len(SOUND) // 2].encode(), "no JSON"),
    "a list": (b"[1, 2]", "JSON is no object"),
    "no cells": (b'{"nbformat": 4}', "no cells"),
    "cells of nothing": (b'{"cells": [1, null, {}]}', "no code cells"),
    "a zip": (b"PK\x03\x04" + b"\0" * 100, "zip archive"),
    "deeply nested": (b"[" * 100_000, "no JSON"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "no JSON"),
}


@pytest.mark.parametrize(("content", "words"), ODD.values(), ids=ODD.keys())
def test_what_is_no_notebook_gets_a_sentence_and_zero(grade: Grade, content: bytes, words: str) -> None:
    result = grade(content)
    assert (result.points, result.out_of, result.failure) == (0, MOST, "")
    assert len(result.notes) == 1
    assert words in result.notes[0]


def test_a_missing_file_gets_a_sentence(desk: Desk, tmp_path: Path) -> None:
    result = grade_one(tmp_path / "none.ipynb", student="ada", lab=LAB, secret=SECRET, desk=desk, limits=QUICK)
    assert result.notes == ["There is no file none.ipynb."]


def no_tags(made: Any) -> None:
    for cell in made.cells:
        cell.metadata = {}


def injected_before(made: Any) -> None:
    """A notebook that went through papermill already, with somebody's values."""
    cell = nbformat.v4.new_code_cell("backend = 'pocketaws'\nseed = 99\nstudent = 'bob'")
    cell.metadata = nbformat.from_dict({"tags": ["injected-parameters"]})
    at = next(at for at, each in enumerate(made.cells) if "parameters" in each.metadata.get("tags", []))
    made.cells.insert(at + 1, cell)


def copied_checks(made: Any) -> None:
    made.cells += [each for each in made.cells if each.source.startswith("check(")]


def no_checks_no_prose(made: Any) -> None:
    made.cells = [each for each in made.cells if each.cell_type == "code" and not each.source.startswith("check(")]


def other_kernel(made: Any) -> None:
    made.metadata = nbformat.from_dict({"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}})


def parameters_gone(made: Any) -> None:
    made.cells = [each for each in made.cells if "parameters" not in each.metadata.get("tags", [])]


def outputs_of_200_mb(made: Any) -> None:
    code = next(each for each in made.cells if each.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="x" * 200_000_000)]


CHANGES = [no_tags, injected_before, copied_checks, no_checks_no_prose, other_kernel, parameters_gone]
WANTED = {"most": 10**9, "backend": "http://127.0.0.1:1", "seed": "f00", "student": "ada"}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_an_odd_notebook_is_run_all_the_same(tmp_path: Path, change: Callable[[Any], None]) -> None:
    made, path = solution(LAB), tmp_path / "odd.ipynb"
    change(made)
    path.write_text(json.dumps(made))
    cells = open_submission(path, **WANTED).cells
    answers = [cell for cell in cells if "BEGIN SOLUTION" in cell]
    assert answers == [cell.source for cell in solution(LAB).cells if "BEGIN SOLUTION" in cell.source]
    space: dict[str, Any] = {}
    for cell in cells[: next(at for at, cell in enumerate(cells) if "session.start(" in cell)]:
        exec(cell.replace("%pip", "#"), space) if "google.colab" not in cell else None
    assert (space["backend"], space["seed"], space["student"]) == ("http://127.0.0.1:1", "f00", "ada")


def test_right_work_in_an_odd_notebook_earns_everything(grade: Grade) -> None:
    made = solution(LAB)
    for change in (no_tags, copied_checks, other_kernel, outputs_of_200_mb):
        change(made)
    result = grade(made, limits=Limits())
    assert result.points == MOST, (result.notes, result.tasks)
    assert len(result.notes) == 2, "It says that the tag is gone, and that the kernel was another."


def test_an_old_format_and_another_encoding_are_read(tmp_path: Path) -> None:
    old: dict[str, Any] = {"nbformat": 3, "metadata": {"name": "é"}, "worksheets": [{"cells": []}]}
    for cell in solution(LAB).cells:
        kind = "input" if cell.cell_type == "code" else "source"
        old["worksheets"][0]["cells"].append({"cell_type": cell.cell_type, "metadata": {}, kind: cell.source})
    path = tmp_path / "old.ipynb"
    path.write_bytes(json.dumps(old, ensure_ascii=False).encode("latin-1", errors="replace"))
    found = open_submission(path, **WANTED)
    assert len([cell for cell in found.cells if "BEGIN SOLUTION" in cell]) == 7
    assert any("old notebook format 3" in note for note in found.notes)
    assert any("not UTF-8" in note for note in found.notes)


# Secrets.


def test_no_environment_on_this_machine_tells_the_kernel_a_secret_of_the_grader(tmp_path: Path) -> None:
    """The command is run with secrets in its environment, as CI has them; the kernel looks everywhere."""
    source = (
        "import glob, os\nprint('LOOKED', sorted(os.environ))\n"
        "for place in glob.glob('/proc/[0-9]*/environ'):\n"
        "    try: print('FOUND', place) if b'sentinel-' + b'of-the-grader' in open(place, 'rb').read() else None\n"
        "    except OSError: pass"
    )
    notebook, executed, secret = tmp_path / "3.6-s3.ipynb", tmp_path / "executed.ipynb", tmp_path / "secret"
    notebook.write_text(json.dumps(with_cell(source)))
    secret.write_text(SECRET)
    files = ["--secret-file", str(secret), "--executed", str(executed)]
    told = subprocess.run(
        [sys.executable, "-m", "labgrader", "run", str(notebook), "--student", "ada", "--json", *files],
        env={**os.environ, "AWS_SECRET_ACCESS_KEY": "sentinel-of-the-grader", "SOME_TOKEN": "sentinel-of-the-grader"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    result, text = json.loads(told.stdout), executed.read_text()
    assert (result["points"], result["out_of"], len(result["tasks"])) == (0, MOST, 5)
    assert "LOOKED" in text
    assert "FOUND" not in text.replace("print('FOUND'", "")
    for word in ("SOME_TOKEN", SECRET, str(secret), "'USER'"):
        assert word not in text


def test_links_that_lead_elsewhere_are_not_followed(grade: Grade) -> None:
    """The grader is no way into the instructor's network."""
    reached: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.5)

    def listen() -> None:
        for _ in range(60):
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            reached.append(connection.recv(1000))
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    port = listening.getsockname()[1]
    source = f"s3.put_object(lab.inbox, 'answers/link.txt', f'http://127.0.0.1:{port}/{{lab.inbox}}/{{lab.report}}')"
    assert grade(with_cell(source)).points <= 1
    listening.close()
    assert reached == []


def test_a_secret_must_be_there_and_long(tmp_path: Path) -> None:
    assert len(read_secret(None)) == 64
    short, long_ = tmp_path / "short", tmp_path / "long"
    short.write_text("abc\n")
    long_.write_text(f"{SECRET}\n")
    assert read_secret(long_) == SECRET
    for path, words in ((short, "has 3 characters"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(SecretUnusable, match=words):
            read_secret(path)


def test_a_desk_whose_warm_processes_were_killed_goes_on(desk: Desk, grade: Grade) -> None:
    """Without a sandbox a kernel can kill processes of its own user."""
    desk.begin()
    for warm in (desk.hosts, desk.drivers):
        assert warm._process is not None
        warm._process.kill()
        warm._process.wait()
    assert grade(blank(LAB)).failure == "", "The next submission gets new ones."

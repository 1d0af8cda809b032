"""The release: what becomes of a solution, and what stops it."""

from __future__ import annotations

import copy
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from _notebooks import install_cell
from typer.testing import CliRunner
from zoo import ROOT, solution

from labgrader import labs
from labgrader.__main__ import app
from labgrader.errors import NotReleased
from labgrader.release import bundle, drifted, release, student_version

LABS = labs.available()
each_lab = pytest.mark.parametrize("lab", LABS)


def code(notebook: Any) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


@each_lab
def test_a_lab_has_a_stub_and_a_check_for_each_task_and_no_trace_of_answers(lab: str) -> None:
    made = student_version(solution(lab), lab)
    assert "SOLUTION" not in code(made)
    assert not any("solution" in cell.metadata.get("tags", []) for cell in made.cells)
    numbers = [number for number in range(1, 10) if f"check({number})" in code(made)]
    assert all(f"todo({number})  # your work" in code(made) for number in numbers)
    assert not any(one.source == other.source for one, other in pairwise(made.cells)), "A stub stands there twice."
    assert 4 <= len(numbers) <= 6, "A lab has four to six tasks."
    assert all(not cell.get("outputs") for cell in made.cells), "A lab comes without outputs."


@each_lab
def test_a_solution_has_the_opening_cells_of_a_lesson(lab: str) -> None:
    cells = solution(lab).cells
    (setup,) = [cell for cell in cells if "setup" in cell.metadata.get("tags", [])]
    assert setup.source == install_cell()
    assert f"/solutions/{labs.stem(lab)}.ipynb)" in cells[0].source, "The badge leads to the notebook itself."
    assert f"/labs/{labs.stem(lab)}.ipynb)" in student_version(solution(lab), lab).cells[0].source
    assert max(len(line) for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines()) <= 120


def test_labs_are_what_their_solutions_give() -> None:
    assert drifted(ROOT / "solutions", ROOT / "labs") == [], "run: labgrader release"


def test_drift_is_seen_in_both_directions(tmp_path: Path) -> None:
    release(ROOT / "solutions", tmp_path)
    assert drifted(ROOT / "solutions", tmp_path) == []
    changed = tmp_path / f"{labs.stem(LABS[0])}.ipynb"
    changed.write_text(changed.read_text().replace("Task 1", "Task one", 1))
    (tmp_path / "3.0-orphan.ipynb").write_text("{}")
    assert drifted(ROOT / "solutions", tmp_path) == ["3.0-orphan.ipynb", changed.name]
    told = CliRunner().invoke(
        app, ["release", "--check", "--solutions", str(ROOT / "solutions"), "--labs", str(tmp_path)]
    )
    assert told.exit_code == 1
    assert changed.name in told.output


def test_a_bundle_holds_labs_and_no_solutions(tmp_path: Path) -> None:
    written = release(ROOT / "solutions", tmp_path / "labs")
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    assert bundle(tmp_path / "labs", first) == bundle(tmp_path / "labs", second) == len(written)
    assert first.read_bytes() == second.read_bytes()
    assert zipfile.ZipFile(first).namelist() == [f"labs/{path.name}" for path in written]


def change(old: str, new: str) -> Callable[[Any], None]:
    def edit(notebook: Any) -> None:
        cell = next(cell for cell in notebook.cells if old in cell.source)
        cell.source = cell.source.replace(old, new, 1)

    return edit


def leak(notebook: Any) -> None:
    answer = next(cell for cell in notebook.cells if "# BEGIN SOLUTION" in cell.source)
    line = max(answer.source.splitlines(), key=len).strip()
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"By the way: `{line}`"))


def no_parameters(notebook: Any) -> None:
    notebook.cells = [cell for cell in notebook.cells if "parameters" not in cell.metadata.get("tags", [])]


def no_check(notebook: Any) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.source != "check(1)"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (change("# END SOLUTION", "# end solution"), "looks like a marker"),
        (change("# BEGIN SOLUTION", "#BEGIN SOLUTION"), "looks like a marker"),
        (change("# BEGIN SOLUTION", "# BEGIN SOLUTION (6 points)"), "looks like a marker"),
        (change("# END SOLUTION", ""), "without # END SOLUTION"),
        (change("# BEGIN SOLUTION", ""), "without # BEGIN SOLUTION"),
        (change("# BEGIN SOLUTION", "# BEGIN SOLUTION\n# BEGIN SOLUTION"), "inside an answer"),
        (change("# END SOLUTION", "    # END SOLUTION"), "indented otherwise"),
        (change("## What is yours", "## What is yours\n# BEGIN SOLUTION"), "stands in prose"),
        (change("# BEGIN SOLUTION", "if True:\n# BEGIN SOLUTION"), "is no Python"),
        (change("## Task 1: ", "## Task 1: The "), "its checks are of"),
        (change("## Task 2: ", "## Task 7: "), "its checks are of"),
        (leak, "holds a line of an answer"),
        (no_parameters, "tagged 'parameters'"),
        (no_check, r"tasks \[1\] have no cell check"),
        (change("check(1)", "check(2)"), r"tasks \[1\] have no cell check"),
        (change("check(1)", "# BEGIN SOLUTION\n1\n# END SOLUTION"), "have no cell check"),
    ],
)
def test_what_is_doubtful_stops_the_release(spoil: Callable[[Any], None], words: str) -> None:
    spoiled = copy.deepcopy(solution("3.9"))
    spoil(spoiled)
    with pytest.raises(NotReleased, match=words):
        student_version(spoiled, "3.9")


def test_a_marker_may_be_indented() -> None:
    made = solution("3.9")
    answer = next(cell for cell in made.cells if "# BEGIN SOLUTION" in cell.source)
    answer.source = "def f():\n    # BEGIN SOLUTION\n    return 42\n    # END SOLUTION"
    assert "def f():\n    todo(1)  # your work in place of this line" in code(student_version(made, "3.9"))

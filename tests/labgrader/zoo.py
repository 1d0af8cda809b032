"""The zoo: submissions named by their mistake, or by their unusual right way, each with the points it is worth.

A submission is a short file ``submissions/<lab>/<name>.py``: what it is in its docstring, what it earns, and what it
does otherwise than the solution::

    \"""Asks with a Scan and a filter, which finds the same but reads everything.\"""
    # earns: 3=2
    # %% task 3
    table = session.resource("dynamodb").Table(lab.table)
    ...

``earns`` lists the tasks that do not get all their points (``all=0`` stands for every task not named).  Parts:

=============================  ==================================================================
``# base: blank``              begin with the lab as students get it, not with the solution
``# %% task 3``                the code below replaces the answer of task 3
``# %% instead of``            ... the lines below, found in any cell of the solution, are
``# %% write``                 replaced by these
``# %% first``, ``# %% last``  the code below is a cell after ``open_lab``, or the last one
=============================  ==================================================================
"""

from __future__ import annotations

import ast
import copy
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from labgrader import checks, labs
from labgrader.release import BEGIN, student_version, task_of_cells

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "submissions"
_PART = re.compile(r"^# %% (.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Animal:
    """One submission of the zoo."""

    path: Path

    @property
    def lab(self) -> str:
        return self.path.parent.name

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def earns(self) -> dict[int, int]:
        """Return the points that each task must earn."""
        told = re.search(r"^# earns: ?(.*)$", self.text, re.MULTILINE)
        assert told, f"{self.path.name} has no line '# earns: 3=2' (empty: everything)."
        named = dict(re.findall(r"(\w+)=(\d+)", told[1]))
        known = {str(each.number): each.points for each in checks.tasks(self.lab)}
        assert set(named) <= {*known, "all"}, f"{self.path.name} names tasks that lab {self.lab} does not have."
        return {int(number): int(named.get(number, named.get("all", most))) for number, most in known.items()}

    def notebook(self) -> Any:
        """Return the whole submission as a notebook."""
        assert ast.get_docstring(ast.parse(self.text)), f"{self.path.name} does not say what it is in a docstring."
        made = solution(self.lab)
        if "# base: blank" in self.text:
            made = student_version(made, self.lab)
        pieces = _PART.split(self.text)[1:]
        parts = [(name.strip(), body.strip("\n")) for name, body in zip(pieces[::2], pieces[1::2], strict=True)]
        while parts:
            name, body = parts.pop(0)
            if name.startswith("task "):
                _answer(made, int(name.split()[1]), body)
            elif name == "instead of":
                wanted, text = parts.pop(0)
                assert wanted == "write", f"{self.path.name}: after '# %% instead of' comes '# %% write'."
                _edit(made, body, text, self.path.name)
            elif name in ("first", "last"):
                opened = next(at for at, cell in enumerate(made.cells) if "= open_lab(" in cell.source)
                place = opened + 1 if name == "first" else len(made.cells)
                made.cells.insert(place, nbformat.v4.new_code_cell(body))
            else:
                raise AssertionError(f"{self.path.name}: '# %% {name}' is no part of a submission.")
        return made


def animals(lab: str) -> list[Animal]:
    """List the submissions of a lab."""
    return [Animal(path) for path in sorted((FOLDER / lab).glob("*.py"))]


def solution(lab: str) -> Any:
    """Return the solution of a lab."""
    return nbformat.read(ROOT / "solutions" / f"{labs.stem(lab)}.ipynb", as_version=4)


def blank(lab: str) -> Any:
    """Return the lab as students get it."""
    return student_version(solution(lab), lab)


def _answer(notebook: Any, task: int, code: str) -> None:
    """Put the code in the place of the first answer of a task, and drop the others."""
    numbers = task_of_cells(notebook)
    answers = [
        cell
        for cell, number in zip(notebook.cells, numbers, strict=True)
        if number == task and cell.cell_type == "code" and (BEGIN in cell.source or f"todo({task})" in cell.source)
    ]
    assert answers, f"task {task} has no answer to replace"
    for cell in answers:
        cell.source = ""
    answers[0].source = code


def _edit(notebook: Any, old: str, new: str, name: str) -> None:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        for indent in ("            ", "        ", "    ", ""):
            if (found := textwrap.indent(old, indent)) in cell.source:
                assert sum(found in each.source for each in cells) == 1, f"{name}: {old!r} is in several cells."
                cell.source = copy.copy(cell.source).replace(found, textwrap.indent(new, indent))
                return
    raise AssertionError(f"{name}: the solution has no {old!r}; name lines that it has.")

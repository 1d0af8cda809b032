"""Labs from solutions: answers are taken out, and anything doubtful stops the release.

``solutions/<stem>.ipynb`` is the source.  In a code cell under a heading ``## Task 2: …`` what stands between
``# BEGIN SOLUTION`` and ``# END SOLUTION`` becomes ``todo(2)`` at the marker's indentation: a call that prints one
line, so that the blank lab runs to its end.  A cell tagged ``solution`` (notes for instructors) is dropped.
"""

from __future__ import annotations

import ast
import copy
import re
import zipfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from labgrader import checks, labs
from labgrader.errors import NotReleased

__all__ = ["bundle", "drifted", "release", "student_version", "task_of_cells"]

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
#: Everything that might be meant as a marker.
_ALMOST = re.compile(r"\b(begin|end)\b[\s_-]*solution", re.IGNORECASE)
_HEADING = re.compile(r"^## Task (\d+): (.+)$", re.MULTILINE)
_CHECK = re.compile(r"^check\((\d+)\)$", re.MULTILINE)
_PARAMETERS = {"backend", "student", "seed"}
#: Shorter answer lines, and imports, may stand in the given part too.
_TELLING = 24


def student_version(notebook: Any, lab: str) -> Any:
    """Return the lab as students get it.

    Parameters
    ----------
    notebook
        The solution.
    lab
        Its number; its checks say which tasks there must be.

    Raises
    ------
    NotReleased
        A marker is malformed, a task has no check or no answer, or an answer would survive.
    """
    made = copy.deepcopy(notebook)
    numbers = task_of_cells(made)
    answers: list[str] = []
    for position, cell in enumerate(made.cells):
        where = f"{labs.stem(lab)}, cell {position + 1}"
        if "solution" in cell.metadata.get("tags", []):
            answers += cell.source.splitlines() if cell.cell_type == "code" else []
            continue
        if cell.cell_type == "code":
            cell.source, taken = _strip(cell.source, numbers[position], where)
            answers += taken
            cell.outputs, cell.execution_count = [], None
        elif _ALMOST.search(cell.source):
            raise NotReleased(f"{where}: a marker stands in prose; answers are marked in code cells.")
    _same_tasks(notebook, lab)
    kept = [cell for cell in made.cells if "solution" not in cell.metadata.get("tags", [])]
    made.cells = [now for before, now in pairwise([None, *kept]) if not _is_stub_again(before, now)]
    _nothing_survives(made, answers, lab)
    return _tidy(made, lab)


def task_of_cells(notebook: Any) -> list[int]:
    """Return, for each cell, the task under whose heading it stands; 0 outside tasks."""
    found, current = [], 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.search(r"^##? ", cell.source, re.MULTILINE):
            heading = _HEADING.search(cell.source)
            current = int(heading[1]) if heading else 0
        found.append(current)
    return found


def release(source: Path, target: Path) -> list[Path]:
    """Write the labs of all solutions in a folder; return what was written."""
    made = [(target / path.name, student_version(_read(path), _number(path))) for path in _solutions(source)]
    target.mkdir(parents=True, exist_ok=True)
    for path, notebook in made:
        nbformat.write(notebook, path)
    return [path for path, _ in made]


def drifted(source: Path, target: Path) -> list[str]:
    """List the labs that are not what their solutions give, or have no solution; nothing is written."""
    fresh = {path.name: nbformat.writes(student_version(_read(path), _number(path))) for path in _solutions(source)}
    there = {path.name: path.read_text(encoding="utf-8") for path in target.glob("*.ipynb")}
    return sorted(
        name for name in fresh.keys() | there.keys() if fresh.get(name, "").strip() != there.get(name, "").strip()
    )


def bundle(labs_folder: Path, archive: Path) -> int:
    """Write a zip of all labs for students, the same bytes each time; return how many there are."""
    found = sorted(labs_folder.glob("*.ipynb"))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in found:
            packed.writestr(zipfile.ZipInfo(f"labs/{path.name}", (2026, 1, 1, 0, 0, 0)), path.read_bytes())
    return len(found)


def _solutions(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.ipynb"))
    if not found:
        raise NotReleased(f"There is no notebook in {folder}; run this in the project's folder.")
    return found


def _number(path: Path) -> str:
    lab = path.name.split("-")[0]
    if path.stem != labs.stem(lab):
        raise NotReleased(f"{path.name} is not the name of a lab; lab {lab} is {labs.stem(lab)}.ipynb.")
    return lab


def _read(path: Path) -> Any:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise NotReleased(f"{path.name} is no notebook of format 4: {error}") from error


def _strip(source: str, task: int, where: str) -> tuple[str, list[str]]:
    """Replace each marked answer by a stub; return the rest, and the answer's lines."""
    kept: list[str] = []
    answers: list[str] = []
    inside: str | None = None
    for line in source.splitlines():
        word = line.strip()
        if _ALMOST.search(line) and word not in (BEGIN, END):
            raise NotReleased(f"{where}: {word!r} looks like a marker; write {BEGIN} or {END} alone on its line.")
        if word == BEGIN:
            if inside is not None:
                raise NotReleased(f"{where}: {BEGIN} inside an answer; close the first with {END}.")
            if not task:
                raise NotReleased(f"{where}: an answer outside a task; it needs a heading such as '## Task 2: …'.")
            inside = line[: line.index("#")]
            kept.append(f"{inside}todo({task})  # your work in place of this line")
        elif word == END:
            if inside is None:
                raise NotReleased(f"{where}: {END} without {BEGIN}.")
            if line[: line.index("#")] != inside:
                raise NotReleased(f"{where}: {END} is indented otherwise than its {BEGIN}.")
            inside = None
        elif inside is None:
            kept.append(line)
        else:
            answers.append(line)
    if inside is not None:
        raise NotReleased(f"{where}: {BEGIN} without {END}.")
    rest = "\n".join(kept)
    try:
        ast.parse(TransformerManager().transform_cell(rest))
    except SyntaxError as error:
        raise NotReleased(f"{where}: without the answer the cell is no Python (line {error.lineno}).") from None
    return rest, answers


def _is_stub_again(before: Any, now: Any) -> bool:
    """Whether a cell is only a stub, and the one before was the same: an answer in several cells leaves one."""
    return before is not None and now.source == before.source and now.source.startswith("todo(")


def _same_tasks(notebook: Any, lab: str) -> None:
    """Hold headings, answers, check cells and the checks themselves to the same tasks."""
    headings: dict[int, str] = {}
    answered: set[int] = set()
    checked: set[int] = set()
    for cell, number in zip(notebook.cells, task_of_cells(notebook), strict=True):
        if cell.cell_type == "markdown":
            headings |= {int(found): title for found, title in _HEADING.findall(cell.source)}
        else:
            checked |= {int(found) for found in _CHECK.findall(cell.source) if int(found) == number}
            answered |= {number} if BEGIN in cell.source else set()
    known = {each.number: each.title for each in checks.tasks(lab)}
    name = labs.stem(lab)
    if headings != known:
        raise NotReleased(f"{name}: its headings are {headings}, its checks are of {known}.")
    for what, found in (("answer", answered), ("cell check(…)", checked)):
        if found != set(known):
            raise NotReleased(f"{name}: tasks {sorted(set(known) - found)} have no {what} under their heading.")
    (cell,) = [each for each in notebook.cells if "parameters" in each.metadata.get("tags", [])] or [None]
    assigned = re.findall(r"^(\w+) = ", cell.source, re.MULTILINE) if cell else []
    if set(assigned) != _PARAMETERS:
        raise NotReleased(f"{name}: one cell tagged 'parameters' assigns {sorted(_PARAMETERS)}, not {assigned}.")


def _nothing_survives(notebook: Any, answers: Iterable[str], lab: str) -> None:
    telling = {line.strip() for line in answers}
    telling = {line for line in telling if len(line) >= _TELLING and not line.startswith(("import ", "from ", "#"))}
    for number, cell in enumerate(notebook.cells, start=1):
        if _ALMOST.search(cell.source):
            raise NotReleased(f"{labs.stem(lab)}, cell {number} of the lab: a marker survived.")
        if left := next((line for line in telling if line in cell.source), None):
            raise NotReleased(f"{labs.stem(lab)}, cell {number} of the lab holds a line of an answer: {left!r}.")


def _tidy(notebook: Any, lab: str) -> Any:
    """Drop editor metadata; number the cells; let the badge lead to the lab."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"c{number:03d}"
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
    notebook.cells[0].source = notebook.cells[0].source.replace(
        f"solutions/{labs.stem(lab)}.ipynb", f"labs/{labs.stem(lab)}.ipynb"
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook

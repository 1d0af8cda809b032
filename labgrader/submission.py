"""A notebook as it is handed in: read with care, its parameters set as papermill sets them."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from labgrader import labs
from labgrader.errors import LabUnknown, NotANotebook

__all__ = ["Submission", "code_cells", "lab_of", "open_submission", "parameters", "read"]

_PARAMETERS = {"backend", "seed", "student"}
_CELLS = 2_000


@dataclass(frozen=True)
class Submission:
    """The code cells of a notebook that was handed in, and what is odd about it, in sentences."""

    cells: list[str]
    notes: list[str] = field(default_factory=list)


def read(path: Path) -> Any:
    """Read a notebook of ours, of any format, as one of format 4."""
    return nbformat.read(path, as_version=4)


def lab_of(path: Path) -> str:
    """Return the number of the lab that a file's name begins with."""
    found = re.match(r"\d\.\d", path.name)
    if not found or found[0] not in labs.STEMS:
        raise LabUnknown(f"{path.name} does not begin with the number of a lab, such as 3.9.")
    return found[0]


def parameters(*, backend: str = "pocketaws", seed: int | str, student: str = "") -> str:
    """Return the source of the cell that sets a lab's parameters."""
    return f"backend = {backend!r}\nseed = {seed!r}\nstudent = {student!r}"


def code_cells(notebook: Any, *, seed: int | str, student: str = "", backend: str = "pocketaws") -> list[str]:
    """Return the sources of the code cells, the parameters set after every cell that assigns one of them.

    A notebook without such a cell gets them before its first cell.
    """
    told, found = parameters(backend=backend, seed=seed, student=student), []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and "injected-parameters" not in tags:
            found.append(str(cell["source"]))
            if "parameters" in tags or _assigns_parameters(cell["source"]):
                found.append(told)
    return found if told in found else [told, *found]


def open_submission(path: Path, *, most: int, **wanted: Any) -> Submission:
    """Read what a student handed in, whatever it is.

    Parameters
    ----------
    path
        The file.
    most
        So many bytes at most.
    wanted
        As for :func:`code_cells`.

    Raises
    ------
    NotANotebook
        Nothing in it can be run; the sentence says why.
    """
    notes: list[str] = []
    notebook = _notebook(path, most, notes)
    cells = [_cell(each) for each in notebook["cells"] if isinstance(each, dict)]
    if len(cells) > _CELLS:
        notes.append(f"It has {len(cells)} cells; the first {_CELLS} were run.")
    kept = {"cells": cells[:_CELLS]}
    if not any(cell["cell_type"] == "code" for cell in cells):
        raise NotANotebook("It has no code cells.")
    if not any("parameters" in cell["metadata"]["tags"] for cell in cells):
        notes.append("The cell tagged 'parameters' is gone; the parameters were set all the same.")
    return Submission(code_cells(kept, **wanted), notes)


def _notebook(path: Path, most: int, notes: list[str]) -> dict[str, Any]:
    if not path.is_file():
        raise NotANotebook(f"There is no file {path.name}.")
    if path.stat().st_size > most:
        raise NotANotebook(f"It has {path.stat().st_size / 1e6:,.0f} MB; clear its outputs and hand it in again.")
    content = path.read_bytes()
    if content[:2] == b"PK":
        raise NotANotebook("It is a zip archive, not a notebook; unpack it and hand in the .ipynb file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("The file is not UTF-8; some characters may be wrong.")
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise NotANotebook("It is not a notebook: its text is no JSON, or was cut off.") from None
    if not isinstance(told, dict):
        raise NotANotebook("It is not a notebook: its JSON is no object.")
    if "worksheets" in told:
        notes.append(f"It is in the old notebook format {told.get('nbformat', 3)}.")
        sheets = [sheet for sheet in _list(told["worksheets"]) if isinstance(sheet, dict)]
        told = {"cells": [cell for sheet in sheets for cell in _list(sheet.get("cells"))]}
    if not isinstance(told.get("cells"), list):
        raise NotANotebook("It is not a notebook: it has no cells.")
    language = _dict(_dict(told.get("metadata")).get("kernelspec")).get("language", "python")
    if language != "python":
        notes.append(f"It was written for a kernel of {str(language)[:30]}; it was run as Python.")
    return told


def _cell(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a cell as it should be, without its outputs."""
    source = raw.get("source", raw.get("input", ""))
    text = "".join(str(line) for line in source) if isinstance(source, list) else str(source)
    tags = _dict(raw.get("metadata")).get("tags")
    return {"cell_type": raw.get("cell_type"), "source": text, "metadata": {"tags": [*map(str, _list(tags))]}}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _assigns_parameters(source: str) -> bool:
    """Whether a cell sets a parameter to a plain value at its top."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    plain = [each for each in body if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)]
    return any(isinstance(to, ast.Name) and to.id in _PARAMETERS for each in plain for to in each.targets)

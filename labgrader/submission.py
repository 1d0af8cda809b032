"""A notebook as it is handed in: read with care, its parameters set as papermill sets them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat

from labgrader import labs
from labgrader.errors import LabUnknown

__all__ = ["code_cells", "lab_of", "parameters", "read"]


def read(path: Path) -> Any:
    """Read a notebook of any format as one of format 4."""
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
    """Return the sources of the code cells, the parameters set after the cell tagged ``parameters``."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found.append(str(cell.source))
            if "parameters" in cell.metadata.get("tags", []):
                found.append(parameters(backend=backend, seed=seed, student=student))
    return found

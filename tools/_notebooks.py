"""What the development commands know about notebooks: where they are, their opening cells, their figures."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parent.parent
FIGURES = "application/vnd.aws-storage-course+json"


def lessons() -> list[Path]:
    """Return the lesson notebooks in their order."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def stem_number(path: Path) -> str:
    """Return ``3.6`` for ``3.6-s3.ipynb``."""
    return path.name.split("-")[0]


def repository() -> str:
    """Return the repository's address, whose one home is pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return str(project["urls"]["Repository"])


def badge(path: Path) -> str:
    """Return the Open-in-Colab badge of a notebook."""
    place = repository().removeprefix("https://github.com/")
    image = "https://colab.research.google.com/assets/colab-badge.svg"
    link = f"https://colab.research.google.com/github/{place}/blob/main/{path.relative_to(ROOT).as_posix()}"
    return f"[![Open in Colab]({image})]({link})"


def install_cell() -> str:
    """Return the source of the one install cell, the same in every notebook."""
    return (
        "import sys\n\n"
        'if "google.colab" in sys.modules:\n'
        f'    %pip install -q "aws-storage-course @ git+{repository()}"'
    )


def tagged(notebook: Any, tag: str) -> list[Any]:
    """Return the cells that carry a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def read(path: Path) -> Any:
    """Read a notebook of format 4."""
    return nbformat.read(path, as_version=4)


def figures(notebook: Any) -> dict[str, float] | None:
    """Return what a lesson's cleanup measured: calls, dollars, left_behind; None if it never got there."""
    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", []):
            if FIGURES in output.get("data", {}):
                return dict(output["data"][FIGURES])
    return None


def policy_cell() -> Any:
    """Return a cell that, run last, tells the policy that the calls before it need."""
    return nbformat.v4.new_code_cell("import json\n\nfrom helpers import trace\n\nprint(json.dumps(trace.policy()))")


def policy_of(cell: Any) -> dict[str, Any]:
    """Return what :func:`policy_cell` told."""
    told: dict[str, Any] = json.loads("".join(output.text for output in cell.outputs))
    return told

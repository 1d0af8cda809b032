"""Run lessons in place, so that the outputs in git are what the code really gives.

``python tools/refresh.py [NOTEBOOK ...]`` (default: all lessons) also renews the badge and the install cell
from pyproject.toml's repository address, drops editor metadata, and writes each lesson's measured cost and the
least-privilege policy of its calls.
``--check`` only says which notebooks' opening cells or metadata have drifted.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from _notebooks import (
    ROOT,
    badge,
    figures,
    install_cell,
    lessons,
    policy_cell,
    policy_of,
    read,
    stem_number,
    tagged,
)
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

BADGE = re.compile(r"\[!\[Open in Colab\]\([^)]*\)\]\([^)]*\)")
COSTS = ROOT / "helpers" / "data" / "lesson_costs.json"
POLICIES = ROOT / "helpers" / "policies"


def tidy(notebook: Any, path: Path) -> Any:
    """Return the notebook with its opening cells as they must be and without editor metadata."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"c{number:03d}"
        cell.metadata = {key: cell.metadata[key] for key in ("tags", "slideshow") if key in cell.metadata}
        if cell.cell_type == "code":
            for output in cell.outputs:
                output.get("metadata", {}).pop("execution", None)
    notebook.cells[0].source = BADGE.sub(badge(path), notebook.cells[0].source)
    for cell in tagged(notebook, "setup"):
        cell.source = install_cell()
    return notebook


def execute(notebook: Any, path: Path) -> dict[str, Any]:
    """Run the notebook where it lies; return the policy that its calls need."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.cells.append(policy_cell())
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    ).execute()
    told = notebook.cells.pop()
    noise = [out.text for cell in notebook.cells for out in cell.get("outputs", []) if out.get("name") == "stderr"]
    if noise:
        sys.exit(f"{path.name} writes to stderr, which differs from machine to machine:\n{noise[0]}")
    return policy_of(told)


def main() -> None:
    """Refresh or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="say what has drifted and write nothing")
    options = parser.parse_args()
    drifted = []
    for path in [path.resolve() for path in options.notebooks] or lessons():
        notebook = tidy(read(path), path)
        if options.check:
            if notebook != read(path):
                drifted.append(path.name)
            continue
        try:
            policy = execute(notebook, path)
        except CellExecutionError as error:
            sys.exit(f"{path.name} does not run: {error.ename}: {error.evalue}\n{error.traceback[-1500:]}")
        nbformat.write(tidy(notebook, path), path)
        measured = figures(notebook)
        if measured:
            costs = json.loads(COSTS.read_text()) if COSTS.exists() else {}
            costs[stem_number(path)] = measured["dollars"]
            COSTS.write_text(json.dumps(dict(sorted(costs.items())), indent=1) + "\n")
        POLICIES.mkdir(exist_ok=True)
        (POLICIES / f"{stem_number(path)}.json").write_text(json.dumps(policy, indent=1) + "\n")
        print(f"{path.name}: {measured or 'no cleanup cell yet'}")
    if drifted:
        sys.exit(f"Opening cells or metadata have drifted in {', '.join(drifted)}; run: make refresh")


if __name__ == "__main__":
    main()

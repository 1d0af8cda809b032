"""Run all lessons unattended, as a student would, into build/course/, and close with a table.

``python tools/course.py [--backend http://127.0.0.1:5000] [--seed 8] [--only 3.6]``
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import papermill
from _notebooks import ROOT, figures, lessons, read, stem_number
from papermill.exceptions import PapermillExecutionError
from rich.console import Console
from rich.table import Table
from tqdm import tqdm


def run(path: Path, target: Path, parameters: dict[str, Any]) -> tuple[float, dict[str, float] | None, str]:
    """Run one lesson; return its seconds, its figures, and one sentence if it broke."""
    began = time.perf_counter()
    try:
        papermill.execute_notebook(
            path,
            target,
            parameters,
            cwd=path.parent,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            extra_arguments=["--IPKernelApp.log_level=40"],  # not the note on unencrypted loopback
        )
        trouble = ""
    except PapermillExecutionError as error:
        trouble = f"{path.name}, cell {error.exec_count}: {error.ename}: {error.evalue}"
    return time.perf_counter() - began, figures(read(target)), trouble


def main() -> None:
    """Run the lessons and print the table."""
    parser = argparse.ArgumentParser(description="Run all lessons into build/course/.")
    parser.add_argument("--backend", default="pocketaws")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="a lesson's number, such as 3.6")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "course", help="folder for the results")
    options = parser.parse_args()
    try:
        options.into.mkdir(parents=True, exist_ok=True)
        (options.into / ".writable").touch()
        (options.into / ".writable").unlink()
    except OSError as error:
        sys.exit(f"Cannot write the results into {options.into} ({error.strerror}); choose a folder with --into.")
    chosen = [path for path in lessons() if options.only in ("", stem_number(path))]
    if not chosen:
        sys.exit(f"No lesson {options.only}; there are {', '.join(stem_number(path) for path in lessons())}.")

    table = Table("lesson", "seconds", "AWS calls", "cost on a real account", "left behind")
    broken = []
    for path in tqdm(chosen, desc="Running lessons", unit="lesson"):
        parameters = {"backend": options.backend, "seed": options.seed}
        seconds, measured, trouble = run(path, options.into / path.name, parameters)
        if trouble or measured is None or measured["left_behind"]:
            broken.append(trouble or f"{path.name} left something behind")
        shown = measured or {"calls": 0, "dollars": 0.0, "left_behind": "?"}
        cost = f"${shown['dollars']:.4f}"
        table.add_row(path.stem, f"{seconds:.1f}", str(shown["calls"]), cost, f"left behind: {shown['left_behind']}")
    Console(width=100).print(table)
    if broken:
        sys.exit("\n".join(broken))
    print(f"The lessons with their results are in {options.into}.")


if __name__ == "__main__":
    main()

"""Run all lessons unattended, as a student would, into build/course/, and close with a table.

``python tools/course.py [--backend http://127.0.0.1:5000] [--seed 8] [--only 3.6] [--jobs 1]``
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
from _notebooks import ROOT, figures, lessons, read, stem_number
from papermill.exceptions import PapermillExecutionError
from rich.console import Console
from rich.table import Table
from tqdm import tqdm


@dataclass(frozen=True)
class Run:
    """What one lesson's run gave."""

    path: Path
    seconds: float  # on the clock, its kernel's start included
    cell_seconds: float  # those that its cells took
    figures: dict[str, float] | None  # what its cleanup measured
    trouble: str  # one sentence, if it broke


def run(path: Path, target: Path, parameters: dict[str, Any]) -> Run:
    """Run one lesson into a file of its own."""
    began, trouble = time.perf_counter(), ""
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
    except PapermillExecutionError as error:
        trouble = f"{path.name}, cell {error.exec_count}: {error.ename}: {error.evalue}"
    seconds, done = time.perf_counter() - began, read(target)
    cells = sum(cell.metadata.get("papermill", {}).get("duration") or 0 for cell in done.cells)
    measured = figures(done)
    if not trouble and (measured is None or measured["left_behind"]):
        trouble = f"{path.name} left something behind"
    return Run(path, seconds, cells, measured, trouble)


def run_all(chosen: list[Path], into: Path, parameters: dict[str, Any], jobs: int) -> list[Run]:
    """Run lessons, so many at a time; each has a kernel of its own, and in it an AWS of its own."""
    pool = ThreadPoolExecutor(max_workers=jobs)
    begun = [pool.submit(run, path, into / path.name, parameters) for path in chosen]
    try:
        return [each.result() for each in tqdm(begun, desc="Running lessons", unit="lesson")]
    except KeyboardInterrupt:
        print(f"\nStopped; what was ready is in {into}.", file=sys.stderr)
        os._exit(130)  # kernels end when they see that their parent is gone


def main() -> None:
    """Run the lessons and print the table."""
    parser = argparse.ArgumentParser(description="Run all lessons into build/course/.")
    parser.add_argument("--backend", default="pocketaws")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="a lesson's number, such as 3.6")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="lessons at a time")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "course", help="folder for the results")
    options = parser.parse_args()
    if options.jobs < 1:
        sys.exit(f"--jobs is how many lessons run at a time, 1 or more, not {options.jobs}.")
    try:
        options.into.mkdir(parents=True, exist_ok=True)
        (options.into / ".writable").touch()
        (options.into / ".writable").unlink()
    except OSError as error:
        sys.exit(f"Cannot write the results into {options.into} ({error.strerror}); choose a folder with --into.")
    chosen = [path for path in lessons() if options.only in ("", stem_number(path))]
    if not chosen:
        sys.exit(f"No lesson {options.only}; there are {', '.join(stem_number(path) for path in lessons())}.")

    at_once = options.jobs if options.backend == "pocketaws" else 1  # elsewhere they would share one AWS, one clock
    began = time.perf_counter()
    runs = run_all(chosen, options.into, {"backend": options.backend, "seed": options.seed}, at_once)
    seconds = time.perf_counter() - began

    table = Table("lesson", "seconds", "AWS calls", "cost on a real account", "left behind")
    for each in runs:
        shown = each.figures or {"calls": 0, "dollars": 0.0, "left_behind": "?"}
        cost = f"${shown['dollars']:.4f}"
        left = f"left behind: {shown['left_behind']}"
        table.add_row(each.path.stem, f"{each.seconds:.1f}", str(shown["calls"]), cost, left)
    Console(width=100).print(table)
    print(
        f"{seconds:.0f} s in all, {at_once} at a time; the cells took {sum(each.cell_seconds for each in runs):.0f} s."
    )
    broken = [each.trouble for each in runs if each.trouble]
    if broken:
        sys.exit("\n".join(broken))
    print(f"The lessons with their results are in {options.into}.")


if __name__ == "__main__":
    main()

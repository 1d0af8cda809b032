"""A class made from the zoo, graded undisturbed and with kills: ``python bench/grade_class.py [--students 200]``.

Says how many submissions a minute, compares both gradebooks and what each submission should earn, and, with
``--papermill 3``, times papermill on the same notebooks side by side.
"""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "labgrader"))

from zoo import animals, blank, solution  # noqa: E402

from labgrader import checks  # noqa: E402


def make_class(folder: Path, lab: str, students: int) -> dict[str, int]:
    """Write a folder a student, and return what each should earn."""
    most = sum(each.points for each in checks.tasks(lab))
    kinds = [(solution(lab), most), (blank(lab), 0)]
    kinds += [(animal.notebook(), sum(animal.earns().values())) for animal in animals(lab)]
    expected = {}
    for number in range(students):
        notebook, earns = kinds[number % len(kinds)]
        path = folder / f"s{number:03}" / f"{lab}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        expected[f"s{number:03}"] = earns
    return expected


def command(folder: Path, lab: str, book: Path, secret: Path, jobs: int) -> list[str]:
    """Return the command that grades the class."""
    options = ["--lab", lab, "--gradebook", str(book), "--secret-file", str(secret), "--jobs", str(jobs)]
    return [sys.executable, "-m", "labgrader", "grade", str(folder), *options]


def earned(book: Path) -> dict[str, int]:
    """Return what a gradebook holds: student -> points."""
    asked = "SELECT student, sum(points) FROM tries JOIN points ON try = id GROUP BY student"
    return dict(sqlite3.connect(book).execute(asked).fetchall())


def everything(book: Path) -> list[object]:
    """Return all that a gradebook holds but numbers of rows and seconds."""
    told = "student, file, sha256, seed_id, reason, versions, task, name, points, out_of, message, broken"
    return sqlite3.connect(book).execute(f"SELECT {told} FROM tries JOIN points ON try = id ORDER BY 1, 7").fetchall()


def count(book: Path) -> int:
    """Return how many tries a gradebook holds."""
    try:
        return int(sqlite3.connect(book).execute("SELECT count(*) FROM tries").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def killed(asked: list[str], book: Path, students: int, kills: int) -> None:
    """Grade, and kill the grader with -9 so many times on the way."""
    for number in range(1, kills + 1):
        process = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and count(book) < number * students // (kills + 1):
            time.sleep(0.1)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        print(f"killed with {count(book)} of {students} graded")
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)


def papermill(folder: Path, few: int) -> float:
    """Return papermill's seconds for one of the notebooks, the mean of a few."""
    began = time.perf_counter()
    for path in sorted(folder.glob("*/*.ipynb"))[:few]:
        run = [sys.executable, "-m", "papermill", "--no-progress-bar", str(path), str(path.with_suffix(".out"))]
        subprocess.run(run, capture_output=True)
    return (time.perf_counter() - began) / few


def main() -> None:
    """Grade twice and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--lab", default="3.9")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--papermill", type=int, default=0, help="also time papermill on so many notebooks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, secret = Path(place, "class"), Path(place, "secret")
        secret.write_text("0123456789abcdef" * 2)
        expected = make_class(folder, options.lab, options.students)
        calm, shaken = Path(place, "calm.sqlite"), Path(place, "shaken.sqlite")
        began = time.perf_counter()
        subprocess.run(command(folder, options.lab, calm, secret, options.jobs), check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - began
        print(f"undisturbed: {options.students} in {took:.0f} s, {60 * options.students / took:.0f} a minute")
        if options.papermill:
            ratio = papermill(folder, options.papermill) / (took / options.students)
            print(f"papermill in a loop takes {ratio:.1f} times as long a notebook, without isolation or checks")
        killed(command(folder, options.lab, shaken, secret, options.jobs), shaken, options.students, options.kills)
        wrong = {student: (points, expected[student]) for student, points in earned(calm).items()
                 if points != expected[student]}  # fmt: skip
        print(f"wrong marks: {len(wrong)} {wrong or ''}")
        same = everything(calm) == everything(shaken)
        print(f"the gradebook after {options.kills} kills equals the undisturbed one: {same}")
        sys.exit(bool(wrong) or not same)


if __name__ == "__main__":
    main()

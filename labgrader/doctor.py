"""What of the grader works on this machine: each thing is tried, in the way that grading does it.

What confines a submission is tried from inside: a confined process attempts what it must not be able to do.  Grading is
*safe* when everything that is needed works; what is advised only says what a hostile submission could still do.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labgrader import confine
from labgrader.probes import a_cell, attempts
from pocketaws import processes

__all__ = ["Finding", "as_json", "examine", "is_safe", "show"]

#: Bytes that a class needs for its folders and executed notebooks.
_DISK = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One thing that was tried.

    Parameters
    ----------
    name
        What it is.
    works
        Whether it does what it must.
    needed
        Whether grading is not safe without it.
    says
        What was found, and what to do.
    """

    name: str
    works: bool
    needed: bool
    says: str


def examine() -> Iterator[Finding]:
    """Try one thing after the other."""
    yield _try("Python", _python, needed=True)
    confine.adopt_orphans()
    with a_cell() as cell:
        yield from _confinement(cell, attempts(cell))
    yield _try("AWS and a kernel", _kernel, needed=True)
    yield _try("clock", _clock, needed=True)
    yield _try("disk", _disk, needed=True)
    yield _try("Spark", _spark, needed=False)


def is_safe(findings: list[Finding]) -> bool:
    """Whether everything works that is needed."""
    return all(each.works for each in findings if each.needed)


def show(findings: list[Finding]) -> None:
    """Print a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="What of the grader works here")
    for name in ("", "", "what was found"):
        table.add_column(name, overflow="fold")
    for each in findings:
        mark = "[green]works[/]" if each.works else "[red]missing[/]" if each.needed else "[yellow]without[/]"
        table.add_row(each.name, mark, each.says)
    console = Console()
    console.print(table)
    verdict = "Grading is safe here." if is_safe(findings) else "Do not grade here before what is missing works."
    if is_safe(findings) and not all(each.works for each in findings):
        verdict += " What the table marks as without stays open to submissions."
    console.print(verdict)


def _confinement(cell: confine.Cell, told: dict[str, Any]) -> Iterator[Finding]:
    """Yield what the confined process was kept from."""

    def kept(name: str, what: str, *, needed: bool, good: str, bad: str) -> Finding:
        works = told.get(what) == "refused"
        return Finding(name, works, needed, good if works else bad if told else "No confined process could be started.")

    own = cell.user is not None and told.get("uid") == cell.user
    why = "run as root, where everybody may read this Python" if os.geteuid() else "let everybody read this Python"
    yield Finding(
        "user of its own",
        own,
        False,
        f"Each submission has a user id that nobody else has (here {cell.user})."
        if own
        else f"Submissions run as your user, and can read your files; {why}, or grade in a container.",
    )
    sealed = bool(told) and told["environment"] == []
    yield Finding("environment", sealed, True, "It finds nothing of yours." if sealed else "It finds your variables.")
    yield kept(
        "memory",
        "memory",
        needed=True,
        good="A process that takes more than its limit gets a MemoryError.",
        bad="A process may take all memory: this system knows no RLIMIT_DATA.",
    )
    yield kept(
        "file size",
        "file",
        needed=True,
        good="A file larger than the limit is refused.",
        bad="A submission may fill the disk with one file.",
    )
    yield kept(
        "processes",
        "processes",
        needed=False,
        good="So many processes and no more.",
        bad="A submission may start any number: the limit holds only for users of their own.",
    )
    yield kept(
        "your processes",
        "kill",
        needed=False,
        good="It can neither name nor signal a process that it did not start.",
        bad="It can kill your user's processes, its own AWS first (that fails its own result): allow user namespaces.",
    )
    yield kept(
        "your secrets in memory",
        "environ",
        needed=True,
        good="It cannot read the environment of your processes.",
        bad="It can read /proc: what stands in your environment is not safe.",
    )
    yield kept(
        "your files",
        "read",
        needed=False,
        good="It cannot read a private file of yours.",
        bad="It reads what you can read: keep credentials and the course's secret off this account.",
    )
    yield kept(
        "network",
        "network",
        needed=False,
        good="It reaches its AWS and nothing else.",
        bad="It can open connections; a container without a network closes that.",
    )
    cell.kill()
    yield _try("nothing survives", _nothing_left, needed=True)


def _nothing_left() -> str:
    """Look for the process that slipped away, and end it as the grader does: by its user, or by its descent."""
    for _ in range(50):
        left = [pid for pid in confine.descendants(os.getpid()) if "left-behind-by-the-doctor" in _command(pid)]
        if not left:
            break
        confine.end(left)
    listed = subprocess.run(["ps", "axww"], capture_output=True, text=True).stdout
    if "left-behind-by-the-doctor" in listed:
        raise _Missing("A process that slipped away still runs; look for left-behind-by-the-doctor.")
    return "A process that left its parent and its session was found and ended."


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""


class _Missing(Exception):
    """What was tried does not work; the text says why."""


def _try(name: str, work: Callable[[], str], *, needed: bool) -> Finding:
    try:
        return Finding(name, True, needed, work())
    except _Missing as missing:
        return Finding(name, False, needed, str(missing))
    except Exception as error:
        return Finding(name, False, needed, f"{type(error).__name__}: {str(error)[:200]}")


def _python() -> str:
    if not hasattr(os, "fork"):
        raise _Missing("Grading needs os.fork: use Linux or macOS, or WSL on Windows.")
    return f"{sys.version.split()[0]} on {sys.platform}"


def _kernel() -> str:
    """Grade an empty notebook: warm processes, an AWS, boto3, a kernel, the checks."""
    import nbformat

    from labgrader.grading import Desk, grade_one

    source = "import boto3\nprint(len(boto3.client('s3').list_buckets()['Buckets']))"
    with tempfile.TemporaryDirectory() as name, Desk() as desk:
        path, seen = Path(name, "empty.ipynb"), Path(name, "seen.ipynb")
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
        began = time.monotonic()
        result = grade_one(path, student="doctor", lab="3.6", secret="not-a-secret" * 3, desk=desk, evidence=seen)
        took = time.monotonic() - began
        cells = nbformat.read(seen, as_version=4).cells if seen.exists() else []
    said = [str(output.get("text", "")).strip() for cell in cells for output in cell.outputs]
    if result.failure or result.points or not any(map(str.isdigit, said)):
        raise _Missing(f"{result.failure or ' '.join(result.notes) or 'The kernel said nothing.'}")
    return f"A kernel has asked its own AWS by boto3, and was checked, in {took:.1f} s (the first, cold)."


def _clock() -> str:
    import pocketaws
    from pocketaws import clock

    pocketaws.start()
    try:
        before = clock.now()
        moved = (clock.advance(days=1) - before).total_seconds()
    finally:
        pocketaws.stop()
    if not 86_400 <= moved < 86_460:
        raise _Missing(f"A day of the simulated clock took {moved:.0f} s.")
    return "A day can be let pass."


def _disk() -> str:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    text = f"{free / 2**30:.1f} GiB are free in {tempfile.gettempdir()}"
    if free < _DISK:
        raise _Missing(f"{text}; a class needs {_DISK / 2**30:.0f}. Set TMPDIR to a larger place.")
    return f"{text}."


def _spark() -> str:
    java = processes.java()
    if not importlib.util.find_spec("pyspark") or not java:
        raise _Missing(
            "Spark jobs, which a student may choose in lab 3.8, need pyspark and Java; no lab asks for them."
        )
    with a_cell() as cell:
        work = cell.folder / "java"
        work.mkdir()
        asked = [java, "-XX:+UseSerialGC", "-XshowSettings:properties", "-version"]
        process = cell.start(asked, folder=work, environment={"HOME": str(work), "PATH": os.defpath})
        code, said = process.wait(60), processes.read(work / processes.OUTPUT[1]).decode(errors="replace")
    if code or "user.home = ?" in said:
        raise _Missing(
            f"Java does not work for a submission: {said.strip()[-200:] if code else 'its user has no name.'}"
        )
    return next((line.strip() for line in said.splitlines() if " version " in line), "Java starts in a submission.")


def as_json(findings: list[Finding]) -> str:
    """Return the findings as one JSON object."""
    return json.dumps({"safe": is_safe(findings), "findings": [asdict(each) for each in findings]}, indent=1)

"""Runs of whole lessons, each in processes of their own, as a student's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from _notebooks import ROOT, figures, policy_cell, policy_of, read, stem_number

#: Another seed than the lessons' own: other names, other data.
SEED = 8
POLICIES = ROOT / "helpers" / "policies"

#: Put first on a process's path, this notes every address that Python code turns to, and lets only this machine pass.
TRAP = """
import os, socket

def note(kind, host):
    with open(os.environ["COURSE_TRAP"], "a") as log:
        log.write(f"{kind} {host}\\n")

def local(host):
    host = host.decode() if isinstance(host, bytes) else host
    return host in (None, "", "localhost", "::1") or str(host).startswith("127.")

def guard(name):
    true = getattr(socket.socket, name)
    def guarded(self, *args):
        address = args[-1]
        if isinstance(address, tuple) and not local(address[0]):
            note(name, address[0])
            raise OSError(f"trapped: {name} to {address[0]}")
        return true(self, *args)
    setattr(socket.socket, name, guarded)

for name in ("connect", "connect_ex", "sendto"):
    guard(name)

resolve = socket.getaddrinfo

def getaddrinfo(host, *args, **kwargs):
    if not local(host):
        note("getaddrinfo", host)
        raise socket.gaierror(f"trapped: {host}")
    return resolve(host, *args, **kwargs)

socket.getaddrinfo = getaddrinfo
note("set", os.getpid())
"""


@dataclass(frozen=True)
class Run:
    """What one run of a lesson gave."""

    path: Path
    status: int
    told: str
    notebook: Any

    @property
    def figures(self) -> dict[str, float]:
        """Return what the cleanup measured."""
        assert self.status == 0, f"{self.path.name} does not run:\n{self.told[-3000:]}"
        measured = figures(self.notebook)
        assert measured, f"{self.path.name} has no cleanup."
        return measured

    @property
    def results(self) -> list[tuple[str, list[str]]]:
        """Return source and outputs of each cell whose outputs must not change from run to run."""
        assert self.status == 0, f"{self.path.name} does not run:\n{self.told[-3000:]}"
        return [
            (cell.source, [_shown(output) for output in cell.outputs])
            for cell in self.notebook.cells[:-1]  # the last is the policy cell
            if cell.cell_type == "code" and not _differs_by_nature(cell)
        ]


def run(
    lesson: Path, folder: Path, *, backend: str = "pocketaws", policy: Path | None = None, trap: Path | None = None
) -> Run:
    """Run a lesson with papermill, from a folder that is not its own.

    Parameters
    ----------
    lesson
        The notebook; a copy of it runs, with a cell at its end that tells the policy it needs.
    folder
        An empty folder: where it runs, and where the result goes.
    backend
        Its parameter of that name.
    policy
        Under which it runs, enforced.
    trap
        A file: every address that the lesson turns to is noted there, and real-looking credentials lie about.
    """
    folder.mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COURSE_"))}
    if policy:
        environment["COURSE_POLICY"] = str(policy)
    if trap:
        environment |= bait(folder, trap)
    copy = folder / f"copy-of-{lesson.name}"
    notebook = read(lesson)
    notebook.cells.append(policy_cell())
    nbformat.write(notebook, copy)
    result = folder / lesson.name
    command = [sys.executable, "-m", "papermill", str(copy), str(result), "--kernel", "python3", "--cwd", str(folder)]
    options = ["--no-progress-bar", "-p", "seed", str(SEED), "-p", "backend", backend]
    told = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, timeout=600)
    return Run(lesson, told.returncode, told.stderr, read(result) if result.exists() else None)


def bait(folder: Path, trap: Path) -> dict[str, str]:
    """Lay out credentials that look real, and the trap; return the environment that names them."""
    key, secret = "AK" + "IA" + "BAITBAITBAITBAIT", "bait/" * 8
    home = folder / "home"
    (home / ".aws").mkdir(parents=True)
    profile = f"aws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
    (home / ".aws" / "credentials").write_text(f"[default]\n{profile}\n[work]\n{profile}")
    (home / ".aws" / "config").write_text("[default]\nregion = eu-west-1\n[profile work]\nregion = eu-west-1\n")
    (folder / "trap").mkdir()
    (folder / "trap" / "sitecustomize.py").write_text(TRAP)
    return {
        "HOME": str(home),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", str(Path.home() / ".cache" / "matplotlib")),
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_SESSION_TOKEN": "bait",
        "AWS_PROFILE": "work",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://169.254.169.254",
        "PYTHONPATH": os.pathsep.join([str(folder / "trap"), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]),
        "COURSE_TRAP": str(trap),
    }


@contextmanager
def server() -> Iterator[str]:
    """Serve AWS from another process, its clock where the lessons' clocks begin; yield its address."""
    command = [sys.executable, "-m", "pocketaws", "serve", "--port", "0", "--freeze", "2026-11-02T09:00:00Z"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield next(word.rstrip(";") for word in line.split() if word.startswith("http://"))
        finally:
            process.terminate()


def needed_policy(done: Run) -> dict[str, Any]:
    """Return the policy that a run's calls need."""
    return policy_of(done.notebook.cells[-1])


def committed_policy(lesson: Path) -> dict[str, Any]:
    """Return the policy stored with the course."""
    stored: dict[str, Any] = json.loads((POLICIES / f"{stem_number(lesson)}.json").read_text())
    return stored


def without(policy: dict[str, Any], action: str) -> dict[str, Any]:
    """Return a policy that lacks one action."""
    statements = []
    for statement in policy["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        if kept := [each for each in actions if each != action]:
            statements.append({**statement, "Action": kept})
    return {**policy, "Statement": statements}


def _differs_by_nature(cell: Any) -> bool:
    tags = set(cell.metadata.get("tags", []))
    # The line of session.start says which AWS this is; injected parameters have no output.
    return bool(tags & {"nbval-ignore-output", "injected-parameters"}) or "session.start(" in cell.source


def _shown(output: Any) -> str:
    shown = output.get("text") or output.get("data") or output.get("evalue")
    return json.dumps(shown, sort_keys=True)

"""Foreign code in processes that can do little: limits, an empty environment, a folder, and a user of their own.

Where the grader runs as root and everybody may read its Python (a container, a CI runner), each submission gets a user
id that nobody else has: it cannot read the grader's files, environment or memory, nor signal its processes, and
whatever it leaves behind is found by that id.  Elsewhere it runs as the grader's own user: then limits, environment and
the end of all its processes still hold, but files and processes of that user are within its reach.  A sandbox is what
closes that.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from labgrader.check import GRADING
from labgrader.limits import Limits, limited
from pocketaws import credentials, processes

__all__ = ["Cell", "adopt_orphans", "descendants", "end", "hide", "open_cell", "own_users_work"]

#: User ids for submissions, where nobody's accounts are.
_IDS = range(20_000, 60_000)
#: In a submission's folder, the file that names its user.
_PASSWD = ".passwd"
#: Where everybody may write, and so leave something behind.
_SHARED = ("/tmp", "/var/tmp", "/dev/shm")
#: More files and folders than this in a submission's folders are as bad as too many bytes.
_MOST_FILES = 200_000
#: Nor does any lab need folders in folders so deep, which few programs can list or delete.
_DEEPEST = 100


@dataclass
class Cell:
    """Where one submission lives: a folder, one for what it hands to AWS, limits, and perhaps a user of its own."""

    folder: Path
    jobs: Path
    limits: Limits
    user: int | None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Cell:
        """Return the cell that another process has told of by :meth:`as_json`."""
        return cls(Path(told["folder"]), Path(told["jobs"]), Limits(**told["limits"]), told["user"])

    def as_json(self) -> dict[str, Any]:
        """Return what another process needs to know of it."""
        folders = {"folder": str(self.folder), "jobs": str(self.jobs)}
        return {**folders, "limits": asdict(self.limits), "user": self.user}

    def environment(self, address: str, told: str) -> dict[str, str]:
        """Return all that the submission's kernel finds in its environment: its AWS, and what it is told of its lab."""
        return {
            **credentials.environment(),
            GRADING: told,
            "AWS_ENDPOINT_URL": address,
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "IPYTHONDIR": str(self.folder / ".ipython"),
            "MPLCONFIGDIR": str(self.folder / ".matplotlib"),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "LANG": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }

    def identity(self) -> dict[str, object]:
        """Return the options of ``subprocess.Popen`` that make a process this submission's."""
        return {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}

    def command(self, command: Sequence[str]) -> list[str]:
        """Return a command under this submission's limits."""
        own = self.user is not None
        return limited(list(command), self.limits, own_user=own, passwd=str(self.folder / _PASSWD) if own else "")

    def start(self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> processes.Process:
        """Start what a student handed to AWS to be run; takes the place of ``pocketaws.processes.start``."""
        out, err = (folder / name for name in processes.OUTPUT)
        with out.open("wb") as stdout, err.open("wb") as stderr:
            self.give(folder)
            popen = subprocess.Popen(  # type: ignore[call-overload]
                self.command(command),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
                **self.identity(),
            )
        process = processes.Process(popen)
        processes.track(process)
        return process

    def give(self, folder: Path) -> None:
        """Make what is in a folder the submission's own; it may fill the folder, but put nothing in its place."""
        if self.user is not None:
            for path in folder.rglob("*"):
                os.chown(path, self.user, self.user, follow_symlinks=False)
            os.chown(folder, 0, self.user)
            folder.chmod(0o770)

    def kill(self) -> None:
        """End every process of the submission, however it tried to slip away."""
        for _ in range(100):
            left = self._alive()
            if not left:
                return
            end(left)

    def is_full(self) -> bool:
        """Whether it has written more than it may, in bytes or in files and folders."""
        size = files = 0
        for place in (self.folder, self.jobs):
            for folder, folders, names in os.walk(place):
                for name in names:
                    with contextlib.suppress(OSError):
                        size += os.lstat(os.path.join(folder, name)).st_blocks * 512
                files += len(names) + len(folders)
                if size > self.limits.disk or files > _MOST_FILES or folder.count(os.sep) > _DEEPEST:
                    return True
        return False

    def close(self) -> None:
        """End its processes and delete its folders, and what its user left elsewhere."""
        self.kill()
        for place in (self.folder, self.jobs, *self._strays()):
            if place.is_dir() and not place.is_symlink():
                _delete(place)
            else:
                place.unlink(missing_ok=True)

    def _strays(self) -> list[Path]:
        if self.user is None:
            return []
        found = []
        for shared in _SHARED:
            with contextlib.suppress(OSError):
                found += [
                    Path(each.path)
                    for each in os.scandir(shared)
                    if each.stat(follow_symlinks=False).st_uid == self.user
                ]
        return found

    def _alive(self) -> list[int]:
        return [] if self.user is None else [pid for pid in _pids() if _owner(pid) == self.user]


def open_cell(limits: Limits, *, own_user: bool | None = None) -> Cell:
    """Make a place for a submission.

    Parameters
    ----------
    limits
        What it may take.
    own_user
        Whether it gets a user of its own; by default where that is possible: see :func:`own_users_work`.
    """
    wanted = own_users_work() if own_user is None else own_user
    folder, jobs = (Path(tempfile.mkdtemp(prefix=prefix)) for prefix in ("lab-", "jobs-"))
    jobs.chmod(0o711)  # nobody else may list it or write there
    cell = Cell(folder, jobs, limits, _free_id() if wanted else None)
    if cell.user is not None:
        named = f"student:x:{cell.user}:{cell.user}::{cell.folder}:/bin/sh\n"
        (cell.folder / _PASSWD).write_text(named, encoding="utf-8")
    cell.give(cell.folder)
    return cell


def _delete(folder: Path) -> None:
    """Delete a folder, however deep."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", str(folder)], check=False, capture_output=True)


def end(pids: Sequence[int]) -> None:
    """Kill processes, and bury those that were children of this one."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    _reap()
    time.sleep(0.02)


@cache
def own_users_work() -> bool:
    """Whether a submission can get a user of its own: this process is root, and others may run its Python."""
    if os.geteuid() != 0:
        return False
    user = _free_id()
    trial = [sys.executable, "-c", "import boto3, ipykernel, helpers, labgrader"]
    try:
        tried = subprocess.run(trial, user=user, group=user, extra_groups=[], cwd="/", capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


def hide() -> None:
    """Keep this process's memory and environment from other processes of the same user (not from root)."""
    _prctl(4, 0)  # PR_SET_DUMPABLE


def adopt_orphans() -> None:
    """Become the parent of every process below this one whose own parent ends."""
    _prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def descendants(root: int) -> list[int]:
    """List the processes below a process."""
    parents: dict[int, list[int]] = {}
    for pid in _pids():
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(pid)
    found, open_ = [], [root]
    while open_:
        below = parents.get(open_.pop(), [])
        found += below
        open_ += below
    return found


def _prctl(what: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()] if os.path.isdir("/proc") else []


def _owner(pid: int) -> int | None:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return None if state in "ZX" else os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _free_id() -> int:
    """Return a user id that no process has."""
    taken = {_owner(pid) for pid in _pids()}
    while True:
        found = _IDS[int.from_bytes(os.urandom(4), "big") % len(_IDS)]
        if found not in taken:
            return found

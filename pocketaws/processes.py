"""Scripts of users run in processes of their own: how one is started, and how all are stopped.

Engines call ``processes.start(...)``, looked up at each call, so that it can be replaced::

    pocketaws.processes.start = start_in_a_sandbox

The process gets a cleared environment, a temporary folder and the address of this pocketaws, and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

from pocketaws import credentials, endpoint, orphans

__all__ = ["OUTPUT", "Process", "environment", "read", "start", "stop_all", "track", "write"]

#: Names, in the process's folder, of what it wrote to its two streams.
OUTPUT = ("stdout", "stderr")

_alive: weakref.WeakSet[Process] = weakref.WeakSet()


class Process:
    """A started process; a replacement of :func:`start` returns something with these two methods."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen
        self._is_over = False
        orphans.begins(popen.pid)

    def wait(self, seconds: float | None = None) -> int | None:
        """Return the exit code; None if it still runs after so many seconds."""
        try:
            code = self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        if not self._is_over:
            self._is_over = True
            _kill(self._popen)  # what it left running
            orphans.ends(self._popen.pid)
        return code

    def stop(self) -> None:
        """Kill the process and its children; without effect once it is over."""
        if self._popen.poll() is None:
            _kill(self._popen)


def _kill(popen: subprocess.Popen[bytes]) -> None:
    """Kill a process and its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(popen.pid, signal.SIGKILL)
        else:
            popen.kill()


def environment(folder: Path, region: str) -> dict[str, str]:
    """Return the whole environment of a process that works in a folder.

    Parameters
    ----------
    folder
        Its temporary folder and home.
    region
        The Region its clients use.
    """
    found = {
        **credentials.environment(region),
        "AWS_ENDPOINT_URL": endpoint.address(),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
    kept = ("SYSTEMROOT", "JAVA_HOME")
    return found | {name: os.environ[name] for name in kept if name in os.environ}


def start(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Process:
    """Start a process; its output goes to the files :data:`OUTPUT` in its folder.

    Parameters
    ----------
    command
        The program, by its whole path, and its arguments.
    folder
        Where it works.
    environment
        All of its environment.

    Raises
    ------
    OSError
        The program cannot be started.
    """
    with (folder / OUTPUT[0]).open("wb") as out, (folder / OUTPUT[1]).open("wb") as err:
        popen = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    process = Process(popen)
    track(process)
    return process


def read(place: Path, start: int = 0, most: int = -1) -> bytes:
    """Return what lies in a file of a process's folder; nothing if it has put something else there, such as a link.

    Parameters
    ----------
    place
        The file.
    start
        Where to begin; from the end if it is negative.
    most
        So many bytes; by default all.
    """
    try:
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return b""
        file.seek(start if start >= 0 else max(0, found.st_size + start))
        return file.read(most)


def write(place: Path, content: bytes) -> None:
    """Write a new file into a process's folder, through nothing that it may have put there."""
    place.unlink(missing_ok=True)
    with place.open("xb") as file:
        file.write(content)


def track(process: Process) -> None:
    """Let :func:`stop_all` kill this process too; for replacements of :func:`start`."""
    _alive.add(process)


def stop_all() -> None:
    """Kill every process that runs."""
    stopped = list(_alive)
    for process in stopped:
        process.stop()
    for process in stopped:
        process.wait(5)


def java() -> str | None:
    """Return where Java is, which Spark needs; None if it is nowhere."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")

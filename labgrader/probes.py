"""A confined process that tries what it must not be able to do, against a process, a file and a port made for it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from labgrader import confine
from labgrader.limits import Limits
from pocketaws import processes

__all__ = ["a_cell", "attempts", "namespaces_work"]

_LIMITS = Limits(memory=2**31, file_size=1_000_000, processes=100)

#: Runs confined, with the pid of a process outside, a file and a port as arguments; prints what it could do.
_PROBE = """
import json, os, resource, signal, socket, subprocess, sys
pid, place, port = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
def attempt(work):
    try:
        return "done" if work() is not False else "refused"
    except (OSError, MemoryError, ValueError):
        return "refused"
def write():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open("large", "wb") as file:
        file.write(bytes(2_000_000))
def environ():
    return b"sentinel" in open(f"/proc/{pid}/environ", "rb").read()
def fork():
    for _ in range(150):
        if os.fork() == 0:
            signal.pause()
told = {
    "uid": os.getuid(),
    "environment": [name for name in os.environ if "SENTINEL" in name],
    "memory": attempt(lambda: bytearray(3 << 30)),
    "file": attempt(write),
    "environ": attempt(environ),
    "read": attempt(lambda: open(place).read()),
    "kill": attempt(lambda: os.kill(pid, signal.SIGTERM)),
    "network": attempt(lambda: socket.create_connection(("127.0.0.1", port), 2).close()),
}
slips_away = "import os, time; os.setsid(); print(flush=True); time.sleep(600)  # left-behind-by-the-doctor"
subprocess.Popen([sys.executable, "-c", slips_away], stdout=subprocess.PIPE).stdout.readline()
told["processes"] = attempt(fork)
print(json.dumps(told), flush=True)
signal.pause()
"""
#: Stands outside, and hides as the grader's own processes do.
_VICTIM = "from labgrader import confine; confine.hide(); print(flush=True); import signal; signal.pause()"


def attempts(cell: confine.Cell) -> dict[str, Any]:
    """Return what a process in a cell could do (``done`` or ``refused``); nothing where it did not even start."""
    work = cell.folder / "doctor"
    work.mkdir(exist_ok=True)
    environment = {**os.environ, "SENTINEL_OF_THE_DOCTOR": "sentinel"}
    victim = subprocess.Popen([sys.executable, "-c", _VICTIM], env=environment, stdout=subprocess.PIPE)
    listening = socket.create_server(("127.0.0.1", 0))
    descriptor, place = tempfile.mkstemp()
    os.close(descriptor)
    try:
        victim.stdout.readline() if victim.stdout else None
        arguments = [str(victim.pid), place, str(listening.getsockname()[1])]
        command = [sys.executable, "-c", _PROBE, *arguments]
        os.environ["SENTINEL_OF_THE_DOCTOR"] = "sentinel"
        kernels = cell.environment("http://127.0.0.1:1", "{}")
        process = cell.start(command, folder=work, environment=kernels)
        said = _until(lambda: processes.read(work / processes.OUTPUT[0]))
        process.stop()
        process.wait(5)
        found: dict[str, Any] = json.loads(said) if said else {}
        return found
    except (OSError, ValueError):
        return {}
    finally:
        os.environ.pop("SENTINEL_OF_THE_DOCTOR", None)
        victim.kill()
        victim.communicate()
        listening.close()
        os.unlink(place)


@cache
def namespaces_work() -> bool:
    """Whether a confined process lives in a namespace of its own, and can name nobody outside of it."""
    with a_cell() as cell:
        return attempts(cell).get("kill") == "refused"


@contextmanager
def a_cell() -> Iterator[confine.Cell]:
    """Open a cell with tight limits, and close it."""
    cell = confine.open_cell(_LIMITS)
    try:
        yield cell
    finally:
        cell.close()


def _until(ask: Callable[[], bytes], seconds: float = 30) -> bytes:
    ends = time.monotonic() + seconds
    while not (found := ask()).endswith(b"\n") and time.monotonic() < ends:
        time.sleep(0.02)
    return found

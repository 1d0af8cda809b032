"""No process of a user's script outlives the pocketaws that started it, even one that is killed with -9.

A small process of its own holds the other end of a pipe: it is told of each group of processes that starts and ends,
and when the pipe closes, because pocketaws ended in whatever way, it kills the groups that are left.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from typing import IO

__all__ = ["begins", "ends"]

_WATCH = """
import os, signal, sys
alive = set()
for line in sys.stdin:
    (alive.add if line[0] == "+" else alive.discard)(int(line[1:]))
for group in alive:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""


class _Watcher:
    """The watching process, once there is one."""

    popen: subprocess.Popen[str] | None = None
    lock = threading.Lock()


def begins(group: int) -> None:
    """Say that a group of processes has started."""
    _say(f"+{group}\n")


def ends(group: int) -> None:
    """Say that a group of processes is over: its number may be given to somebody else."""
    _say(f"-{group}\n")


def _say(line: str) -> None:
    if sys.platform in ("win32", "emscripten"):
        return
    with _Watcher.lock, contextlib.suppress(BrokenPipeError):
        pipe = _pipe()
        pipe.write(line)
        pipe.flush()


def _pipe() -> IO[str]:
    if _Watcher.popen is None or _Watcher.popen.poll() is not None:
        _Watcher.popen = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _WATCH], stdin=subprocess.PIPE, text=True, start_new_session=True
        )
    assert _Watcher.popen.stdin is not None
    return _Watcher.popen.stdin

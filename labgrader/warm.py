"""Warm processes: one that has imported everything, and a fork of it for each piece of work.

The fork speaks JSON, a line a message, over a socket of its own; nothing is ever unpickled.  Needs ``os.fork``.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any

__all__ = ["Line", "Warm", "Worker"]

#: Bytes; a longer message is not meant well.
_LONGEST = 64 * 2**20
#: Of the environment: what Python and Java need to run.  Nothing that could be a secret.
_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH", "JAVA_HOME")


class Line:
    """One end of a conversation in JSON, a line a message."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._rest = end, b""

    def send(self, message: dict[str, Any]) -> bool:
        """Send; False if nobody is there any more."""
        try:
            self._end.sendall(json.dumps(message, default=str).encode() + b"\n")
        except OSError:
            return False
        return True

    def receive(self, seconds: float | None = None) -> dict[str, Any] | None:
        """Return the next message; None if none came in time, or the other side is gone."""
        until = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._rest:
            left = None if until is None else max(0.0, until - time.monotonic())
            if len(self._rest) > _LONGEST or not select.select([self._end], [], [], left)[0]:
                return None
            try:
                chunk = self._end.recv(1 << 20)
            except OSError:
                return None
            if not chunk:
                return None
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return told if isinstance(told, dict) else None

    def close(self) -> None:
        """Hang up."""
        self._end.close()


class Worker(Line):
    """A fork at work, and the conversation with it."""

    def __init__(self, end: socket.socket) -> None:
        super().__init__(end)
        self.pid = int((self.receive(60) or {}).get("pid", 0))

    def end(self) -> None:
        """End it at once; who waits for its answer gets none."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End it, and the conversation."""
        self.end()
        self.close()


class Warm:
    """A warm process for a module that has ``prepare()`` and ``work(line, request)``; use it in a ``with`` block.

    Parameters
    ----------
    module
        Dotted name.
    """

    def __init__(self, module: str) -> None:
        self.module = module

    def __enter__(self) -> Warm:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket
        self._lock = threading.Lock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        self._control.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def begin(self) -> None:
        """Start the process, unless it runs: the first work finds it on its way."""
        with self._lock:
            if self._process is not None:
                if self._process.poll() is None:
                    return
                self._control.close()  # somebody killed it
            self._control, other = socket.socketpair()
            single = {
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
                "JE_ARROW_MALLOC_CONF": "background_thread:false",
            }
            kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "labgrader.warm", self.module, str(other.fileno())],
                pass_fds=[other.fileno()],
                env=kept | single,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            other.close()

    def start(self, request: dict[str, Any]) -> Worker:
        """Fork, and hand the fork a request."""
        self.begin()
        mine, its = socket.socketpair()
        socket.send_fds(self._control, [b"x"], [its.fileno()])
        its.close()
        worker = Worker(mine)
        worker.send(request)
        return worker


def _serve(module: str, control: socket.socket) -> None:
    from labgrader import confine

    confine.hide()
    confine.adopt_orphans()
    at_work = importlib.import_module(module)
    at_work.prepare()
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    while True:
        if waiting.poll(500):
            data, ends, _, _ = socket.recv_fds(control, 1, 1)
            if not data:
                return
            (end,) = ends
            if os.fork() == 0:
                control.close()
                _answer(at_work, socket.socket(fileno=end))
            os.close(end)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _answer(at_work: Any, end: socket.socket) -> None:
    """Be the fork: never return."""
    try:
        os.setsid()
        line = Line(end)
        line.send({"pid": os.getpid()})
        request = line.receive(60)
        if request is not None:
            at_work.work(line, request)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))

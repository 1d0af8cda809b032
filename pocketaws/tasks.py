"""Commands of users run to their end in the background: a folder, a process, a thread that watches it.

Batch and EMR run their jobs so; what the command wrote comes back when it is over.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pocketaws import clock, processes

__all__ = ["CannotRun", "Ended", "Task", "wait_in_events"]

#: Of each of its two streams, so many bytes are kept: the last ones.
MOST_OUTPUT = 4 * 2**20
#: An event of the clock waits for what it started so many seconds of the machine.
PATIENCE = 120


class CannotRun(Exception):
    """A command that cannot be started on this machine; the text says why."""


@dataclass
class Ended:
    """How a command ended."""

    code: int
    output: str
    errors: str
    seconds: float


class Task:
    """A command under way.

    Parameters
    ----------
    command
        The program, looked up on the path of its environment, and its arguments.
    region
        Where its clients work.
    variables
        What its environment holds beside that of every process.
    files
        Name to content of what lies in its folder.
    on_end
        Called once, in another thread, when it is over, however it ends.

    Raises
    ------
    CannotRun
        There is no such program, or no way to start a process.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        region: str,
        variables: Mapping[str, str],
        on_end: Callable[[Ended], object],
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        if sys.platform == "emscripten":
            raise CannotRun("Jobs run in processes, which Python in a browser does not have.")
        self._folder = tempfile.TemporaryDirectory(prefix="task-", ignore_cleanup_errors=True)
        self._on_end = on_end
        try:
            self._process = self._start(list(command), region, variables, files or {})
        except BaseException:
            self._folder.cleanup()
            raise
        threading.Thread(target=self._watch, name="pocketaws-task", daemon=True).start()

    def stop(self) -> None:
        """Kill the command and what it started."""
        self._process.stop()

    def _start(self, command: list[str], region: str, variables: Mapping[str, str], files: Mapping[str, bytes]) -> Any:
        folder = Path(self._folder.name)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        environment = {**processes.environment(folder, region), **variables}
        program = shutil.which(command[0], path=environment["PATH"]) if command else None
        if program is None:
            named = command[0] if command else ""
            raise CannotRun(f'exec: "{named}": executable file not found in $PATH')
        try:
            return processes.start([program, *command[1:]], folder=folder, environment=environment)
        except (OSError, ValueError) as error:
            raise CannotRun(f'exec: "{command[0]}": {error}') from None

    def _watch(self) -> None:
        begun = time.monotonic()
        code = self._process.wait() or 0
        out, err = (_tail(Path(self._folder.name, name)) for name in processes.OUTPUT)
        self._folder.cleanup()
        self._on_end(Ended(128 - code if code < 0 else code, out, err, time.monotonic() - begun))


def _tail(place: Path) -> str:
    return processes.read(place, -MOST_OUTPUT).decode("utf-8", "replace")


def wait_in_events(is_over: Callable[[], bool]) -> None:
    """Wait for a job that an event of the clock started, so that time does not run past it; elsewhere do nothing."""
    until = time.monotonic() + PATIENCE
    clock.stand_by(lambda: time.monotonic() > until or is_over())

"""A piece of work in a fork: whatever becomes of it (no end, all memory, a crash in C), its caller goes on."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Callable
from typing import Any

__all__ = ["in_a_fork"]


def in_a_fork(work: Callable[[], Any], *, seconds: float) -> Any:
    """Return what the work returns, as JSON has it; None where it did not come to its end in time.

    Parameters
    ----------
    work
        Called in a fork of this process: what it changes is changed there alone.
    seconds
        When the fork is killed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException), os.fdopen(writing, "w") as pipe:
            _goes_first_when_memory_ends()
            pipe.write(json.dumps(work()))
        os._exit(0)
    os.close(writing)
    chunks, until = [], time.monotonic() + seconds
    while select.select([reading], [], [], max(0.0, until - time.monotonic()))[0]:
        if not (chunk := os.read(reading, 1 << 16)):
            break
        chunks.append(chunk)
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with contextlib.suppress(ValueError):
        return json.loads(b"".join(chunks))
    return None


def _goes_first_when_memory_ends() -> None:
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")

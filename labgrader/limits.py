"""What a submission may take: time, memory, disk, processes, output.

Run as a script it is the last step before foreign code: it sets the limits on itself, asks to die with its parent, and
becomes the program.  It imports nothing but Python's own modules, so that it starts in 20 ms.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass

__all__ = ["Limits", "limited"]


@dataclass(frozen=True)
class Limits:
    """The limits of one submission.

    Parameters
    ----------
    cell_seconds, total_seconds
        Of one cell (it is interrupted, then killed), and of the whole notebook.
    memory, file_size
        Bytes that one process may hold, and of one file; of address space, which a JVM reserves, four times as many.
    processes
        Processes and threads; holds only where submissions have a user of their own.
    cell_output, total_output
        Bytes of output that are kept.
    notebook_size
        Bytes of the file handed in.
    """

    cell_seconds: float = 90
    total_seconds: float = 420
    memory: int = 4 * 2**30
    file_size: int = 2**30
    processes: int = 400
    cell_output: int = 400_000
    total_output: int = 4_000_000
    notebook_size: int = 400_000_000


def limited(command: list[str], limits: Limits, *, own_user: bool) -> list[str]:
    """Return a command that runs another one under limits."""
    told = asdict(limits) | {"own_user": own_user}
    return [sys.executable, "-I", "-S", __file__, json.dumps(told), *command]


def _become() -> None:
    import ctypes
    import resource
    import signal

    limits, command = json.loads(sys.argv[1]), sys.argv[2:]

    def limit(what: int, most: int) -> None:
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))

    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, limits["file_size"])
    if sys.platform == "linux":
        limit(resource.RLIMIT_DATA, limits["memory"])
        limit(resource.RLIMIT_AS, 4 * limits["memory"])
        if limits["own_user"]:
            limit(resource.RLIMIT_NPROC, limits["processes"])
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        for capability in range(64):  # of root, without which even root cannot look into processes that hide
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
        libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    os.execv(command[0], command)


if __name__ == "__main__":
    _become()

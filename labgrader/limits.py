"""What a submission may take: time, memory, disk, processes, output.

Run as a script it is the last step before foreign code: it sets the limits on itself, asks to die with its parent, and
becomes the program.  It imports nothing but Python's own modules, so that it starts in some hundredths of a second.

Where Linux lets it, the program lives in a namespace of processes (and of users) of its own: it can name, signal and
look into no processes but those that it started, and all of them end with the first.  Elsewhere it runs without.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import Any

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
    disk
        Bytes of all files in its folders.
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
    disk: int = 4 * 2**30
    processes: int = 400
    cell_output: int = 400_000
    total_output: int = 4_000_000
    notebook_size: int = 400_000_000


def limited(command: list[str], limits: Limits, *, own_user: bool, passwd: str = "") -> list[str]:
    """Return a command that runs another one under limits.

    Parameters
    ----------
    command
        The program, by its whole path, and its arguments.
    limits
        What it may take.
    own_user
        Whether it has a user id that nobody else has.
    passwd
        A file that names this user, which it finds as ``/etc/passwd``: Java does not work for users without a name.
    """
    told = asdict(limits) | {"own_user": own_user, "passwd": passwd}
    return [sys.executable, "-I", "-S", __file__, json.dumps(told), *command]


def _become() -> None:
    import resource

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
        _die_with_parent()
        _move_apart(limits["passwd"])
        for capability in range(64):  # of root, without which even root cannot look into processes that hide
            _libc().prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
        _libc().prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    os.execv(command[0], command)


def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    import signal

    _libc().prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG


def _move_apart(passwd: str) -> None:
    """Go on as the second process of a namespace, whose first buries orphans; do nothing where that is not allowed."""
    user, group = os.geteuid(), os.getegid()
    if _libc().unshare(0x10000000 | 0x20000000 | 0x00020000):  # CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS
        return
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    if outside := os.fork():
        _end_like(outside)
    _die_with_parent()
    _libc().mount(b"proc", b"/proc", b"proc", 0, None)  # refused in some containers: then it sees, and reaches nobody
    if passwd:
        _libc().mount(passwd.encode(), b"/etc/passwd", None, 0x1000, None)  # MS_BIND
    if inside := os.fork():
        _end_like(inside)
    _die_with_parent()
    if "JPY_PARENT_PID" in os.environ:  # by which a kernel sees that its parent has ended
        os.environ["JPY_PARENT_PID"] = "1"


def _end_like(child: int) -> None:
    """Wait for a process, bury others that end, and end in the same way."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is sent to the whole group
    while True:
        pid, status = os.wait()
        if pid == child:
            break
    code = os.waitstatus_to_exitcode(status)
    code = 128 - code if code < 0 else code  # the first process of a namespace cannot end by a signal, and says so
    if code > 128 and os.getpid() != 1:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(code - 128, signal.SIG_DFL)
        with contextlib.suppress(OSError):
            os.kill(os.getpid(), code - 128)
    os._exit(code)


if __name__ == "__main__":
    _become()

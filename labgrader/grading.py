"""Grade one submission: its code in a kernel that can do little, its state in a private AWS, its marks from there.

:func:`grade_one` survives everything that is handed in.  What it needs per class, two warm processes, is a
:class:`Desk`: open one, grade as many as you like.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

from labgrader import confine
from labgrader.briefs import grading_seed
from labgrader.checks import tasks
from labgrader.limits import Limits
from labgrader.tasks import Outcome
from labgrader.warm import Warm, Worker

__all__ = ["Desk", "Result", "grade_one"]

_KILLED = "Its kernel had to be killed: it did not come to an end."
#: Seconds that placing the data, and all checks, may take: more than six of which each is stopped.
PLACING, CHECKING = 120.0, 660.0


@dataclass(frozen=True)
class Result:
    """What one submission earned.

    Parameters
    ----------
    tasks
        What each task earned; all tasks of the lab, always.
    notes
        What happened while it ran, in sentences for the student.
    failure
        Why the grader itself could not finish, for the course's people: grade it again.  Empty otherwise.
    file
        SHA-256 of the file handed in.
    seed
        A fingerprint of the seed, which tells no seed.
    """

    student: str
    lab: str
    tasks: list[Outcome]
    notes: list[str] = field(default_factory=list)
    failure: str = ""
    file: str = ""
    seed: str = ""
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """The sum."""
        return sum(each.points for each in self.tasks)

    @property
    def out_of(self) -> int:
        """The most there is."""
        return sum(each.out_of for each in self.tasks)

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON object: ``points``, ``out_of``, ``tasks`` and the rest."""
        shown = [
            {"name": f"Task {each.task}: {each.name}", "points": each.points, "out_of": each.out_of,
             "message": each.message} for each in self.tasks
        ]  # fmt: skip
        rest = {name: value for name, value in asdict(self).items() if name != "tasks"}
        return {"points": self.points, "out_of": self.out_of, "tasks": shown, **rest}


class Desk:
    """Two warm processes that submissions are graded with, from the first on; use it in a ``with`` block."""

    def begin(self) -> None:
        """Let both become warm at the same time."""
        self.hosts.begin()
        self.drivers.begin()

    def __enter__(self) -> Desk:
        self._open = ExitStack()
        self.hosts = self._open.enter_context(Warm("labgrader.host"))
        self.drivers = self._open.enter_context(Warm("labgrader.driver"))
        confine.hide()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def grade_one(
    path: Path,
    *,
    student: str,
    lab: str,
    secret: str,
    desk: Desk,
    limits: Limits | None = None,
    own_user: bool | None = None,
    evidence: Path | None = None,
) -> Result:
    """Grade one submission; whatever it is, a result comes back.

    Parameters
    ----------
    path
        The file handed in.
    student, lab
        Whose it is, and the number of the lab.
    secret
        The course's secret: with student and lab it makes the seed.
    desk
        The warm processes.
    limits
        What the submission may take.
    own_user
        Whether its code gets a user of its own; by default where possible (see :mod:`labgrader.confine`).
    evidence
        Where to write the executed notebook, for people to look at.
    """
    began = time.monotonic()
    seed = grading_seed(secret, lab=lab, student=student)
    cell = confine.open_cell(limits or Limits(), own_user=own_user)
    told: dict[str, Any] = {"notes": [], "errors": [], "stopped": ""}
    workers: list[Worker] = []
    outcomes, failure = _nothing(lab, "It could not be graded."), ""
    try:
        desk.begin()
        shared = {"cell": cell.as_json()}
        host = desk.hosts.start({**shared, "lab": lab, "seed": seed, "student": student})
        workers.append(host)
        placed = host.receive(PLACING)
        if not placed:
            failure = "The AWS of this submission did not start."
        else:
            wanted = {"backend": placed["address"], "seed": placed["seed"], "student": student}
            asked = {**shared, "path": str(path), "parameters": wanted, "evidence": str(evidence) if evidence else ""}
            asked["told"] = placed["told"]
            driver = desk.drivers.start(asked)
            workers.append(driver)
            with _watched(cell, driver) as full:
                told = driver.receive(cell.limits.total_seconds + 60) or _lost(cell, full.is_set())
            driver.kill()
            cell.kill()
            outcomes, failure = _ask(host, lab)
            if not told["stopped"] and not failure and not outcomes.reached:
                told["notes"].append(
                    "Not one AWS call reached the grader: keep the parameters cell, and session.start(backend, …)."
                )
    except OSError as error:
        failure = f"The grader could not work: {error}"
    finally:
        for worker in workers:
            worker.kill()
        cell.close()
    return Result(
        student,
        lab,
        outcomes,
        _sentences(told),
        failure,
        _fingerprint(path),
        hashlib.sha256(seed.encode()).hexdigest()[:12],
        round(time.monotonic() - began, 2),
        {name: version(name) for name in ("aws-storage-course", "moto", "boto3")},
    )


@contextmanager
def _watched(cell: confine.Cell, driver: Worker) -> Iterator[threading.Event]:
    """End a driver whose submission fills the disk; the event tells that it did."""
    full, over = threading.Event(), threading.Event()

    def watch() -> None:
        while not over.wait(2.0):
            if cell.is_full():
                full.set()
                driver.end()
                cell.kill()
                return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield full
    finally:
        over.set()
        watching.join()


def _lost(cell: confine.Cell, full: bool) -> dict[str, Any]:
    """Return what is told of a driver that told nothing."""
    most = f"{cell.limits.disk / 2**30:.0f} GiB"
    stopped = f"Stopped: it wrote more than {most}, or too many files." if full else _KILLED
    return {"notes": [], "errors": [], "stopped": stopped}


class _Outcomes(list[Outcome]):
    """Outcomes, and whether the student's code reached AWS at all."""

    reached = True


def _ask(host: Worker, lab: str) -> tuple[_Outcomes, str]:
    """Let the host check; return the outcomes and what failed."""
    host.send({"check": True})
    told = host.receive(CHECKING)
    try:
        if told is None:
            raise ValueError("no answer")
        found = _Outcomes(Outcome(**each) for each in told["outcomes"])
    except (TypeError, ValueError, KeyError):
        return _nothing(
            lab, "Its AWS did not survive it."
        ), "The AWS of this submission died or hung; look at the code."
    found.reached = bool(told.get("requests"))
    return found, ""


def _nothing(lab: str, message: str) -> _Outcomes:
    return _Outcomes(Outcome(each.number, each.title, 0, each.points, message) for each in tasks(lab))


def _sentences(told: dict[str, Any]) -> list[str]:
    found = [str(note) for note in told["notes"]]
    found += [f"Cell {number} raised {text}" for number, text in told["errors"]]
    return [*found, told["stopped"]] if told["stopped"] else found


def _fingerprint(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""

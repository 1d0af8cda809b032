"""Grade a class: every submission of a folder, some at a time, into a gradebook that survives a kill at any moment."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from labgrader.gradebook import Gradebook, Try
from labgrader.intake import Handed, Trouble, collect
from labgrader.roster import Roster
from labgrader.tasks import Outcome

__all__ = ["Graded", "Grader", "Report", "grade_class"]

log = logging.getLogger(__name__)


class Graded(Protocol):
    """What grading one submission tells; :class:`labgrader.grading.Result` is one."""

    @property
    def tasks(self) -> list[Outcome]: ...  # noqa: D102
    @property
    def notes(self) -> list[str]: ...  # noqa: D102
    @property
    def failure(self) -> str: ...  # noqa: D102
    @property
    def seed(self) -> str: ...  # noqa: D102
    @property
    def seconds(self) -> float: ...  # noqa: D102
    @property
    def versions(self) -> dict[str, str]: ...  # noqa: D102


#: Grades one file of a student.
Grader = Callable[[Path, str], Graded]


@dataclass(frozen=True)
class Report:
    """How many submissions were graded now, how many before, and what is to be looked at."""

    graded: int
    before: int
    troubles: list[Trouble]


def grade_class(
    folder: Path,
    lab: str,
    book: Gradebook,
    grade: Grader,
    *,
    roster: Roster,
    jobs: int = 2,
    again: bool = False,
    only: Iterable[str] = (),
    progress: Callable[[Iterator[Try], int], Iterable[Try]] = lambda tries, _: tries,
) -> Report:
    """Grade what is not in the gradebook yet.

    Parameters
    ----------
    folder
        The submissions, see :mod:`labgrader.intake`.
    lab
        Number of the lab.
    book
        Where the tries go, each as soon as it has been graded.
    grade
        Grades one file of a student.
    roster
        The class.
    jobs
        So many at a time.
    again
        Begin a new round: grade all of them again; the old round stays in the gradebook.
    only
        Students; by default everybody.
    progress
        Wraps the tries as they come, for a progress bar.

    Raises
    ------
    NothingToGrade
        No notebook is there.
    GradebookBroken
        A try could not be written.
    """
    with tempfile.TemporaryDirectory(prefix="labgrader-") as scratch:
        handed, troubles = collect(folder, roster, Path(scratch))
        chosen = set(only)
        handed = [each for each in handed if not chosen or each.student in chosen]
        round = book.round(lab) + (1 if again and book.labs() else 0)
        waiting, before = _waiting(handed, lab, book, round, troubles)
        count = 0
        for graded in progress(_graded(waiting, lab, grade, jobs, troubles), len(waiting)):
            book.add(graded, round)
            count += 1
        book.note(lab, troubles)
    return Report(count, before, troubles)


def _waiting(
    handed: list[Handed], lab: str, book: Gradebook, round: int, troubles: list[Trouble]
) -> tuple[list[tuple[Handed, str]], int]:
    """Return what is to be graded, with its hash, and how much was graded before."""
    found, seen, before = [], set(), 0
    for each in handed:
        sha256 = _hash(each.path)
        if (each.student, sha256) in seen:
            troubles.append(Trouble(each.origin, f"{each.origin} is the same file as another try.", each.student))
            continue
        seen.add((each.student, sha256))
        if book.has(lab, each.student, sha256, round):
            before += 1
        else:
            found.append((each, sha256))
    return found, before


def _graded(
    waiting: list[tuple[Handed, str]], lab: str, grade: Grader, jobs: int, troubles: list[Trouble]
) -> Iterator[Try]:
    """Yield tries as they are done; the grader's own failures become troubles, and are graded again the next time."""
    queue = iter(waiting)
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        running: dict[Future[Graded], tuple[Handed, str]] = {}

        def begin(count: int) -> None:
            running.update(
                {pool.submit(grade, each.path, each.student): (each, sha) for each, sha in islice(queue, count)}
            )

        begin(max(1, jobs))
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                each, sha256 = running.pop(future)
                if graded := _try(each, sha256, lab, future, troubles):
                    yield graded
            begin(len(done))


def _try(each: Handed, sha256: str, lab: str, future: Future[Graded], troubles: list[Trouble]) -> Try | None:
    try:
        result = future.result()
        failure = result.failure
    except Exception as error:
        log.exception("%s could not be graded", each.origin)
        failure = f"{type(error).__name__}: {error}"
    if failure:
        text = f"{each.origin} could not be graded: {failure} Grade the class again to try it once more."
        troubles.append(Trouble(each.origin, text, each.student))
        return None
    return Try(
        lab,
        each.student,
        each.origin,
        sha256,
        each.at,
        result.seed,
        result.tasks,
        " ".join(result.notes),
        result.seconds,
        result.versions,
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

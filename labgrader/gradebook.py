"""The gradebook: every try of every student, with what it earned and why, in one SQLite file.

A try is written in one transaction when it has been graded, so a process that is killed loses at most the tries that it
was grading; the next run takes them up again.  Nothing is ever overwritten: a regrade is a new round.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from labgrader.errors import GradebookBroken
from labgrader.intake import Trouble
from labgrader.policy import Policy
from labgrader.tasks import Outcome

__all__ = ["Gradebook", "Mark", "Try", "seed_id"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS tries (
    id INTEGER PRIMARY KEY,
    lab TEXT NOT NULL, student TEXT NOT NULL, round INTEGER NOT NULL,
    file TEXT NOT NULL, sha256 TEXT NOT NULL, handed_in TEXT NOT NULL,
    seed_id TEXT NOT NULL, versions TEXT NOT NULL, seconds REAL NOT NULL, reason TEXT NOT NULL,
    UNIQUE (lab, student, sha256, round)
) STRICT;
CREATE TABLE IF NOT EXISTS points (
    try INTEGER NOT NULL REFERENCES tries (id) ON DELETE CASCADE,
    task INTEGER NOT NULL, name TEXT NOT NULL, points INTEGER NOT NULL, out_of INTEGER NOT NULL,
    message TEXT NOT NULL, broken TEXT NOT NULL,
    PRIMARY KEY (try, task)
) STRICT;
CREATE TABLE IF NOT EXISTS troubles (
    lab TEXT NOT NULL, origin TEXT NOT NULL, sentence TEXT NOT NULL, student TEXT NOT NULL,
    PRIMARY KEY (lab, origin, sentence)
) STRICT;
"""


@dataclass(frozen=True)
class Try:
    """One graded submission.

    Parameters
    ----------
    lab, student, file, handed_in
        What was handed in, by whom and when.
    sha256
        Of the file.
    seed_id
        Tells two seeds apart without telling a seed.
    outcomes
        What each task earned.
    reason
        One sentence where the run itself went wrong; empty otherwise.
    seconds
        How long grading took.
    versions
        Of the programs that graded it.
    """

    lab: str
    student: str
    file: str
    sha256: str
    handed_in: datetime
    seed_id: str
    outcomes: list[Outcome] = field(default_factory=list)
    reason: str = ""
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """What it earned."""
        return sum(each.points for each in self.outcomes)

    @property
    def out_of(self) -> int:
        """What could be earned."""
        return sum(each.out_of for each in self.outcomes)


@dataclass(frozen=True)
class Mark:
    """What counts for a student: the best or last try, after what being late costs."""

    student: str
    points: float
    out_of: int
    kept: float
    counted: Try
    tries: list[Try]


class Gradebook:
    """A gradebook file, made when it is not there yet; use it in a ``with`` block.

    Raises
    ------
    GradebookBroken
        The file is no gradebook, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise GradebookBroken(f"The gradebook {path} cannot be used ({error}); name another file.") from None

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def round(self, lab: str) -> int:
        """Return the number of the newest round of grading of a lab; 1 where nothing is graded yet."""
        return int(self._one("SELECT max(round) FROM tries WHERE lab = ?", lab) or 1)

    def has(self, lab: str, student: str, sha256: str, round: int) -> bool:
        """Whether a file of a student has been graded in a round."""
        where = "lab = ? AND student = ? AND sha256 = ? AND round = ?"
        return self._one(f"SELECT 1 FROM tries WHERE {where}", lab, student, sha256, round) is not None

    def add(self, graded: Try, round: int) -> None:
        """Write a graded try; written twice it stands there once."""
        told = (graded.lab, graded.student, round, graded.file, graded.sha256, graded.handed_in.isoformat())
        how = (graded.seed_id, json.dumps(graded.versions, sort_keys=True), graded.seconds, graded.reason)
        rows = [(e.task, e.name, e.points, e.out_of, e.message, e.broken) for e in graded.outcomes]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            done = self._db.execute(
                "INSERT OR IGNORE INTO tries (lab, student, round, file, sha256, handed_in, seed_id, versions, seconds,"
                " reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*told, *how),
            )
            if done.rowcount:
                values = [(done.lastrowid, *row) for row in rows]
                self._db.executemany("INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise GradebookBroken(
                f"The gradebook {self.path} cannot be written ({error}); what it holds is safe. Grade again to go on."
            ) from None

    def note(self, lab: str, troubles: Iterable[Trouble]) -> None:
        """Replace the list of what could not be taken of a lab."""
        rows = [(lab, each.origin, each.sentence, each.student) for each in troubles]
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("DELETE FROM troubles WHERE lab = ?", (lab,))
        self._db.executemany("INSERT OR IGNORE INTO troubles VALUES (?, ?, ?, ?)", rows)
        self._db.execute("COMMIT")

    def troubles(self, lab: str) -> list[Trouble]:
        """List what could not be taken, or is to be looked at."""
        rows = self._all("SELECT origin, sentence, student FROM troubles WHERE lab = ? ORDER BY origin, sentence", lab)
        return [Trouble(origin, sentence, student) for origin, sentence, student in rows]

    def labs(self) -> list[str]:
        """List the labs that have been graded."""
        return [lab for (lab,) in self._all("SELECT DISTINCT lab FROM tries ORDER BY lab")]

    def tries(self, lab: str) -> list[Try]:
        """List the tries of a lab, each as its newest round graded it, oldest first."""
        rows = self._all(
            "SELECT id, student, file, sha256, handed_in, seed_id, reason, seconds, versions FROM tries AS t"
            " WHERE lab = ? AND round = (SELECT max(round) FROM tries AS o WHERE o.lab = t.lab"
            " AND o.student = t.student AND o.sha256 = t.sha256) ORDER BY student, handed_in, file",
            lab,
        )
        return [
            Try(
                lab, student, file, sha256, datetime.fromisoformat(handed_in), seed, self._outcomes(number), reason,
                seconds, json.loads(versions),
            )
            for number, student, file, sha256, handed_in, seed, reason, seconds, versions in rows
        ]  # fmt: skip

    def marks(self, lab: str, policy: Policy) -> list[Mark]:
        """List what counts for each student, by a policy."""
        of: dict[str, list[Try]] = {}
        for each in self.tries(lab):
            of.setdefault(each.student, []).append(each)
        return [_mark(student, tries, policy) for student, tries in sorted(of.items())]

    def _outcomes(self, number: int) -> list[Outcome]:
        asked = "SELECT task, name, points, out_of, message, broken FROM points WHERE try = ? ORDER BY task"
        return [Outcome(*row) for row in self._all(asked, number)]

    def _all(self, sql: str, *values: object) -> list[Any]:
        with closing(self._db.execute(sql, values)) as cursor:
            return cursor.fetchall()

    def _one(self, sql: str, *values: object) -> Any:
        rows = self._all(sql, *values)
        return rows[0][0] if rows else None


def _mark(student: str, tries: list[Try], policy: Policy) -> Mark:
    kept = [policy.kept(student, each.handed_in) for each in tries]
    worth = [each.points * share for each, share in zip(tries, kept, strict=True)]
    counts = len(tries) - 1 if policy.tries == "last" else max(range(len(tries)), key=lambda n: (worth[n], -n))
    chosen = tries[counts]
    return Mark(student, round(worth[counts], 2), chosen.out_of, kept[counts], chosen, tries)


def seed_id(seed: str) -> str:
    """Return a short name of a seed, from which the seed cannot be told."""
    return hashlib.sha256(f"seed-id/{seed}".encode()).hexdigest()[:12]

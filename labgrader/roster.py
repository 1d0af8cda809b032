"""Who is in the class, and how the learning management systems call them."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labgrader.errors import RosterBroken

__all__ = ["Roster", "Student", "plain", "read"]

#: Our column -> what it is called in a roster of our own and in those of Canvas, Moodle and Gradescope.
COLUMNS = {
    "id": ("student", "sis login id", "sid", "id number", "username"),
    "name": ("name", "full name"),
    "email": ("email", "email address"),
    "canvas": ("canvas_id", "id"),
    "sis": ("sis user id",),
    "section": ("section",),
    "moodle": ("moodle_id", "identifier"),
    "sid": ("sid",),
}


@dataclass(frozen=True)
class Student:
    """One student.

    Parameters
    ----------
    id
        The word that stands for the student everywhere here, also in the seed.
    name, email
        For people and for exports.
    canvas, sis, section, moodle, sid
        What Canvas, Moodle and Gradescope call the student; needed for their exports only.
    """

    id: str
    name: str = ""
    email: str = ""
    canvas: str = ""
    sis: str = ""
    section: str = ""
    moodle: str = ""
    sid: str = ""

    def words(self) -> Iterator[str]:
        """Yield all that this student may be called in a file's name."""
        yield from (self.id, self.email, self.email.split("@")[0], self.canvas, self.sid, self.sis, self.name)
        yield self.moodle.rsplit(" ", 1)[-1]
        family, _, given = self.name.partition(",")
        given, family = (given, family) if given else (self.name.rpartition(" ")[0], self.name.rpartition(" ")[2])
        yield from (f"{family}{given}", f"{given}{family}")


class Roster:
    """The students of a class; find one by any of their names."""

    def __init__(self, students: list[Student]) -> None:
        self.students = students
        self._found: dict[str, set[str]] = {}
        for student in students:
            for word in filter(None, map(plain, student.words())):
                self._found.setdefault(word, set()).add(student.id)
        self._by_id = {student.id: student for student in students}

    def find(self, *words: str) -> Student | None:
        """Return the student whom one of these words means; None where none or more than one is meant."""
        for word in filter(None, map(plain, words)):
            found = self._found.get(word, set())
            if len(found) == 1:
                return self._by_id[next(iter(found))]
        return None

    def get(self, student: str) -> Student:
        """Return the student of an id; somebody who is not on the roster has nothing but the id."""
        return self._by_id.get(student, Student(student))

    def __contains__(self, student: str) -> bool:
        return student in self._by_id

    def __len__(self) -> int:
        return len(self.students)


def plain(word: str) -> str:
    """Return a word without case, accents, spaces and signs, as learning management systems write names in file names.

    Examples
    --------
    >>> plain("Núñez, Ada-Lou")
    'nunezadalou'
    """
    bare = unicodedata.normalize("NFKD", word)
    return re.sub(r"[^a-z0-9@.]", "", "".join(each for each in bare if not unicodedata.combining(each)).lower())


def read(path: Path | None) -> Roster:
    """Read a roster: a CSV file with a column ``student``, or one that Canvas, Moodle or Gradescope exports.

    Parameters
    ----------
    path
        The file; None gives an empty roster, and everybody who hands in is taken.

    Raises
    ------
    RosterBroken
        The file is not there, is no CSV file in UTF-8, names nobody, or somebody twice.
    """
    if path is None:
        return Roster([])
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                {(key or "").strip().lower(): value or "" for key, value in row.items()} for row in csv.DictReader(file)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RosterBroken(f"The roster {path} cannot be read ({error}); save it as a CSV file in UTF-8.") from None
    students = [student for row in rows if (student := _student(row))]
    if not students:
        raise RosterBroken(f"The roster {path} names nobody: it needs a column 'student', or be an export of your LMS.")
    ids = [student.id for student in students]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise RosterBroken(f"The roster {path} has {', '.join(twice)} more than once; ids must be different.")
    return Roster(students)


def _student(row: dict[str, str]) -> Student | None:
    found = {
        ours: next((row[theirs].strip() for theirs in names if row.get(theirs, "").strip()), "")
        for ours, names in COLUMNS.items()
    }
    if "student" in row and "sis login id" in row:  # Canvas: 'Student' is the name
        found |= {"name": row["student"].strip(), "id": row["sis login id"].strip() or row.get("id", "").strip()}
        if row["student"].strip().lower() in ("points possible", "student, test"):
            return None
    if "first name" in row and not found["name"]:
        found["name"] = f"{row['first name'].strip()} {row.get('last name', '').strip()}".strip()
    found["id"] = found["id"] or found["email"].split("@")[0] or found["moodle"].rsplit(" ", 1)[-1]
    return Student(**found) if found["id"] else None

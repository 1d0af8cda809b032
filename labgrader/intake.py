"""Find the submissions in a folder: one folder a student, or a download from Canvas, Moodle or Gradescope.

=============  ======================================================================
folders        ``ada/anything.ipynb``; flat: ``ada.ipynb``
Canvas         ``lovelaceada_LATE_4711_815_3.9-dynamodb-1.ipynb`` (user, submission; the second try is ``-1``)
Moodle         ``Ada Lovelace_4711_assignsubmission_file/3.9.ipynb``, or the same in one name
Gradescope     ``submission_815/3.9.ipynb`` beside ``submission_metadata.yml``
=============  ======================================================================

A zip stands for the folder in it.  What cannot be taken becomes a :class:`Trouble`; the others are not held up by it.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from labgrader.errors import NothingToGrade
from labgrader.roster import Roster

__all__ = ["MOST_BYTES", "Handed", "Trouble", "collect"]

#: A notebook may be so large; outputs are not read, but a file must fit in memory.
MOST_BYTES = 256 * 2**20
MOST_FILES = 2_000
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<user>\d+)_(?P<hand_in>\d+)_(?P<file>.+)")
_MOODLE = re.compile(r"(?P<name>.+)_(?P<user>\d+)_assignsubmission_file_?(?P<file>.*)")
_GRADESCOPE = re.compile(r"submission_\d+")
#: The earliest time that a zip can hold stands for "no time".
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Handed:
    """One notebook that somebody handed in.

    Parameters
    ----------
    student
        The student's id on the roster, or the name found where the roster has nobody.
    path
        The file.
    origin
        Its name as seen from the folder of submissions.
    at
        When it was handed in.
    """

    student: str
    path: Path
    origin: str
    at: datetime


@dataclass(frozen=True)
class Trouble:
    """What could not be taken, or is to be looked at: whose file, and one sentence."""

    origin: str
    sentence: str
    student: str = ""


def collect(folder: Path, roster: Roster, scratch: Path) -> tuple[list[Handed], list[Trouble]]:
    """List the submissions in a folder, oldest first, and what is wrong with others.

    Parameters
    ----------
    folder
        The folder, or a zip of it.
    roster
        Whose names to look for.
    scratch
        An empty folder for what comes out of zips.

    Raises
    ------
    NothingToGrade
        There is no such folder, or no notebook in it.
    """
    if not folder.exists():
        raise NothingToGrade(f"There is no {folder}: name the folder of the submissions, or a zip of it.")
    found = _Search(roster, scratch)
    if folder.is_file():
        found.unpack(folder, folder.name, _modified(folder), PurePosixPath())
    else:
        found.walk(folder, PurePosixPath())
    if not found.handed and not found.troubles:
        raise NothingToGrade(
            f"No notebook is in {folder}: it should hold one folder a student, or a download of your LMS."
        )
    names = {each.student for each in found.handed}
    found.troubles += [
        Trouble(student.id, f"{student.name or student.id} handed in nothing.", student.id)
        for student in roster.students
        if student.id not in names
    ]
    found.troubles += [
        Trouble(name, f"{name} is not on the roster; graded under that name.", name)
        for name in sorted(names)
        if len(roster) and name not in roster
    ]
    return sorted(found.handed, key=lambda each: (each.at, each.origin)), found.troubles


class _Search:
    """A walk through folders and zips."""

    def __init__(self, roster: Roster, scratch: Path) -> None:
        self.roster, self.scratch = roster, scratch
        self.handed: list[Handed] = []
        self.troubles: list[Trouble] = []
        self._zips = 0
        self._gradescope: dict[str, dict[str, Any]] = {}

    def walk(self, folder: Path, inside: PurePosixPath, at: datetime | None = None) -> None:
        """Take all files below a folder; ``inside`` is its name as people see it."""
        self._gradescope |= self._metadata(folder / "submission_metadata.yml", inside)
        for path in sorted(folder.iterdir()):
            origin = inside / path.name
            if path.name.startswith((".", "__MACOSX")):
                continue
            if path.is_symlink():
                self._trouble(origin, "is a link to another place and was not followed.")
            elif path.is_dir():
                self.walk(path, origin, at)
            elif path.suffix.lower() == ".zip":
                self.unpack(path, str(origin), at or _modified(path), origin.parent)
            elif path.suffix.lower() == ".ipynb":
                self._take(path, origin, at)
            elif path.suffix.lower() in (".py", ".html", ".pdf", ".docx", ".txt", ".tar", ".gz", ".7z", ".rar"):
                self._trouble(origin, "is not a notebook; hand in the .ipynb file.")

    def unpack(self, path: Path, origin: str, at: datetime, inside: PurePosixPath) -> None:
        """Take what is in a zip: notebooks, other zips not; nothing is written outside of the scratch folder."""
        self._zips += 1
        target = self.scratch / f"{self._zips}"
        target.mkdir(parents=True)
        try:
            with zipfile.ZipFile(path) as archive:
                times = _extract(archive, target)
        except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError) as error:
            self._trouble(PurePosixPath(origin), f"is a zip that cannot be unpacked safely: {error}.")
            return
        for name, when in times.items():
            moment = when.timestamp() if when else at.timestamp()
            os.utime(target / name, (moment, moment))
        self.walk(target, inside)

    def _take(self, path: Path, origin: PurePosixPath, at: datetime | None) -> None:
        size = path.stat().st_size
        student, handed_in = self._owner(origin)
        if size > MOST_BYTES:
            text = (
                f"has {size / 2**20:,.0f} MB, more than {MOST_BYTES // 2**20}; clear its outputs and hand it in again."
            )
            self._trouble(origin, text, student)
        else:
            self.handed.append(Handed(student, path, str(origin), handed_in or at or _modified(path)))

    def _owner(self, origin: PurePosixPath) -> tuple[str, datetime | None]:
        """Return who handed in a file, by its folders first, and when, where a download says so."""
        for part in origin.parts:
            if known := self._gradescope.get(part):
                words = [known["sid"], known["email"], known["name"]]
                return self._id(words, known["email"] or known["name"] or part), known["at"]
            if match := _MOODLE.fullmatch(part) or _CANVAS.fullmatch(part):
                return self._id([match["user"], match["name"]], match["name"]), None
        first = origin.parts[0] if len(origin.parts) > 1 else origin.stem
        return self._id([*origin.parts[:-1], origin.stem], first), None

    def _id(self, words: list[str], otherwise: str) -> str:
        student = self.roster.find(*words)
        return student.id if student else otherwise

    def _metadata(self, path: Path, inside: PurePosixPath) -> dict[str, dict[str, Any]]:
        """Read what Gradescope tells of a download: whose each folder is, and when it was handed in."""
        if not path.is_file() or path.is_symlink():
            return {}
        try:
            told = yaml.safe_load(path.read_text(encoding="utf-8"))
            return {name: _submitter(each) for name, each in told.items() if _GRADESCOPE.fullmatch(name)}
        except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError, KeyError, IndexError):
            self._trouble(inside / path.name, "cannot be read, so names come from folders.")
            return {}

    def _trouble(self, origin: PurePosixPath, text: str, student: str = "") -> None:
        self.troubles.append(Trouble(str(origin), f"{origin} {text}", student or self._owner(origin)[0]))


def _submitter(told: dict[str, Any]) -> dict[str, Any]:
    first = told[":submitters"][0]
    when = told.get(":created_at")
    at = when.replace(tzinfo=when.tzinfo or timezone.utc) if isinstance(when, datetime) else None
    return {**{name: str(first.get(f":{name}") or "") for name in ("name", "sid", "email")}, "at": at}


def _extract(archive: zipfile.ZipFile, target: Path) -> dict[str, datetime | None]:
    """Write the notebooks of an archive into a folder; return when each was last changed."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise ValueError(f"it holds {len(entries):,} files, more than {MOST_FILES:,}")
    wanted = [entry for entry in entries if entry.filename.lower().endswith((".ipynb", "submission_metadata.yml"))]
    left, times = MOST_BYTES, {}
    for entry in wanted:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in entry.filename:
            raise ValueError(f"{entry.filename!r} climbs out of its folder")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ValueError(f"{entry.filename!r} is a link")
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, (target / name).open("wb") as copy:
            for chunk in _chunks(source):
                left -= len(chunk)
                if left < 0:
                    raise ValueError(f"unpacked it is larger than {MOST_BYTES // 2**20} MB")
                copy.write(chunk)
        times[str(name)] = None if entry.date_time == _NO_TIME else datetime(*entry.date_time, tzinfo=timezone.utc)
    return times


def _chunks(source: Any) -> Iterator[bytes]:
    while chunk := source.read(1 << 20):
        yield chunk


def _modified(path: Path) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=path.stat().st_mtime)

"""Marks for learning management systems, in the layouts that they import.

Canvas
    Gradebook import: Student, ID, SIS User ID, SIS Login ID, Section, one column an assignment; a second row
    ``Points Possible``.  Source: Canvas Instructor Guide, "How do I import grades in the Gradebook?"
Moodle
    Where the roster has Moodle's identifiers, the grading worksheet of an assignment (Identifier, Full name, Email
    address, Status, Grade, Maximum Grade, Grade can be changed, Last modified (submission), Last modified (grade),
    Feedback comments); else the gradebook's CSV import, mapped by email.  Source: docs.moodle.org, "Assignment grading"
    and "Grade import".
Gradescope
    The CSV of an external assignment: First Name, Last Name, SID, Email, Total Score, Max Points.  (One submission
    graded on Gradescope gives ``results.json``, see ``labgrader.autograders``.)
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from labgrader.gradebook import Mark
from labgrader.roster import Roster, Student

__all__ = ["FORMATS", "export"]

Row = Sequence[object]


def export(to: str, lab: str, marks: Iterable[Mark], roster: Roster) -> str:
    """Return the marks of a lab as the text of a CSV file.

    Parameters
    ----------
    to
        One of :data:`FORMATS`.
    lab
        Number of the lab.
    marks
        What counts for each student; who handed in nothing is on the roster only, and gets an empty mark.
    roster
        With the names that the system knows.
    """
    found = {mark.student: mark for mark in marks}
    known = roster.students or [Student(student) for student in found]
    extra = [Student(student) for student in found if len(roster) and student not in roster]
    out_of = max((mark.out_of for mark in found.values()), default=0)
    text = io.StringIO()
    rows = FORMATS[to](f"Lab {lab}", [(each, found.get(each.id)) for each in [*known, *extra]], out_of)
    csv.writer(text, lineterminator="\n").writerows([[_safe(cell) for cell in row] for row in rows])
    return text.getvalue()


def _safe(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell)
    is_formula = text[:1] in ("=", "+", "-", "@", "\t", "\r") and text != "-" and not isinstance(cell, (int, float))
    return f"'{text}" if is_formula else text


def _points(mark: Mark | None) -> object:
    if mark is None:
        return ""
    return int(mark.points) if mark.points == int(mark.points) else mark.points


def _feedback(mark: Mark | None) -> str:
    if mark is None:
        return ""
    lines = [f"{each.name}: {each.points} of {each.out_of}, {each.message}" for each in mark.counted.outcomes]
    return " | ".join([*([mark.counted.reason] if mark.counted.reason else []), *lines])


Marked = Sequence[tuple[Student, Mark | None]]


def _canvas(title: str, marked: Marked, out_of: int) -> Iterable[Row]:
    yield "Student", "ID", "SIS User ID", "SIS Login ID", "Section", title
    yield "    Points Possible", "", "", "", "", out_of
    for student, mark in marked:
        yield student.name or student.id, student.canvas, student.sis, student.id, student.section, _points(mark)


def _moodle(title: str, marked: Marked, out_of: int) -> Iterable[Row]:
    if any(student.moodle for student, _ in marked):
        yield (
            "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
            "Last modified (submission)", "Last modified (grade)", "Feedback comments",
        )  # fmt: skip
        for student, mark in marked:
            status = "Submitted for grading" if mark else "No submission"
            number = student.moodle if student.moodle.startswith("Participant") else f"Participant {student.moodle}"
            at = f"{mark.counted.handed_in:%A, %d %B %Y, %I:%M %p}" if mark else "-"
            grade = (_points(mark), f"{out_of:.2f}", "Yes", at, "-", _feedback(mark))
            yield number, student.name, student.email, status, *grade
        return
    yield "Email address", title, f"{title} (feedback)"
    for student, mark in marked:
        yield student.email or student.id, _points(mark), _feedback(mark)


def _gradescope(_: str, marked: Marked, out_of: int) -> Iterable[Row]:
    yield "First Name", "Last Name", "SID", "Email", "Total Score", "Max Points"
    for student, mark in marked:
        first, _, last = student.name.rpartition(" ")
        yield first, last, student.sid or student.id, student.email, _points(mark), out_of


def _plain(_: str, marked: Marked, out_of: int) -> Iterable[Row]:
    tasks = next((mark.counted.outcomes for _, mark in marked if mark and mark.counted.outcomes), [])
    heads = [f"task {each.task}" for each in tasks]
    yield "student", "name", "email", "points", "out of", "late keeps", "tries", "handed in", *heads, "note"
    for student, mark in marked:
        if mark is None:
            yield (
                student.id,
                student.name,
                student.email,
                "",
                out_of,
                "",
                0,
                "",
                *[""] * len(heads),
                "nothing handed in",
            )
            continue
        earned = {each.task: each.points for each in mark.counted.outcomes}
        parts = [earned.get(each.task, 0) for each in tasks]
        about = (_points(mark), mark.out_of, mark.kept, len(mark.tries), mark.counted.handed_in.isoformat())
        yield student.id, student.name, student.email, *about, *parts, mark.counted.reason


#: Name of a format -> its rows.
FORMATS: dict[str, Callable[[str, Marked, int], Iterable[Row]]] = {
    "canvas": _canvas,
    "moodle": _moodle,
    "gradescope": _gradescope,
    "csv": _plain,
}

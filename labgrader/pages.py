"""Reports in HTML: one page a student, and one on the class with a histogram for each task.

Pages need nothing but themselves.  They show points, sentences of checks and hashes; never the values under which a
submission was graded, which only the course's secret tells.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from labgrader.errors import ReportNotWritten
from labgrader.gradebook import Gradebook, Mark
from labgrader.policy import Policy
from labgrader.roster import Roster

__all__ = ["Histogram", "histogram", "page_name", "write"]

BARS = 10


@dataclass(frozen=True)
class Histogram:
    """How many students earned how much: a bar for each number of points, or for each tenth of them."""

    title: str
    labels: list[str]
    counts: list[int]

    @property
    def bars(self) -> list[tuple[str, int]]:
        """Each bar's label and height."""
        return list(zip(self.labels, self.counts, strict=True))

    @property
    def highest(self) -> int:
        """The height of the highest bar, at least 1."""
        return max(*self.counts, 1)

    @property
    def told(self) -> str:
        """The picture in words."""
        return f"{self.title}: " + ", ".join(f"{n} with {x}" for x, n in self.bars if n)


def histogram(title: str, earned: Sequence[float], out_of: int) -> Histogram:
    """Count marks into bars.

    Examples
    --------
    >>> histogram("Task 1", [0, 2, 2], 2).counts
    [1, 0, 2]
    """
    width = max(1, -(-(out_of + 1) // (BARS + 1)))
    counted = Counter(int(min(points, out_of) // width) for points in earned)
    starts = range(0, out_of + 1, width)
    ends = [min(start + width - 1, out_of) for start in starts]
    labels = [f"{start}" if start == end else f"{start}-{end}" for start, end in zip(starts, ends, strict=True)]
    return Histogram(title, labels, [counted[number] for number in range(len(labels))])


def page_name(student: str) -> str:
    """Return the file name of a student's page: readable, safe, and different for different students."""
    bare = re.sub(r"[^A-Za-z0-9-]+", "-", student).strip("-")[:40]
    return f"{bare}-{hashlib.sha256(student.encode()).hexdigest()[:6]}.html"


def write(book: Gradebook, lab: str, folder: Path, *, roster: Roster, policy: Policy) -> Path:
    """Write the pages of a lab and return the page on the class.

    Parameters
    ----------
    book
        Where the marks are.
    lab
        Its number.
    folder
        Where to write: ``index.html``, and ``students/``.
    roster
        For names.
    policy
        Which try counts, and what being late costs.

    Raises
    ------
    ReportNotWritten
        Nothing has been graded, or the folder cannot be written.
    """
    marks = book.marks(lab, policy)
    if not marks:
        raise ReportNotWritten(f"No submission of lab {lab} has been graded; begin with: labgrader grade")
    pages = Environment(
        loader=PackageLoader("labgrader"), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )
    pages.filters["number"] = lambda points: f"{points:g}"
    try:
        (folder / "students").mkdir(parents=True, exist_ok=True)
        student_page = pages.get_template("student.html.j2")
        for mark in marks:
            page = student_page.render(lab=lab, mark=mark, student=roster.get(mark.student), policy=policy)
            (folder / "students" / page_name(mark.student)).write_text(page, encoding="utf-8")
        index = folder / "index.html"
        index.write_text(
            pages.get_template("class.html.j2").render(**_class(book, lab, marks, roster)), encoding="utf-8"
        )
    except OSError as error:
        raise ReportNotWritten(f"The report cannot be written into {folder} ({error.strerror}).") from None
    return index


def _class(book: Gradebook, lab: str, marks: list[Mark], roster: Roster) -> dict[str, object]:
    out_of = max(mark.out_of for mark in marks)
    tasks = max((mark.counted.outcomes for mark in marks), key=len)
    earned = {task.task: [_points(mark, task.task) for mark in marks] for task in tasks}
    return {
        "lab": lab,
        "marks": [(mark, roster.get(mark.student), page_name(mark.student)) for mark in marks],
        "out_of": out_of,
        "mean": mean(mark.points for mark in marks),
        "median": median(mark.points for mark in marks),
        "total": histogram("All tasks", [mark.points for mark in marks], out_of),
        "tasks": [histogram(f"Task {each.task}: {each.name}", earned[each.task], each.out_of) for each in tasks],
        "troubles": book.troubles(lab),
        "broken": [(mark, each) for mark in marks for each in mark.counted.outcomes if each.broken],
    }


def _points(mark: Mark, task: int) -> int:
    return next((each.points for each in mark.counted.outcomes if each.task == task), 0)

"""What a lab imports: open it, check a task, check all, close it.

The same checks mark the lab when it is handed in; then they run outside the student's kernel, on the state of AWS, with
other data.  A check never raises and never changes anything.
"""

from __future__ import annotations

import html
import json
import os
import sys
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from helpers import session
from labgrader import labs
from labgrader.account import Account
from labgrader.briefs import Brief, Told
from labgrader.checks import tasks
from labgrader.errors import NotOpened
from labgrader.tasks import Outcome, Task, run
from pocketaws import journal

__all__ = ["GRADING", "Report", "account", "check", "check_all", "close_lab", "open_lab", "todo"]

#: Set in the environment while a submission is graded, to the facts: the grader places the data and runs the checks.
GRADING = "LABGRADER_GRADING"


@dataclass
class _Lab:
    """The lab that is open in this kernel."""

    brief: Brief | None = None
    aws: Account | None = None
    tries: dict[int, int] = field(default_factory=dict)


_lab = _Lab()


@dataclass(frozen=True)
class Report:
    """A small table: what each task earned, and what is missing."""

    outcomes: list[Outcome]
    hints: dict[int, str] = field(default_factory=dict)
    note: str = ""

    @property
    def points(self) -> int:
        """The sum."""
        return sum(each.points for each in self.outcomes)

    @property
    def out_of(self) -> int:
        """The most there is."""
        return sum(each.out_of for each in self.outcomes)

    def __repr__(self) -> str:
        """Write one line a task."""
        lines = [f"Task {each.task}: {each.points} of {each.out_of}. {each.message}" for each in self.outcomes]
        lines += [f"Hint for task {number}: {hint}" for number, hint in self.hints.items()]
        if len(self.outcomes) > 1:
            lines.append(f"All tasks: {self.points} of {self.out_of}")
        return "\n".join([*lines, *([self.note] if self.note else [])])

    def _repr_html_(self) -> str:
        if not self.outcomes:
            return f"<p>{html.escape(self.note)}</p>"
        rows = "".join(
            f"<tr><td>{each.task}</td><td style='text-align:left'>{html.escape(each.name)}</td>"
            f"<td>{'●' if each.is_done else '○'} {each.points} of {each.out_of}</td>"
            f"<td style='text-align:left'>{html.escape(each.message)}{self._folded(each.task)}</td></tr>"
            for each in self.outcomes
        )
        total = f"<tr><td></td><td></td><td><b>{self.points} of {self.out_of}</b></td><td></td></tr>"
        head = "<tr><th>task</th><th></th><th>points</th><th></th></tr>"
        return f"<table>{head}{rows}{total if len(self.outcomes) > 1 else ''}</table>"

    def _folded(self, number: int) -> str:
        if number not in self.hints:
            return ""
        return f"<details><summary>Hint</summary>{html.escape(self.hints[number])}</details>"


def open_lab(lab: str, *, seed: int | str, student: str = "") -> Brief:
    """Open a lab: put its data into AWS and return what is personal in it.

    Parameters
    ----------
    lab
        Its number, for example ``3.9``.
    seed, student
        Names, data and thresholds follow from them.

    Returns
    -------
    The brief; each fact is an attribute, such as ``lab.inbox``.

    Raises
    ------
    LabUnknown
        There is no such lab.
    SessionNotStarted
        ``session.start()`` comes first.
    """
    brief = _told(lab, seed, student) or labs.brief(lab, seed=seed, student=student)
    _lab.brief, _lab.aws, _lab.tries = brief, None, {}
    if GRADING not in os.environ:
        _lab.aws = aws = account()
        with aws.unlogged():
            if labs.place(brief, aws):
                _record()
    return brief


def check(number: int) -> Report:
    """Check a task of the open lab; what is missing is said in one sentence.

    Examples
    --------
    ``check(2)`` shows what task 2 earned.  After a failed try a hint can be opened.
    """
    return _checked({number})


def check_all() -> Report:
    """Check all tasks of the open lab."""
    return _checked(None)


def close_lab() -> object:
    """Delete what you and the lab created; while grading everything stays, because it is what earns the points."""
    if GRADING in os.environ:
        return "Kept for the grader."
    _lab.brief = None
    return session.cleanup()


def todo(number: int) -> None:
    """Stand in the place of an answer: say in one line that a task is still to do."""
    sys.stdout.write(f"Task {number} is still to do.\n")


def _told(lab: str, seed: int | str, student: str) -> Brief | None:
    """Return the brief that the grader tells; None outside grading, and for values that are not this submission's."""
    told = os.environ.get(GRADING)
    return Told.from_json(told).brief(lab, seed=seed, student=student) if told else None


def _checked(numbers: set[int] | None) -> Report:
    if GRADING in os.environ:
        return Report([], note="Checked by the grader, outside this notebook.")
    try:
        if _lab.brief is None or _lab.aws is None:
            raise NotOpened("No lab is open: run the cell with open_lab(...) first.")
        known = tasks(_lab.brief.lab)
        wanted = [each for each in known if numbers is None or each.number in numbers]
        if not wanted:
            return Report([], note=f"Lab {_lab.brief.lab} has tasks 1 to {len(known)}.")
        with _lab.aws.unlogged():
            outcomes = [run(each, _lab.brief, _lab.aws) for each in wanted]
        return Report(outcomes, _hints(wanted, outcomes))
    except Exception as error:  # a check never raises: "run all" must reach the last cell
        return Report([], note=f"Not checked: {error}")


def _hints(wanted: Iterable[Task], outcomes: Iterable[Outcome]) -> dict[int, str]:
    """Return the hints that are open: of tasks that failed before, and fail again."""
    found = {}
    for task, outcome in zip(wanted, outcomes, strict=True):
        if outcome.is_done:
            continue
        if _lab.tries.get(task.number, 0) >= 1:
            found[task.number] = task.hint
        _lab.tries[task.number] = _lab.tries.get(task.number, 0) + 1
    return found


def account() -> Account:
    """Return the account of the lesson's session, as checks look at it."""
    endpoint = session.endpoint()
    return Account(
        session.boto3_session(),
        now=session.now,
        advance=session.advance,
        log=journal.entries if endpoint is None else lambda: _remote_log(endpoint),
        endpoint=endpoint,
    )


def _record() -> None:
    """Let the request log begin."""
    endpoint = session.endpoint()
    if endpoint is None:
        journal.start()
    else:
        _ask(endpoint, {"record": True})


def _remote_log(endpoint: str) -> list[journal.Entry]:
    return [journal.Entry(**entry) for entry in _ask(endpoint)]


def _ask(endpoint: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(f"{endpoint}/pocketaws/requests", data, timeout=60) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return []  # another server than pocketaws: no log, so its steps cannot be earned

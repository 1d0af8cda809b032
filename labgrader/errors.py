"""Everything labgrader raises on its own account; each message says what to do.

::

    LabGraderError
    ├── LabUnknown     no lab of this number
    ├── NotANotebook   a file that was handed in and cannot be run
    ├── NotReleased    a solution that cannot be turned into a lab: the marker, task or line is named
    ├── NotOpened      a check before ``open_lab``
    ├── SecretUnusable the course's secret is not there, or too short
    ├── RosterBroken   a roster that cannot be read
    ├── PolicyBroken   a policy that cannot be read
    ├── NothingToGrade   a folder without submissions
    ├── GradebookBroken  a gradebook that cannot be read or written
    └── ReportNotWritten a report without marks, or that cannot be written
"""

from __future__ import annotations

__all__ = [
    "GradebookBroken",
    "LabGraderError",
    "LabUnknown",
    "NotANotebook",
    "NotOpened",
    "NotReleased",
    "NothingToGrade",
    "PolicyBroken",
    "ReportNotWritten",
    "RosterBroken",
    "SecretUnusable",
]


class LabGraderError(Exception):
    """Base of all errors of labgrader."""


class LabUnknown(LabGraderError):
    """There is no lab of this number."""


class NotANotebook(LabGraderError):
    """A file that was handed in and cannot be run; the sentence says why."""


class NotReleased(LabGraderError):
    """A solution that cannot be turned into a lab."""


class NotOpened(LabGraderError):
    """A check before the lab was opened."""


class SecretUnusable(LabGraderError):
    """The course's secret is not there, or too short."""


class RosterBroken(LabGraderError):
    """A roster that cannot be read."""


class PolicyBroken(LabGraderError):
    """A policy that cannot be read."""


class NothingToGrade(LabGraderError):
    """A folder without submissions."""


class GradebookBroken(LabGraderError):
    """A gradebook that cannot be read or written."""


class ReportNotWritten(LabGraderError):
    """A report without marks, or that cannot be written."""

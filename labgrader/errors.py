"""Everything labgrader raises on its own account; each message says what to do.

::

    LabGraderError
    ├── LabUnknown     no lab of this number
    ├── NotANotebook   a file that was handed in and cannot be run
    ├── NotReleased    a solution that cannot be turned into a lab: the marker, task or line is named
    ├── NotOpened      a check before ``open_lab``
    └── SecretUnusable the course's secret is not there, or too short
"""

from __future__ import annotations

__all__ = ["LabGraderError", "LabUnknown", "NotANotebook", "NotOpened", "NotReleased", "SecretUnusable"]


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

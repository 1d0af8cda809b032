"""Everything labgrader raises on its own account; each message says what to do.

::

    LabGraderError
    ├── LabUnknown     no lab of this number
    ├── NotReleased    a solution that cannot be turned into a lab: the marker, task or line is named
    └── NotOpened      a check before ``open_lab``
"""

from __future__ import annotations

__all__ = ["LabGraderError", "LabUnknown", "NotOpened", "NotReleased"]


class LabGraderError(Exception):
    """Base of all errors of labgrader."""


class LabUnknown(LabGraderError):
    """There is no lab of this number."""


class NotReleased(LabGraderError):
    """A solution that cannot be turned into a lab."""


class NotOpened(LabGraderError):
    """A check before the lab was opened."""

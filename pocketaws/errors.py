"""Everything pocketaws raises on its own account (AWS errors reach you as botocore's ``ClientError``).

::

    PocketAWSError
    ├── AlreadyStarted      a second ``start()`` without a ``stop()``
    ├── NotStarted          the clock or a reset asked for before ``start()``
    ├── ClockError          a time that cannot be set: backward, or without a zone
    ├── RequestRefused      a request that would have left this machine
    └── PortTaken           ``serve`` on a port that somebody else listens on
"""

from __future__ import annotations

from botocore.exceptions import BotoCoreError

__all__ = [
    "AlreadyStarted",
    "ClockError",
    "NotStarted",
    "PocketAWSError",
    "PortTaken",
    "RequestRefused",
]


class PocketAWSError(Exception):
    """Base of all errors of pocketaws."""


class AlreadyStarted(PocketAWSError):
    """pocketaws runs in this process already; stop it, or go on with it."""


class NotStarted(PocketAWSError):
    """pocketaws does not run in this process; call ``pocketaws.start()`` first."""


class ClockError(PocketAWSError):
    """The clock cannot be set so."""


class RequestRefused(PocketAWSError, BotoCoreError):
    """A request to a host that pocketaws does not play; it was not sent."""

    fmt = "Refused: {url} is outside this machine and pocketaws does not play it; nothing was sent."


class PortTaken(PocketAWSError):
    """Another program listens on the port."""

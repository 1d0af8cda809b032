"""How states fail, by the names that the Amazon States Language gives.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

__all__ = ["StateFailed", "path_failed", "runtime"]


class StateFailed(Exception):
    """A state, or a whole execution, that fails.

    Parameters
    ----------
    error
        A name, for example ``States.Timeout`` or ``Glue.EntityNotFoundException``.
    cause
        What is told about it.
    """

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


def runtime(cause: str) -> StateFailed:
    """Return a failure that no Retry or Catch for ``States.ALL`` takes."""
    return StateFailed("States.Runtime", cause)


def path_failed(cause: str) -> StateFailed:
    """Return the failure of a path that leads nowhere."""
    return StateFailed("States.ParameterPathFailure", cause)

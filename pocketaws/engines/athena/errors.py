"""The errors of Athena: those that an operation answers, and those with which a query fails.

Sources: https://docs.aws.amazon.com/athena/latest/APIReference/CommonErrors.html,
https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
"""

from __future__ import annotations

from typing import Any

__all__ = ["AthenaError", "QueryFailed", "invalid_request", "metadata_error"]

#: Types of failure in AWS's catalog of errors.
USER, DATA, DDL, SYNTAX, REJECTED = 1000, 1001, 1003, 1006, 1008


class AthenaError(Exception):
    """An answer that is an error: AWS's code and message, and what the body holds besides."""

    status = 400

    def __init__(self, code: str, message: str, **extra: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {"__type": self.code, "Message": self.message, **self.extra}


def invalid_request(message: str, code: str = "INVALID_INPUT") -> AthenaError:
    """Return an ``InvalidRequestException``."""
    return AthenaError("InvalidRequestException", message, AthenaErrorCode=code)


def metadata_error(message: str) -> AthenaError:
    """Return a ``MetadataException``."""
    return AthenaError("MetadataException", message)


class QueryFailed(Exception):
    """A query that was accepted and failed.

    Parameters
    ----------
    reason
        What ``StateChangeReason`` says.
    kind
        The ``ErrorType`` of AWS's catalog.
    """

    def __init__(self, reason: str, kind: int = SYNTAX) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class QueryCancelled(Exception):
    """A query that Athena cancels itself, with the reason that it gives."""


def bad_data(message: str) -> QueryFailed:
    """Return the failure for an object that does not hold what its table says."""
    return QueryFailed(message, DATA)


def not_supported(message: str) -> QueryFailed:
    """Return the failure for what Athena can do and pocketaws cannot."""
    return QueryFailed(f"NOT_SUPPORTED: {message} is not supported by pocketaws", REJECTED)

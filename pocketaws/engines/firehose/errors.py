"""The errors of Firehose, with AWS's codes.

Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_Operations.html (each operation's errors)
"""

from __future__ import annotations

from pocketaws.answers import ServiceError

__all__ = ["FirehoseError", "invalid", "not_found", "unsupported", "validation"]


class FirehoseError(ServiceError):
    """An answer of Firehose that is an error."""


def invalid(text: str) -> FirehoseError:
    """Return an ``InvalidArgumentException``."""
    return FirehoseError("InvalidArgumentException", text)


def not_found(name: str, account: str) -> FirehoseError:
    """Return a ``ResourceNotFoundException`` for a delivery stream."""
    return FirehoseError("ResourceNotFoundException", f"Firehose {name} under account {account} not found.")


def validation(where: str, constraint: str) -> FirehoseError:
    """Return a ``ValidationException`` for a member that breaks a constraint."""
    text = f"1 validation error detected: Value at '{where}' failed to satisfy constraint: {constraint}"
    return FirehoseError("ValidationException", text)


def unsupported(what: str) -> FirehoseError:
    """Return the error for what pocketaws does not do."""
    return invalid(f"{what} is not supported by pocketaws.")

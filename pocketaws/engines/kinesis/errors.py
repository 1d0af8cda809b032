"""The errors of Kinesis, with AWS's codes and messages.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html (each operation's errors)
"""

from __future__ import annotations

from pocketaws.answers import ServiceError

__all__ = ["KinesisError", "in_use", "invalid", "limit", "not_found", "throttled", "unsupported", "validation"]


class KinesisError(ServiceError):
    """An answer of Kinesis that is an error."""


def not_found(text: str) -> KinesisError:
    """Return a ``ResourceNotFoundException``."""
    return KinesisError("ResourceNotFoundException", text)


def in_use(text: str) -> KinesisError:
    """Return a ``ResourceInUseException``."""
    return KinesisError("ResourceInUseException", text)


def invalid(text: str) -> KinesisError:
    """Return an ``InvalidArgumentException``."""
    return KinesisError("InvalidArgumentException", text)


def limit(text: str) -> KinesisError:
    """Return a ``LimitExceededException``."""
    return KinesisError("LimitExceededException", text)


def throttled(text: str) -> KinesisError:
    """Return a ``ProvisionedThroughputExceededException``."""
    return KinesisError("ProvisionedThroughputExceededException", text)


def validation(value: object, name: str, constraint: str) -> KinesisError:
    """Return a ``ValidationException`` for a member that breaks a constraint."""
    shown = f"Value '{value}' at '{name}'" if value is not None else f"Value at '{name}'"
    return KinesisError(
        "ValidationException", f"1 validation error detected: {shown} failed to satisfy constraint: {constraint}"
    )


def unsupported(operation: str) -> KinesisError:
    """Return the error for what pocketaws does not do."""
    return KinesisError("UnknownOperationException", f"{operation} is not supported by pocketaws.")

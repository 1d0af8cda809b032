"""The errors of Glue, with AWS's codes and messages.

Source: https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html and each operation's page there
"""

from __future__ import annotations

from typing import Any

from pocketaws.answers import ServiceError

__all__ = ["GlueError", "already_exists", "detail", "invalid", "not_found"]


class GlueError(ServiceError):
    """An answer of Glue that is an error."""


def not_found(text: str) -> GlueError:
    """Return an ``EntityNotFoundException``."""
    return GlueError("EntityNotFoundException", text)


def already_exists(text: str) -> GlueError:
    """Return an ``AlreadyExistsException``."""
    return GlueError("AlreadyExistsException", text)


def invalid(text: str) -> GlueError:
    """Return an ``InvalidInputException``."""
    return GlueError("InvalidInputException", text)


def detail(error: Any) -> dict[str, str]:
    """Return an error as batch operations list it, moto's errors included."""
    return {"ErrorCode": error.error_type, "ErrorMessage": error.message}

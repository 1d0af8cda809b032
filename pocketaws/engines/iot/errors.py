"""The errors of IoT Core, with AWS's codes.

Source: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html
"""

from __future__ import annotations

from pocketaws.answers import ServiceError

__all__ = ["IoTError", "SqlError", "invalid", "unparsable"]


class SqlError(Exception):
    """A rule's SQL cannot be read; the message says where and why."""


class IoTError(ServiceError):
    """An answer of IoT that is an error."""


def invalid(text: str) -> IoTError:
    """Return an ``InvalidRequestException``."""
    return IoTError("InvalidRequestException", text)


def unparsable(error: SqlError) -> IoTError:
    """Return a ``SqlParseException``."""
    return IoTError("SqlParseException", str(error))

"""The errors of IoT Core, with AWS's codes.

Source: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html
"""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError

__all__ = ["IoTError", "SqlError", "invalid", "unparsable"]


class SqlError(Exception):
    """A rule's SQL cannot be read; the message says where and why."""


class IoTError(JsonRESTError):  # type: ignore[misc]
    """An answer that is an error.

    Parameters
    ----------
    kind
        AWS's name of the error, for example ``SqlParseException``.
    text
        AWS's message.
    """

    code = 400

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind, text)


def invalid(text: str) -> IoTError:
    """Return an ``InvalidRequestException``."""
    return IoTError("InvalidRequestException", text)


def unparsable(error: SqlError) -> IoTError:
    """Return a ``SqlParseException``."""
    return IoTError("SqlParseException", str(error))

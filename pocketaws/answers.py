"""Errors as AWS's services answer them in JSON."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError

__all__ = ["ServiceError"]


class ServiceError(JsonRESTError):  # type: ignore[misc]
    """An answer that is an error; every service has a kind of its own.

    Parameters
    ----------
    kind
        AWS's name of the error, for example ``ResourceNotFoundException``.
    text
        AWS's message.
    status
        Of the HTTP answer.
    """

    def __init__(self, kind: str, text: str, status: int = 400) -> None:
        super().__init__(kind, text)
        self.code = status

"""The errors of Lambda, with AWS's codes and messages.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
"""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError

__all__ = ["LambdaError", "invalid", "not_found"]


class LambdaError(JsonRESTError):  # type: ignore[misc]
    """An answer that is an error.

    Parameters
    ----------
    kind
        AWS's name of the error, for example ``TooManyRequestsException``.
    text
        AWS's message.
    status
        Of the HTTP answer.
    """

    def __init__(self, kind: str, text: str, status: int = 400) -> None:
        super().__init__(kind, text)
        self.code = status


def invalid(text: str) -> LambdaError:
    """Return an ``InvalidParameterValueException``."""
    return LambdaError("InvalidParameterValueException", text)


def not_found(text: str) -> LambdaError:
    """Return a ``ResourceNotFoundException``."""
    return LambdaError("ResourceNotFoundException", text, 404)

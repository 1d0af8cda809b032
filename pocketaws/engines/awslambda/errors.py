"""The errors of Lambda, with AWS's codes and messages.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
"""

from __future__ import annotations

from pocketaws.answers import ServiceError

__all__ = ["LambdaError", "invalid", "not_found"]


class LambdaError(ServiceError):
    """An answer of Lambda that is an error."""


def invalid(text: str) -> LambdaError:
    """Return an ``InvalidParameterValueException``."""
    return LambdaError("InvalidParameterValueException", text)


def not_found(text: str) -> LambdaError:
    """Return a ``ResourceNotFoundException``."""
    return LambdaError("ResourceNotFoundException", text, 404)

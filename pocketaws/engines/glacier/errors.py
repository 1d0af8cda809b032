"""The errors of Glacier, with AWS's codes.

Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-error-responses.html
"""

from __future__ import annotations

import json

from pocketaws.answers import ServiceError

__all__ = ["GlacierError", "denied", "invalid", "missing", "not_found"]


class GlacierError(ServiceError):
    """An answer of Glacier that is an error; its body has a form of its own."""

    def __init__(self, kind: str, text: str, status: int = 400) -> None:
        super().__init__(kind, text, status)
        self.description = json.dumps({"code": kind, "message": text, "type": "Client"})


def invalid(text: str) -> GlacierError:
    """Return an ``InvalidParameterValueException``."""
    return GlacierError("InvalidParameterValueException", text)


def missing(text: str) -> GlacierError:
    """Return a ``MissingParameterValueException``."""
    return GlacierError("MissingParameterValueException", text)


def not_found(text: str) -> GlacierError:
    """Return a ``ResourceNotFoundException``."""
    return GlacierError("ResourceNotFoundException", text, 404)


def denied(text: str) -> GlacierError:
    """Return an ``AccessDeniedException``."""
    return GlacierError("AccessDeniedException", text, 403)

"""The errors of DynamoDB, with AWS's codes and messages.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "DynamoDBError",
    "condition_failed",
    "invalid_parameters",
    "not_found",
    "resource_in_use",
    "table_not_found",
    "validation",
]

_DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
#: Errors that the web service framework raises before DynamoDB sees the request.
_CORAL = {
    "AccessDeniedException": "com.amazon.coral.service#",
    "SerializationException": "com.amazon.coral.service#",
    "ThrottlingException": "com.amazon.coral.availability#",
    "UnknownOperationException": "com.amazon.coral.service#",
    "ValidationException": "com.amazon.coral.validate#",
}


#: Errors whose body spells ``Message``, where the others spell ``message``.
_CAPITALIZED = {"AccessDeniedException", "SerializationException", "TransactionCanceledException"}


class DynamoDBError(Exception):
    """An answer that is an error: AWS's code and message, and what the body holds besides.

    Parameters
    ----------
    code
        AWS's name of the error, for example ``ConditionalCheckFailedException``.
    message
        AWS's message, to the letter.
    extra
        Further members of the body, for example ``CancellationReasons``.
    """

    status = 400

    def __init__(self, code: str, message: str, **extra: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """Return the body of the answer as AWS writes it."""
        spelled = "Message" if self.code in _CAPITALIZED else "message"
        return {"__type": _CORAL.get(self.code, _DYNAMODB) + self.code, spelled: self.message, **self.extra}


def validation(message: str) -> DynamoDBError:
    """Return a ``ValidationException``."""
    return DynamoDBError("ValidationException", message)


def invalid_parameters(message: str) -> DynamoDBError:
    """Return a ``ValidationException`` on the value of a parameter."""
    return validation(f"One or more parameter values were invalid: {message}")


def not_found(message: str = "Requested resource not found") -> DynamoDBError:
    """Return a ``ResourceNotFoundException``."""
    return DynamoDBError("ResourceNotFoundException", message)


def table_not_found(name: str) -> DynamoDBError:
    """Return what the control plane says of a table that does not exist; the data plane names no table."""
    return not_found(f"Requested resource not found: Table: {name} not found")


def resource_in_use(message: str) -> DynamoDBError:
    """Return a ``ResourceInUseException``."""
    return DynamoDBError("ResourceInUseException", message)


def condition_failed(item: dict[str, Any] | None = None) -> DynamoDBError:
    """Return a ``ConditionalCheckFailedException``, with the item where the request asked for it."""
    extra = {"Item": item} if item else {}
    return DynamoDBError("ConditionalCheckFailedException", "The conditional request failed", **extra)

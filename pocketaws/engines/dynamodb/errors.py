"""The errors of DynamoDB, with AWS's codes and messages.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = [
    "DynamoDBError",
    "condition_failed",
    "counted",
    "invalid_parameters",
    "not_found",
    "resource_in_use",
    "table_not_found",
    "validation",
    "with_new_checks",
]

_Read = TypeVar("_Read")

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
    #: What the operations with AWS's newer checks say instead, where it is not the same.
    newly: str | None = None
    #: Whether it is the request that is at fault, and not what it asks of a table; see :func:`with_new_checks`.
    counts = True

    def __init__(self, code: str, message: str, **extra: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """Return the body of the answer as AWS writes it."""
        spelled = "Message" if self.code in _CAPITALIZED else "message"
        return {"__type": _CORAL.get(self.code, _DYNAMODB) + self.code, spelled: self.message, **self.extra}


def validation(message: str, *, newly: str | None = None, counts: bool = True) -> DynamoDBError:
    """Return a ``ValidationException``.

    Parameters
    ----------
    message
        AWS's message.
    newly
        The message of the operations with AWS's newer checks, where it is another.
    counts
        Whether these count it, as ``1 validation error detected``, where they count.
    """
    error = DynamoDBError("ValidationException", message)
    error.newly, error.counts = newly, counts
    return error


def invalid_parameters(message: str, *, newly: str | None = None) -> DynamoDBError:
    """Return a ``ValidationException`` on the value of a parameter."""
    said = "One or more parameter values were invalid: "
    return validation(said + message, newly=None if newly is None else said + newly)


def counted(message: str) -> str:
    """Return a message as AWS counts it among the errors of a request."""
    return f"1 validation error detected: {message}"


def with_new_checks(read: Callable[..., _Read], *parameters: Any, counting: bool = False) -> _Read:
    """Read a request as the operations do whose checks AWS has renewed; the others word some faults as they always did.

    In 2026 AWS gave PutItem, UpdateItem, DeleteItem (which count what is wrong with a request), GetItem, BatchGetItem
    and Query (which count only a wrong ``Select``, as Scan does) another layer of checks, Region by Region; what comes
    of a table's keys or an item's attributes stays as it was.  Known from moto's tests that are verified on AWS and
    from the answers of AWS that https://github.com/nubo-db/dynamodb-conformance asserts.

    Parameters
    ----------
    read
        What reads the request, without looking at a table.
    *parameters
        What it takes.
    counting
        Whether the operation counts.
    """
    try:
        return read(*parameters)
    except DynamoDBError as error:
        if error.code != "ValidationException":
            raise
        message = error.newly if error.newly is not None else error.message
        raise validation(counted(message) if counting and error.counts else message) from None


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

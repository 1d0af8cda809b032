"""AWS's error codes of DynamoDB, explained."""

from __future__ import annotations

from contextlib import AbstractContextManager

from helpers.errors import TableNotFound, explained

__all__ = ["table_errors"]


def table_errors(table: str) -> AbstractContextManager[None]:
    """Explain what can be wrong with a table, in a ``with`` block."""
    missing = f"There is no table {table!r} in this Region; dynamodb.create_table({table!r}, ...) makes it."
    return explained({"ResourceNotFoundException": TableNotFound(missing)})

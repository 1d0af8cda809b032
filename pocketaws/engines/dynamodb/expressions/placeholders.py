"""The ``#names`` and ``:values`` that a request defines for its expressions."""

from __future__ import annotations

import re
from typing import Any

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.values import AttributeValue, normalize

__all__ = ["Placeholders"]

_ALIAS = re.compile(r"#[A-Za-z0-9_]+\Z")
_VALUE = re.compile(r":[A-Za-z0-9_]+\Z")


class Placeholders:
    """Names and values of one request; remembers which were used.

    Parameters
    ----------
    request
        The request (or the part of it) that holds ``ExpressionAttributeNames`` and ``ExpressionAttributeValues``.

    Raises
    ------
    DynamoDBError
        A name or value is not valid.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        self.names: dict[str, str] | None = request.get("ExpressionAttributeNames")
        self.values: dict[str, AttributeValue] | None = None
        self._used: set[str] = set()
        if self.names is not None:
            _check_keys("ExpressionAttributeNames", self.names, _ALIAS)
        if (raw := request.get("ExpressionAttributeValues")) is not None:
            _check_keys("ExpressionAttributeValues", raw, _VALUE)
            self.values = {key: _checked(key, value) for key, value in raw.items()}

    def name(self, alias: str) -> str | None:
        """Return what a ``#name`` stands for, None if it is not defined."""
        self._used.add(alias)
        return (self.names or {}).get(alias)

    def value(self, placeholder: str) -> AttributeValue | None:
        """Return what a ``:value`` stands for, None if it is not defined."""
        self._used.add(placeholder)
        return (self.values or {}).get(placeholder)

    def check_used(self) -> None:
        """Refuse what no expression used."""
        for parameter, defined in (("Names", self.names), ("Values", self.values)):
            if unused := [key for key in defined or () if key not in self._used]:
                listed = ", ".join(unused)
                raise validation(
                    f"Value provided in ExpressionAttribute{parameter} unused in expressions: keys: {{{listed}}}"
                )


def _check_keys(parameter: str, defined: dict[str, Any], pattern: re.Pattern[str]) -> None:
    if not defined:
        raise validation(f"{parameter} must not be empty")
    for key in defined:
        if not pattern.match(key):
            raise validation(f'{parameter} contains invalid key: Syntax error; key: "{key}"')


def _checked(key: str, value: Any) -> AttributeValue:
    try:
        return normalize(value)
    except DynamoDBError as error:
        raise validation(
            f"ExpressionAttributeValues contains invalid value: {error.message} for key {key}",
            newly=error.message if error.newly is None else error.newly,
            counts=error.counts,
        ) from None

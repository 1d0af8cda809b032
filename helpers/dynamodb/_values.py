"""Python values to DynamoDB's attribute values and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

__all__ = ["deserialize", "serialize"]

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def serialize(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as it travels: ``{"n": 1.5}`` becomes ``{"n": {"N": "1.5"}}``; times become ISO 8601 text."""
    return {name: _serializer.serialize(_storable(value)) for name, value in item.items()}


def deserialize(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as Python has it; numbers as ``int`` where they are whole, else as ``float``."""
    return {name: _plain(_deserializer.deserialize(value)) for name, value in item.items()}


def _storable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _storable(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_storable(held) for held in value]
    if isinstance(value, (set, frozenset)):
        return {_storable(held) for held in value}
    if isinstance(value, datetime):
        return value.isoformat()
    if type(value).__module__ == "numpy":
        value = value.item()
    return Decimal(repr(value)) if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, set):
        return {_plain(held) for held in value}
    if isinstance(value, Binary):
        wrapped: Any = value
        return bytes(wrapped.value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value

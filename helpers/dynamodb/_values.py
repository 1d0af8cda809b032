"""Python values to DynamoDB's attribute values and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

__all__ = ["deserialize", "serialize"]


class _Plain(TypeDeserializer):
    """boto3's, but numbers and bytes become Python's own in place of ``Decimal`` and ``Binary``."""

    def _deserialize_n(self, value: str) -> int | float:
        return int(value) if value.lstrip("-").isdigit() else float(value)

    def _deserialize_b(self, value: bytes) -> bytes:
        return value


_serializer = TypeSerializer()
_deserializer = _Plain()


def serialize(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as it travels: ``{"n": 1.5}`` becomes ``{"n": {"N": "1.5"}}``; times become ISO 8601 text."""
    return {name: _serializer.serialize(_storable(value)) for name, value in item.items()}


def deserialize(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as Python has it; numbers as ``int`` where they are whole, else as ``float``."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


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

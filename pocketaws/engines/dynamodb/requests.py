"""The shape of requests, checked against botocore's own model of DynamoDB, in AWS's words.

What a shape says (required, enumeration, length, range, pattern) is AWS's; how AWS spells a violation was
learned from its answers: ``1 validation error detected: Value 'x' at 'select' failed to satisfy constraint: ...``.
Attribute values are left to :mod:`~pocketaws.engines.dynamodb.values`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.serialization import check_types

__all__ = ["check"]

#: Enumerations that AWS lists in an order of its own.
_ENUM_ORDER = {
    "AttributeAction": "ADD, DELETE, PUT",
    "ScalarAttributeType": "B, N, S",
    "BillingMode": "PROVISIONED, PAY_PER_REQUEST",
    "ComparisonOperator": "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS",
    "ConditionalOperator": "OR, AND",
    "ProjectionType": "ALL, INCLUDE, KEYS_ONLY",
    "ReturnConsumedCapacity": "INDEXES, TOTAL, NONE",
    "ReturnItemCollectionMetrics": "SIZE, NONE",
    "ReturnValue": "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD, NONE",
    "Select": "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES",
}
#: Operations whose missing or malformed table name is reported alone, before anything else.
_DATA_PLANE = {"PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan"}
_TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]+\Z")
_MOST_REPORTED = 10


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@cache
def _input(service: str, operation: str) -> Any:
    return _model(service).operation_model(operation).input_shape


def check(service: str, operation: str, request: Any) -> None:
    """Check a request of an operation.

    Raises
    ------
    DynamoDBError
        ``SerializationException`` where a member has the wrong JSON type, ``ValidationException`` for what violates
        the constraints of the model.
    """
    if not isinstance(request, dict):
        raise DynamoDBError("SerializationException", "Unexpected value type in payload")
    shape = _input(service, operation)
    if shape is None:
        return
    check_types(shape, request)
    if operation in _DATA_PLANE:
        _check_table_name(request.get("TableName"))
    _check_special(operation, request)
    errors: list[str] = []
    members, required = _structure(shape)
    _check_structure(members, required, request, "", errors)
    if errors:
        reported = errors[:_MOST_REPORTED]
        plural = "s" if len(reported) > 1 else ""
        raise validation(f"{len(reported)} validation error{plural} detected: " + "; ".join(reported))


def _check_table_name(name: Any) -> None:
    if name is not None and (name.startswith("arn:") or (0 < len(name) <= 255 and _TABLE_NAME.match(name))):
        return
    if name is None:
        problem = "Member must not be null"
    elif not name:
        problem = "Member must have length greater than or equal to 1"
    elif len(name) > 255:
        problem = "Member must have length less than or equal to 255"
    else:
        problem = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    raise validation(f"1 validation error detected: {_at(name, 'tableName')}{problem}")


def _check_special(operation: str, request: dict[str, Any]) -> None:
    """Raise what AWS reports in other words than the model's."""
    if operation in ("BatchGetItem", "BatchWriteItem"):
        if not request.get("RequestItems"):
            raise validation(f"The requestItems parameter is required for {operation}")
        _check_batch(operation, request["RequestItems"])
    elif operation == "Query" and request.get("Limit") is not None and request["Limit"] < 1:
        raise validation(
            "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        )
    elif (
        operation in ("CreateTable", "DescribeTable", "DeleteTable", "UpdateTable") and request.get("TableName") is None
    ):
        raise validation("The parameter 'TableName' is required but was not present in the request")


def _check_batch(operation: str, tables: Any) -> None:
    for name, part in tables.items():
        if operation == "BatchWriteItem" and not 1 <= len(part) <= 25:
            raise validation(
                f"1 validation error detected: {_at(tables, 'requestItems')}Map value must satisfy constraint: "
                "[Member must have length less than or equal to 25, Member must have length greater than or equal to 1]"
            )
        if operation == "BatchGetItem" and len(part.get("Keys") or ()) > 100:
            raise validation(
                f"1 validation error detected: Value at 'RequestItems.{name}.member.Keys' failed to satisfy "
                "constraint: Member must have length less than or equal to 100"
            )


def _check_structure(
    members: dict[str, Shape], required: frozenset[str], value: dict[str, Any], path: str, errors: list[str]
) -> None:
    for name, shape in members.items():
        held = value.get(name)
        here = f"{path}{name[0].lower()}{name[1:]}"
        if held is not None:
            _check(shape, held, here, errors)
        elif name in required:
            errors.append(_at(None, here) + "Member must not be null")


@cache
def _structure(shape: Any) -> tuple[dict[str, Shape], frozenset[str]]:
    return dict(shape.members), frozenset(shape.required_members)


def _check(shape: Any, value: Any, path: str, errors: list[str]) -> None:
    kind = shape.type_name
    if kind == "string":
        _check_string(shape, value, path, errors)
    elif kind in ("integer", "long"):
        _check_number(shape, value, path, errors)
    elif kind == "structure":
        if shape.name != "AttributeValue":
            members, required = _structure(shape)
            _check_structure(members, required, value, path + ".", errors)
    elif kind == "list":
        _check_length(shape, value, path, errors)
        if shape.member.name != "AttributeValue":
            for position, element in enumerate(value, 1):
                _check(shape.member, element, f"{path}.{position}.member", errors)
    elif kind == "map" and shape.value.name != "AttributeValue":
        _check_length(shape, value, path, errors)
        for key, element in value.items():
            _check(shape.value, element, f"{path}.{key}.member", errors)


def _check_string(shape: Shape, value: str, path: str, errors: list[str]) -> None:
    if choices := getattr(shape, "enum", None):
        if value not in choices:
            listed = _ENUM_ORDER.get(shape.name) or ", ".join(choices)
            errors.append(f"{_at(value, path)}Member must satisfy enum value set: [{listed}]")
        return
    _check_length(_model_limits(shape, path), value, path, errors)
    pattern = shape.metadata.get("pattern") or (
        path == "tableName" and not value.startswith("arn:") and _TABLE_NAME.pattern[:-2]
    )
    if pattern and not re.fullmatch(pattern, value):
        errors.append(f"{_at(value, path)}Member must satisfy regular expression pattern: {pattern}")


class _Limits:
    """The limits of a table's name, where the model has those of an ARN."""

    metadata: dict[str, int] = {"min": 3, "max": 255}  # noqa: RUF012


def _model_limits(shape: Shape, path: str) -> Any:
    return _Limits if path == "tableName" and shape.name == "TableArn" else shape


def _check_length(shape: Any, value: Any, path: str, errors: list[str]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if path == "tableName" and value.startswith("arn:"):
        high = 1024
    if path == "keySchema":
        high = 2
    if low is not None and len(value) < low:
        errors.append(f"{_at(value, path)}Member must have length greater than or equal to {low}")
    if high is not None and len(value) > high:
        errors.append(f"{_at(value, path)}Member must have length less than or equal to {high}")


def _check_number(shape: Shape, value: int, path: str, errors: list[str]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        errors.append(f"{_at(value, path)}Member must have value greater than or equal to {low}")
    if high is not None and value > high:
        errors.append(f"{_at(value, path)}Member must have value less than or equal to {high}")


def _at(value: Any, path: str) -> str:
    shown = "null" if value is None else f"'{_shown(value, path)}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: "


def _shown(value: Any, path: str = "") -> str:
    """Return a value as AWS's messages print it."""
    if isinstance(value, list):
        return "[" + ", ".join(_shown(element, path) for element in value) + "]"
    if isinstance(value, dict):
        if set(value) == {"AttributeName", "KeyType"}:
            return f"KeySchemaElement(attributeName={value['AttributeName']}, keyType={value['KeyType']})"
        return "{" + ", ".join(f"{key}={_shown(element)}" for key, element in value.items()) + "}"
    return str(value)

"""Any operation of any service by the names that Step Functions and EventBridge Scheduler use: ``sqs:sendMessage``.

Fields are those of the API with a capital first letter, in requests and in answers.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from botocore.exceptions import UnknownServiceError

from pocketaws import calls

__all__ = ["FieldUnknown", "call", "operation_of"]

#: Their name of a service -> boto3's, where it is another one.
_BOTO = {
    "cloudwatchlogs": "logs",
    "elasticmapreduce": "emr",
    "eventbridge": "events",
    "emrserverless": "emr-serverless",
    "sfn": "stepfunctions",
    "states": "stepfunctions",
}


class FieldUnknown(Exception):
    """A request has a field that the operation does not have."""


def operation_of(service: str, action: str) -> tuple[str, str] | None:
    """Return boto3's name of a service and the API's of an action; None if there is none such.

    Parameters
    ----------
    service, action
        As a resource names them, for example ``"glue"`` and ``"startJobRun"``.
    """
    name = _BOTO.get(service, service)
    try:
        known = calls.model(name, "us-east-1", "123456789012").operation_names
    except UnknownServiceError:
        return None
    found = next((each for each in known if each.lower() == action.lower()), None)
    return (name, found) if found else None


def call(service: str, action: str, request: Any, *, region: str, account: str) -> dict[str, Any]:
    """Call an action and return its answer in the names with capital letters.

    Raises
    ------
    CallFailed
        AWS answers with an error.
    FieldUnknown
        The request names a field that there is not.
    """
    found = operation_of(service, action)
    if found is None:
        raise FieldUnknown(f"{service}:{action} is not known")
    name, operation = found
    model = calls.model(name, region, account).operation_model(operation)
    parameters = _to_request(model.input_shape, request or {}, "") if model.input_shape else {}
    answer = calls.call(name, operation, parameters, region=region, account=account)
    return _from_answer(model.output_shape, answer) if model.output_shape else {}


def _to_request(shape: Any, value: Any, where: str) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {
            (member := _member(shape, name, where)): _to_request(shape.members[member], each, f"{where}{name}.")
            for name, each in value.items()
        }
    if kind == "list" and isinstance(value, list):
        return [_to_request(shape.member, each, where) for each in value]
    if kind == "map" and isinstance(value, dict):
        return {name: _to_request(shape.value, each, f"{where}{name}.") for name, each in value.items()}
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))
    if kind == "blob":
        return value.encode() if isinstance(value, str) else json.dumps(value, separators=(",", ":")).encode()
    return value


def _member(shape: Any, name: str, where: str) -> str:
    for member in shape.members:
        if name in (member, _capital(member)):
            return str(member)
    known = ", ".join(sorted(map(_capital, shape.members)))
    raise FieldUnknown(f'The field "{where}{name}" is not known; there are {known}')


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _from_answer(shape: Any, value: Any) -> Any:
    if value is None:
        return None
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {_capital(name): _from_answer(members[name], each) for name, each in value.items() if name in members}
    if kind == "list":
        return [_from_answer(shape.member, each) for each in value]
    if kind == "map":
        return {name: _from_answer(shape.value, each) for name, each in value.items()}
    if kind == "timestamp":
        return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
    if kind == "blob":
        content = value.read() if hasattr(value, "read") else value
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    return value

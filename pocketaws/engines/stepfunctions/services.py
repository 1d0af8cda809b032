"""Calls of AWS services by the names of the Amazon States Language; their errors become failures of states."""

from __future__ import annotations

from typing import Any

from pocketaws import calls, integrations
from pocketaws.engines.stepfunctions.errors import StateFailed, runtime

__all__ = ["call"]

#: How errors of a service begin, where that is not its name with a capital letter.
_ERRORS = {
    "dynamodb": "DynamoDB",
    "emr-serverless": "EMRServerless",
    "emrserverless": "EmrServerless",
    "elasticmapreduce": "ElasticMapReduce",
    "eventbridge": "EventBridge",
    "states": "StepFunctions",
}


def call(service: str, action: str, request: Any, region: str, account: str) -> dict[str, Any]:
    """Call an action with the fields of a state and return its answer in the language's names.

    Raises
    ------
    StateFailed
        AWS answers with an error: ``Glue.EntityNotFoundException``.
    """
    try:
        return integrations.call(service, action, request, region=region, account=account)
    except integrations.FieldUnknown as error:
        raise runtime(f"{error}; it is not supported by Step Functions") from None
    except calls.CallFailed as error:
        prefix = _ERRORS.get(service, service[:1].upper() + service[1:])
        code = error.code if error.code.endswith(("Exception", "Error")) else f"{error.code}Exception"
        told = f"{error.message} (Service: {prefix}, Status Code: {error.status})"
        raise StateFailed(f"{prefix}.{code}", told) from None

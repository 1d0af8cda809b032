"""Who may do what: moto's check of signatures and policies, asked about Athena's actions and resources.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
"""

from __future__ import annotations

import json
from typing import Any

from pocketaws.engines.athena.errors import AthenaError

__all__ = ["authorize"]

#: Operations on a query, which belongs to the work group it ran in.
_ON_QUERIES = (
    "GetQueryExecution", "GetQueryResults", "StopQueryExecution", "GetQueryRuntimeStatistics", "BatchGetQueryExecution",
)  # fmt: skip
_ANY = ("ListDataCatalogs", "ListEngineVersions", "ListWorkGroups")


def authorize(handler: Any, operation: str) -> None:
    """Have moto check the signature and the policies of a request.

    Raises
    ------
    AthenaError
        The key is unknown, the signature is wrong, or no policy allows the action.
    """
    from moto.core.exceptions import _RESTError
    from moto.iam.access_control import IAMRequest

    try:
        request = json.loads(handler.body or "{}")
    except ValueError:
        request = {}
    arn = _resource(handler, operation, request)
    try:
        handler._authenticate_and_authorize_action(
            lambda **arguments: IAMRequest(**{**arguments, "action": operation}), arn
        )
    except _RESTError as refusal:
        raise _refusal(refusal, operation, arn) from None


def _resource(handler: Any, operation: str, request: dict[str, Any]) -> str:
    from pocketaws.engines.athena.state import accounts

    prefix = f"arn:{handler.partition}:athena:{handler.region}:{handler.current_account}:"
    if "ResourceARN" in request:
        return str(request["ResourceARN"])
    if operation in _ANY:
        return "*"
    if catalog := request.get("CatalogName"):
        return f"{prefix}datacatalog/{catalog}"
    if operation in _ON_QUERIES:
        known = accounts[handler.current_account][handler.region].executions.get(request.get("QueryExecutionId", ""))
        return f"{prefix}workgroup/{known.work_group.name if known else '*'}"
    named = request.get("WorkGroup") or (request.get("Name") if operation.endswith("WorkGroup") else None)
    return f"{prefix}workgroup/{named or 'primary'}"


def _refusal(refusal: Any, operation: str, arn: str) -> AthenaError:
    if refusal.error_type == "InvalidClientTokenId":
        return AthenaError("UnrecognizedClientException", "The security token included in the request is invalid.")
    if refusal.error_type == "SignatureDoesNotMatch":
        return AthenaError(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
        )
    who = str(refusal.message).split(" is not authorized")[0]
    reason = f"because no identity-based policy allows the athena:{operation} action"
    message = f"You are not authorized to perform: athena:{operation} on the resource. {who} is not authorized to "
    return AthenaError("AccessDeniedException", f"{message}perform: athena:{operation} on resource: {arn} {reason}")

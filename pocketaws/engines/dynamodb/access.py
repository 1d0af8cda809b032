"""Who may do what: moto's check of signatures and policies, asked about the right actions and resources.

A transaction needs the permission of each of its actions, a batch that of each of its tables, PartiQL has
actions of its own, and a read of an index names the index.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.streams import stream_of

__all__ = ["authorize", "permissions"]

_TRANSACT = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_STATEMENT = re.compile(
    r"\s*(?:EXISTS\s*\(\s*)?(SELECT|INSERT|UPDATE|DELETE)\b(?:.*?\b(?:FROM|INTO)\b)?\s*\"?([A-Za-z0-9_.-]+)\"?(?:\.\"?([A-Za-z0-9_.-]+)\"?)?",
    re.IGNORECASE | re.DOTALL,
)
#: Where a request names what it is about, in order of preference.
_NAMED = (
    "TableName",
    "TableArn",
    "ResourceArn",
    "StreamArn",
    "BackupArn",
    "ExportArn",
    "ImportArn",
    "SourceTableArn",
    "SourceTableName",
)
#: moto's name of a refusal -> DynamoDB's code and message.
_REFUSALS = {
    "InvalidClientTokenId": ("UnrecognizedClientException", "The security token included in the request is invalid."),
    "SignatureDoesNotMatch": (
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
    ),
}


def permissions(operation: str, request: Any) -> list[tuple[str, str]]:
    """Return the (action, resource) pairs that a request needs; resources as in ``table/Orders``, ``*`` for any.

    Examples
    --------
    >>> permissions("Query", {"TableName": "Orders", "IndexName": "ByDay"})
    [('Query', 'table/Orders/index/ByDay')]
    """
    if not isinstance(request, dict):
        return [(operation, "*")]
    if operation in ("TransactWriteItems", "TransactGetItems"):
        pairs = [pair for entry in request.get("TransactItems") or () for pair in _action(entry)]
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        pairs = [(operation, _table(name)) for name in request.get("RequestItems") or ()]
    elif operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"):
        statements = request.get("Statements") or request.get("TransactStatements") or [request]
        pairs = [_statement(entry.get("Statement") or "") for entry in statements]
    else:
        resource = next((request[name] for name in _NAMED if request.get(name)), stream_of(request))
        index = f"/index/{request['IndexName']}" if request.get("IndexName") else ""
        pairs = [(operation, _table(resource) + index if resource else "*")]
    return list(dict.fromkeys(pairs)) or [(operation, "*")]


def _table(name: Any) -> str:
    text = str(name)
    return text.split(":", 5)[-1] if text.startswith("arn:") else f"table/{text}"


def _action(entry: Any) -> list[tuple[str, str]]:
    if not isinstance(entry, dict):
        return []
    return [
        (_TRANSACT[kind], _table(body.get("TableName")))
        for kind, body in entry.items()
        if kind in _TRANSACT and isinstance(body, dict)
    ]


def _statement(text: str) -> tuple[str, str]:
    match = _STATEMENT.match(text)
    if match is None:
        return "PartiQLSelect", "*"
    verb, table, index = match.groups()
    return f"PartiQL{verb.title()}", f"table/{table}" + (f"/index/{index}" if index else "")


def authorize(handler: Any, operation: str, body: bytes) -> None:
    """Have moto check the signature and the policies of a request.

    Raises
    ------
    DynamoDBError
        The key is unknown, the signature is wrong, or a policy does not allow an action.
    """
    from moto.core.exceptions import _RESTError
    from moto.iam.access_control import IAMRequest

    try:
        request = json.loads(body or b"{}")
    except ValueError:
        request = {}
    prefix = f"arn:{handler.partition}:dynamodb:{handler.region}:{handler.current_account}:"
    for action, resource in permissions(operation, request):
        arn = resource if resource == "*" else prefix + resource

        def iam_request(named: str = action, **arguments: Any) -> Any:
            return IAMRequest(**{**arguments, "action": named})

        try:
            handler._authenticate_and_authorize_action(iam_request, arn)
        except _RESTError as refusal:
            raise _refusal(refusal, action, arn) from None


def _refusal(refusal: Any, action: str, arn: str) -> DynamoDBError:
    if refusal.error_type in _REFUSALS:
        code, message = _REFUSALS[refusal.error_type]
        return DynamoDBError(code, message)
    reason = f"because no identity-based policy allows the dynamodb:{action} action"
    who = str(refusal.message).split(" is not authorized")[0]
    message = f"{who} is not authorized to perform: dynamodb:{action} on resource: {arn} {reason}"
    return DynamoDBError("AccessDeniedException", message)

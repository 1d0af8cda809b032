"""The switch that turns on IAM: off, every request is allowed; on, policies decide, as on AWS.

S3, DynamoDB and the queries of Athena decide by action and resource.  Of the other services moto does not tell which
resource a request is about; for these a policy's actions decide: an Allow for some resource allows, a Deny for some
resource does not refuse.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.session import get_session
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import JsonRESTError
from werkzeug.exceptions import HTTPException

from pocketaws.unsupported import protocol

__all__ = ["allows", "enforce", "is_enforced", "is_trusted", "trusted", "untrusted"]

#: moto's refusals, which are XML, by the names they have in services that speak JSON.
_IN_JSON = {
    "AccessDenied": "AccessDeniedException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
_ask = ActionAuthenticatorMixin._authenticate_and_authorize_normal_action
_check = ActionAuthenticatorMixin._authenticate_and_authorize_action


#: Operations whose action has another name than moto thinks.
_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeAsync": "lambda:InvokeFunction",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}


def _action(named: str) -> str:
    """Return the action of an operation; moto knows those of Batch in small letters only."""
    service, _, operation = named.partition(":")
    if service == "batch":
        names = get_session().get_service_model("batch").operation_names
        return f"batch:{next((name for name in names if name.lower() == operation), operation)}"
    if service == "iotdata":  # what it signs with
        return f"iot:{operation}"
    return _ACTIONS.get(named, named)


class _Unnamed(str):
    """The resource of a request when moto does not say which."""


def enforce(wanted: bool) -> None:
    """Enforce the policies of IAM users and roles from the next request on, or stop enforcing them.

    The key pair of pocketaws itself is nobody's, so it is refused while policies are enforced; make a
    user with an access key first.

    Parameters
    ----------
    wanted
        Whether requests need a policy that allows them.
    """
    if wanted:
        _change_moto()
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if wanted else sys.maxsize
    ActionAuthenticatorMixin.request_count = 0


def is_enforced() -> bool:
    """Whether policies decide."""
    return bool(settings.INITIAL_NO_AUTH_ACTION_COUNT == 0)


def allows(role: str, action: str, resource: str) -> bool:
    """Whether the policies of a role allow an action.

    Parameters
    ----------
    role
        Its ARN.
    action
        For example ``"sqs:ReceiveMessage"``.
    resource
        The ARN of what is acted on.
    """
    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.iam.models import iam_backends

    backend, name = iam_backends[role.split(":")[4]]["aws"], role.rpartition("/")[2]
    policies = [backend.get_role_policy(name, each)[1] for each in backend.list_role_policies(name)]
    policies += backend.list_attached_role_policies(name)[0]
    answers = {IAMPolicy(each).is_action_permitted(action, resource) for each in policies}
    return PermissionResult.PERMITTED in answers and PermissionResult.DENIED not in answers


class _Trust(threading.local):
    """How many calls deep this thread works for a service of AWS."""

    depth = 0


_trust = _Trust()


@contextmanager
def trusted() -> Iterator[None]:
    """Let requests that this thread makes pass: a service calls another in the name of a role."""
    _trust.depth += 1
    try:
        yield
    finally:
        _trust.depth -= 1


@contextmanager
def untrusted() -> Iterator[None]:
    """Let policies decide on requests that this thread makes, whatever it is in the middle of."""
    depth, _trust.depth = _trust.depth, 0
    try:
        yield
    finally:
        _trust.depth = depth


def is_trusted() -> bool:
    """Whether this thread works for a service of AWS."""
    return _trust.depth > 0


def _check_unless_trusted(handler: Any, iam_request_cls: type, resource: str = "*") -> None:
    if not is_trusted():
        _check(handler, iam_request_cls, resource)


def _authorize(handler: Any, resource: str = "*") -> None:
    try:
        _ask(handler, _Unnamed("*") if resource == "*" else resource)
    except HTTPException as refused:
        name = getattr(refused, "error_type", "")
        if name in _IN_JSON and protocol(handler.headers) == "json":
            ours = JsonRESTError(_IN_JSON[name], refused.message)  # type: ignore[attr-defined]
            ours.code = 403 if handler.headers.get("X-Amz-Target") is None else ours.code  # REST services answer 403
            raise ours from refused
        raise


@cache
def _change_moto() -> None:
    """Let moto ask us; once, and not before it is needed, because moto's IAM takes long to import."""
    from moto.iam.access_control import IAMPolicyStatement, IAMRequestBase

    matches, signed = IAMPolicyStatement._check_element_matches, IAMRequestBase._create_aws_request

    def check_element_matches(statement: Any, element: str, value: str) -> bool:
        if element == "Resource" and isinstance(value, _Unnamed) and statement._statement["Effect"] == "Allow":
            return True
        return bool(matches(statement, element, value))

    def create_aws_request(request: Any) -> Any:
        """Sign an empty body as empty, where moto takes the query or the headers for it; forms are no bodies."""
        kept = request._data
        request._data = kept if request._body or protocol(request._headers) == "query" else {}
        try:
            return signed(request)
        finally:
            request._data = kept

    IAMPolicyStatement._check_element_matches = check_element_matches
    IAMRequestBase._create_aws_request = create_aws_request
    permitted = IAMRequestBase.check_action_permitted

    def check_action_permitted(request: Any, resource: str) -> None:
        request._action = _action(request._action)
        permitted(request, resource)

    IAMRequestBase.check_action_permitted = check_action_permitted
    ActionAuthenticatorMixin._authenticate_and_authorize_normal_action = _authorize
    ActionAuthenticatorMixin._authenticate_and_authorize_action = _check_unless_trusted

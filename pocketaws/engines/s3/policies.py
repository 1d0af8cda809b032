"""Bucket policies: read, validated, and decided by.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (what is public)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pocketaws.engines.s3.conditions import OPERATORS, as_list, base_operator, holds, like
from pocketaws.engines.s3.errors import S3Error
from pocketaws.engines.s3.identity import Caller

__all__ = ["Decision", "Policy", "decide", "is_public", "read"]

Decision = Literal["Allow", "Deny"]
_MAX_BYTES = 20_480
_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_ROOT = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):root|(\d{12})")
#: A statement limited to fixed values of these keys is not public.
_NARROWING = {
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:principalorgid",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:userid",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
}


@dataclass(frozen=True)
class Policy:
    """A valid policy: its text, and its statements."""

    text: str
    statements: tuple[dict[str, Any], ...]


def _malformed(message: str, **fields: object) -> S3Error:
    return S3Error("MalformedPolicy", message, 400, **fields)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def read(text: str, bucket_name: str) -> Policy:
    """Read the policy of a bucket.

    Raises
    ------
    S3Error
        MalformedPolicy, with AWS's message.
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    if len(text.encode()) > _MAX_BYTES:
        raise _malformed(f"Policies may not be larger than {_MAX_BYTES} bytes")
    if document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise _malformed("The policy must contain a valid version string")
    if unknown := set(document) - {"Version", "Id", "Statement"}:
        raise _malformed(f"Unknown field {min(unknown)}")
    if "Statement" not in document:
        raise _malformed("Missing required field Statement")
    statements = as_list(document["Statement"])
    if not statements:
        raise _malformed("Could not parse the policy: Statement is empty!")
    for statement in statements:
        _validate(statement, bucket_name)
    return Policy(text, tuple(statements))


def _validate(statement: Any, bucket_name: str) -> None:
    if not isinstance(statement, dict):
        raise _malformed("Invalid policy syntax.")
    if unknown := set(statement) - _ELEMENTS:
        raise _malformed(f"Unknown field {min(unknown)}")
    for name in ("Effect", "Principal", "Action", "Resource"):
        if name not in statement and f"Not{name}" not in statement:
            raise _malformed(f"Missing required field {name}")
        if name in statement and f"Not{name}" in statement:
            raise _malformed("Invalid policy syntax.")
    if statement["Effect"] not in ("Allow", "Deny"):
        raise _malformed(f"Invalid effect: {statement['Effect']}")
    _validate_principal(statement.get("Principal", statement.get("NotPrincipal")))
    actions = _validate_actions(statement)
    resources = _validate_resources(statement, bucket_name)
    if "Action" in statement and "Resource" in statement and not _agree(actions, resources):
        raise _malformed("Action does not apply to any resource(s) in statement")
    _validate_condition(statement.get("Condition", {}))


def _validate_principal(principal: Any) -> None:
    if principal == "*":
        return
    if (
        not isinstance(principal, dict)
        or not principal
        or set(principal) - {"AWS", "Service", "Federated", "CanonicalUser"}
    ):
        raise _malformed("Invalid principal in policy")
    for each in as_list(principal.get("AWS", "*")):
        if each != "*" and not (
            _ROOT.fullmatch(str(each)) or re.fullmatch(r"arn:aws[\w-]*:(iam|sts)::\d{12}:\S+", str(each))
        ):
            raise _malformed("Invalid principal in policy", Detail=f'"AWS" : "{each}"')


def _validate_actions(statement: Mapping[str, Any]) -> list[str]:
    actions = as_list(statement.get("Action", statement.get("NotAction")))
    if not actions or not all(isinstance(a, str) and re.fullmatch(r"\*|s3:[\w*?]+", a, re.IGNORECASE) for a in actions):
        raise _malformed("Policy has invalid action")
    return actions


def _validate_resources(statement: Mapping[str, Any], bucket_name: str) -> list[str]:
    resources = as_list(statement.get("Resource", statement.get("NotResource")))
    ours = f"arn:aws:s3:::{bucket_name}"
    for each in resources:
        name = str(each).partition("/")[0]
        if not isinstance(each, str) or (each != "*" and not like(name, ours)):
            raise _malformed("Policy has invalid resource")
    if not resources:
        raise _malformed("Policy has invalid resource")
    return resources


_ON_BUCKETS = re.compile(r"s3:(\w*Bucket\w*|\w*Configuration|GetObjectLockConfiguration)", re.IGNORECASE)


def _agree(actions: list[str], resources: list[str]) -> bool:
    """Whether each action is meant for one of the resources: objects for objects, buckets for buckets."""

    def applies(action: str, resource: str) -> bool:
        if "*" in action or "?" in action or resource == "*" or ("/" not in resource and resource.endswith("*")):
            return True
        return bool(_ON_BUCKETS.fullmatch(action)) != ("/" in resource)

    return all(any(applies(action, resource) for resource in resources) for action in actions)


def _validate_condition(condition: Any) -> None:
    if not isinstance(condition, dict):
        raise _malformed("Invalid policy syntax.")
    for operator, tests in condition.items():
        if base_operator(operator) not in OPERATORS:
            raise _malformed(f"Invalid Condition type : {operator}")
        if not isinstance(tests, dict) or not all(
            re.fullmatch(r"(aws|s3|kms|sts|jwt|saml):\S+", k, re.IGNORECASE) for k in tests
        ):
            raise _malformed("Policy has an invalid condition key")


def decide(policy: Policy, caller: Caller, action: str, arn: str, context: Mapping[str, list[str]]) -> Decision | None:
    """Return what a policy says of an action: "Deny", "Allow", or None when it says nothing."""
    allowed: Decision | None = None
    for statement in policy.statements:
        if _speaks_of(statement, caller, action, arn) and holds(statement.get("Condition", {}), context):
            if statement["Effect"] == "Deny":
                return "Deny"
            allowed = "Allow"
    return allowed


def _speaks_of(statement: Mapping[str, Any], caller: Caller, action: str, arn: str) -> bool:
    def matches(element: str, test: Any) -> bool:
        if element in statement:
            return any(test(each) for each in as_list(statement[element]))
        return not any(test(each) for each in as_list(statement[f"Not{element}"]))

    return (
        matches("Action", lambda pattern: like(pattern.lower(), action.lower()))
        and matches("Resource", lambda pattern: like(pattern, arn))
        and _is_for(statement, caller)
    )


def _is_for(statement: Mapping[str, Any], caller: Caller) -> bool:
    if "Principal" in statement:
        return any(_is_principal(each, caller) for each in _principals(statement["Principal"]))
    return not any(_is_principal(each, caller) for each in _principals(statement["NotPrincipal"]))


def _principals(element: Any) -> Iterator[str]:
    if isinstance(element, str):
        yield element
    else:
        yield from as_list(element.get("AWS", []))


def _is_principal(named: str, caller: Caller) -> bool:
    if named == "*":
        return True
    if caller.is_anonymous:
        return False
    if whole_account := _ROOT.fullmatch(named):
        return caller.account in whole_account.groups()
    return named in (caller.arn, caller.role)


def is_public(policy: Policy) -> bool:
    """Whether a policy lets just anybody in, by the rule of Block Public Access."""
    return any(
        statement["Effect"] == "Allow"
        and ("NotPrincipal" in statement or "*" in _principals(statement["Principal"]))
        and not _is_narrowed(statement.get("Condition", {}).items())
        for statement in policy.statements
    )


def _is_narrowed(tests: Iterable[tuple[str, Mapping[str, Any]]]) -> bool:
    return any(
        operator in ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "IpAddress")
        and key.lower() in _NARROWING
        and not any("*" in str(each) or "?" in str(each) or str(each).endswith("/0") for each in as_list(wanted))
        for operator, keys in tests
        for key, wanted in keys.items()
    )

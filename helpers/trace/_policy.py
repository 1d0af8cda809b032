"""From calls to the smallest IAM policy that allows them.

Names that end in the eight hex digits of
``session.unique_name`` become a pattern, and account and Region a ``*``, so one policy fits every student.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from helpers.trace import _queries
from helpers.trace._actions import (
    ACCOUNT_WIDE,
    ALL_OF,
    ARNS,
    EXPORT,
    NAMED,
    PARTIQL,
    PARTIQL_TABLE,
    PREFIXES,
    RENAMED,
    RESTORE,
    S3_ACTIONS,
    S3_FURTHER,
    S3_VERSIONED,
    SHAPES,
    TRANSACTIONS,
)

__all__ = ["Permission", "document", "permissions", "resource_name"]

#: An IAM action and the ARN it needs.
Permission = tuple[str, str]


def resource_name(service: str, params: dict[str, Any]) -> str:
    """Return what a call acts on, for people: ``bucket/key``, ``table/index``, a queue's name."""
    if service == "s3":
        return "/".join(str(params[name]) for name in ("Bucket", "Key") if name in params)
    name = next((str(params[each]) for each in NAMED.get(service, ()) if each in params), "")
    if service == "dynamodb" and not name:
        name = ", ".join(dict.fromkeys(table.partition("/index/")[0] for _, table in _parts(params)))
    if service == "sqs":
        name = name.rpartition("/")[2]
    return f"{name}/{params['IndexName']}" if service == "dynamodb" and "IndexName" in params else name


def permissions(service: str, operation: str, params: dict[str, Any], answer: dict[str, Any]) -> tuple[Permission, ...]:
    """Return what IAM must allow for one call."""
    if service == "sts":
        return ()  # who am I needs no permission
    needed = {"s3": _s3, "batch": _batch, "dynamodb": _dynamodb, "iot-data": _topic}.get(service, _other)(
        service, operation, params
    )
    inner = _inner_roles(params) if service in ("firehose", "iot") else ()
    if service in ("athena", "glue"):
        inner = _queries.places(service, operation, params)
    if service == "athena" and operation == "StartQueryExecution":
        needed = chain(needed, _queries.permissions(params))
    return (*needed, *_keys(service, answer, reads=operation.startswith("Get")), *_passed_roles(params), *inner)


def document(permissions: Iterable[Permission]) -> dict[str, Any]:
    """Put permissions together to a policy document, one statement a set of resources, sorted."""
    resources: dict[str, set[str]] = {}
    for action, arn in _queries.settled(permissions):
        resources.setdefault(action, set()).add(_general(arn))
    statements: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(resources):
        statements.setdefault(tuple(sorted(resources[action])), []).append(action)
    rows = [{"Effect": "Allow", "Action": actions, "Resource": list(arns)} for arns, actions in statements.items()]
    return {"Version": "2012-10-17", "Statement": rows}


def _s3(_: str, operation: str, params: dict[str, Any]) -> Iterator[Permission]:
    bucket = params.get("Bucket")
    acts_on_objects = "Key" in params or operation == "DeleteObjects"
    arn = f"arn:aws:s3:::{bucket}{'/*' if acts_on_objects else ''}" if bucket else "*"
    action = S3_ACTIONS.get(operation, operation)
    entries = params["Delete"].get("Objects", []) if operation == "DeleteObjects" else [params]
    for entry in entries:
        yield f"s3:{_versioned(action, entry)}", arn
    for parameter, further in S3_FURTHER.items():
        if params.get(parameter):
            yield f"s3:{further}", arn
    if params.get("ObjectLockEnabledForBucket"):
        yield from (("s3:PutBucketObjectLockConfiguration", arn), ("s3:PutBucketVersioning", arn))
    if source := params.get("CopySource"):
        from_bucket, version = _source(source)
        yield f"s3:{_versioned('GetObject', {'VersionId': version})}", f"arn:aws:s3:::{from_bucket}/*"


def _source(source: str | dict[str, str]) -> tuple[str, str]:
    """Return bucket and version id of the object that a copy reads."""
    if isinstance(source, dict):
        return source["Bucket"], source.get("VersionId", "")
    path, _, version = source.lstrip("/").partition("?versionId=")
    return path.partition("/")[0], version


def _versioned(action: str, entry: dict[str, Any]) -> str:
    if not (entry.get("VersionId") and action in S3_VERSIONED):
        return action
    return action.replace("Object", "ObjectVersion", 1)


def _dynamodb(service: str, operation: str, params: dict[str, Any]) -> Iterator[Permission]:
    parts = list(_parts(params))
    for action, table in parts:
        yield f"dynamodb:{action or operation}", ARNS["dynamodb"].format(table)
    if not parts:
        yield from _other(service, operation, params)
    if index := params.get("IndexName"):
        yield f"dynamodb:{operation}", ARNS["dynamodb"].format(f"{_table(params['TableName'])}/index/{index}")
    if source := params.get("SourceTableName"):
        yield f"dynamodb:{operation}", ARNS["dynamodb"].format(source)
    if target := params.get("TargetTableName"):
        arn = ARNS["dynamodb"].format(target)
        yield from ((f"dynamodb:{action}", arn) for action in (operation, *RESTORE))
    if bucket := params.get("S3Bucket"):
        yield from ((f"s3:{action}", f"arn:aws:s3:::{bucket}/*") for action in EXPORT)


def _parts(params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the action (empty: the operation's own) and table of each part of a batch, transaction or statement."""
    for table in params.get("RequestItems", ()):
        yield "", _table(table)
    for item in params.get("TransactItems", ()):
        for verb, request in item.items():
            yield TRANSACTIONS.get(verb, ""), _table(request["TableName"])
    statements = [params, *params.get("Statements", ()), *params.get("TransactStatements", ())]
    for text in (each.get("Statement", "") for each in statements):
        if found := PARTIQL_TABLE.search(text):
            index = f"/index/{found[2]}" if found[2] else ""
            yield PARTIQL.get(text.split()[0].upper(), ""), found[1] + index


def _other(service: str, operation: str, params: dict[str, Any]) -> Iterator[Permission]:
    action = f"{PREFIXES.get(service, service)}:{RENAMED.get((service, operation), operation)}"
    parameter = next((each for each in NAMED.get(service, ()) if each in params), "")
    given, shape = str(params.get(parameter, "")), SHAPES.get((service, parameter))
    if service == "iam" and given and not given.startswith("arn:"):
        kind = "user" if "UserName" in params else "role" if "RoleName" in params else "policy"
        yield action, f"arn:aws:iam::*:{kind}/{given}"
    elif operation in ACCOUNT_WIDE or not (given or service in ALL_OF):
        yield action, "*"
    elif shape and not given.startswith("arn:"):
        yield action, shape.format(given)
    elif given.startswith("arn:") or not given or service not in ARNS:
        yield action, given or ALL_OF[service]
    else:
        yield action, ARNS[service].format(given.rpartition("/")[2])


def _batch(service: str, operation: str, params: dict[str, Any]) -> Iterator[Permission]:
    """Yield the action on each thing of Batch that a call names: a job needs a queue and a definition."""
    named = [each for each in NAMED[service] if each in params] or [""]
    for parameter in named:
        yield from _other(service, operation, {parameter: params[parameter]} if parameter else {})


def _topic(_: str, operation: str, params: dict[str, Any]) -> Iterator[Permission]:
    """Yield the right to publish below the first level of a topic, or to a rule."""
    topic = str(params.get("topic", ""))
    levels = topic.split("/")
    stem = "/".join(levels[:3] if topic.startswith("$aws/rules/") else levels[:1])
    yield f"iot:{operation}", f"arn:aws:iot:*:*:topic/{stem}{'/*' if stem != topic else ''}"


def _inner_roles(value: Any) -> Iterator[Permission]:
    """Yield the right to hand on the roles that stand anywhere inside a request."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.lower() == "rolearn":
                yield "iam:PassRole", str(inner)
            else:
                yield from _inner_roles(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _inner_roles(inner)


def _keys(service: str, answer: dict[str, Any], *, reads: bool) -> Iterator[Permission]:
    """Yield what a call that met an object encrypted with a KMS key needs on that key."""
    if service == "s3" and str(answer.get("ServerSideEncryption", "")).startswith("aws:kms"):
        yield f"kms:{'Decrypt' if reads else 'GenerateDataKey'}", ARNS["kms"]


def _passed_roles(params: dict[str, Any]) -> Iterator[Permission]:
    """Yield the right to hand a role to a service."""
    targets = [params.get("Target"), *(params.get("Targets") or [])] if "Rule" in params or "Target" in params else []
    container = params.get("containerProperties") or {}
    given = [params.get(name) for name in ("Role", "RoleArn", "roleArn", "executionRoleArn")]
    given += [container.get(name) for name in ("jobRoleArn", "executionRoleArn")]
    given += [target.get("RoleArn") for target in targets if isinstance(target, dict)]
    for role in (*given, params.get("ReplicationConfiguration", {}).get("Role")):
        if str(role).startswith("arn:aws:iam:"):
            yield "iam:PassRole", str(role)


def _table(name: str) -> str:
    return name.rpartition("/")[2] if name.startswith("arn:") else name


def _general(arn: str) -> str:
    """Let an ARN fit every account, Region and seed."""
    arn = re.sub(r"^(arn:aws:[a-z0-9-]+):[a-z0-9-]*:(\d{12}|\*):", _without_place, arn)
    arn = re.sub(r"/(backup|stream|export)/.+", r"/\1/*", arn)
    arn = re.sub(r":execution:([^:]+):.+", r":execution:\1:*", arn)
    return re.sub(r"([-_])[0-9a-f]{8}(?=[-./:*]|$)", r"\1*", arn)


def _without_place(match: re.Match[str]) -> str:
    return f"{match[1]}:{'' if match[1] == 'arn:aws:iam' else '*'}:*:"

"""Lambda reads a source with the rights of the function's execution role, which it asks for when a mapping is created.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from typing import Any

from pocketaws import roles
from pocketaws.engines.awslambda.errors import invalid
from pocketaws.engines.awslambda.sources.records import Source
from pocketaws.engines.awslambda.state import of

__all__ = ["check", "client_of"]

_NEEDED = {
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards"),
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream"),
}
#: How the refusal names what a role must be able to do with a stream.
_NAMED = {
    "kinesis": "GetRecords, GetShardIterator, DescribeStream, ListShards, and ListStreams",
    "dynamodb": "GetRecords, GetShardIterator, DescribeStream, and ListStreams",
}


def check(role: str, arn: str) -> None:
    """Look whether a role may read a source.

    Parameters
    ----------
    role, arn
        The ARNs of both.

    Raises
    ------
    LambdaError
        It may not, and policies are enforced.
    """
    service = arn.split(":")[2]
    lacking = roles.missing(role, (f"{service}:{action}" for action in _NEEDED[service]), arn)
    if lacking is None:
        return
    if service == "sqs":
        action = lacking.removeprefix("sqs:")
        raise invalid(f"The provided execution role does not have permissions to call {action} on SQS")
    raise invalid(
        f"Cannot access stream {arn}. Please ensure the role can perform the {_NAMED[service]} Actions on your stream "
        "in IAM."
    )


def client_of(backend: Any, source: Source) -> Any:
    """Return a client that reads a mapping's source in the name of its function's role."""
    role = backend.get_function(source.mapping.function_arn).role
    named = source.mapping.event_source_arn.split(":")[2]
    service = "dynamodbstreams" if named == "dynamodb" else named
    kept, key = of(backend).clients, (service, role, roles.is_asked())
    if key not in kept:
        kept[key] = roles.client(service, role, source.region, backend.account_id)
    return kept[key]

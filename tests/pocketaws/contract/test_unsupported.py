"""What pocketaws does not do answers with an AWS error, the same in both doors."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("pricing", "describe_services", {}, "UnknownOperationException"),
    ("cloudtrail", "lookup_events", {}, "UnknownOperationException"),
    ("ec2", "describe_ipam_pools", {}, "InvalidAction"),
    ("iam", "list_organizations_features", {}, "InvalidAction"),
    (
        "s3vectors",
        "query_vectors",
        {"vectorBucketName": "abc", "indexName": "abc", "topK": 1, "queryVector": {"float32": [1.0]}},
        "UnknownOperationException",
    ),
]


#: Services for which moto needs a library that the course does not: their calls are absent too.
LIBRARIES = [
    ("cognito-idp", "list_user_pools", {"MaxResults": 1}, "joserfc"),
    ("xray", "get_groups", {}, "aws_xray_sdk"),
]
NOT_INSTALLED = [call[:3] for call in LIBRARIES if importlib.util.find_spec(call[3]) is None]


@pytest.mark.parametrize(("service", "operation", "parameters", "code"), CALLS, ids=[call[1] for call in CALLS])
def test_an_operation_that_is_absent_answers_with_an_aws_error(
    client: Callable[..., Any], service: str, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), operation)(**parameters)
    assert caught.value.response["Error"]["Code"] == code
    assert "not supported by pocketaws" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(("service", "operation", "parameters"), NOT_INSTALLED, ids=[call[0] for call in NOT_INSTALLED])
def test_a_service_whose_library_is_not_installed_is_absent(
    client: Callable[..., Any], service: str, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), operation)(**parameters)
    assert "not supported by pocketaws" in caught.value.response["Error"]["Message"]

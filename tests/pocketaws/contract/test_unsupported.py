"""What pocketaws does not do answers with an AWS error, the same in both doors."""

from __future__ import annotations

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


@pytest.mark.parametrize(("service", "operation", "parameters", "code"), CALLS, ids=[call[1] for call in CALLS])
def test_an_operation_that_is_absent_answers_with_an_aws_error(
    client: Callable[..., Any], service: str, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), operation)(**parameters)
    assert caught.value.response["Error"]["Code"] == code
    assert "not supported by pocketaws" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400

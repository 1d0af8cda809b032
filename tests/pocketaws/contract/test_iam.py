"""Policies decide while enforcement is on, also of services without an engine, each in its own protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

EVALUATION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
KEYS = "arn:aws:kms:*:*:key/*"


def allow(*actions: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": [resource]}


def code(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.aws(EVALUATION, operation="kms:DisableKey")
def test_what_is_allowed_for_some_resource_is_allowed(acting: Any) -> None:
    kms = acting(allow("kms:CreateKey"), allow("kms:DisableKey", "kms:DescribeKey", resource=KEYS))("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


@pytest.mark.aws(EVALUATION, operation="kms:EnableKey")
def test_what_nothing_allows_is_refused_in_json(acting: Any) -> None:
    kms = acting(allow("kms:CreateKey"))("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert code(kms.enable_key, KeyId=key) == "AccessDeniedException"


@pytest.mark.aws(EVALUATION, operation="sns:CreateTopic")
def test_what_nothing_allows_is_refused_in_the_query_protocol(acting: Any) -> None:
    assert code(acting(allow("kms:CreateKey"))("sns").create_topic, Name="news") == "AccessDenied"


@pytest.mark.aws(EVALUATION, operation="kms:CreateKey")
def test_an_explicit_deny_wins(acting: Any) -> None:
    deny = {"Effect": "Deny", "Action": "kms:CreateKey", "Resource": "*"}
    assert code(acting(allow("kms:*"), deny)("kms").create_key) == "AccessDeniedException"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3glacier.html",
    operation="glacier:CreateVault, glacier:DescribeVault, glacier:ListVaults",
)
def test_a_vault_is_allowed_by_its_name_whatever_the_request_carries(acting: Any) -> None:
    mine = allow("glacier:*", resource="arn:aws:glacier:*:*:vaults/mine-*")
    glacier = acting(mine, allow("glacier:ListVaults"))("glacier")
    glacier.create_vault(vaultName="mine-1")
    glacier.add_tags_to_vault(vaultName="mine-1", Tags={"a": "b"})
    assert [each["VaultName"] for each in glacier.list_vaults(limit="5")["VaultList"]] == ["mine-1"]
    assert glacier.describe_vault(vaultName="mine-1")["NumberOfArchives"] == 0
    assert code(glacier.create_vault, vaultName="other") == "AccessDeniedException"
    assert code(glacier.describe_vault, vaultName="other") == "AccessDeniedException"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
    operation="dynamodbstreams:GetRecords",
)
def test_reading_a_stream_is_allowed_for_that_stream(acting: Any, dynamodb: Any) -> None:
    made = dynamodb.create_table(
        TableName="Orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    stream = made["TableDescription"]["LatestStreamArn"]
    actions = ("dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords")
    streams = acting(allow(*actions, resource="arn:aws:dynamodb:*:*:table/Orders/stream/*"))("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    asked = {"StreamArn": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**asked)["ShardIterator"]
    assert streams.get_records(ShardIterator=iterator)["Records"] == []

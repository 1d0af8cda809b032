"""IAM users, their policies enforced: each operation under the action that AWS documents for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config

from pocketaws import iam

ACTIONS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"


@pytest.fixture
def enforce(door: Any) -> Iterator[Callable[[], None]]:
    """Switch the enforcement of policies on."""

    def switch(wanted: bool = True) -> None:
        if door.name == "server":
            door.post("iam", {"enforce": wanted})
        else:
            iam.enforce(wanted)

    yield switch
    switch(False)


@pytest.fixture
def ada(client: Any) -> Callable[..., Any]:
    """Make an S3 client of a user who may do only what is listed: ``ada({"s3:GetObject": "bucket/*"})``."""

    def make(allowed: dict[str, str], **kwargs: Any) -> Any:
        user = client("iam")
        user.create_user(UserName="ada")
        statements = [
            {"Effect": "Allow", "Action": action, "Resource": f"arn:aws:s3:::{where}"}
            for action, where in allowed.items()
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        user.put_user_policy(UserName="ada", PolicyName="only", PolicyDocument=document)
        key = user.create_access_key(UserName="ada")["AccessKey"]
        keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        return client("s3", **keys, **kwargs)

    return make


@pytest.mark.aws(ACTIONS, operation="s3:GetObject")
def test_a_user_may_do_what_a_policy_allows_and_nothing_else(
    s3: Any, bucket: str, ada: Any, enforce: Any, refused: Any
) -> None:
    s3.put_object(Bucket=bucket, Key="in/k", Body=b"x")
    her = ada({"s3:GetObject": f"{bucket}/in/*", "s3:ListBucket": bucket})
    enforce()
    assert her.get_object(Bucket=bucket, Key="in/k")["Body"].read() == b"x"
    assert her.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    message = (
        f"User: arn:aws:iam::123456789012:user/ada is not authorized to perform: s3:PutObject on resource: "
        f'"arn:aws:s3:::{bucket}/in/k" because no identity-based policy allows the s3:PutObject action'
    )
    with refused("AccessDenied", message, 403):
        her.put_object(Bucket=bucket, Key="in/k", Body=b"y")
    with refused("AccessDenied", status=403):
        her.get_object(Bucket=bucket, Key="out/k")
    with refused("AccessDenied", status=403):
        her.list_buckets()


@pytest.mark.aws(ACTIONS, operation="s3:PutBucketEncryption")
def test_configurations_have_actions_of_their_own(s3: Any, bucket: str, ada: Any, enforce: Any, refused: Any) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    names = (
        "PutLifecycleConfiguration",
        "PutEncryptionConfiguration",
        "PutBucketPublicAccessBlock",
        "PutBucketVersioning",
    )
    her = ada(
        dict.fromkeys((f"s3:{name}" for name in names), bucket)
        | dict.fromkeys(("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), f"{bucket}/*")
    )
    enforce()
    rules = [{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]
    her.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    default = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    her.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": default})
    her.delete_public_access_block(Bucket=bucket)
    her.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    her.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    answer = her.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}, {"Key": "k", "VersionId": first}]})
    assert [each["Code"] for each in answer["Errors"]] == ["AccessDenied"], "a version needs s3:DeleteObjectVersion"
    for call in (
        lambda: her.put_bucket_policy(Bucket=bucket, Policy="{}"),
        lambda: her.get_bucket_encryption(Bucket=bucket),
        lambda: her.get_object(Bucket=bucket, Key="k", VersionId=first),
        lambda: her.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="a=1"),
        lambda: her.create_bucket(Bucket="hers-bucket"),
    ):
        with refused("AccessDenied", status=403):
            call()


@pytest.mark.aws(ACTIONS, operation="s3:GetObject")
@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_url_gives_what_its_signer_may(s3: Any, bucket: str, ada: Any, enforce: Any, http: Any, version: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    her = ada({"s3:GetObject": f"{bucket}/*"}, config=Config(signature_version=version))
    enforce()
    name = {"Bucket": bucket, "Key": "k"}
    assert http("GET", her.generate_presigned_url("get_object", Params=name)).text == "x"
    assert http("DELETE", her.generate_presigned_url("delete_object", Params=name)).status_code == 403


@pytest.mark.aws(ACTIONS, operation="s3:GetObject")
def test_a_wrong_secret_is_no_user(s3: Any, client: Any, bucket: str, enforce: Any, ada: Any, refused: Any) -> None:
    her = ada({"s3:*": "*"})
    key = her._request_signer._credentials.access_key
    eve = client("s3", aws_access_key_id=key, aws_secret_access_key="guessed")
    enforce()
    with refused("SignatureDoesNotMatch", status=403):
        eve.list_objects_v2(Bucket=bucket)

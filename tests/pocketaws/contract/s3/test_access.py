"""Who may do what: bucket policies, Block Public Access, ACLs."""

from __future__ import annotations

import json
from typing import Any

import pytest

POLICIES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"
BLOCKING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
OWNERSHIP = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"
CONDITIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"
ROOT = "arn:aws:iam::123456789012:root"


def policy(*statements: dict[str, Any]) -> str:
    usual = {"Effect": "Deny", "Principal": "*", "Resource": "arn:aws:s3:::contract-bucket/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**usual, **each} for each in statements]})


def put(s3: Any, bucket: str, *statements: dict[str, Any]) -> None:
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(*statements))


@pytest.mark.aws(POLICIES, operation="s3:PutBucketPolicy")
def test_an_explicit_deny_stops_every_operation_it_names(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    put(s3, bucket, {"Action": "s3:GetObject"})
    said = f'User: {ROOT} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::{bucket}/k" '
    with refused("AccessDenied", said + "with an explicit deny in a resource-based policy", 403):
        s3.get_object(Bucket=bucket, Key="k")
    with refused("403", status=403):
        s3.head_object(Bucket=bucket, Key="k")
    with refused("AccessDenied", status=403):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    s3.put_object(Bucket=bucket, Key="k", Body=b"y")
    put(s3, bucket, {"Action": ["s3:List*", "s3:DeleteObject"], "Resource": ["arn:aws:s3:::contract-bucket", "*"]})
    for call in (
        lambda: s3.list_objects_v2(Bucket=bucket),
        lambda: s3.list_objects(Bucket=bucket),
        lambda: s3.list_object_versions(Bucket=bucket),
        lambda: s3.delete_object(Bucket=bucket, Key="k"),
    ):
        with refused("AccessDenied", status=403):
            call()
    s3.delete_bucket_policy(Bucket=bucket)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"y"


@pytest.mark.aws(POLICIES, operation="s3:DeleteObjects")
def test_a_batch_delete_is_decided_key_by_key(s3: Any, bucket: str) -> None:
    for key in ("keep/a", "temp/b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    put(s3, bucket, {"Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::contract-bucket/keep/*"})
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "keep/a"}, {"Key": "temp/b"}]})
    assert [each["Key"] for each in answer["Deleted"]] == ["temp/b"]
    assert [(each["Key"], each["Code"]) for each in answer["Errors"]] == [("keep/a", "AccessDenied")]


@pytest.mark.aws(POLICIES, operation="s3:DeleteBucketPolicy")
def test_the_account_cannot_lock_itself_out_of_the_policy(s3: Any, bucket: str, refused: Any) -> None:
    put(s3, bucket, {"Action": "s3:*", "Resource": ["arn:aws:s3:::contract-bucket", "arn:aws:s3:::contract-bucket/*"]})
    with refused("AccessDenied", status=403):
        s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert "Deny" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    with refused("NoSuchBucketPolicy", "The bucket policy does not exist", 404):
        s3.get_bucket_policy(Bucket=bucket)


@pytest.mark.aws(CONDITIONS, operation="s3:PutBucketPolicy")
def test_uploads_without_a_wanted_header_are_denied(s3: Any, bucket: str, refused: Any) -> None:
    key = "s3:x-amz-server-side-encryption"
    put(
        s3,
        bucket,
        {"Sid": "Other", "Action": "s3:PutObject", "Condition": {"StringNotEqualsIfExists": {key: "AES256"}}},
        {"Sid": "None", "Action": "s3:PutObject", "Condition": {"Null": {key: "true"}}},
    )
    for wrong in ({}, {"ServerSideEncryption": "aws:kms"}):
        with refused("AccessDenied", status=403):
            s3.put_object(Bucket=bucket, Key="k", Body=b"", **wrong)
    s3.put_object(Bucket=bucket, Key="k", Body=b"", ServerSideEncryption="AES256")


@pytest.mark.aws(CONDITIONS, operation="s3:PutBucketPolicy")
def test_conditions_on_transport_prefix_address_tags_and_users(s3: Any, bucket: str, door: Any, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="secret=yes")
    objects = {"Action": "s3:GetObject"}
    cases = [
        ({**objects, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, door.name == "server"),
        ({**objects, "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}, True),
        ({**objects, "Condition": {"NotIpAddress": {"aws:SourceIp": ["127.0.0.0/8", "10.0.0.0/8"]}}}, False),
        ({**objects, "Condition": {"StringEquals": {"s3:ExistingObjectTag/secret": "yes"}}}, True),
        ({**objects, "Condition": {"StringEquals": {"s3:ExistingObjectTag/secret": "no"}}}, False),
        ({**objects, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": ROOT}}}, False),
        ({**objects, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}, True),
        ({**objects, "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-11-01T00:00:00Z"}}}, True),
        ({**objects, "Principal": {"AWS": "123456789012"}}, True),
        ({**objects, "Principal": {"AWS": "arn:aws:iam::123456789012:user/eve"}}, False),
        ({"NotAction": "s3:PutObject"}, True),
    ]
    for statement, denies in cases:
        put(s3, bucket, statement)
        if denies:
            with refused("AccessDenied", status=403):
                s3.get_object(Bucket=bucket, Key="k")
        else:
            s3.get_object(Bucket=bucket, Key="k")
    listing = {"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::contract-bucket"}
    put(s3, bucket, {**listing, "Condition": {"StringNotLike": {"s3:prefix": ["mine/*", "ours/*"]}}})
    s3.list_objects_v2(Bucket=bucket, Prefix="mine/2026")
    for wrong in ({}, {"Prefix": "yours/"}):
        with refused("AccessDenied", status=403):
            s3.list_objects_v2(Bucket=bucket, **wrong)


WRONG = [
    ("{not json", "Policies must be valid JSON and the first byte must be '{'"),
    ('["list"]', "Policies must be valid JSON and the first byte must be '{'"),
    ("{}", "Missing required field Statement"),
    ('{"Version": "2020-01-01", "Statement": []}', "The policy must contain a valid version string"),
    ('{"Statement": []}', "Could not parse the policy: Statement is empty!"),
    (policy({"Effect": "Maybe", "Action": "s3:GetObject"}), "Invalid effect: Maybe"),
    (policy({}), "Missing required field Action"),
    (policy({"Action": "dynamodb:GetItem"}), "Policy has invalid action"),
    (policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::another-bucket/*"}), "Policy has invalid resource"),
    (policy({"Action": "s3:GetObject", "Principal": "everybody"}), "Invalid principal in policy"),
    (policy({"Action": "s3:GetObject", "Principal": {"AWS": "ada"}}), "Invalid principal in policy"),
    (policy({"Action": "s3:ListBucket"}), "Action does not apply to any resource(s) in statement"),
    (policy({"Action": ["s3:GetObject", "s3:ListBucket"]}), "Action does not apply to any resource(s) in statement"),
    (
        policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::contract-bucket"}),
        "Action does not apply to any resource(s) in statement",
    ),
    (
        policy({"Action": "s3:GetObject", "Condition": {"StringIs": {"aws:username": "ada"}}}),
        "Invalid Condition type : StringIs",
    ),
    (
        policy({"Action": "s3:GetObject", "Condition": {"Bool": {"secure": "true"}}}),
        "Policy has an invalid condition key",
    ),
]


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html", operation="s3:PutBucketPolicy"
)
def test_malformed_policies_are_refused_and_change_nothing(s3: Any, bucket: str, refused: Any) -> None:
    for text, message in WRONG:
        with refused("MalformedPolicy", message, 400):
            s3.put_bucket_policy(Bucket=bucket, Policy=text)
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    with refused("NoSuchBucketPolicy", status=404):
        s3.get_bucket_policy(Bucket=bucket)


PUBLIC = {"Effect": "Allow", "Action": "s3:GetObject"}


@pytest.mark.aws(BLOCKING, operation="s3:GetPublicAccessBlock")
def test_new_buckets_block_public_access_and_disable_acls(s3: Any, bucket: str, refused: Any) -> None:
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    assert block == dict.fromkeys(names, True)
    owner = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    s3.delete_public_access_block(Bucket=bucket)
    with refused("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", 404):
        s3.get_public_access_block(Bucket=bucket)


@pytest.mark.aws(BLOCKING, operation="s3:PutBucketPolicy")
def test_a_public_policy_is_refused_while_blocked(s3: Any, bucket: str, refused: Any) -> None:
    message = (
        f'User: {ROOT} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::{bucket}" '
        "because public policies are blocked by the BlockPublicPolicy block public access setting."
    )
    with refused("AccessDenied", message, 403):
        put(s3, bucket, PUBLIC)
    narrowed = {**PUBLIC, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
    put(s3, bucket, narrowed)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is False
    s3.delete_public_access_block(Bucket=bucket)
    put(s3, bucket, PUBLIC)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True


def address(door: Any, bucket: str, key: str) -> str:
    return f"{door.endpoint or 'https://s3.amazonaws.com'}/{bucket}/{key}"


@pytest.mark.aws(BLOCKING, operation="s3:GetObject")
def test_anybody_reads_only_by_a_public_policy_that_is_not_restricted(
    s3: Any, bucket: str, door: Any, http: Any
) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"open")
    url = address(door, bucket, "k")
    assert http("GET", url).status_code == 403
    s3.delete_public_access_block(Bucket=bucket)
    put(s3, bucket, PUBLIC)
    assert http("GET", url).text == "open"
    assert http("PUT", url, data=b"mine now").status_code == 403
    assert http("GET", address(door, bucket, "")).status_code == 403
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert http("GET", url).status_code == 403
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"open"


@pytest.mark.ministack
@pytest.mark.aws(OWNERSHIP, operation="s3:PutObjectAcl")
def test_acls_are_refused_where_the_owner_owns_all(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"", ACL="bucket-owner-full-control")
    for call in (
        lambda: s3.put_object_acl(Bucket=bucket, Key="k", ACL="public-read"),
        lambda: s3.put_bucket_acl(Bucket=bucket, ACL="private"),
        lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"", ACL="public-read"),
    ):
        with refused("AccessControlListNotSupported", "The bucket does not allow ACLs", 400):
            call()
    with refused("InvalidBucketAclWithObjectOwnership", status=400):
        s3.create_bucket(Bucket="public-bucket", ACL="public-read")


@pytest.mark.aws(BLOCKING, operation="s3:PutObjectAcl")
def test_public_acls_are_blocked_or_ignored(s3: Any, open_bucket: str, door: Any, http: Any, refused: Any) -> None:
    s3.put_object(Bucket=open_bucket, Key="k", Body=b"open", ACL="public-read")
    url = address(door, open_bucket, "k")
    assert http("GET", url).text == "open"
    s3.put_public_access_block(Bucket=open_bucket, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert http("GET", url).status_code == 403
    s3.put_public_access_block(Bucket=open_bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    assert http("GET", url).text == "open"
    with refused("AccessDenied", status=403):
        s3.put_object_acl(Bucket=open_bucket, Key="k", ACL="public-read-write")


def _from_another_account(request: Any, **_: Any) -> None:
    request.headers["x-moto-account-id"] = "111111111111"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html",
    operation="s3:GetObject",
)
def test_another_account_needs_a_policy(client: Any, s3: Any, bucket: str, refused: Any) -> None:
    other = client("s3")
    other.meta.events.register("before-send.s3", _from_another_account)
    s3.put_object(Bucket=bucket, Key="k", Body=b"shared")
    with refused("AccessDenied", "Access Denied", 403):
        other.get_object(Bucket=bucket, Key="k")
    put(s3, bucket, {**PUBLIC, "Principal": {"AWS": "arn:aws:iam::111111111111:root"}})
    assert other.get_object(Bucket=bucket, Key="k")["Body"].read() == b"shared"
    with refused("AccessDenied", "Access Denied", 403):
        other.put_object(Bucket=bucket, Key="k", Body=b"")

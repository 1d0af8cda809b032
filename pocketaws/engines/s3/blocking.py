"""Block Public Access, and who owns objects (ACLs are off on new buckets).

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
"""

from __future__ import annotations

from moto.s3.models import FakeBucket, PublicAccessBlock
from moto.s3control.models import s3control_backends

from pocketaws.engines.s3 import policies, xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, access_denied

__all__ = ["check_acl", "get_policy_status", "protect", "put_policy", "settings"]

_PUBLIC = ("public-read", "public-read-write", "authenticated-read")
_GROUPS = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
_HARMLESS = ("bucket-owner-full-control",)


def protect(bucket: FakeBucket) -> None:
    """Give a new bucket what AWS gives every new bucket: all four blocks on, ACLs off."""
    bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    bucket.ownership_rule = "BucketOwnerEnforced"


def settings(bucket: FakeBucket) -> dict[str, bool]:
    """Return the four settings in force: the bucket's or its account's."""
    account = s3control_backends[bucket.account_id]["aws"].public_access_block
    blocks = [block for block in (bucket.public_access_block, account) if block]
    return {
        "BlockPublicAcls": any(block.block_public_acls for block in blocks),
        "IgnorePublicAcls": any(block.ignore_public_acls for block in blocks),
        "BlockPublicPolicy": any(block.block_public_policy for block in blocks),
        "RestrictPublicBuckets": any(block.restrict_public_buckets for block in blocks),
    }


def check_acl(call: Call) -> None:
    """Refuse ACLs where they are off, and public ones where they are blocked."""
    canned = call.headers.get("x-amz-acl")
    grants = [value for name, value in call.headers.items() if name.lower().startswith("x-amz-grant-")]
    if call.name == "CreateBucket":
        owner = call.headers.get("x-amz-object-ownership") or "BucketOwnerEnforced"
        if owner == "BucketOwnerEnforced" and (grants or (canned and canned not in ("private", *_HARMLESS))):
            message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
            raise S3Error("InvalidBucketAclWithObjectOwnership", message, 400)
        return
    puts_acl = call.name in ("PutBucketAcl", "PutObjectAcl")
    if not (puts_acl or canned or grants) or call.bucket is None:
        return
    if call.bucket.ownership_rule == "BucketOwnerEnforced":
        if canned in _HARMLESS and not grants:
            return
        raise S3Error("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
    body = call.body.decode("utf-8", "replace") if puts_acl else ""
    is_public = canned in _PUBLIC or any(group in text for group in _GROUPS for text in (*grants, body))
    if is_public and settings(call.bucket)["BlockPublicAcls"]:
        raise _blocked(call, "access control lists (ACLs)", "BlockPublicAcls")


def _blocked(call: Call, what: str, setting: str) -> S3Error:
    who = f'User: {call.caller.arn} is not authorized to perform: {call.operation.action} on resource: "{call.arn}"'
    return access_denied(f"{who} because public {what} are blocked by the {setting} block public access setting.")


def put_policy(call: Call) -> Answer:
    """PutBucketPolicy: malformed policies and blocked public ones are refused."""
    bucket = call.existing_bucket
    policy = policies.read(call.body.decode("utf-8", "replace"), bucket.name)
    if policies.is_public(policy) and settings(bucket)["BlockPublicPolicy"]:
        raise _blocked(call, "policies", "BlockPublicPolicy")
    bucket.policy = call.body
    return 204, {}, ""


def get_policy_status(call: Call) -> Answer:
    """GetBucketPolicyStatus."""
    bucket = call.existing_bucket
    if not bucket.policy:
        raise S3Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404, BucketName=bucket.name)
    public = policies.is_public(policies.read(bucket.policy.decode(), bucket.name))
    return xml.answer("PolicyStatus", {"IsPublic": public})

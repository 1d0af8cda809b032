"""May this request be made?  Bucket policies, ACLs, Block Public Access, and IAM where it is enforced.

An account may do everything with its own buckets, unless a bucket policy denies it or (with IAM enforced)
no policy of the user allows it.  Another account needs a bucket policy that allows it; anybody at all needs
a public policy or ACL that Block Public Access lets through.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMPolicy, PermissionResult, create_access_key
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.models import FakeBucket, s3_backends

from pocketaws import clock, iam
from pocketaws.engines.s3 import blocking, policies
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import S3Error, access_denied
from pocketaws.engines.s3.identity import Caller

__all__ = ["authorize", "check", "refusal_by_bucket"]

_KEEPS_ITS_POLICY = {"s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy"}
#: Preflights are for anybody; a batch delete is decided key by key.
_OPEN = {"OPTIONS on a bucket", "OPTIONS on a object", "DeleteObjects"}


def authorize(call: Call) -> None:
    """Refuse a request that is not allowed, as AWS does: 403 AccessDenied."""
    if call.name in _OPEN:
        return
    for action, arn in _needed(call):
        check(call, action, arn)


def _needed(call: Call) -> Iterator[tuple[str, str]]:
    """Yield the actions, and what on, that a request needs permission for."""
    yield call.operation.action, call.arn
    if call.name == "CreateBucket" and b"<Tag>" in call.body:
        yield "s3:TagResource", call.arn
    if call.name == "GetObjectAttributes":
        yield "s3:GetObjectVersion" if call.version_id else "s3:GetObject", call.arn
    if call.copy_source and call.name in ("CopyObject", "UploadPartCopy"):
        bucket, key, version = call.copy_source
        yield "s3:GetObjectVersion" if version else "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"
    if call.name in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        if call.headers.get("x-amz-tagging"):
            yield "s3:PutObjectTagging", call.arn
        if call.headers.get("x-amz-acl"):
            yield "s3:PutObjectAcl", call.arn
        if call.headers.get("x-amz-object-lock-mode"):
            yield "s3:PutObjectRetention", call.arn
        if call.headers.get("x-amz-object-lock-legal-hold"):
            yield "s3:PutObjectLegalHold", call.arn
    if (call.headers.get("x-amz-bypass-governance-retention") or "").lower() == "true":
        yield "s3:BypassGovernanceRetention", call.arn


def check(call: Call, action: str, arn: str) -> None:
    """Refuse an action on a resource, unless it is allowed.

    Raises
    ------
    S3Error
        AccessDenied.
    """
    if iam.is_enforced():
        _check_identity(call, action, arn)
    bucket_name = arn.removeprefix("arn:aws:s3:::").partition("/")[0]
    bucket = call.bucket if bucket_name == call.bucket_name else call.backend.buckets.get(bucket_name)
    if bucket is None or action == "s3:CreateBucket":
        if call.caller.is_anonymous and not call.bucket_name:
            raise access_denied()
        return
    is_ours = call.caller.account == bucket.account_id
    if bucket.policy is None:
        if not is_ours:
            _check_stranger(call, bucket, action, None)
        return
    policy = policies.read(bucket.policy.decode(), bucket.name)
    decision = policies.decide(policy, call.caller, action, arn, _context(call, bucket, arn))
    if decision == "Deny" and not (action in _KEEPS_ITS_POLICY and is_ours and call.caller.is_root):
        raise _denied(call, action, arn, "with an explicit deny in a resource-based policy")
    if not is_ours:
        if blocking.settings(bucket)["RestrictPublicBuckets"] and policies.is_public(policy):
            decision = None
        _check_stranger(call, bucket, action, decision)


def refusal_by_bucket(caller: Caller, action: str, arn: str, service: str) -> str | None:
    """Return AWS's words when the policy of a bucket denies what a service does for a caller, else None."""
    name = arn.removeprefix("arn:aws:s3:::").partition("/")[0]
    bucket = s3_backends[str(caller.account)]["aws"].buckets.get(name)
    if bucket is None or bucket.policy is None:
        return None
    context = {
        "aws:principalarn": [str(caller.role or caller.arn)],
        "aws:principalaccount": [str(caller.account)],
        "aws:securetransport": ["true"],
        "aws:viaawsservice": ["true"],
        "aws:calledvia": [service],
    }
    policy = policies.read(bucket.policy.decode(), name)
    if policies.decide(policy, caller, action, arn, context) != "Deny":
        return None
    reason = "with an explicit deny in a resource-based policy"
    return f"User: {caller.arn} is not authorized to perform: {action} on resource: {arn} {reason}"


def _check_stranger(call: Call, bucket: FakeBucket, action: str, decision: policies.Decision | None) -> None:
    if decision == "Allow" or _acl_allows(call, bucket, action):
        return
    raise access_denied()


def _acl_allows(call: Call, bucket: FakeBucket, action: str) -> bool:
    if bucket.ownership_rule == "BucketOwnerEnforced" or blocking.settings(bucket)["IgnorePublicAcls"]:
        return False
    if action in ("s3:GetObject", "s3:GetObjectVersion"):
        found = call.object
        return bool(found and found.acl and found.acl.public_read)
    return action == "s3:ListBucket" and bool(bucket.acl and bucket.acl.public_read)


def _denied(call: Call, action: str, arn: str, reason: str) -> S3Error:
    if call.caller.is_anonymous:
        return access_denied()
    return access_denied(
        f'User: {call.caller.arn} is not authorized to perform: {action} on resource: "{arn}" {reason}'
    )


def _check_identity(call: Call, action: str, arn: str) -> None:
    """Ask moto's IAM, which knows the user's policies; a URL signed in its query is asked for here."""
    refusal = _denied(call, action, arn, f"because no identity-based policy allows the {action} action")
    if call.caller.is_anonymous:
        return
    if "Authorization" in call.headers:
        call.endpoint.data["Action"] = action.removeprefix("s3:")
        ask = ActionAuthenticatorMixin._authenticate_and_authorize_s3_action
        bucket, _, key = arn.removeprefix("arn:aws:s3:::").partition("/")
        try:
            ask(call.endpoint, bucket_name=bucket, key_name=key)
        except S3AccessDeniedError:
            raise refusal from None
        return
    key = create_access_key(call.caller.account, "aws", call.caller.access_key, call.headers)
    results = [IAMPolicy(policy).is_action_permitted(action, arn) for policy in key.collect_policies()]
    if PermissionResult.DENIED in results or PermissionResult.PERMITTED not in results:
        raise refusal


def _is_encrypted(call: Call) -> bool:
    stands_for_tls = getattr(call.endpoint.request, "environ", {}).get("pocketaws.tls", False)
    return bool(stands_for_tls) or urlsplit(call.url).scheme == "https"


def _context(call: Call, bucket: FakeBucket, arn: str) -> dict[str, list[str]]:
    """Return the condition keys of a request, in lower case."""
    caller, now = call.caller, clock.now()
    known: dict[str, Any] = {
        "aws:securetransport": str(_is_encrypted(call)).lower(),
        "aws:sourceip": call.endpoint.request.remote_addr or "127.0.0.1",
        "aws:currenttime": now.isoformat(),
        "aws:epochtime": str(int(now.timestamp())),
        "aws:useragent": call.headers.get("User-Agent"),
        "aws:referer": call.headers.get("Referer"),
        "aws:requestedregion": call.endpoint.region,
        "aws:resourceaccount": bucket.account_id,
        "s3:resourceaccount": bucket.account_id,
        "aws:principalarn": caller.role or caller.arn,
        "aws:principalaccount": caller.account,
        "aws:principaltype": _principal_type(caller.arn),
        "aws:username": caller.arn.split(":user/")[1] if caller.arn and ":user/" in caller.arn else None,
        "s3:versionid": call.version_id,
        "s3:authtype": "REST-HEADER" if "Authorization" in call.headers else "REST-QUERY-STRING",
        "s3:signatureversion": "AWS" if "AWSAccessKeyId" in call.query else "AWS4-HMAC-SHA256",
        **{f"s3:{name}": call.query.get(name) for name in ("prefix", "delimiter", "max-keys")},
        **{f"s3:{name.lower()}": text for name, text in call.headers.items() if name.lower().startswith("x-amz-")},
    }
    for short in ("object-lock-mode", "object-lock-retain-until-date", "object-lock-legal-hold"):
        known[f"s3:{short}"] = call.headers.get(f"x-amz-{short}")
    for name in ("if-match", "if-none-match"):
        known[f"s3:{name}"] = call.headers.get(name)
    context = {key: [value] for key, value in known.items() if value is not None}
    return context | _tag_context(call, bucket, arn)


def _principal_type(arn: str | None) -> str:
    if arn is None:
        return "Anonymous"
    return "Account" if arn.endswith(":root") else "User" if ":user/" in arn else "AssumedRole"


def _tag_context(call: Call, bucket: FakeBucket, arn: str) -> dict[str, list[str]]:
    context: dict[str, list[str]] = {}
    key = arn.removeprefix(f"arn:aws:s3:::{bucket.name}/") if "/" in arn else ""
    stored = call.find(bucket.name, key, call.version_id) if key else None
    if stored is not None:
        for name, value in call.backend.tagger.get_tag_dict_for_resource(stored.arn).items():
            context[f"s3:existingobjecttag/{name}".lower()] = [value]
    wanted = parse_qsl(call.headers.get("x-amz-tagging") or "", keep_blank_values=True)
    for name, value in wanted:
        context[f"s3:requestobjecttag/{name}".lower()] = [value]
    if wanted:
        context["s3:requestobjecttagkeys"] = [name for name, _ in wanted]
    return context

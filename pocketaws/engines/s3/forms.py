"""Uploads from a browser's form (PostObject) under a signed policy.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from binascii import Error as BadBase64
from datetime import datetime, timezone
from typing import Any

from pocketaws import clock
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import S3Error, access_denied, invalid_argument
from pocketaws.engines.s3.identity import Caller, lookup
from pocketaws.engines.s3.signing import NO_MATCH, hmac_sha1, iso, lapse_time, sign_v4

__all__ = ["check_form"]

_EXEMPT = {"policy", "file", "signature", "awsaccesskeyid", "x-amz-signature"}


def check_form(call: Call) -> None:
    """Refuse a form whose policy has expired, is not met, or whose signature is wrong."""
    if call.name != "PostObject":
        return
    form = {name.lower(): value for name, value in call.endpoint.form_data.items()}
    if "key" not in form:
        raise _missing("key")
    if "policy" not in form:  # nobody signed it; the bucket's policy decides
        return
    call.caller = _signer(form, call.endpoint.current_account)
    _check_signature(form, call.caller)
    policy = _read(form["policy"])
    _check_expiry(policy, form)
    _check_conditions(policy, {**form, "bucket": call.bucket_name}, len(call.body))


def _missing(name: str) -> S3Error:
    message = (
        f"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields."
    )
    return invalid_argument(message, name)


def _signer(form: dict[str, str], account: str) -> Caller:
    if "x-amz-credential" in form:
        return lookup(form["x-amz-credential"].split("/")[0], account)
    if "awsaccesskeyid" in form:
        return lookup(form["awsaccesskeyid"], account)
    raise _missing("AWSAccessKeyId")


def _check_signature(form: dict[str, str], caller: Caller) -> None:
    given = form.get("x-amz-signature") or form.get("signature")
    if not given:
        raise _missing("signature")
    if caller.secret is None:
        return
    if "x-amz-credential" in form:
        right = sign_v4(caller.secret, form["x-amz-credential"].split("/")[1:], form["policy"])
    else:
        right = hmac_sha1(caller.secret, form["policy"])
    if not hmac.compare_digest(right, given):
        raise S3Error("SignatureDoesNotMatch", NO_MATCH, 403, AWSAccessKeyId=caller.access_key)


def _read(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(b64decode(text))
        datetime.fromisoformat(policy["expiration"].replace("Z", "+00:00"))
        list(policy["conditions"])
    except (ValueError, BadBase64, KeyError, TypeError, AttributeError):
        raise S3Error("InvalidPolicyDocument", "Invalid Policy: Invalid JSON.", 400) from None
    return policy  # type: ignore[no-any-return]


def _check_expiry(policy: dict[str, Any], form: dict[str, str]) -> None:
    lapse = datetime.fromisoformat(policy["expiration"].replace("Z", "+00:00"))
    if "x-amz-date" in form:
        stamp = datetime.strptime(form["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        lapse += clock.signing_time(stamp) - stamp
    else:
        lapse = lapse_time(form["signature"], lapse)
    if clock.now() > lapse:
        raise access_denied(
            "Invalid according to Policy: Policy expired.", Expires=iso(lapse), ServerTime=iso(clock.now())
        )


def _check_conditions(policy: dict[str, Any], form: dict[str, str], size: int) -> None:
    covered = set(_EXEMPT) | {"bucket"}
    for condition in policy["conditions"]:
        if isinstance(condition, dict):
            tests = [["eq", f"${name}", value] for name, value in condition.items()]
        else:
            tests = [condition]
        for test in tests:
            covered.add(_check_one(test, form, size))
    extra = [name for name in form if name not in covered and not name.startswith("x-ignore-")]
    if extra:
        raise access_denied(f"Invalid according to Policy: Extra input fields: {', '.join(extra)}")


def _check_one(test: list[Any], form: dict[str, str], size: int) -> str:
    """Check one condition; return the field that it covers."""
    operator, first, second = (str(test[0]).lower(), *test[1:3])
    if operator == "content-length-range":
        _check_size(size, int(first), int(second))
        return ""
    name = str(first).removeprefix("$").lower()
    actual = form.get(name, "")
    if not (
        actual == str(second) if operator == "eq" else operator == "starts-with" and actual.startswith(str(second))
    ):
        raise access_denied(f"Invalid according to Policy: Policy Condition failed: {json.dumps(test)}")
    return name


def _check_size(size: int, low: int, high: int) -> None:
    if size > high:
        message = "Your proposed upload exceeds the maximum allowed size"
        raise S3Error("EntityTooLarge", message, 400, ProposedSize=size, MaxSizeAllowed=high)
    if size < low:
        message = "Your proposed upload is smaller than the minimum allowed size"
        raise S3Error("EntityTooSmall", message, 400, ProposedSize=size, MinSizeAllowed=low)

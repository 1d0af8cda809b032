"""Presigned URLs and forms: signature and expiry.

A signature can be checked only when pocketaws knows the secret: its own key pair (``pocketaws.credentials``),
keys of IAM users, and sessions of roles.  With other keys only the expiry is checked.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html (the older kind, which boto3 still
makes by default)
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, unquote, urlsplit

from pocketaws import clock
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import S3Error, access_denied

__all__ = ["NO_MATCH", "check_presigned", "hmac_sha1", "iso", "lapse_time", "sign_v4"]

NO_MATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)
_WEEK = 604_800
_PARAMETERS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
)
_SUBRESOURCES = {
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
    "restore",
    "replication",
    "accelerate",
    "inventory",
    "encryption",
    "response-content-type",
    "response-content-language",
    "response-expires",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
}
_MAX_REMEMBERED = 10_000
#: Signature of the older kind -> when it lapses, fixed when it is first seen.
_lapses: dict[str, datetime] = {}


def iso(when: datetime) -> str:
    """Write a time as S3 does in errors."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def check_presigned(call: Call) -> None:
    """Refuse a presigned URL that has expired or whose signature is wrong."""
    if "Authorization" in call.headers:
        return
    if any(name in call.query for name in ("X-Amz-Algorithm", "X-Amz-Signature")):
        _check_v4(call)
    elif "Signature" in call.query or "AWSAccessKeyId" in call.query:
        _check_v2(call)


def _check_v4(call: Call) -> None:
    query = call.query
    if any(name not in query for name in _PARAMETERS):
        raise _bad_parameters(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
            "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
        )
    expires = _expires(query["X-Amz-Expires"])
    try:
        stamp = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        message = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
        raise _bad_parameters(message) from None
    signed, now = clock.signing_time(stamp), clock.now()
    if signed > now + timedelta(minutes=15):
        raise access_denied("Request is not valid yet", ServerTime=iso(now))
    lapse = signed + timedelta(seconds=expires)
    if now > lapse:
        fields = {"X-Amz-Expires": expires, "Expires": iso(lapse), "ServerTime": iso(now)}
        raise access_denied("Request has expired", **fields)
    if call.caller.secret is None:
        return
    scope = query["X-Amz-Credential"].split("/")
    if len(scope) != 5 or scope[0] != call.caller.access_key:
        wanted = '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"'
        message = "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed"
        raise _bad_parameters(f"{message}; expecting {wanted}.")
    text = _string_to_sign_v4(call, "/".join(scope[1:]))
    if not hmac.compare_digest(sign_v4(call.caller.secret, scope[1:], text), query["X-Amz-Signature"]):
        raise _does_not_match(call, text, query["X-Amz-Signature"])


def _expires(text: str) -> int:
    if not text.lstrip("-").isdigit():
        raise _bad_parameters("X-Amz-Expires should be a number")
    if int(text) < 0:
        raise _bad_parameters("X-Amz-Expires must be non-negative")
    if int(text) > _WEEK:
        message = (
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than"
        )
        raise _bad_parameters(f"{message} {_WEEK} seconds")
    return int(text)


def _bad_parameters(message: str) -> S3Error:
    return S3Error("AuthorizationQueryParametersError", message, 400)


def _does_not_match(call: Call, text: str, signature: str) -> S3Error:
    return S3Error(
        "SignatureDoesNotMatch",
        NO_MATCH,
        403,
        AWSAccessKeyId=call.caller.access_key,
        StringToSign=text,
        SignatureProvided=signature,
    )


def _string_to_sign_v4(call: Call, scope: str) -> str:
    parts = urlsplit(call.url)
    pairs = [pair.partition("=") for pair in parts.query.split("&") if not pair.startswith("X-Amz-Signature=")]
    encoded = sorted((_encode(name), _encode(value)) for name, _, value in pairs)
    names = call.query["X-Amz-SignedHeaders"].split(";")
    headers = "".join(f"{name}:{' '.join((call.headers.get(name) or '').split())}\n" for name in names)
    payload = call.query.get("X-Amz-Content-Sha256") or call.headers.get("x-amz-content-sha256") or "UNSIGNED-PAYLOAD"
    canonical = "\n".join(
        (call.method, parts.path or "/", "&".join(f"{n}={v}" for n, v in encoded), headers, ";".join(names), payload)
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return "\n".join(("AWS4-HMAC-SHA256", call.query["X-Amz-Date"], scope, digest))


def _encode(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def sign_v4(secret: str, scope: list[str], text: str) -> str:
    """Return the signature, in hexadecimal, of a text under a scope (date, Region, service, terminator)."""
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def hmac_sha1(secret: str, text: str) -> str:
    """Return the signature of the older kind."""
    return b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _check_v2(call: Call) -> None:
    query = call.query
    missing = [name for name in ("AWSAccessKeyId", "Signature", "Expires") if name not in query]
    if missing:
        raise access_denied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
    if not query["Expires"].isdigit():
        raise access_denied(f"Invalid date (should be seconds since epoch): {query['Expires']}")
    stamp = datetime.fromtimestamp(int(query["Expires"]), timezone.utc)
    lapse, now = lapse_time(query["Signature"], stamp), clock.now()
    if now > lapse:
        raise access_denied("Request has expired", Expires=iso(lapse), ServerTime=iso(now))
    if call.caller.secret is None:
        return
    text = _string_to_sign_v2(call)
    if not hmac.compare_digest(hmac_sha1(call.caller.secret, text), query["Signature"]):
        raise _does_not_match(call, text, query["Signature"])


def lapse_time(signature: str, stamp: datetime) -> datetime:
    """Return when a URL or form of the older kind, which lapses at a time of its signer's clock, does so on ours.

    It does not say when it was signed, so a later move of our clock counts from its first use on.
    """
    if signature not in _lapses:
        if len(_lapses) >= _MAX_REMEMBERED:
            _lapses.clear()
        _lapses[signature] = clock.expiry_time(stamp)
    return _lapses[signature]


def _string_to_sign_v2(call: Call) -> str:
    parts = urlsplit(call.url)
    path = parts.path or "/"
    if call.bucket_name and not path.startswith(f"/{call.bucket_name}"):
        path = f"/{call.bucket_name}{path}"
    amz = {name.lower(): value for name, value in (*call.query.items(), *call.headers.items())}
    amz_lines = "".join(f"{name}:{value}\n" for name, value in sorted(amz.items()) if name.startswith("x-amz-"))
    kept = sorted((name, value) for name, value in call.query.items() if name in _SUBRESOURCES)
    resource = path + ("?" if kept else "") + "&".join(f"{name}={value}" if value else name for name, value in kept)
    content = (call.headers.get("Content-MD5") or "", call.headers.get("Content-Type") or "")
    return "\n".join((call.method, *content, call.query["Expires"], amz_lines + resource))

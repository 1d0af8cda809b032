"""Encryption at rest: SSE-S3 on everything, SSE-KMS with a key that works.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.kms.models import KmsBackend, kms_backends
from moto.s3.models import FakeBucket, FakeMultipart

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_argument, malformed_xml
from pocketaws.engines.s3.state import of_bucket

__all__ = [
    "begun_upload",
    "check_method",
    "delete_default",
    "get_default",
    "key_arn",
    "method_and_key",
    "put_default",
    "show_method",
]

_METHODS = ("AES256", "aws:kms", "aws:kms:dsse")
_METHOD, _KEY = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"
_WRITES = ("PutObject", "CopyObject", "CreateMultipartUpload")


def check_method(call: Call) -> None:
    """Refuse an unknown method on a write, and a read whose KMS key cannot be used."""
    if call.name in _WRITES:
        method, key = call.headers.get(_METHOD), call.headers.get(_KEY)
        if method and method not in _METHODS:
            message = "The encryption method specified is not supported"
            raise invalid_argument(message, _METHOD, method)
        if key and not (method or "").startswith("aws:kms"):
            message = f"Server Side Encryption with AWS KMS managed key requires HTTP header {_METHOD} : aws:kms"
            raise invalid_argument(message, _METHOD, method)
        if (method or "").startswith("aws:kms") and call.bucket is not None:
            key_arn(call.bucket, key)
    if call.name == "GetObject" and call.bucket is not None:
        stored = call.object
        if stored is not None and (stored.encryption or "").startswith("aws:kms"):
            if "AWSAccessKeyId" in call.query or (call.headers.get("Authorization") or "").startswith("AWS "):
                message = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature"
                raise invalid_argument(f"{message} Version 4.", "Authorization", "null")
            key_arn(call.bucket, stored.kms_key_id)


def method_and_key(bucket: FakeBucket, method: str | None, key_id: str | None) -> tuple[str, str | None]:
    """Return how a new object is encrypted: as asked, or by the bucket's default; a KMS key by its ARN."""
    default = (bucket.encryption or {}).get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    chosen = method or default.get("SSEAlgorithm") or "AES256"
    if not chosen.startswith("aws:kms"):
        return chosen, None
    return chosen, key_arn(bucket, key_id or default.get("KMSMasterKeyID"))


def begun_upload(call: Call, body: str | bytes) -> FakeMultipart:
    """Return the multipart upload that an answer to CreateMultipartUpload is about."""
    text = body.decode() if isinstance(body, bytes) else body
    found = re.search(r"<UploadId>([^<]+)</UploadId>", text)
    return call.existing_bucket.multiparts[found.group(1) if found else ""]


def show_method(call: Call, answer: Answer) -> Answer:
    """Say how the object of a new multipart upload will be encrypted."""
    status, headers, body = answer
    if call.name == "CreateMultipartUpload" and status == 200:
        upload = begun_upload(call, body)
        headers[_METHOD] = upload.sse_encryption
        if upload.kms_key_id:
            headers[_KEY] = upload.kms_key_id
    return status, headers, body


def key_arn(bucket: FakeBucket, key_id: str | None) -> str:
    """Return the ARN of a KMS key that can be used; none named is the account's ``aws/s3``.

    Raises
    ------
    S3Error
        KMS.NotFoundException, KMS.DisabledException or KMS.KMSInvalidStateException.
    """
    named = key_id or "alias/aws/s3"
    region = named.split(":")[3] if named.startswith("arn:") else bucket.region_name
    kms: KmsBackend = kms_backends[bucket.account_id][region]
    try:
        key: Any = kms.keys[kms.any_id_to_key_id(named)]
    except (KeyError, AttributeError):
        arn = named if named.startswith("arn:") else f"arn:aws:kms:{region}:{bucket.account_id}:{_kind(named)}"
        message = f"Alias {arn} is not found." if ":alias/" in arn else f"Key '{arn}' does not exist"
        raise S3Error("KMS.NotFoundException", message, 400) from None
    if key.key_state == "PendingDeletion":
        raise S3Error("KMS.KMSInvalidStateException", f"{key.arn} is pending deletion.", 400)
    if key.key_state != "Enabled":
        raise S3Error("KMS.DisabledException", f"{key.arn} is disabled.", 400)
    return str(key.arn)


def _kind(name: str) -> str:
    return name if name.startswith("alias/") else f"key/{name}"


def put_default(call: Call) -> Answer:
    """PutBucketEncryption: the default of new objects, and whether customers' own keys are blocked."""
    bucket = call.existing_bucket
    rules = xml.many(xml.parse(call.body, "ServerSideEncryptionConfiguration"), "Rule")
    if len(rules) != 1 or not isinstance(rules[0], dict):
        raise malformed_xml()
    rule = rules[0]
    default, blocked = rule.get("ApplyServerSideEncryptionByDefault"), rule.get("BlockedEncryptionTypes")
    if default is None and blocked is None:
        raise malformed_xml()
    if blocked is not None:
        kinds = set(xml.many(blocked, "EncryptionType"))
        if not kinds or kinds - {"NONE", "SSE-C"} or len(kinds) > 1:
            raise malformed_xml()
        of_bucket(bucket).blocks_customer_keys = kinds == {"SSE-C"}
    if default is not None:
        _check_default(default)
        bucket.encryption = {"Rule": {name: value for name, value in rule.items() if name != "BlockedEncryptionTypes"}}
    return 200, {}, ""


def _check_default(default: Any) -> None:
    method = default.get("SSEAlgorithm") if isinstance(default, dict) else None
    if method not in _METHODS:
        raise malformed_xml()
    if method == "AES256" and "KMSMasterKeyID" in default:
        message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
        raise invalid_argument(message, "ApplyServerSideEncryptionByDefault")


def get_default(call: Call) -> Answer:
    """GetBucketEncryption: SSE-S3 unless another default was put."""
    bucket = call.existing_bucket
    rule = dict(
        (bucket.encryption or {}).get("Rule") or {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    )
    rule.setdefault("BucketKeyEnabled", "false")
    kind = "SSE-C" if of_bucket(bucket).blocks_customer_keys else "NONE"
    rule["BlockedEncryptionTypes"] = {"EncryptionType": kind}
    return xml.answer("ServerSideEncryptionConfiguration", {"Rule": rule})


def delete_default(call: Call) -> Answer:
    """DeleteBucketEncryption: back to SSE-S3."""
    call.existing_bucket.encryption = None
    return 204, {}, ""

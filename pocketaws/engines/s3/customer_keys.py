"""SSE-C: objects encrypted with a key that the client sends with every request.

As on AWS, new buckets block it until ``PutBucketEncryption`` unblocks it.  Other than AWS, pocketaws takes
such requests over plain HTTP too, since its server speaks nothing else.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from typing import Any

from moto.s3.models import FakeKey

from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.encryption import begun_upload
from pocketaws.engines.s3.errors import Answer, S3Error, access_denied, invalid_argument, invalid_request
from pocketaws.engines.s3.state import of_bucket, of_object

__all__ = ["check_keys", "remember_key"]

_PREFIX = "x-amz-server-side-encryption-customer-"
_SOURCE = "x-amz-copy-source-server-side-encryption-customer-"
_METHOD = "x-amz-server-side-encryption"
_WRITES = ("PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy")
_READS = ("GetObject", "HeadObject", "GetObjectAttributes")
_MUST = "Requests specifying Server Side Encryption with Customer provided keys must provide"
_NEEDED = (
    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve "
    "the object."
)


def check_keys(call: Call) -> None:
    """Refuse a wrong, missing or unwanted key of the customer's."""
    if call.name in _READS:
        stored = call.object
        if stored is not None:
            _check_read(stored, _key_md5(call, _PREFIX, reading=True))
        return
    if call.name not in _WRITES or call.bucket is None:
        return
    if call.copy_source:
        source = call.find(*call.copy_source)
        if source is not None:
            _check_read(source, _key_md5(call, _SOURCE, reading=True))
    md5 = _key_md5(call, _PREFIX)
    if md5 and of_bucket(call.bucket).blocks_customer_keys:
        raise access_denied(
            f'User: {call.caller.arn} is not authorized to perform: {call.operation.action} on resource: "{call.arn}" '
            "because this bucket has blocked upload requests that specify Server Side Encryption with Customer "
            "provided keys (SSE-C). Please specify a different server-side encryption type"
        )
    if call.name.startswith("UploadPart"):
        _check_part(call, md5)


def _key_md5(call: Call, prefix: str, *, reading: bool = False) -> str | None:
    """Return the MD5 of the key that a request brings, checked; None when it brings none."""
    algorithm, key, md5 = (call.headers.get(prefix + name) for name in ("algorithm", "key", "key-md5"))
    if not (algorithm or key or md5):
        return None
    method = call.headers.get(_METHOD)
    if method and not reading:
        message = (
            "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"
        )
        raise invalid_argument(message, _METHOD, method)
    if not algorithm:
        raise invalid_argument(f"{_MUST} a valid encryption algorithm.", _METHOD)
    if algorithm != "AES256":
        message = "The Encryption request you specified is not valid. Supported value: AES256."
        raise S3Error("InvalidEncryptionAlgorithmError", message, 400, ArgumentName=_METHOD, ArgumentValue=algorithm)
    if not key:
        raise invalid_argument(f"{_MUST} an appropriate secret key.")
    try:
        raw = b64decode(key, validate=True)
    except BadBase64:
        raw = b""
    actual = b64encode(hashlib.md5(raw, usedforsecurity=False).digest()).decode()
    if md5 and md5 != actual:
        message = "The calculated MD5 hash of the key did not match the hash that was provided."
        raise invalid_argument(message, _METHOD, "null")
    if len(raw) != 32 and not reading:
        raise invalid_argument("The secret key was invalid for the specified algorithm.")
    return actual


def _check_read(stored: FakeKey, md5: str | None) -> None:
    wanted = of_object(stored).customer_key_md5
    if wanted and md5 is None:
        raise invalid_request(_NEEDED)
    if wanted and md5 != wanted:
        raise access_denied(f"{_MUST} the correct secret key.")
    if md5 and not wanted:
        raise invalid_request("The encryption parameters are not applicable to this object.")


def _check_part(call: Call, md5: str | None) -> None:
    upload: Any = call.bucket.multiparts.get(call.query["uploadId"]) if call.bucket else None
    wanted = getattr(upload, "customer_key_md5", None)
    if upload is None or wanted == md5:
        return
    if wanted and md5:
        raise invalid_request("The provided encryption parameters did not match the ones used originally.")
    raise invalid_request(
        "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate "
        "encryption parameters."
    )


def remember_key(call: Call, answer: Answer) -> Answer:
    """Keep the MD5 of the key with what was stored, and confirm it in the answer."""
    status, headers, body = answer
    if status not in (200, 206) or call.name not in (*_WRITES, *_READS):
        return answer
    md5 = _key_md5(call, _PREFIX, reading=call.name in _READS)
    if md5 is None:
        return answer
    if call.name in ("PutObject", "CopyObject"):
        stored: Any = call.object
        of_object(stored).customer_key_md5, stored.encryption = md5, None
    elif call.name == "CreateMultipartUpload" and call.bucket is not None:
        begun_upload(call, body).customer_key_md5 = md5
    for name in [name for name in headers if name.lower() == _METHOD]:
        del headers[name]
    headers |= {f"{_PREFIX}algorithm": "AES256", f"{_PREFIX}key-MD5": md5}
    return status, headers, body

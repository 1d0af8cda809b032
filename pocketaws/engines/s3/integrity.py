"""Bodies checked against what the client says of them: Content-MD5, x-amz-checksum-*, x-amz-content-sha256.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from typing import Any

from moto.s3.models import FakeKey

from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.checksums import ALGORITHMS, digest
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_request, unsupported

__all__ = ["add_checksums", "check_body", "checksum_of", "claimed_checksum", "header"]

_TRAILER = re.compile(rb"x-amz-checksum-(\w+):([A-Za-z0-9+/=]+)\s*(?:\r\n|\n|$)")
_NOT_CHECKSUMS = {"x-amz-checksum-mode", "x-amz-checksum-algorithm", "x-amz-checksum-type"}
_SIZES = {"CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32, "SHA512": 64, "MD5": 16}


def header(algorithm: str) -> str:
    """Return the header that carries a checksum of an algorithm."""
    return f"x-amz-checksum-{algorithm.lower()}"


def claimed_checksum(call: Call) -> tuple[str, str] | None:
    """Return the algorithm and checksum that a request gives for its body, in a header or the trailer.

    Raises
    ------
    S3Error
        InvalidRequest: two are given, or one that is no checksum; NotImplemented: an algorithm we lack.
    """
    given = [
        (name.lower().removeprefix("x-amz-checksum-").upper(), value)
        for name, value in call.headers.items()
        if name.lower().startswith("x-amz-checksum-") and name.lower() not in _NOT_CHECKSUMS
    ]
    if not given and (call.headers.get("x-amz-trailer") or "").lower().startswith("x-amz-checksum-"):
        found = _TRAILER.search(call.endpoint.raw_body[-300:])
        given = [(found.group(1).decode().upper(), found.group(2).decode())] if found else []
        if not found:
            message = "The request contained trailing data that was not well-formed or did not conform to our published"
            raise S3Error("MalformedTrailerError", f"{message} schema.", 400)
    if not given:
        return None
    if len(given) > 1:
        raise invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    algorithm, value = given[0]
    if algorithm not in ALGORITHMS:
        raise unsupported(f"The checksum algorithm {algorithm}")
    if not _is_digest(value, _SIZES[algorithm]):
        raise invalid_request(f"Value for {header(algorithm)} header is invalid.")
    return algorithm, value


def _is_digest(text: str, size: int) -> bool:
    try:
        return len(b64decode(text, validate=True)) == size
    except BadBase64:
        return False


def check_body(call: Call) -> None:
    """Refuse a body that is not what the client sent."""
    if call.method not in ("PUT", "POST") or call.name in ("PostObject", "CompleteMultipartUpload"):
        return
    body = call.body
    _check_md5(call.headers.get("Content-MD5"), body)
    if (claim := claimed_checksum(call)) and digest(claim[0], body) != claim[1]:
        message = f"The {claim[0]} you specified did not match the calculated checksum."
        raise S3Error("BadDigest", message, 400)
    sent = call.headers.get("x-amz-content-sha256") or ""
    if re.fullmatch(r"[0-9a-f]{64}", sent) and hashlib.sha256(body).hexdigest() != sent:
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise S3Error("XAmzContentSHA256Mismatch", message, 400, ClientComputedContentSHA256=sent)


def _check_md5(given: str | None, body: bytes) -> None:
    if given is None:
        return
    if not _is_digest(given, 16):
        message = "The Content-MD5 you specified was invalid."
        fields: dict[str, Any] = {"Content-MD5": given}
        raise S3Error("InvalidDigest", message, 400, **fields)
    actual = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    if actual != given:
        message = "The Content-MD5 you specified did not match what we received."
        raise S3Error("BadDigest", message, 400, ExpectedDigest=given, CalculatedDigest=actual)


def checksum_of(stored: FakeKey) -> tuple[str, str, str]:
    """Return algorithm, value and type of an object's checksum.

    S3 adds CRC64NVME to objects that came without one; we compute it when first asked for.
    """
    if not stored.checksum_value or not stored.checksum_algorithm:
        stored.checksum_algorithm, stored.checksum_type = "CRC64NVME", "FULL_OBJECT"
        stored.checksum_value = digest("CRC64NVME", stored.value)
    kind = stored.checksum_type or "FULL_OBJECT"
    parts = f"-{stored.checksum_parts}" if kind == "COMPOSITE" else ""
    return stored.checksum_algorithm, f"{stored.checksum_value}{parts}", kind


def add_checksums(call: Call, answer: Answer) -> Answer:
    """Show an object's checksum on reads that ask for it, unless only a range is read."""
    status, headers, body = answer
    asked = call.name in ("GetObject", "HeadObject") and call.headers.get("x-amz-checksum-mode") == "ENABLED"
    if not asked or status != 200 or "partNumber" in call.query:
        return answer
    stored: Any = call.object
    if stored is not None:
        algorithm, value, kind = checksum_of(stored)
        headers |= {header(algorithm): value, "x-amz-checksum-type": kind}
    return status, headers, body

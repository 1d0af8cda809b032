"""Multipart uploads: parts checked one by one and as a whole.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from moto.s3.models import FakeKey, FakeMultipart
from moto.settings import S3_UPLOAD_PART_MIN_SIZE

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.checksums import ALGORITHMS, digest
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_argument, invalid_request, malformed_xml, unsupported
from pocketaws.engines.s3.integrity import claimed_checksum, header
from pocketaws.engines.s3.objects import meet_conditions
from pocketaws.engines.s3.state import of_object

__all__ = ["check_upload", "complete", "name_checksums", "read_part"]

_MAX_PARTS = 10_000
_CALLS = ("UploadPart", "UploadPartCopy", "ListParts", "AbortMultipartUpload")


def check_upload(call: Call) -> None:
    """Refuse parts of no upload, part numbers out of range, and unknown or impossible checksums."""
    if call.name == "CreateMultipartUpload":
        algorithm, kind = _checksum_kind(call.headers)
        if algorithm and algorithm not in ALGORITHMS:
            raise unsupported(f"The checksum algorithm {algorithm}")
        if (algorithm.startswith("SHA") and kind == "FULL_OBJECT") or (
            algorithm == "CRC64NVME" and kind == "COMPOSITE"
        ):
            message = f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
            raise invalid_request(message)
    if call.name not in _CALLS:
        return
    upload = call.existing_bucket.multiparts.get(call.query["uploadId"])
    if upload is None or upload.key_name != call.key_name:
        raise _no_such_upload(call)
    if call.name.startswith("UploadPart"):
        number = call.query.get("partNumber", "")
        if not number.isdigit() or not 1 <= int(number) <= _MAX_PARTS:
            message = f"Part number must be an integer between 1 and {_MAX_PARTS}, inclusive"
            raise invalid_argument(message, "partNumber", number)
        wanted, _ = _checksum_kind(upload.metadata)
        if wanted and (claim := claimed_checksum(call)) and claim[0] != wanted:
            kinds = f"expected checksum Type: {wanted.lower()}, actual checksum Type: {claim[0].lower()}"
            raise invalid_request(f"Checksum Type mismatch occurred, {kinds}")


def _no_such_upload(call: Call) -> S3Error:
    message = (
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
        "completed."
    )
    return S3Error("NoSuchUpload", message, 404, UploadId=call.query["uploadId"])


def _checksum_kind(headers: Mapping[str, Any]) -> tuple[str, str]:
    """Return the algorithm and type that an upload was begun with; no algorithm is ""."""
    algorithm = (headers.get("x-amz-checksum-algorithm") or "").upper()
    default = "FULL_OBJECT" if algorithm in ("", "CRC64NVME") else "COMPOSITE"
    return algorithm, headers.get("x-amz-checksum-type") or default


def complete(call: Call) -> Answer:
    """CompleteMultipartUpload; repeating it is harmless."""
    bucket = call.existing_bucket
    upload = bucket.multiparts.get(call.query["uploadId"])
    if upload is None:
        done = call.find(bucket.name, call.key_name)
        if done is not None and done.multipart and done.multipart.id == call.query["uploadId"]:
            return _completed(call, done)
        raise _no_such_upload(call)
    parts = _listed_parts(call, upload)
    meet_conditions(call)
    size = call.headers.get("x-amz-mp-object-size")
    total = sum(part.size for part in parts)
    if size is not None and size != str(total):
        message = f"The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {total}"
        raise invalid_request(message)
    algorithm, kind = _checksum_kind(upload.metadata)
    value = _whole_checksum(call, parts, algorithm, kind)
    pairs = [(part.name, part.etag) for part in parts]
    known = [(part.name, part.size, part.checksum_value) for part in parts]
    stored: FakeKey = call.backend.complete_multipart_upload(bucket.name, upload.id, iter(pairs))
    stored.checksum_algorithm, stored.checksum_value = algorithm or None, value
    stored.checksum_type = kind
    stored.checksum_parts = len(parts) if kind == "COMPOSITE" else None
    of_object(stored).parts = known
    if md5 := getattr(upload, "customer_key_md5", None):
        of_object(stored).customer_key_md5, stored.encryption = md5, None
    return _completed(call, stored)


def _listed_parts(call: Call, upload: FakeMultipart) -> list[FakeKey]:
    """Return the parts that the request lists, in order; each must be as it was uploaded."""
    listed = xml.many(xml.parse(call.body, "CompleteMultipartUpload"), "Part")
    if not listed or not all(isinstance(each, dict) for each in listed):
        raise malformed_xml()
    numbers = [xml.whole_number(each.get("PartNumber")) for each in listed]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        message = "The list of parts was not in ascending order. Parts must be ordered by part number."
        raise S3Error("InvalidPartOrder", message, 400, UploadId=upload.id)
    algorithm, _ = _checksum_kind(upload.metadata)
    parts = []
    for number, each in zip(numbers, listed, strict=True):
        part = upload.parts.get(number)
        etag = str(each.get("ETag") or "").strip('"')
        claimed = each.get(f"Checksum{algorithm}") if algorithm else None
        if part is None or part.etag.strip('"') != etag or (claimed and part.checksum_value not in (None, claimed)):
            message = (
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
                "specified entity tag may not match the part's entity tag."
            )
            raise S3Error("InvalidPart", message, 400, UploadId=upload.id, PartNumber=number, ETag=etag)
        parts.append(part)
    for part in parts[:-1]:
        if part.size < S3_UPLOAD_PART_MIN_SIZE:
            message = "Your proposed upload is smaller than the minimum allowed size"
            raise S3Error(
                "EntityTooSmall",
                message,
                400,
                ProposedSize=part.size,
                MinSizeAllowed=S3_UPLOAD_PART_MIN_SIZE,
                PartNumber=part.name,
                ETag=part.etag.strip('"'),
            )
    return parts


def _whole_checksum(call: Call, parts: list[FakeKey], algorithm: str, kind: str) -> str | None:
    """Return the checksum of the whole object, and compare it with what the client expects."""
    claim = claimed_checksum_of_whole(call)
    if not algorithm:
        algorithm = claim[0] if claim else ""
        if not algorithm:
            return None
    if kind == "COMPOSITE":
        raw = b"".join(_raw(part, algorithm) for part in parts)
        value = digest(algorithm, raw)
    else:
        value = digest(algorithm, b"".join(part.value for part in parts))
    if claim and claim[1].partition("-")[0] != value:
        raise S3Error("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.", 400)
    return value


def claimed_checksum_of_whole(call: Call) -> tuple[str, str] | None:
    """Return the checksum that the client expects of the object; a composite one ends in the number of parts."""
    for algorithm in ALGORITHMS:
        if value := call.headers.get(header(algorithm)):
            return algorithm, value
    return None


def _raw(part: FakeKey, algorithm: str) -> bytes:
    if part.checksum_algorithm == algorithm and part.checksum_value:
        return b64decode(part.checksum_value)
    return ALGORITHMS[algorithm](part.value)


def _completed(call: Call, stored: FakeKey) -> Answer:
    headers = {}
    if call.existing_bucket.versioning_status:
        headers["x-amz-version-id"] = stored.version_id
    if stored.encryption:
        headers["x-amz-server-side-encryption"] = stored.encryption
    if stored.kms_key_id:
        headers["x-amz-server-side-encryption-aws-kms-key-id"] = stored.kms_key_id
    document = {
        "Location": f"https://{call.bucket_name}.s3.amazonaws.com/{stored.name}",
        "Bucket": call.bucket_name,
        "Key": stored.name,
        "ETag": stored.etag,
    }
    if stored.checksum_value:
        suffix = f"-{stored.checksum_parts}" if stored.checksum_type == "COMPOSITE" else ""
        document[f"Checksum{stored.checksum_algorithm}"] = f"{stored.checksum_value}{suffix}"
        document["ChecksumType"] = stored.checksum_type
    return xml.answer("CompleteMultipartUploadResult", document, headers)


def name_checksums(call: Call, answer: Answer) -> Answer:
    """Answer ListParts with the checksums of the parts, which completing the upload asks for."""
    status, headers, body = answer
    upload = call.existing_bucket.multiparts.get(call.query["uploadId"]) if call.name == "ListParts" else None
    algorithm, kind = _checksum_kind(upload.metadata) if upload else ("", "")
    if upload is None or not algorithm or status != 200:
        return answer
    document = xml.parse(body.encode() if isinstance(body, str) else body, "ListPartsResponse")
    for part in xml.many(document, "Part"):
        if value := upload.parts[int(part["PartNumber"])].checksum_value:
            part[f"Checksum{algorithm}"] = value
    document |= {"ChecksumAlgorithm": algorithm, "ChecksumType": kind}
    kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    return xml.answer("ListPartsResult", document, kept)


def read_part(call: Call, answer: Answer) -> Answer:
    """Answer GetObject and HeadObject of one part of an object that was uploaded in parts."""
    status, headers, _ = answer
    number = call.query.get("partNumber", "")
    if call.name not in ("GetObject", "HeadObject") or status not in (200, 206) or not number.isdigit():
        return answer
    stored = call.object
    parts = of_object(stored).parts if stored is not None else []
    if stored is None or not parts:
        return answer
    if not 1 <= int(number) <= len(parts):
        raise S3Error(
            "InvalidPartNumber", "The requested partnumber is not satisfiable", 416, PartNumberRequested=number
        )
    start = sum(size for _, size, _ in parts[: int(number) - 1])
    size = parts[int(number) - 1][1]
    headers |= {
        "content-length": str(size),
        "content-range": f"bytes {start}-{start + size - 1}/{stored.size}",
        "x-amz-mp-parts-count": str(len(parts)),
        "ETag": stored.etag,
    }
    return 206, headers, stored.value[start : start + size] if call.name == "GetObject" else ""

"""Operations on objects that moto lacks or answers wrongly: DeleteObjects, GetObjectAttributes, delete markers."""

from __future__ import annotations

from typing import Any

from moto.s3.models import FakeDeleteMarker, FakeKey

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.access import check
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_argument, malformed_xml
from pocketaws.engines.s3.integrity import checksum_of
from pocketaws.engines.s3.lifecycle_api import http_date
from pocketaws.engines.s3.state import created, of_object, versions

__all__ = [
    "check_conditions",
    "check_delete_marker",
    "delete_objects",
    "get_attributes",
    "meet_conditions",
    "show_version",
    "tidy_headers",
]

_MAX_DELETES = 1000
#: What moto keeps as if it were the user's metadata.
_NOT_METADATA = {
    "x-amz-content-sha256",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-type",
    "content-md5",
}
_READS = ("GetObject", "HeadObject", "GetObjectAttributes", "GetObjectTagging", "GetObjectAcl")


def delete_objects(call: Call) -> Answer:
    """DeleteObjects: up to 1,000 keys; each fails or succeeds on its own.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
    """
    bucket = call.existing_bucket
    document = xml.parse(call.body, "Delete")
    wanted = xml.many(document, "Object")
    if not 1 <= len(wanted) <= _MAX_DELETES or not all(isinstance(each, dict) and each.get("Key") for each in wanted):
        raise malformed_xml()
    bypass = (call.headers.get("x-amz-bypass-governance-retention") or "").lower() == "true"
    deleted: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for each in wanted:
        key, version_id = each["Key"], each.get("VersionId")
        try:
            action = "s3:DeleteObjectVersion" if version_id else "s3:DeleteObject"
            check(call, action, f"arn:aws:s3:::{bucket.name}/{key}")
            _check_condition(call, each)
            _, said = call.backend.delete_object(bucket.name, key, version_id=version_id, bypass=bypass)
        except S3Error as error:
            errors.append({"Key": key, "VersionId": version_id, "Code": error.code, "Message": error.message})
            continue
        marker = said.get("delete-marker")
        shown = said.get("version-id") if marker else None
        deleted.append({"Key": key, "VersionId": version_id, "DeleteMarker": marker, "DeleteMarkerVersionId": shown})
    if document.get("Quiet") == "true":
        deleted = []
    return xml.answer("DeleteResult", {"Deleted": deleted, "Error": errors})


def check_conditions(call: Call) -> None:
    """Refuse a write whose headers make no condition, or whose condition does not hold; an upload's holds at its end.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    if call.name not in ("PutObject", "CopyObject", "CompleteMultipartUpload"):
        return
    absent = call.headers.get("If-None-Match")
    if absent is not None and (absent != "*" or "If-Match" in call.headers):
        message = "A header you provided implies functionality that is not implemented"
        raise S3Error("NotImplemented", message, 501, Header="If-None-Match")
    if call.name != "CompleteMultipartUpload" and call.bucket is not None:
        meet_conditions(call)


def meet_conditions(call: Call) -> None:
    """Refuse a write whose ``If-Match`` or ``If-None-Match`` does not hold of what is there."""
    current = call.find(call.bucket_name, call.key_name)
    message = "At least one of the pre-conditions you specified did not hold"
    if call.headers.get("If-None-Match") == "*" and current is not None:
        raise S3Error("PreconditionFailed", message, 412, Condition="If-None-Match")
    if wanted := call.headers.get("If-Match"):
        if current is None:
            raise S3Error("NoSuchKey", "The specified key does not exist.", 404, Key=call.key_name)
        if wanted.strip('"') != current.etag.strip('"'):
            raise S3Error("PreconditionFailed", message, 412, Condition="If-Match")


def _check_condition(call: Call, wish: dict[str, Any]) -> None:
    if "ETag" not in wish:
        return
    stored = call.find(call.bucket_name, wish["Key"], wish.get("VersionId"))
    if stored is None or stored.etag.strip('"') != str(wish["ETag"]).strip('"'):
        message = "At least one of the pre-conditions you specified did not hold"
        raise S3Error("PreconditionFailed", message, 412)


def check_delete_marker(call: Call) -> None:
    """Refuse to read a delete marker, saying that it is one.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
    """
    if call.name not in _READS or call.bucket is None:
        return
    stack = versions(call.bucket, call.key_name)
    found = [each for each in stack if each.version_id == call.version_id] if call.version_id else stack[-1:]
    if not found or not isinstance(found[0], FakeDeleteMarker):
        return
    headers = {"x-amz-delete-marker": "true", "x-amz-version-id": found[0].version_id}
    if call.version_id:
        headers |= {"allow": "DELETE", "last-modified": http_date(created(found[0]))}
        message = "The specified method is not allowed against this resource."
        raise S3Error("MethodNotAllowed", message, 405, headers, Method=call.method, ResourceType="DeleteMarker")
    raise S3Error("NoSuchKey", "The specified key does not exist.", 404, headers, Key=call.key_name)


def get_attributes(call: Call) -> Answer:
    """GetObjectAttributes, parts included.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
    """
    stored = call.existing_object()
    names = {"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}
    wanted = {name.strip() for name in (call.headers.get("x-amz-object-attributes") or "").split(",")}
    if wanted - names:
        raise invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes")
    document: dict[str, Any] = {}
    if "ETag" in wanted:
        document["ETag"] = stored.etag.strip('"')
    if "Checksum" in wanted:
        algorithm, value, kind = checksum_of(stored)
        document["Checksum"] = {f"Checksum{algorithm}": value.partition("-")[0], "ChecksumType": kind}
    if "ObjectParts" in wanted and of_object(stored).parts:
        document["ObjectParts"] = _parts(call, stored)
    if "StorageClass" in wanted:
        document["StorageClass"] = stored.storage_class
    if "ObjectSize" in wanted:
        document["ObjectSize"] = stored.size
    headers = {"last-modified": http_date(created(stored))}
    if stored.version_id != "null":
        headers["x-amz-version-id"] = stored.version_id
    return xml.answer("GetObjectAttributesResponse", document, headers)


def _parts(call: Call, stored: FakeKey) -> dict[str, Any]:
    parts = of_object(stored).parts
    marker = int(call.headers.get("x-amz-part-number-marker") or 0)
    limit = min(int(call.headers.get("x-amz-max-parts") or 1000), 1000)
    later = [part for part in parts if part[0] > marker]
    document: dict[str, Any] = {
        "PartsCount": len(parts),
        "PartNumberMarker": marker,
        "MaxParts": limit,
        "IsTruncated": len(later) > limit,
    }
    if later:
        document["NextPartNumberMarker"] = later[:limit][-1][0]
    if stored.checksum_algorithm and all(checksum for _, _, checksum in parts):
        name = f"Checksum{stored.checksum_algorithm}"
        document["Part"] = [{"PartNumber": n, "Size": size, name: checksum} for n, size, checksum in later[:limit]]
    return document


def show_version(call: Call, answer: Answer) -> Answer:
    """Name the version, which is "null" for what was written while versioning was off or suspended."""
    status, headers, body = answer
    names = ("PutObject", "CopyObject", "GetObject", "HeadObject")
    if call.name in names and status in (200, 206) and call.existing_bucket.versioning_status:
        headers["x-amz-version-id"] = call.existing_object().version_id
    return status, headers, body


def tidy_headers(call: Call, answer: Answer) -> Answer:
    """Take out of a read what is not the object's metadata."""
    status, headers, body = answer
    if call.name in ("GetObject", "HeadObject"):
        for name in [name for name in headers if name.lower() in _NOT_METADATA]:
            del headers[name]
    return status, headers, body

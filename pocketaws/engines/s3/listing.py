"""Lists that moto gets wrong: versions (their order), multipart uploads (their dates).

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from moto.s3.models import OWNER, FakeDeleteMarker, FakeKey

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, invalid_argument
from pocketaws.engines.s3.state import versions

__all__ = ["list_object_versions", "list_uploads"]

_OWNER = {"ID": OWNER, "DisplayName": "webfile"}
_PAGE = 1000


def list_object_versions(call: Call) -> Answer:
    """ListObjectVersions: by key, the newest version of each first."""
    bucket = call.existing_bucket
    prefix, delimiter = call.query.get("prefix", ""), call.query.get("delimiter", "")
    marker, version_marker = call.query.get("key-marker", ""), call.query.get("version-id-marker", "")
    if version_marker and not marker:
        message = "A version-id marker cannot be specified without a key marker."
        raise invalid_argument(message, "version-id-marker", version_marker)
    limit = min(int(call.query.get("max-keys") or _PAGE), _PAGE)
    entries = _version_entries(call, prefix, delimiter, marker, version_marker)
    page, last, truncated = _page(entries, limit)
    encode = _encoder(call)
    document: dict[str, Any] = {
        "Name": bucket.name,
        "Prefix": encode(prefix),
        "KeyMarker": encode(marker),
        "VersionIdMarker": version_marker,
        "MaxKeys": limit,
        "Delimiter": encode(delimiter) or None,
        "EncodingType": call.query.get("encoding-type"),
        "IsTruncated": truncated,
    }
    if truncated and last:
        document["NextKeyMarker"] = encode(last[0])
        document["NextVersionIdMarker"] = last[1] or None
    document["Version"] = [_version(each, latest, encode) for each, latest in page if isinstance(each, FakeKey)]
    markers = [_version(each, latest, encode) for each, latest in page if isinstance(each, FakeDeleteMarker)]
    document["DeleteMarker"] = markers
    document["CommonPrefixes"] = [{"Prefix": encode(each)} for each, _ in page if isinstance(each, str)]
    return xml.answer("ListVersionsResult", document)


def _version_entries(
    call: Call, prefix: str, delimiter: str, marker: str, version_marker: str
) -> Iterator[tuple[Any, bool, str, str]]:
    """Yield (version, is latest, key, version id) and (common prefix, False, prefix, "") after the markers."""
    bucket = call.existing_bucket
    folder = ""
    for key in sorted(dict.keys(bucket.keys)):
        if not key.startswith(prefix) or key < marker or (key == marker and not version_marker):
            continue
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        if cut >= 0:
            found = key[: cut + len(delimiter)]
            if found not in (folder, marker):
                folder = found
                yield folder, False, folder, ""
            continue
        skipping = key == marker
        for version in reversed(versions(bucket, key)):
            if not skipping:
                yield version, version is bucket.keys[key], key, version.version_id
            elif version.version_id == version_marker:
                skipping = False


def _page(entries: Iterable[tuple[Any, bool, str, str]], limit: int) -> tuple[list[Any], tuple[str, str] | None, bool]:
    page: list[Any] = []
    last = None
    for entry, latest, key, version_id in entries:
        if len(page) == limit:
            return page, last, limit > 0
        page.append((entry, latest))
        last = (key, version_id)
    return page, last, False


def _encoder(call: Call) -> Callable[[str], str]:
    return quote if call.query.get("encoding-type") == "url" else str


def _version(version: FakeKey | FakeDeleteMarker, latest: bool, encode: Callable[[str], str]) -> dict[str, Any]:
    entry = {
        "Key": encode(version.name),
        "VersionId": version.version_id,
        "IsLatest": latest,
        "LastModified": version.last_modified_ISO8601,
    }
    if isinstance(version, FakeKey):
        entry |= {"ETag": version.etag, "Size": version.size, "StorageClass": version.storage_class}
    return entry | {"Owner": _OWNER}


def list_uploads(call: Call) -> Answer:
    """ListMultipartUploads: by key, then by when they began."""
    bucket = call.existing_bucket
    prefix, marker = call.query.get("prefix", ""), call.query.get("key-marker", "")
    limit = min(int(call.query.get("max-uploads") or _PAGE), _PAGE)
    ongoing = sorted(bucket.multiparts.values(), key=lambda upload: (upload.key_name, _initiated(upload)))
    found = [each for each in ongoing if each.key_name.startswith(prefix) and each.key_name > marker]
    encode, page = _encoder(call), found[:limit]
    document: dict[str, Any] = {
        "Bucket": bucket.name,
        "KeyMarker": encode(marker),
        "UploadIdMarker": "",
        "Prefix": encode(prefix),
        "MaxUploads": limit,
        "IsTruncated": len(found) > limit,
        "NextKeyMarker": encode(page[-1].key_name) if len(found) > limit else None,
        "EncodingType": call.query.get("encoding-type"),
        "Upload": [
            {
                "Key": encode(each.key_name),
                "UploadId": each.id,
                "Initiator": _OWNER,
                "Owner": _OWNER,
                "StorageClass": each.storage,
                "Initiated": _initiated(each).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "ChecksumAlgorithm": each.metadata.get("x-amz-checksum-algorithm"),
                "ChecksumType": each.metadata.get("x-amz-checksum-type"),
            }
            for each in page
        ],
    }
    return xml.answer("ListMultipartUploadsResult", document)


def _initiated(upload: Any) -> datetime:
    return upload.initiated  # type: ignore[no-any-return]

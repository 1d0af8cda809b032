"""Names and limits: buckets, keys, metadata, tags.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_argument, malformed_xml, unsupported
from pocketaws.engines.s3.rules import RANK

__all__ = ["BUCKETS_PER_ACCOUNT", "check_limits", "is_bucket_name", "tag_new_bucket"]

BUCKETS_PER_ACCOUNT = 10_000
_KEY_BYTES, _METADATA_BYTES, _TAGS, _PAGE = 1024, 2048, 10, 1000
_LABELS = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_TAG = re.compile(r"[\w\s+\-=.:/@]*")


def is_bucket_name(name: str) -> bool:
    """Whether a name may be given to a new general purpose bucket.

    Examples
    --------
    >>> is_bucket_name("flights-2013"), is_bucket_name("Bad_Name"), is_bucket_name("192.168.5.4")
    (True, False, False)
    """
    if not 3 <= len(name) <= 63 or not _LABELS.fullmatch(name):
        return False
    if name.startswith(_RESERVED_STARTS) or name.endswith(_RESERVED_ENDS):
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return True
    return False


def check_limits(call: Call) -> None:
    """Refuse what is too long, too much or wrongly named."""
    if not call.operation.supported:
        raise unsupported(call.name)
    if call.name == "CreateBucket":
        _check_new_bucket(call)
    if call.key_name and len(call.key_name.encode()) > _KEY_BYTES:
        size = len(call.key_name.encode())
        raise S3Error("KeyTooLongError", "Your key is too long", 400, Size=size, MaxSizeAllowed=_KEY_BYTES)
    if call.name in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        _check_metadata(call)
        check_tags(_header_tags(call), "Your TagKey cannot be prefixed with aws:")
        _check_storage_class(call.headers.get("x-amz-storage-class"))
    elif call.name == "PutObjectTagging":
        check_tags(_body_tags(call))
    elif call.name.startswith("ListObject"):
        _check_max_keys(call)


def _check_new_bucket(call: Call) -> None:
    if call.bucket_name.endswith("--x-s3"):
        raise unsupported("A directory bucket (S3 Express One Zone)")
    if not is_bucket_name(call.bucket_name):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.", 400, BucketName=call.bucket_name)
    if call.bucket is None and len(call.backend.buckets) >= BUCKETS_PER_ACCOUNT:
        message = "You have attempted to create more buckets than allowed"
        raise S3Error("TooManyBuckets", message, 400)


def _check_metadata(call: Call) -> None:
    prefix = "x-amz-meta-"
    size = sum(
        len(name) - len(prefix) + len(value.encode())
        for name, value in call.headers.items()
        if name.lower().startswith(prefix)
    )
    if size > _METADATA_BYTES:
        message = "Your metadata headers exceed the maximum allowed metadata size"
        raise S3Error("MetadataTooLarge", message, 400, Size=size, MaxSizeAllowed=_METADATA_BYTES)


def tag_new_bucket(call: Call, answer: Answer) -> Answer:
    """Give a new bucket the tags that came with CreateBucket."""
    if call.name == "CreateBucket" and answer[0] == 200 and call.body:
        given = xml.parse(call.body, "CreateBucketConfiguration").get("Tags") or {}
        tags = {tag["Key"]: tag.get("Value") or "" for tag in xml.many(given, "Tag")}
        if tags:
            call.backend.put_bucket_tagging(call.bucket_name, tags)
    return answer


def _header_tags(call: Call) -> list[tuple[str, str]]:
    return parse_qsl(call.headers.get("x-amz-tagging") or "", keep_blank_values=True)


def _body_tags(call: Call) -> list[tuple[str, str]]:
    tag_set = xml.parse(call.body, "Tagging").get("TagSet") or {}
    tags = xml.many(tag_set, "Tag") if isinstance(tag_set, dict) else []
    if any(not isinstance(tag, dict) or "Key" not in tag for tag in tags):
        raise malformed_xml()
    return [(tag["Key"] or "", tag.get("Value") or "") for tag in tags]


def check_tags(tags: list[tuple[str, str]], reserved: str = "System tags cannot be added/updated by requester") -> None:
    """Refuse tags that an object cannot have; ``reserved`` is what S3 says of those that begin with ``aws:``."""
    if len(tags) > _TAGS:
        raise S3Error("BadRequest", f"Object tags cannot be greater than {_TAGS}", 400)
    if len({key for key, _ in tags}) < len(tags):
        raise S3Error("InvalidTag", "Cannot provide multiple Tags with the same key", 400)
    for key, value in tags:
        if key.lower().startswith("aws:"):
            raise S3Error("InvalidTag", reserved, 400)
        if not 1 <= len(key) <= 128 or not _TAG.fullmatch(key):
            raise S3Error("InvalidTag", "The TagKey you have provided is invalid", 400, TagKey=key)
        if len(value) > 256 or not _TAG.fullmatch(value):
            raise S3Error("InvalidTag", "The TagValue you have provided is invalid", 400, TagKey=key, TagValue=value)


def _check_storage_class(name: str | None) -> None:
    if name is not None and name not in RANK:  # EXPRESS_ONEZONE, for one, is for directory buckets only
        message = "The storage class you specified is not valid"
        raise S3Error("InvalidStorageClass", message, 400, StorageClassRequested=name)


def _check_max_keys(call: Call) -> None:
    text = call.query.get("max-keys")
    if text is None:
        return
    if not re.fullmatch(r"-?\d+", text):
        raise invalid_argument("Provided max-keys not an integer or within integer range", "max-keys", text)
    if not 0 <= int(text) < 2**31:
        message = "Argument maxKeys must be an integer between 0 and 2147483647"
        raise invalid_argument(message, "maxKeys", text)
    if int(text) > _PAGE:  # S3 answers with what it gives at most
        call.query["max-keys"] = str(_PAGE)
        call.endpoint.querystring["max-keys"] = [str(_PAGE)]

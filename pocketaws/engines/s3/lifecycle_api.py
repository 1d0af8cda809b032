"""The operations on a bucket's lifecycle configuration, and the headers that announce what it will do."""

from __future__ import annotations

from datetime import datetime, timezone
from urllib.parse import quote

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_request
from pocketaws.engines.s3.lifecycle import abort_time, expiration_time, touch
from pocketaws.engines.s3.rulebook import read_rules
from pocketaws.engines.s3.state import of_bucket

__all__ = ["add_dates", "delete", "get", "http_date", "put"]

_HEADER = "x-amz-transition-default-minimum-object-size"
_SIZES = ("all_storage_classes_128K", "varies_by_storage_class")
_FOREVER = datetime.max.replace(tzinfo=timezone.utc)


def http_date(when: datetime) -> str:
    """Write a time as HTTP does."""
    return when.strftime("%a, %d %b %Y %H:%M:%S GMT")


def put(call: Call) -> Answer:
    """PutBucketLifecycleConfiguration; the old configuration, if any, is replaced."""
    bucket = call.existing_bucket
    state = of_bucket(bucket)
    minimum = call.headers.get(_HEADER) or _SIZES[0]
    if minimum not in _SIZES:
        raise invalid_request("Invalid default minimum object size")
    rules = read_rules(call.body)
    state.rules, state.minimum_size = rules, minimum
    touch(bucket)
    return 200, {_HEADER: minimum}, ""


def get(call: Call) -> Answer:
    """GetBucketLifecycleConfiguration: what was put, each rule with its id."""
    bucket = call.existing_bucket
    state = of_bucket(bucket)
    if not state.rules:
        message = "The lifecycle configuration does not exist"
        raise S3Error("NoSuchLifecycleConfiguration", message, 404, BucketName=bucket.name)
    document = {"Rule": [dict(rule.source) for rule in state.rules]}
    return xml.answer("LifecycleConfiguration", _keep_empty(document), {_HEADER: state.minimum_size})


def _keep_empty(node: object) -> dict[str, object]:
    """Write empty elements, such as ``<Filter/>``, rather than leave them out."""

    def walk(value: object) -> object:
        if isinstance(value, dict):
            return {name: walk(child) for name, child in value.items()}
        if isinstance(value, list):
            return [walk(child) for child in value]
        return "" if value is None else value

    return walk(node)  # type: ignore[return-value]


def delete(call: Call) -> Answer:
    """DeleteBucketLifecycle: nothing expires any more."""
    state = of_bucket(call.existing_bucket)
    state.rules = []
    if state.sweep is not None:
        state.sweep.cancel()
        state.sweep = None
    return 204, {}, ""


def add_dates(call: Call, answer: Answer) -> Answer:
    """Announce when the object will expire, or the unfinished upload be aborted."""
    status, headers, body = answer
    if status not in (200, 206) or call.bucket is None or not of_bucket(call.bucket).rules:
        return answer
    if call.name in ("PutObject", "CopyObject", "CompleteMultipartUpload", "GetObject", "HeadObject"):
        current = call.bucket.keys.get(call.key_name)
        stored = call.object
        if stored is not None and stored is current:
            when, rule = expiration_time(call.bucket, stored)
            if when < _FOREVER:
                headers["x-amz-expiration"] = f'expiry-date="{http_date(when)}", rule-id="{quote(rule)}"'
    elif call.name in ("CreateMultipartUpload", "ListParts"):
        started = [each.initiated for each in call.bucket.multiparts.values() if each.key_name == call.key_name]
        when, rule = abort_time(call.bucket, call.key_name, max(started, default=_FOREVER))
        if when < _FOREVER:
            headers |= {"x-amz-abort-date": http_date(when), "x-amz-abort-rule-id": rule}
    return status, headers, body

"""Object Lock: the default retention of a bucket, retention that cannot be shortened, legal holds.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
"""

from __future__ import annotations

import re
from datetime import datetime, timezone

from moto.s3.models import FakeKey

from pocketaws import clock
from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, access_denied, invalid_argument, invalid_request, malformed_xml
from pocketaws.engines.s3.state import of_bucket

__all__ = [
    "check_versioning",
    "get_configuration",
    "get_legal_hold",
    "get_retention",
    "put_configuration",
    "put_legal_hold",
    "put_retention",
]

_PROTECTED = "Access Denied because object protected by object lock."


def put_configuration(call: Call) -> Answer:
    """PutObjectLockConfiguration: for what arrives from now on, whatever the bucket holds."""
    bucket = call.existing_bucket
    if not call.body:
        raise S3Error("MissingRequestBodyError", "Request Body is empty", 400)
    wish = xml.parse(call.body, "ObjectLockConfiguration")
    if wish.get("ObjectLockEnabled") != "Enabled":
        raise malformed_xml()
    if bucket.versioning_status != "Enabled":
        message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
        raise S3Error("InvalidBucketState", message, 409)
    mode, days, years = None, None, None
    if "Rule" in wish:
        retention = (wish["Rule"] or {}).get("DefaultRetention") or {}
        mode, days, years = (retention.get(name) for name in ("Mode", "Days", "Years"))
        if mode not in ("GOVERNANCE", "COMPLIANCE") or (days is None) == (years is None):
            raise malformed_xml()
        if xml.whole_number(days or years) <= 0:
            period = ("Days", days) if days else ("Years", years)
            raise invalid_argument("Default retention period must be a positive integer value.", *period)
    bucket.object_lock_enabled = True
    bucket.default_lock_mode = mode
    bucket.default_lock_days, bucket.default_lock_years = int(days or 0), int(years or 0)
    return 200, {}, ""


def get_configuration(call: Call) -> Answer:
    """GetObjectLockConfiguration."""
    bucket = call.existing_bucket
    if not bucket.object_lock_enabled:
        message = "Object Lock configuration does not exist for this bucket"
        raise S3Error("ObjectLockConfigurationNotFoundError", message, 404)
    period = {"Days": bucket.default_lock_days or None, "Years": bucket.default_lock_years or None}
    rule = {"DefaultRetention": {"Mode": bucket.default_lock_mode, **period}} if bucket.default_lock_mode else None
    return xml.answer("ObjectLockConfiguration", {"ObjectLockEnabled": "Enabled", "Rule": rule})


def _locked_object(call: Call) -> FakeKey:
    if not call.existing_bucket.object_lock_enabled:
        raise invalid_request("Bucket is missing Object Lock Configuration")
    return call.existing_object()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def put_retention(call: Call) -> Answer:
    """PutObjectRetention: governance gives way to who may bypass it, compliance to nobody."""
    stored = _locked_object(call)
    wish = xml.parse(call.body, "Retention")
    mode, until = wish.get("Mode"), wish.get("RetainUntilDate")
    if (mode is None) != (until is None) or mode not in ("GOVERNANCE", "COMPLIANCE", None):
        raise malformed_xml()
    try:
        moment = _moment(until) if until else None
    except ValueError:
        raise malformed_xml() from None
    if moment is not None and moment <= clock.now():
        raise invalid_argument("The retain until date must be in the future!", "RetainUntilDate", until)
    bypass = (call.headers.get("x-amz-bypass-governance-retention") or "").lower() == "true"
    if stored.lock_mode and stored.lock_until and _moment(stored.lock_until) > clock.now():
        extends = mode == stored.lock_mode and moment is not None and moment >= _moment(stored.lock_until)
        strengthens = mode == "COMPLIANCE" and moment is not None and moment >= _moment(stored.lock_until)
        may_bypass = stored.lock_mode == "GOVERNANCE" and bypass
        if not (extends or strengthens or may_bypass):
            raise access_denied(_PROTECTED)
    stored.lock_mode = mode
    stored.lock_until = moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
    return 200, {}, ""


def get_retention(call: Call) -> Answer:
    """GetObjectRetention."""
    stored = _locked_object(call)
    if not stored.lock_mode:
        raise _nothing_locked()
    return xml.answer("Retention", {"Mode": stored.lock_mode, "RetainUntilDate": stored.lock_until})


def _nothing_locked() -> S3Error:
    message = "The specified object does not have a ObjectLock configuration"
    return S3Error("NoSuchObjectLockConfiguration", message, 404)


def put_legal_hold(call: Call) -> Answer:
    """PutObjectLegalHold."""
    stored = _locked_object(call)
    status = xml.parse(call.body, "LegalHold").get("Status")
    if status not in ("ON", "OFF"):
        raise malformed_xml()
    stored.lock_legal_status = status
    return 200, {}, ""


def get_legal_hold(call: Call) -> Answer:
    """GetObjectLegalHold."""
    stored = _locked_object(call)
    if not stored.lock_legal_status:
        raise _nothing_locked()
    return xml.answer("LegalHold", {"Status": stored.lock_legal_status})


def check_versioning(call: Call) -> None:
    """Refuse to suspend the versioning that a lock or a replication rule stands on."""
    if call.name != "PutBucketVersioning" or call.bucket is None:
        return
    status = re.search(rb"<Status>(\w+)</Status>", call.body)
    if status is None or status.group(1) not in (b"Enabled", b"Suspended"):
        raise malformed_xml()
    if status.group(1) == b"Suspended" and call.bucket.object_lock_enabled:
        message = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        raise S3Error("InvalidBucketState", message, 409)
    if status.group(1) == b"Suspended" and of_bucket(call.bucket).replication:
        message = (
            "A replication configuration is present on this bucket, so you cannot change the versioning state. "
            "To change the versioning state, first delete the replication configuration."
        )
        raise S3Error("InvalidBucketState", message, 409)

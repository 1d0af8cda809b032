"""Archived objects brought back for some days.

How long a restore takes: fixed times inside what AWS promises, so that a lesson runs the same each time.

===========================  =========  ========  ======
class or tier                Expedited  Standard  Bulk
===========================  =========  ========  ======
GLACIER, ARCHIVE_ACCESS      3 min      4 h       8 h
DEEP_ARCHIVE (both)          refused    12 h      48 h
===========================  =========  ========  ======

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import unescape

from moto.s3.models import FakeBucket, FakeKey

from pocketaws import clock
from pocketaws.engines.s3 import events, tiering, xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_argument, invalid_request, malformed_xml
from pocketaws.engines.s3.lifecycle import midnight_after
from pocketaws.engines.s3.state import Restore, of_object, versions

__all__ = ["TIMES", "add_list_status", "add_status", "check_readable", "restore_object"]

_FLEXIBLE = {"Expedited": timedelta(minutes=3), "Standard": timedelta(hours=4), "Bulk": timedelta(hours=8)}
_DEEP = {"Standard": timedelta(hours=12), "Bulk": timedelta(hours=48)}
TIMES = {
    "GLACIER": _FLEXIBLE,
    "ARCHIVE_ACCESS": _FLEXIBLE,
    "DEEP_ARCHIVE": _DEEP,
    "DEEP_ARCHIVE_ACCESS": _DEEP,
}


def restore_object(call: Call) -> Answer:
    """RestoreObject: 202 when a restore begins or is sped up, 200 when a restored copy is kept longer."""
    bucket, stored = call.existing_bucket, call.existing_object()
    wish = xml.parse(call.body, "RestoreRequest")
    if wish.get("Type") == "SELECT" or "SelectParameters" in wish:
        raise S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    archive = _archive(bucket, stored)
    days, tier = _days(wish, archive, stored), _tier(wish, archive)
    restore = of_object(stored).restore
    if restore is None:
        _begin(bucket, stored, tier, days, archive)
        events.send(bucket, "s3:ObjectRestore:Post", stored)
        return 202, {}, ""
    if restore.expires is None:
        _speed_up(bucket, stored, restore, tier, archive)
        return 202, {}, ""
    restore.booking.cancel()
    restore.days = days
    _keep(bucket, stored, restore)
    return 200, {}, ""


def _archive(bucket: FakeBucket, stored: FakeKey) -> str:
    """Return the archive an object lies in: its storage class, or its tier in Intelligent-Tiering."""
    if stored.storage_class in TIMES:
        return str(stored.storage_class)
    tier = tiering.access_tier(bucket, stored)
    if tier in TIMES or (stored.storage_class == "INTELLIGENT_TIERING" and of_object(stored).restore):
        return tier if tier in TIMES else "ARCHIVE_ACCESS"
    message = "Restore is not allowed for the object's current storage class"
    raise S3Error("InvalidObjectState", message, 403, StorageClass=stored.storage_class)


def _days(wish: dict[str, Any], archive: str, stored: FakeKey) -> int:
    if archive.endswith("_ACCESS"):
        if "Days" in wish:
            message = "Days cannot be specified for objects in the INTELLIGENT_TIERING storage class."
            raise invalid_request(message)
        return 0
    ongoing = of_object(stored).restore
    if "Days" not in wish:
        if ongoing is not None and ongoing.expires is None:
            return ongoing.days
        raise malformed_xml()
    days = xml.whole_number(wish["Days"])
    if days < 1:
        raise invalid_argument("restoration days should be at least 1", "Days", days)
    return days


def _tier(wish: dict[str, Any], archive: str) -> str:
    tier = (wish.get("GlacierJobParameters") or {}).get("Tier") or wish.get("Tier") or "Standard"
    if tier not in _FLEXIBLE:
        raise malformed_xml()
    if tier not in TIMES[archive]:
        message = "Retrieval option is not supported by this storage class"
        raise invalid_argument(message, "Tier", tier)
    return str(tier)


def _begin(bucket: FakeBucket, stored: FakeKey, tier: str, days: int, archive: str) -> None:
    ready = clock.now() + TIMES[archive][tier]
    booking = clock.at(ready, lambda: _complete(bucket, stored))
    of_object(stored).restore = Restore(tier, days, ready, booking)


def _speed_up(bucket: FakeBucket, stored: FakeKey, restore: Restore, tier: str, archive: str) -> None:
    if TIMES[archive][tier] >= TIMES[archive].get(restore.tier, timedelta(0)):
        raise S3Error("RestoreAlreadyInProgress", "Object restore is already in progress", 409)
    ready = min(restore.ready, clock.now() + TIMES[archive][tier])
    restore.booking.cancel()
    booking = clock.at(ready, lambda: _complete(bucket, stored))
    of_object(stored).restore = Restore(tier, restore.days, ready, booking)


def _complete(bucket: FakeBucket, stored: FakeKey) -> None:
    restore = of_object(stored).restore
    if restore is None or not _still_there(bucket, stored):
        return
    if stored.storage_class == "INTELLIGENT_TIERING":
        of_object(stored).restore, of_object(stored).accessed = None, clock.now()
    else:
        _keep(bucket, stored, restore)
    events.send(bucket, "s3:ObjectRestore:Completed", stored)


def _keep(bucket: FakeBucket, stored: FakeKey, restore: Restore) -> None:
    """Keep the copy for the days asked from now on, rounded up to midnight UTC."""
    restore.expires = midnight_after(clock.now() + timedelta(days=restore.days))
    restore.booking = clock.at(restore.expires, lambda: _lapse(bucket, stored))
    stored.set_expiry(restore.expires.replace(tzinfo=None))  # where moto looks


def _lapse(bucket: FakeBucket, stored: FakeKey) -> None:
    of_object(stored).restore = None
    stored.set_expiry(None)
    if _still_there(bucket, stored):
        events.send(bucket, "s3:ObjectRestore:Delete", stored)


def _still_there(bucket: FakeBucket, stored: FakeKey) -> bool:
    return any(each is stored for each in versions(bucket, stored.name))


def check_readable(call: Call) -> None:
    """Refuse to read an object that lies in an archive (a class's archive is refused by moto)."""
    if call.name != "GetObject" or call.bucket is None:
        return
    stored = call.object
    if stored is not None and stored.storage_class == "INTELLIGENT_TIERING":
        tier = tiering.access_tier(call.bucket, stored)
        if tier in TIMES:
            message = "The operation is not valid for the object's access tier"
            raise S3Error("InvalidObjectState", message, 403, StorageClass=stored.storage_class, AccessTier=tier)
        of_object(stored).accessed = clock.now()


def add_list_status(call: Call, answer: Answer) -> Answer:
    """Show the restores of listed objects to lists that ask for RestoreStatus."""
    status, headers, body = answer
    asked = "RestoreStatus" in (call.headers.get("x-amz-optional-object-attributes") or "")
    if not asked or call.name not in ("ListObjects", "ListObjectsV2") or status != 200:
        return answer
    text = body.decode() if isinstance(body, bytes) else body
    decode = unquote if call.query.get("encoding-type") == "url" else unescape

    def with_status(entry: re.Match[str]) -> str:
        stored = call.find(call.bucket_name, decode(entry.group(1)))
        restore = of_object(stored).restore if stored is not None else None
        if restore is None:
            return entry.group(0)
        shown = f"<IsRestoreInProgress>{str(restore.expires is None).lower()}</IsRestoreInProgress>"
        if restore.expires is not None:
            shown += f"<RestoreExpiryDate>{restore.expires:%Y-%m-%dT%H:%M:%S.000Z}</RestoreExpiryDate>"
        return f"{entry.group(0)}<RestoreStatus>{shown}</RestoreStatus>"

    return status, headers, re.sub(r"<Contents><Key>(.*?)</Key>", with_status, text, flags=re.DOTALL)


def add_status(call: Call, answer: Answer) -> Answer:
    """Show a restore under way, and the archive tier of an object in Intelligent-Tiering."""
    status, headers, body = answer
    if call.name != "HeadObject" or status != 200 or call.bucket is None or (stored := call.object) is None:
        return answer
    restore = of_object(stored).restore
    if restore is not None and restore.expires is None:
        headers["x-amz-restore"] = 'ongoing-request="true"'
    tier = tiering.access_tier(call.bucket, stored)
    if tier in TIMES:
        headers["x-amz-archive-status"] = tier
    return status, headers, body

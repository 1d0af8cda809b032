"""Intelligent-Tiering: the access tier of an object follows from how long nobody has read it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intelligent-tiering-overview.html
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import FakeBucket, FakeKey, s3_backends

from pocketaws import clock
from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_argument, malformed_xml
from pocketaws.engines.s3.state import created, of_bucket, of_object

__all__ = ["access_tier", "delete_configuration", "get_configuration", "list_configurations", "put_configuration"]

_MONITORED = 128 * 1024
_INFREQUENT, _INSTANT = 30, 90
_LIMITS = {"ARCHIVE_ACCESS": (90, 730), "DEEP_ARCHIVE_ACCESS": (180, 730)}


def access_tier(bucket: FakeBucket, stored: FakeKey) -> str:
    """Return where an object lies, in AWS's names; objects of other classes lie in none ("").

    Objects under 128 KB are not monitored and stay in FREQUENT.
    """
    if stored.storage_class != "INTELLIGENT_TIERING":
        return ""
    if stored.size < _MONITORED:
        return "FREQUENT"
    idle = (clock.now() - (of_object(stored).accessed or created(stored))).days
    opted = _opted(bucket, stored)
    for tier in ("DEEP_ARCHIVE_ACCESS", "ARCHIVE_ACCESS"):
        if tier in opted and idle >= opted[tier]:
            return tier
    if idle >= _INSTANT:
        return "ARCHIVE_INSTANT_ACCESS"
    return "INFREQUENT" if idle >= _INFREQUENT else "FREQUENT"


def _opted(bucket: FakeBucket, stored: FakeKey) -> dict[str, int]:
    """Return the archive tiers that the bucket's configurations switch on for an object, with their days."""
    opted: dict[str, int] = {}
    for configuration in of_bucket(bucket).tiering_xml.values():
        if configuration["Status"] == "Enabled" and _applies(bucket, stored, configuration.get("Filter") or {}):
            for each in xml.many(configuration, "Tiering"):
                days = int(each["Days"])
                opted[each["AccessTier"]] = min(days, opted.get(each["AccessTier"], days))
    return opted


def _applies(bucket: FakeBucket, stored: FakeKey, given: dict[str, Any]) -> bool:
    node = given.get("And") or given
    tags = s3_backends[bucket.account_id][bucket.partition].tagger.get_tag_dict_for_resource(stored.arn)
    wanted = xml.many(node, "Tag")
    return stored.name.startswith(node.get("Prefix") or "") and all(
        tags.get(t["Key"]) == (t.get("Value") or "") for t in wanted
    )


def put_configuration(call: Call) -> Answer:
    """PutBucketIntelligentTieringConfiguration."""
    configuration = xml.parse(call.body, "IntelligentTieringConfiguration")
    tiers = xml.many(configuration, "Tiering")
    if (
        configuration.get("Status") not in ("Enabled", "Disabled")
        or not tiers
        or configuration.get("Id") != call.query["id"]
    ):
        raise malformed_xml()
    for each in tiers:
        if not isinstance(each, dict) or each.get("AccessTier") not in _LIMITS:
            raise malformed_xml()
        low, high = _LIMITS[each["AccessTier"]]
        days = xml.whole_number(each.get("Days"))
        if not low <= days <= high:
            message = f"'Days' for the {each['AccessTier']} tier must be between {low} and {high}"
            raise invalid_argument(message, "Days", days)
    of_bucket(call.existing_bucket).tiering_xml[call.query["id"]] = configuration
    return 200, {}, ""


def get_configuration(call: Call) -> Answer:
    """GetBucketIntelligentTieringConfiguration: what was put."""
    return xml.answer("IntelligentTieringConfiguration", _find(call))


def list_configurations(call: Call) -> Answer:
    """ListBucketIntelligentTieringConfigurations."""
    found = list(of_bucket(call.existing_bucket).tiering_xml.values())
    document = {"IsTruncated": False, "IntelligentTieringConfiguration": found}
    return xml.answer("ListBucketIntelligentTieringConfigurationsOutput", document)


def delete_configuration(call: Call) -> Answer:
    """DeleteBucketIntelligentTieringConfiguration."""
    _find(call)
    del of_bucket(call.existing_bucket).tiering_xml[call.query["id"]]
    return 204, {}, ""


def _find(call: Call) -> dict[str, Any]:
    found = of_bucket(call.existing_bucket).tiering_xml.get(call.query.get("id", ""))
    if found is None:
        raise S3Error("NoSuchConfiguration", "The specified configuration does not exist.", 404)
    return found

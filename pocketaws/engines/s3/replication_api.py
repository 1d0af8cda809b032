"""The operations on a bucket's replication configuration.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, invalid_request, malformed_xml
from pocketaws.engines.s3.replication import ReplicationRule, find_bucket
from pocketaws.engines.s3.rules import RANK, Filter
from pocketaws.engines.s3.state import of_bucket

__all__ = ["delete", "get", "put"]

_SCHEMA = "must be specified for this version of Cross Region Replication configuration schema."


def put(call: Call) -> Answer:
    """PutBucketReplication: both buckets must be versioned."""
    bucket = call.existing_bucket
    document = xml.parse(call.body, "ReplicationConfiguration")
    elements = xml.many(document, "Rule")
    if not document.get("Role") or not 1 <= len(elements) <= 1000 or not all(isinstance(e, dict) for e in elements):
        raise malformed_xml()
    if not bucket.is_versioned:
        message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        raise invalid_request(message, BucketName=bucket.name)
    for position, element in enumerate(elements, 1):
        element.setdefault("ID", f"rule-{position}")
    rules = [_read(element, bucket.name) for element in elements]
    if len({rule.id for rule in rules}) < len(rules):
        raise S3Error("InvalidArgument", "Rule Id must be unique", 400)
    if len({rule.priority for rule in rules}) < len(rules):
        raise invalid_request("Found duplicate priority in replication configuration")
    of_bucket(bucket).replication = rules
    bucket.replication = {**document, "Rule": elements}
    return 200, {}, ""


def _read(element: Mapping[str, Any], source: str) -> ReplicationRule:
    destination = element.get("Destination") or {}
    arn = str(destination.get("Bucket") or "")
    if element.get("Status") not in ("Enabled", "Disabled") or not arn.startswith("arn:aws:s3:::"):
        raise malformed_xml()
    storage_class = destination.get("StorageClass")
    if storage_class is not None and storage_class not in RANK:
        raise malformed_xml()
    chosen, markers = _read_filter(element)
    name = arn.removeprefix("arn:aws:s3:::")
    _check_destination(name, source)
    criteria = element.get("SourceSelectionCriteria") or {}
    return ReplicationRule(
        id=element["ID"],
        priority=xml.whole_number(element.get("Priority", 0)),
        enabled=element["Status"] == "Enabled",
        filter=chosen,
        destination=name,
        storage_class=storage_class,
        markers=markers,
        kms=(criteria.get("SseKmsEncryptedObjects") or {}).get("Status") == "Enabled",
    )


def _read_filter(element: Mapping[str, Any]) -> tuple[Filter, bool]:
    if "Filter" not in element:  # the first version of the schema replicates delete markers
        return Filter(element.get("Prefix") or ""), True
    if "Priority" not in element:
        raise invalid_request(f"Priority {_SCHEMA}")
    markers = element.get("DeleteMarkerReplication")
    if not isinstance(markers, dict):
        raise invalid_request(f"DeleteMarkerReplication {_SCHEMA}")
    given = element["Filter"] if isinstance(element["Filter"], dict) else {}
    node = given.get("And") or given
    tags = tuple((tag["Key"], tag.get("Value") or "") for tag in xml.many(node, "Tag"))
    wanted = markers.get("Status") == "Enabled"
    if tags and wanted:
        message = "Delete marker replication is not supported if any Tag filter is specified."
        raise invalid_request(f"{message} Please refer to S3 Developer Guide for more information.")
    return Filter(node.get("Prefix") or "", tags), wanted


def _check_destination(name: str, source: str) -> None:
    if name == source:
        raise invalid_request("Destination bucket cannot be the same as the source bucket.")
    destination = find_bucket(name)
    if destination is None:
        raise invalid_request("Destination bucket must exist.")
    if not destination.is_versioned:
        raise invalid_request("Destination bucket must have versioning enabled.")


def get(call: Call) -> Answer:
    """GetBucketReplication: what was put."""
    bucket = call.existing_bucket
    if not of_bucket(bucket).replication:
        message = "The replication configuration was not found"
        raise S3Error("ReplicationConfigurationNotFoundError", message, 404, BucketName=bucket.name)
    return xml.answer("ReplicationConfiguration", bucket.replication)


def delete(call: Call) -> Answer:
    """DeleteBucketReplication."""
    of_bucket(call.existing_bucket).replication = []
    return 204, {}, ""

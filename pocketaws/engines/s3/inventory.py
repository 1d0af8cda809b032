"""S3 Inventory: once a day or week, at midnight UTC by the clock, a list of objects is written to a bucket.

The first report comes at the midnight after the configuration was put (AWS: within 48 hours), a weekly one
on Sundays.  Written are ``manifest.json``, ``manifest.checksum``, the compressed CSV and Hive's symlink.
ORC and Parquet are refused.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends

from pocketaws import clock
from pocketaws.engines.s3 import tiering, xml
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.errors import Answer, S3Error, malformed_xml, unsupported
from pocketaws.engines.s3.lifecycle import midnight_after
from pocketaws.engines.s3.replication import find_bucket
from pocketaws.engines.s3.state import created, of_bucket, of_object, versions

__all__ = ["delete", "get", "list_all", "put"]

log = logging.getLogger(__name__)
_OPTIONAL = {
    "Size",
    "LastModifiedDate",
    "StorageClass",
    "ETag",
    "IsMultipartUploaded",
    "ReplicationStatus",
    "EncryptionStatus",
    "ObjectLockRetainUntilDate",
    "ObjectLockMode",
    "ObjectLockLegalHoldStatus",
    "IntelligentTieringAccessTier",
    "BucketKeyStatus",
    "ChecksumAlgorithm",
}


def put(call: Call) -> Answer:
    """PutBucketInventoryConfiguration."""
    bucket = call.existing_bucket
    wish = xml.parse(call.body, "InventoryConfiguration")
    target = (wish.get("Destination") or {}).get("S3BucketDestination") or {}
    fields = xml.many(wish.get("OptionalFields") or {}, "Field")
    frequency = (wish.get("Schedule") or {}).get("Frequency")
    complete = wish.get("Id") == call.query["id"] and wish.get("IsEnabled") in ("true", "false")
    known = frequency in ("Daily", "Weekly") and wish.get("IncludedObjectVersions") in ("All", "Current")
    if not (complete and known and target.get("Bucket")) or target.get("Format") not in ("CSV", "ORC", "Parquet"):
        raise malformed_xml()
    if target["Format"] != "CSV":
        raise unsupported(f"Inventory in {target['Format']}")
    if missing := [field for field in fields if field not in _OPTIONAL]:
        raise unsupported(f"The inventory field {missing[0]}")
    if find_bucket(_name(target)) is None:
        raise S3Error("InvalidS3DestinationBucket", "The destination bucket does not exist.", 400)
    state = of_bucket(bucket)
    state.inventory_xml[wish["Id"]] = wish
    _book(bucket, wish["Id"])
    return 200, {}, ""


def _name(target: dict[str, Any]) -> str:
    return str(target["Bucket"]).removeprefix("arn:aws:s3:::")


def _find(call: Call) -> dict[str, Any]:
    found = of_bucket(call.existing_bucket).inventory_xml.get(call.query["id"])
    if found is None:
        raise S3Error("NoSuchConfiguration", "The specified configuration does not exist.", 404)
    return found


def get(call: Call) -> Answer:
    """GetBucketInventoryConfiguration: what was put."""
    return xml.answer("InventoryConfiguration", _find(call))


def list_all(call: Call) -> Answer:
    """ListBucketInventoryConfigurations."""
    found = list(of_bucket(call.existing_bucket).inventory_xml.values())
    document = {"IsTruncated": False, "InventoryConfiguration": found}
    return xml.answer("ListInventoryConfigurationsResult", document)


def delete(call: Call) -> Answer:
    """DeleteBucketInventoryConfiguration: no more reports."""
    _find(call)
    state = of_bucket(call.existing_bucket)
    del state.inventory_xml[call.query["id"]]
    state.reports.pop(call.query["id"]).cancel()
    return 204, {}, ""


def _book(bucket: FakeBucket, name: str) -> None:
    state = of_bucket(bucket)
    if name in state.reports:
        state.reports[name].cancel()
    when = midnight_after(clock.now() + timedelta(microseconds=1))
    if state.inventory_xml[name]["Schedule"]["Frequency"] == "Weekly":
        when += timedelta(days=(6 - when.weekday()) % 7)
    state.reports[name] = clock.at(when, lambda: _report(bucket, name))


def _report(bucket: FakeBucket, name: str) -> None:
    configuration = of_bucket(bucket).inventory_xml[name]
    if find_bucket(bucket.name) != bucket:
        return
    _book(bucket, name)
    destination = find_bucket(_name(configuration["Destination"]["S3BucketDestination"]))
    if configuration["IsEnabled"] != "true":
        return
    if destination is None:
        log.warning("inventory %s of %s: the destination bucket is gone", name, bucket.name)
        return
    _write(bucket, configuration, destination, clock.now())


def _write(bucket: FakeBucket, configuration: dict[str, Any], destination: FakeBucket, now: datetime) -> None:
    target = configuration["Destination"]["S3BucketDestination"]
    root = "/".join(part for part in (target.get("Prefix"), bucket.name, configuration["Id"]) if part)
    columns = _columns(configuration)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_rows(bucket, configuration, columns))
    body = gzip.compress(text.getvalue().encode(), mtime=0)
    data_key = f"{root}/data/{uuid5(NAMESPACE_URL, f'{root} {now}')}.csv.gz"
    manifest = {
        "sourceBucket": bucket.name,
        "destinationBucket": f"arn:aws:s3:::{destination.name}",
        "version": "2016-11-30",
        "creationTimestamp": str(int(now.timestamp() * 1000)),
        "fileFormat": "CSV",
        "fileSchema": ", ".join(columns),
        "files": [{"key": data_key, "size": len(body), "MD5checksum": _md5(body)}],
    }
    listing = json.dumps(manifest, indent=2).encode()
    folder = f"{root}/{now:%Y-%m-%dT%H-%MZ}"
    symlink = f"s3://{destination.name}/{data_key}\n".encode()
    backend = s3_backends[destination.account_id][destination.partition]
    for key, content in (
        (data_key, body),
        (f"{root}/hive/dt={now:%Y-%m-%d-%H-%M}/symlink.txt", symlink),
        (f"{folder}/manifest.json", listing),
        (f"{folder}/manifest.checksum", _md5(listing).encode()),
    ):
        backend.put_object(destination.name, key, content)


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def _columns(configuration: dict[str, Any]) -> list[str]:
    versioned = ["VersionId", "IsLatest", "IsDeleteMarker"] if configuration["IncludedObjectVersions"] == "All" else []
    return ["Bucket", "Key", *versioned, *xml.many(configuration.get("OptionalFields") or {}, "Field")]


def _rows(bucket: FakeBucket, configuration: dict[str, Any], columns: list[str]) -> Iterator[list[str]]:
    prefix = (configuration.get("Filter") or {}).get("Prefix") or ""
    everything = configuration["IncludedObjectVersions"] == "All"
    for key in sorted(dict.keys(bucket.keys)):
        if key.startswith(prefix):
            stack = versions(bucket, key)
            for version in reversed(stack):
                if everything or (version is stack[-1] and isinstance(version, FakeKey)):
                    known = _values(bucket, version, latest=version is stack[-1])
                    yield [known.get(column, "") for column in columns]


def _values(bucket: FakeBucket, version: FakeKey | FakeDeleteMarker, *, latest: bool) -> dict[str, str]:
    values = {
        "Bucket": bucket.name,
        "Key": quote(version.name),
        "IsLatest": str(latest).lower(),
        "VersionId": "" if version.version_id == "null" else version.version_id,
        "IsDeleteMarker": str(isinstance(version, FakeDeleteMarker)).lower(),
        "LastModifiedDate": created(version).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
    if isinstance(version, FakeDeleteMarker):
        return values
    names = {"AES256": "SSE-S3", "aws:kms": "SSE-KMS", "aws:kms:dsse": "DSSE-KMS", None: "SSE-C"}
    return values | {
        "Size": str(version.size),
        "StorageClass": version.storage_class or "STANDARD",
        "ETag": version.etag.strip('"'),
        "IsMultipartUploaded": str("-" in version.etag).lower(),
        "EncryptionStatus": names[version.encryption],
        "ReplicationStatus": of_object(version).replication or "",
        "ObjectLockMode": version.lock_mode or "",
        "ObjectLockRetainUntilDate": version.lock_until or "",
        "ObjectLockLegalHoldStatus": version.lock_legal_status or "",
        "IntelligentTieringAccessTier": tiering.access_tier(bucket, version),
        "BucketKeyStatus": "ENABLED" if str(version.bucket_key_enabled).lower() == "true" else "DISABLED",
        "ChecksumAlgorithm": version.checksum_algorithm or "CRC64NVME",
    }

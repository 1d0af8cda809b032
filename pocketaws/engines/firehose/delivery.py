"""Delivery: a batch of records becomes an object in S3; what cannot be converted goes under the error prefix.

When S3 refuses (the bucket is gone, the key is disabled), the batch is tried again for 24 hours, then dropped.

Source: https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import logging
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pocketaws import clock
from pocketaws.calls import CallFailed, call
from pocketaws.engines.firehose import conversion, naming
from pocketaws.engines.firehose.settings import COMPRESSIONS, Target

__all__ = ["Batch", "Entry", "deliver", "deliver_errors"]

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT, GIVE_UP = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)


@dataclass(slots=True)
class Entry:
    """One record that waits."""

    data: bytes
    arrived: datetime
    sequence_number: str = ""


@dataclass
class Batch:
    """Records to be delivered together."""

    target: Target
    entries: list[Entry]
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def oldest(self) -> datetime:
        """When the first record came."""
        return min(entry.arrived for entry in self.entries)


def deliver(backend: Any, state: Any, batch: Batch) -> None:
    """Deliver a batch."""
    target = batch.target
    if target.conversion is None:
        content = b"".join(entry.data + target.delimiter for entry in batch.entries)
        _write(backend, state, batch, *_compressed(target, content))
        return
    data = [entry.data for entry in batch.entries]
    made = conversion.convert(target.conversion, data, region=backend.region_name, account=backend.account_id)
    if made.content is not None:
        _write(backend, state, batch, made.content, conversion.extension(target.conversion))
    if made.failed:
        deliver_errors(backend, state, target, batch.entries, made.failed, kind="format-conversion-failed")


def deliver_errors(
    backend: Any, state: Any, target: Target, entries: list[Entry], failed: dict[int, tuple[str, str]], *, kind: str
) -> None:
    """Deliver the records that failed, each with its reason, under the error prefix.

    Parameters
    ----------
    failed
        Place in ``entries`` -> code and message of the error.
    kind
        What ``!{firehose:error-output-type}`` stands for.
    """
    now = _milliseconds(clock.now())
    lines = []
    for number, (code, message) in failed.items():
        entry = entries[number]
        told: dict[str, Any] = {
            "attemptsMade": 1,
            "arrivalTimestamp": _milliseconds(entry.arrived),
            "errorCode": code,
            "errorMessage": message,
            "attemptEndingTimestamp": now,
            "rawData": base64.b64encode(entry.data).decode(),
        }
        if entry.sequence_number:
            told["sequenceNumber"] = entry.sequence_number
        if target.conversion:
            told["dataCatalogTable"] = _table(target.conversion, backend)
        lines.append(json.dumps(told))
    batch = Batch(target, [entries[number] for number in failed])
    _write(backend, state, batch, ("\n".join(lines) + "\n").encode(), "", error=kind)


def _table(asked: dict[str, Any], backend: Any) -> dict[str, str]:
    schema = asked["SchemaConfiguration"]
    return {
        "catalogId": schema.get("CatalogId") or backend.account_id,
        "databaseName": schema["DatabaseName"],
        "tableName": schema["TableName"],
        "region": schema.get("Region") or backend.region_name,
        "versionId": schema.get("VersionId") or "LATEST",
    }


def _write(backend: Any, state: Any, batch: Batch, content: bytes, extension: str, *, error: str = "") -> None:
    """Name the object and store it."""
    target, stream = batch.target, state.stream
    state.delivered += 1
    mark = f"{stream.delivery_stream_arn}/{stream.create_timestamp.isoformat()}/{state.delivered}"
    template = (target.error_prefix or target.prefix) if error else target.prefix
    prefix = naming.prefix_of(template, batch.oldest, target.zone, mark=mark[-11:], keys=batch.keys, error=error)
    ending = "" if error else target.extension or extension
    last = naming.name(stream.delivery_stream_name, stream.version_id, batch.oldest, target.zone, mark, ending)
    request: dict[str, Any] = {"Bucket": target.bucket, "Key": prefix + last, "Body": content}
    if target.kms_key:
        request |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": target.kms_key}
    _store(backend, state, request, since=clock.now(), wait=FIRST_WAIT)


def _store(backend: Any, state: Any, request: dict[str, Any], *, since: datetime, wait: timedelta) -> None:
    try:
        call("s3", "PutObject", request, region=backend.region_name, account=backend.account_id)
    except CallFailed as error:
        name = state.stream.delivery_stream_name
        if clock.now() - since >= GIVE_UP or backend.delivery_streams.get(name) is not state.stream:
            log.warning("%s dropped %d bytes: %s", name, len(request["Body"]), error)
            return
        longer = min(2 * wait, LONGEST_WAIT)
        clock.at(clock.now() + wait, lambda: _store(backend, state, request, since=since, wait=longer))


def _compressed(target: Target, content: bytes) -> tuple[bytes, str]:
    ending = COMPRESSIONS[target.compression]
    if target.compression == "GZIP":
        return gzip.compress(content, mtime=0), ending
    if target.compression == "ZIP":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("records"), content)
        return file.getvalue(), ending
    return content, ending


def _milliseconds(when: datetime) -> int:
    return int(when.timestamp() * 1000)

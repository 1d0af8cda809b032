"""Exports to S3: a table as it was, or what changed in it, as compressed JSON with manifests.

An export needs point-in-time recovery and consumes no capacity.  There is one data file, as of a table with one
partition; Amazon Ion is not written.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.HowItWorks.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.control import refuse
from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.jobs import finish_later, job_id, page, put_object
from pocketaws.engines.dynamodb.recovery import Journal, find_table, items_at, journal_of, written_between
from pocketaws.engines.dynamodb.tables import Database, Table

__all__ = ["describe_export", "export_table_to_point_in_time", "list_exports"]

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=24)
_PAGE = 25
_SPECIFICATION = "IncrementalExportSpecification"


def export_table_to_point_in_time(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ExportTableToPointInTime``."""
    refuse(request, "FilterSpecification")
    if request.get("ExportFormat") == "ION":
        raise validation("ExportFormat ION is not supported by pocketaws.")
    token = request.get("ClientToken")
    if token is not None and (before := _same(database, token, request)):
        return {"ExportDescription": before}
    table = find_table(database, request["TableArn"])
    journal = journal_of(table)
    incremental = request.get("ExportType") == "INCREMENTAL_EXPORT"
    times = _read_period(journal, request) if incremental else {"ExportTime": _read_time(journal, request)}
    job = _describe(table, request, times, len(database.exports))
    database.exports[job["ExportArn"]] = (job, request)
    lines = _changes(table, job[_SPECIFICATION]) if incremental else _items(table, job["ExportTime"])
    answer = dict(job)
    content = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    count = content.count("\n")
    finish_later(job, "ExportStatus", lambda: _write(database, job, content, count))
    return {"ExportDescription": answer}


def _same(database: Database, token: str, request: dict[str, Any]) -> dict[str, Any] | None:
    for job, before in database.exports.values():
        if job.get("ClientToken") == token:
            if before != request:
                raise DynamoDBError(
                    "ExportConflictException", "There was a conflict when writing to the specified S3 bucket."
                )
            return dict(job)
    return None


def _read_time(journal: Journal, request: dict[str, Any]) -> datetime:
    if request.get("ExportTime") is None:
        return clock.now()
    when = datetime.fromtimestamp(request["ExportTime"], timezone.utc)
    if not journal.earliest.replace(microsecond=0) <= when <= clock.now():
        raise _invalid_time("ExportTime must be within the window of point-in-time recovery")
    return when


def _read_period(journal: Journal, request: dict[str, Any]) -> dict[str, Any]:
    given = request.get(_SPECIFICATION)
    if not given or given.get("ExportFromTime") is None:
        raise validation(f"{_SPECIFICATION} with ExportFromTime is required for INCREMENTAL_EXPORT")
    since = datetime.fromtimestamp(given["ExportFromTime"], timezone.utc)
    until = clock.now()
    if given.get("ExportToTime") is not None:
        until = datetime.fromtimestamp(given["ExportToTime"], timezone.utc)
    if not SHORTEST <= until - since <= LONGEST:
        raise validation("The period of an incremental export must be between 15 minutes and 24 hours")
    if since < journal.earliest.replace(microsecond=0) or until > clock.now():
        raise _invalid_time("The export period must be within the window of point-in-time recovery")
    view = given.get("ExportViewType", "NEW_AND_OLD_IMAGES")
    return {_SPECIFICATION: {"ExportFromTime": since, "ExportToTime": until, "ExportViewType": view}}


def _invalid_time(message: str) -> DynamoDBError:
    return DynamoDBError("InvalidExportTimeException", message)


def _describe(table: Table, request: dict[str, Any], times: dict[str, Any], number: int) -> dict[str, Any]:
    now = clock.now()
    given = ("ClientToken", "S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseKmsKeyId")
    return {
        "ExportArn": f"{table.arn}/export/{job_id(table.arn, number)}",
        "ExportStatus": "IN_PROGRESS",
        "StartTime": now,
        "TableArn": table.arn,
        "TableId": table.id,
        "ExportFormat": "DYNAMODB_JSON",
        "ExportType": request.get("ExportType", "FULL_EXPORT"),
        "S3SseAlgorithm": request.get("S3SseAlgorithm", "AES256"),
        **times,
        **{name: request[name] for name in given if name in request},
    }


def _items(table: Table, when: datetime) -> Iterable[dict[str, Any]]:
    return ({"Item": item} for item in items_at(table, when))


def _changes(table: Table, period: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for write in written_between(table, period["ExportFromTime"], period["ExportToTime"]):
        some = write.new if write.new is not None else write.old or {}
        micros = int(write.when.timestamp() * 1_000_000)
        line: dict[str, Any] = {"Metadata": {"WriteTimestampMicros": {"N": str(micros)}}, "Keys": table.key_of(some)}
        if write.new is not None:
            line["NewImage"] = write.new
        if write.old is not None and period["ExportViewType"] == "NEW_AND_OLD_IMAGES":
            line["OldImage"] = write.old
        yield line


def _write(database: Database, job: dict[str, Any], content: str, count: int) -> None:
    """Write the data file and the manifests with their checksums."""
    prefix = job.get("S3Prefix", "")
    root = f"{prefix}/AWSDynamoDB".lstrip("/") if prefix else "AWSDynamoDB"
    name = job["ExportArn"].rpartition("/")[2]
    incremental = job["ExportType"] == "INCREMENTAL_EXPORT"
    data = gzip.compress(content.encode("utf-8", "surrogatepass"), mtime=0)
    data_name = hashlib.blake2b(name.encode(), digest_size=13).hexdigest()
    data_key = f"{root}/data/{data_name}.json.gz" if incremental else f"{root}/{name}/data/{data_name}.json.gz"

    def put(key: str, body: bytes) -> str:
        encryption = {"encryption": "aws:kms" if job["S3SseAlgorithm"] == "KMS" else "AES256"}
        return put_object(database, job["S3Bucket"], key, body, **encryption, kms_key_id=job.get("S3SseKmsKeyId"))

    put(f"{root}/{name}/_started", b"")
    etag = put(data_key, data)
    entry = {"itemCount": count, "md5Checksum": _md5(data), "etag": etag, "dataFileS3Key": data_key}
    manifest = (json.dumps(entry, separators=(",", ":")) + "\n").encode()
    job.update(BilledSizeBytes=len(content.encode("utf-8", "surrogatepass")), ItemCount=count)
    job["ExportManifest"] = f"{root}/{name}/manifest-summary.json"
    summary = json.dumps(_summary(job, f"{root}/{name}/manifest-files.json"), separators=(",", ":")).encode()
    for kind, body in (("files", manifest), ("summary", summary)):
        put(f"{root}/{name}/manifest-{kind}.json", body)
        put(f"{root}/{name}/manifest-{kind}.md5", _md5(body).encode())


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _summary(job: dict[str, Any], files: str) -> dict[str, Any]:
    summary = {
        "version": "2020-06-30",
        "exportArn": job["ExportArn"],
        "startTime": _iso(job["StartTime"]),
        "endTime": _iso(clock.now()),
        "tableArn": job["TableArn"],
        "tableId": job["TableId"],
        "exportTime": _iso(job.get("ExportTime", job["StartTime"])),
        "s3Bucket": job["S3Bucket"],
        "s3Prefix": job.get("S3Prefix"),
        "s3SseAlgorithm": job["S3SseAlgorithm"],
        "s3SseKmsKeyId": job.get("S3SseKmsKeyId"),
        "manifestFilesS3Key": files,
        "billedSizeBytes": job["BilledSizeBytes"],
        "itemCount": job["ItemCount"],
        "outputFormat": "DYNAMODB_JSON",
        "exportType": job["ExportType"],
    }
    if period := job.get(_SPECIFICATION):
        del summary["exportTime"]
        summary |= {
            "version": "2023-08-01",
            "exportFromTime": _iso(period["ExportFromTime"]),
            "exportToTime": _iso(period["ExportToTime"]),
            "outputView": period["ExportViewType"],
        }
    return summary


def _iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def describe_export(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeExport``."""
    arn = request["ExportArn"]
    if arn not in database.exports:
        raise DynamoDBError("ExportNotFoundException", f"Export not found: {arn}")
    return {"ExportDescription": database.exports[arn][0]}


def list_exports(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListExports``, the newest first."""
    arn = request.get("TableArn")
    found = [job for job, _ in reversed(database.exports.values()) if arn in (None, job["TableArn"])]
    shown, token = page(found, request.get("NextToken"), request.get("MaxResults", _PAGE), "ExportArn")
    members = ("ExportArn", "ExportStatus", "ExportType")
    answer: dict[str, Any] = {"ExportSummaries": [{name: job[name] for name in members} for job in shown]}
    return answer | ({"NextToken": token} if token else {})

"""Imports from S3: CSV or DynamoDB JSON into a new table.

Items that cannot be stored are counted as errors and fail the job, the others are imported all the same; of several
with one key the last stays.  What follows in an object on something that cannot be read is left out.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.HowItWorks.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Validation.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Format.html
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.control import new_table, refuse
from pocketaws.engines.dynamodb.errors import DynamoDBError, resource_in_use, validation
from pocketaws.engines.dynamodb.jobs import JobFailed, finish_later, job_id, objects_under, page
from pocketaws.engines.dynamodb.parameters import MAX_ITEM, check_item_keys
from pocketaws.engines.dynamodb.tables import Database, Table
from pocketaws.engines.dynamodb.values import Item, item_size, normalize_item

__all__ = ["describe_import", "import_table", "list_imports"]

_PAGE = 25
_CHUNK = 16


def import_table(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ImportTable``."""
    parameters = request["TableCreationParameters"]
    refuse(parameters, "VectorIndexes")
    if request["InputFormat"] == "ION" or request.get("InputCompressionType") == "ZSTD":
        raise validation("InputFormat ION and InputCompressionType ZSTD are not supported by pocketaws.")
    token = request.get("ClientToken")
    for job, before in database.imports.values():
        if token is not None and job.get("ClientToken") == token:
            if before != request:
                raise DynamoDBError(
                    "ImportConflictException",
                    "There was a conflict when importing from the specified S3 source.",
                )
            return {"ImportTableDescription": dict(job)}
    name = parameters["TableName"]
    if name in database.tables:
        raise resource_in_use(f"Table already exists: {name}")
    table = new_table(database, parameters)
    table.status = "CREATING"
    database.tables[name] = table
    job = _describe(table, request, len(database.imports))
    database.imports[job["ImportArn"]] = (job, request)
    answer = dict(job)
    finish_later(job, "ImportStatus", lambda: _run(database, table, job))
    return {"ImportTableDescription": answer}


def _describe(table: Table, request: dict[str, Any], number: int) -> dict[str, Any]:
    given = ("ClientToken", "S3BucketSource", "InputFormat", "InputFormatOptions", "TableCreationParameters")
    return {
        "ImportArn": f"{table.arn}/import/{job_id(table.arn, number)}",
        "ImportStatus": "IN_PROGRESS",
        "TableArn": table.arn,
        "TableId": table.id,
        "InputCompressionType": request.get("InputCompressionType", "NONE"),
        "StartTime": clock.now(),
        "ErrorCount": 0,
        "ProcessedSizeBytes": 0,
        "ProcessedItemCount": 0,
        "ImportedItemCount": 0,
        **{name: request[name] for name in given if name in request},
    }


def _run(database: Database, table: Table, job: dict[str, Any]) -> None:
    """Read every object under the prefix and store what it holds."""
    with database.lock:
        source = job["S3BucketSource"]
        try:
            objects = list(objects_under(database, source["S3Bucket"], source.get("S3KeyPrefix", "")))
        except JobFailed:
            database.tables.pop(table.name, None)
            raise
        table.status = "ACTIVE"
        for _, content in objects:
            job["ProcessedSizeBytes"] += len(content)
            for item in _items(table, job, content):
                _store(table, job, item)
        job["ImportedItemCount"] = len(table.records)
    if job["ErrorCount"]:
        raise JobFailed(
            "ItemValidationError",
            "Some of the items failed validation checks and were not imported. "
            "Please check CloudWatch error logs for more details.",
        )


def _items(table: Table, job: dict[str, Any], content: bytes) -> Iterator[Any]:
    """Yield the items of an object, and None for what is no item."""
    try:
        text = (gzip.decompress(content) if job["InputCompressionType"] == "GZIP" else content).decode()
        if job["InputFormat"] == "CSV":
            yield from _csv_items(table, job.get("InputFormatOptions", {}).get("Csv", {}), text)
        else:
            yield from _json_items(text)
    except (OSError, EOFError, ValueError, csv.Error, zlib.error):
        yield None


def _json_items(text: str) -> Iterator[Any]:
    """Yield the items of JSON objects that follow one another, on lines of their own or not."""
    decoder, place = json.JSONDecoder(), _after_space(text, 0)
    while place < len(text):
        parsed, end = decoder.raw_decode(text, place)
        yield parsed.get("Item") if isinstance(parsed, dict) else None
        place = _after_space(text, end)


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _csv_items(table: Table, options: dict[str, Any], text: str) -> Iterator[Any]:
    """Yield the rows; key attributes have their declared types, all others are text."""
    rows = csv.reader(io.StringIO(text), delimiter=options.get("Delimiter", ","))
    types = table.types
    header = options.get("HeaderList") or next(rows, [])
    for row in filter(None, rows):
        cells = [(name, cell) for name, cell in zip(header, row, strict=False) if cell != ""]
        fits = len(row) <= len(header)
        yield {name: {types.get(name, "S"): cell} for name, cell in cells} if fits else None


def _store(table: Table, job: dict[str, Any], given: Any) -> None:
    job["ProcessedItemCount"] += 1
    try:
        if not isinstance(given, dict):
            raise validation("The item is not a structure")
        item: Item = normalize_item(given)
        check_item_keys(table, item)
        if item_size(item) > MAX_ITEM:
            raise validation("Item size has exceeded the maximum allowed size")
    except DynamoDBError:
        job["ErrorCount"] += 1
        return
    table.write(table.get(item), item)


def describe_import(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeImport``."""
    arn = request["ImportArn"]
    if arn not in database.imports:
        raise DynamoDBError("ImportNotFoundException", f"Import not found: {arn}")
    return {"ImportTableDescription": database.imports[arn][0]}


def list_imports(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListImports``, the newest first."""
    arn = request.get("TableArn")
    found = [job for job, _ in reversed(database.imports.values()) if arn in (None, job["TableArn"])]
    token = request.get("NextToken")
    shown, following = page(found, _arn(token) if token else None, request.get("PageSize", _PAGE), "ImportArn")
    members = ("ImportArn", "ImportStatus", "TableArn", "S3BucketSource", "InputFormat", "StartTime", "EndTime")
    answer: dict[str, Any] = {
        "ImportSummaryList": [{name: job[name] for name in members if name in job} for job in shown]
    }
    return answer | ({"NextToken": _token(following)} if following else {})


def _token(arn: str) -> str:
    """Return a token in the form that AWS's tokens of imports have: hexadecimal, in chunks of 16 and at least 112."""
    digits = arn.encode().hex()
    return digits.ljust(max(112, -(-len(digits) // _CHUNK) * _CHUNK), "0")


def _arn(token: str) -> str:
    try:
        return bytes.fromhex(token).rstrip(b"\0").decode()
    except ValueError:
        raise validation("Invalid NextToken") from None

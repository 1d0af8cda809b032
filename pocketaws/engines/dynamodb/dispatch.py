"""Which function answers which operation, and the envelope of requests and answers.

To add an operation: write ``def operation(database, request) -> answer`` in the module it belongs to (both are
the JSON of the wire; raise :class:`~pocketaws.engines.dynamodb.errors.DynamoDBError` for AWS's errors) and
name it here.
"""

from __future__ import annotations

import base64
import json
import uuid
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from pocketaws import clock
from pocketaws.engines.dynamodb import (
    backups,
    batches,
    control,
    deletion,
    exports,
    imports,
    items,
    queries,
    recovery,
    requests,
    streams,
    tags,
    throttling,
    transaction_reads,
    transactions,
    ttl,
    updates,
)
from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.partiql import operations as partiql
from pocketaws.engines.dynamodb.tables import Database, WriteListener, databases, listeners

__all__ = ["OPERATIONS", "SERVICES", "STREAMS_OPERATIONS", "Operation", "answer", "perform"]

Operation: TypeAlias = Callable[[Database, dict[str, Any]], dict[str, Any]]
Answer: TypeAlias = tuple[int, dict[str, str], bytes]

OPERATIONS: dict[str, Operation] = {
    "BatchExecuteStatement": partiql.batch_execute_statement,
    "BatchGetItem": batches.batch_get_item,
    "BatchWriteItem": batches.batch_write_item,
    "CreateBackup": backups.create_backup,
    "CreateTable": control.create_table,
    "DeleteBackup": backups.delete_backup,
    "DeleteItem": items.delete_item,
    "DeleteTable": deletion.delete_table,
    "DescribeBackup": backups.describe_backup,
    "DescribeContinuousBackups": recovery.describe_continuous_backups,
    "DescribeEndpoints": control.describe_endpoints,
    "DescribeExport": exports.describe_export,
    "DescribeImport": imports.describe_import,
    "DescribeLimits": control.describe_limits,
    "DescribeTable": control.describe_table,
    "DescribeTimeToLive": ttl.describe_time_to_live,
    "ExecuteStatement": partiql.execute_statement,
    "ExecuteTransaction": partiql.execute_transaction,
    "ExportTableToPointInTime": exports.export_table_to_point_in_time,
    "GetItem": items.get_item,
    "ImportTable": imports.import_table,
    "ListBackups": backups.list_backups,
    "ListExports": exports.list_exports,
    "ListImports": imports.list_imports,
    "ListTables": control.list_tables,
    "ListTagsOfResource": tags.list_tags_of_resource,
    "PutItem": items.put_item,
    "Query": queries.query,
    "RestoreTableFromBackup": backups.restore_table_from_backup,
    "RestoreTableToPointInTime": backups.restore_table_to_point_in_time,
    "Scan": queries.scan,
    "TagResource": tags.tag_resource,
    "TransactGetItems": transaction_reads.transact_get_items,
    "TransactWriteItems": transactions.transact_write_items,
    "UntagResource": tags.untag_resource,
    "UpdateContinuousBackups": recovery.update_continuous_backups,
    "UpdateItem": items.update_item,
    "UpdateTable": updates.update_table,
    "UpdateTimeToLive": ttl.update_time_to_live,
}

STREAMS_OPERATIONS: dict[str, Operation] = {
    "DescribeStream": streams.describe_stream,
    "GetRecords": streams.get_records,
    "GetShardIterator": streams.get_shard_iterator,
    "ListStreams": streams.list_streams,
}

SERVICES = {"dynamodb": OPERATIONS, "dynamodbstreams": STREAMS_OPERATIONS}

#: Who hears of every write.
LISTENERS: tuple[WriteListener, ...] = (recovery.remember, streams.record, ttl.notice)
listeners[:] = LISTENERS


def perform(service: str, name: str, account: str, region: str, body: bytes) -> dict[str, Any]:
    """Run an operation and return its answer.

    Parameters
    ----------
    service
        ``dynamodb`` or ``dynamodbstreams``.
    name
        The operation, for example ``PutItem``.
    account, region
        Whose database it works on.
    body
        The JSON of the request.

    Raises
    ------
    DynamoDBError
        Whatever AWS answers with an error.
    """
    operation = SERVICES[service].get(name)
    if operation is None:
        raise DynamoDBError("UnknownOperationException", f"{name} is not supported by pocketaws.")
    try:
        request = json.loads(body or b"{}", object_pairs_hook=_without_nulls if b"null" in body else None)
    except ValueError:
        raise DynamoDBError("SerializationException", "The request body is not JSON") from None
    requests.check(service, name, request)
    clock.run_due()
    database = databases[account][region]
    with database.lock:
        throttling.tick()
        return operation(database, request)


def answer(run: Callable[[], dict[str, Any]]) -> Answer:
    """Run something and return status, headers and body as AWS sends them."""
    try:
        status, content = 200, run()
    except DynamoDBError as error:
        status, content = error.status, error.body()
    body = json.dumps(content, default=_json, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-crc32": str(zlib.crc32(body)),
        "x-amzn-requestid": base64.b32encode(uuid.uuid4().bytes + uuid.uuid4().bytes).decode().rstrip("="),
    }
    return status, headers, body


def _without_nulls(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read a JSON object; to AWS a member that is null is a member that is not there."""
    return {name: value for name, value in members if value is not None}


def _json(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} cannot be answered")

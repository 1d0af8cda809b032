"""Which function answers which operation, and the envelope of requests and answers.

To add an operation: write ``def operation(database, request) -> answer`` in the module it belongs to (both are
the JSON of the wire; raise :class:`~pocketaws.engines.dynamodb.errors.DynamoDBError` for AWS's errors) and
name it here.
"""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from pocketaws import clock
from pocketaws.engines.dynamodb import control
from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.tables import Database, WriteListener, databases, listeners

__all__ = ["OPERATIONS", "STREAMS_OPERATIONS", "Operation", "answer", "perform"]

Operation: TypeAlias = Callable[[Database, dict[str, Any]], dict[str, Any]]
Answer: TypeAlias = tuple[int, dict[str, str], bytes]

OPERATIONS: dict[str, Operation] = {
    "ListTables": control.list_tables,
}

STREAMS_OPERATIONS: dict[str, Operation] = {}

#: Who hears of every write.
LISTENERS: tuple[WriteListener, ...] = ()
listeners[:] = LISTENERS


def perform(operations: dict[str, Operation], name: str, account: str, region: str, body: bytes) -> dict[str, Any]:
    """Run an operation and return its answer.

    Raises
    ------
    DynamoDBError
        Whatever AWS answers with an error.
    """
    operation = operations.get(name)
    if operation is None:
        raise DynamoDBError("UnknownOperationException", f"{name} is not supported by pocketaws.")
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        raise DynamoDBError("SerializationException", "The request body is not JSON") from None
    clock.run_due()
    database = databases[account][region]
    with database.lock:
        return operation(database, request)


def answer(run: Callable[[], dict[str, Any]]) -> Answer:
    """Run something and return status, headers and body as AWS sends them."""
    try:
        status, content = 200, run()
    except DynamoDBError as error:
        status, content = error.status, error.body()
    body = json.dumps(content, default=_json, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-crc32": str(zlib.crc32(body)),
        "x-amzn-requestid": uuid.uuid4().hex.upper(),
    }
    return status, headers, body


def _json(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} cannot be answered")

"""Which function answers which operation.

To add an operation: write ``def operation(backend, request) -> answer`` in the module it belongs to (``backend`` is
moto's ``KinesisBackend`` of the account and Region, ``request`` the JSON of the wire; raise
:class:`~pocketaws.engines.kinesis.errors.KinesisError` for AWS's errors) and name it here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores
from moto.kinesis.responses import KinesisResponse

from pocketaws.engines.kinesis import consumers, control, records, resharding

__all__ = ["OPERATIONS", "Operation", "install"]

Operation: TypeAlias = Callable[[Any, dict[str, Any]], dict[str, Any] | None]

OPERATIONS: dict[str, Operation] = {
    **control.OPERATIONS,
    **consumers.OPERATIONS,
    "GetRecords": records.get_records,
    "GetShardIterator": records.get_shard_iterator,
    "MergeShards": resharding.merge_shards,
    "PutRecord": records.put_record,
    "PutRecords": records.put_records,
    "SplitShard": resharding.split_shard,
    "UpdateShardCount": resharding.update_shard_count,
}
_lock = threading.RLock()


def _method(name: str) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        with _lock:
            answer = OPERATIONS[name](self.kinesis_backend, json.loads(self.body or "{}"))
        return EmptyResult() if answer is None else ActionResult(answer)

    return method


def _subscribe(self: Any) -> Any:
    with _lock:
        body = consumers.subscribe(self.kinesis_backend, json.loads(self.body or "{}"))
    return 200, {"content-type": "application/vnd.amazon.eventstream"}, body


def install() -> None:
    """Give moto's handler a method for each operation."""
    for name in OPERATIONS:
        setattr(KinesisResponse, camelcase_to_underscores(name), _method(name))
    KinesisResponse.subscribe_to_shard = _subscribe

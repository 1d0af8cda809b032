"""What Kinesis and Firehose bill for records that are put.

Sources: https://aws.amazon.com/kinesis/data-streams/pricing/ (provisioned mode), https://aws.amazon.com/firehose/pricing/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from typing import Any

__all__ = ["MEASURED"]

UNIT, STEP, GB = 25 * 1024, 5 * 1024, 2**30


def _kinesis(name: str, params: dict[str, Any], answer: dict[str, Any]) -> dict[str, float]:
    """Count payload units; what a shard refused is not billed."""
    if name == "PutRecord":
        records: Iterable[dict[str, Any]] = [] if "Error" in answer else [params]
    elif name == "PutRecords":
        answers = answer.get("Records", [])
        pairs = zip(params["Records"], answers, strict=False)
        records = [record for record, told in pairs if "ErrorCode" not in told]
    else:
        return {}
    units = sum(max(1, ceil(_size(record["Data"]) / UNIT)) for record in records)
    return {"kinesis.put": float(units)} if units else {}


def _firehose(name: str, params: dict[str, Any], answer: dict[str, Any]) -> dict[str, float]:
    """Count the gigabytes taken in, in steps of 5 KB a record."""
    if name not in ("PutRecord", "PutRecordBatch") or "Error" in answer:
        return {}
    records = params["Records"] if name == "PutRecordBatch" else [params["Record"]]
    return {"firehose.in": sum(max(1, ceil(_size(each["Data"]) / STEP)) * STEP for each in records) / GB}


def _size(data: Any) -> int:
    return len(data.encode() if isinstance(data, str) else data)


MEASURED: dict[str, Callable[[str, dict[str, Any], dict[str, Any]], dict[str, float]]] = {
    "kinesis": _kinesis,
    "firehose": _firehose,
}

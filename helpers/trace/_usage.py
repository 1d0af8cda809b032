"""What AWS bills for a call: price ids and quantities.

S3 (https://aws.amazon.com/s3/pricing/): requests by storage class, retrieval from the cooler classes, restores.
DynamoDB (https://aws.amazon.com/dynamodb/pricing/on-demand/): read and write units at the on-demand rate.  SQS and
KMS: requests.  Kinesis (provisioned): payload units of 25 KB put.  Firehose: what is taken in, each record rounded up
to 5 KB.  Glue's crawls, Lambda, Batch, Step Functions and IoT: the least that a call costs.  Other services count
nothing here.  Storage, shard hours, provisioned capacity and transfer to the internet are billed by time or place, not
by call: see ``prices.monthly_storage`` and ``prices.cost``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from helpers.trace import _compute, _streams, _units

__all__ = ["Usage", "measure"]

GB = 2**30
#: KMS bills what uses a key.
KMS_BILLED = {"Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "DescribeKey"}
ARCHIVE = {"GLACIER", "DEEP_ARCHIVE"}
#: Classes whose data costs a fee a GB when it is read.
COOL = {"STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "EXPRESS_ONEZONE"}
PRICED = {"STANDARD", "INTELLIGENT_TIERING", *COOL, *ARCHIVE}
#: The storage class that each open multipart upload was begun with.
_uploads: dict[str, str] = {}


@dataclass(frozen=True)
class Usage:
    """Price id to quantity; ``at_least`` marks a lower bound: the answer does not show all that AWS measured."""

    quantities: dict[str, float] = field(default_factory=dict)
    at_least: bool = False


def measure(
    service: str, model: Any, params: dict[str, Any], answer: dict[str, Any], sent: int, received: int
) -> Usage:
    """Return what AWS bills for one call; a call that failed on AWS's side costs nothing."""
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
    if status >= 500:
        return Usage()
    if service == "s3":
        return _s3(model, params, answer, received)
    if service == "dynamodb":
        return Usage(*_dynamodb(model.name, params, answer))
    if service == "sqs":
        kind = "fifo" if ".fifo" in params.get("QueueUrl", "") else "standard"
        return Usage({f"sqs.{kind}": max(1, ceil(max(sent, received) / 65_536))})
    if service in _streams.MEASURED:
        return Usage(_streams.MEASURED[service](model.name, params, answer))
    if service in _compute.MEASURED and status < 400:
        return Usage(*_compute.MEASURED[service](model.name, params, answer))
    return Usage({"kms.request": 1} if service == "kms" and model.name in KMS_BILLED else {})


def _s3(model: Any, params: dict[str, Any], answer: dict[str, Any], received: int) -> Usage:
    name = model.name
    if name in {"DeleteObject", "DeleteObjects", "AbortMultipartUpload", "DeleteBucket"}:
        return Usage({"s3.delete": 1})
    if name == "RestoreObject":
        return _restore(params) if "Error" not in answer else Usage({"s3.standard.put": 1})
    stored = _storage_class(name, params, answer)
    usage: dict[str, float] = {f"s3.{stored.lower()}.{_request(model)}": 1}
    if name == "GetObject" and stored in COOL and "Error" not in answer:
        usage[f"s3.{stored.lower()}.retrieval"] = received / GB
    return Usage(usage)


def _request(model: Any) -> str:
    """Return which of the two request prices of a class an operation has."""
    is_put = model.http["method"] in {"PUT", "POST"} or model.name.startswith("List")
    return "put" if is_put else "get"


def _storage_class(name: str, params: dict[str, Any], answer: dict[str, Any]) -> str:
    """Return the class whose request price applies; parts of an archive upload wait in Standard."""
    upload = params.get("UploadId", "")
    if name == "CreateMultipartUpload":
        _uploads[answer.get("UploadId", "")] = params.get("StorageClass", "STANDARD")
    elif upload and name == "CompleteMultipartUpload":
        return _known(_uploads.pop(upload, "STANDARD"))
    elif upload:
        begun = _uploads.get(upload, "STANDARD")
        return "STANDARD" if begun in ARCHIVE else _known(begun)
    return _known(params.get("StorageClass") or answer.get("StorageClass") or "STANDARD")


def _known(storage_class: str) -> str:
    return storage_class if storage_class in PRICED else "STANDARD"


def _restore(params: dict[str, Any]) -> Usage:
    """Count a restore by its tier; the call says neither the class, dearer for Deep Archive, nor the bytes."""
    request = params.get("RestoreRequest", {})
    tier = request.get("Tier") or request.get("GlacierJobParameters", {}).get("Tier") or "Standard"
    return Usage({f"s3.glacier.restore_{tier.lower()}": 1}, at_least=True)


def _dynamodb(name: str, params: dict[str, Any], answer: dict[str, Any]) -> tuple[dict[str, float], bool]:
    read, write, at_least = _units.consumed(name, params, answer)
    units = {"dynamodb.on_demand.read": read, "dynamodb.on_demand.write": write}
    return {id: quantity for id, quantity in units.items() if quantity}, at_least

"""moto's store of S3, changed where every way into it passes: also Firehose, exports and inventory write here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.cloudwatch.models import MetricDatum
from moto.core.utils import utcnow
from moto.s3.exceptions import BucketNotEmpty
from moto.s3.models import FakeBucket, FakeKey, FakeMultipart, S3Backend, s3_backends

from pocketaws import clock
from pocketaws.engines.s3 import blocking, encryption, lifecycle, replication
from pocketaws.engines.s3 import versions as stack
from pocketaws.engines.s3.state import versions

__all__ = ["install"]

_STORAGE_TYPES = {
    "STANDARD": "StandardStorage",
    "STANDARD_IA": "StandardIAStorage",
    "ONEZONE_IA": "OneZoneIAStorage",
    "REDUCED_REDUNDANCY": "ReducedRedundancyStorage",
    "GLACIER_IR": "GlacierInstantRetrievalStorage",
    "GLACIER": "GlacierStorage",
    "DEEP_ARCHIVE": "DeepArchiveStorage",
    "INTELLIGENT_TIERING": "IntelligentTieringFAStorage",
}


def _create_bucket(moto: Callable[..., FakeBucket]) -> Callable[..., FakeBucket]:
    @wraps(moto)
    def create_bucket(self: S3Backend, *args: Any, **kwargs: Any) -> FakeBucket:
        bucket = moto(self, *args, **kwargs)
        blocking.protect(bucket)
        return bucket

    return create_bucket


def _put_object(moto: Callable[..., FakeKey]) -> Callable[..., FakeKey]:
    @wraps(moto)
    def put_object(self: S3Backend, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> FakeKey:
        bucket = self.get_bucket(bucket_name)
        method, key = encryption.method_and_key(bucket, kwargs.get("encryption"), kwargs.get("kms_key_id"))
        kwargs |= {"encryption": method, "kms_key_id": key}
        suspended = bucket.versioning_status == "Suspended"
        kept = stack.take_null_version(bucket, key_name) if suspended else []
        stored = moto(self, bucket_name, key_name, *args, **kwargs)
        if suspended:
            stack.put_under(bucket, stored, kept)
        lifecycle.touch(bucket)
        replication.replicate_later(bucket, stored)
        return stored

    return put_object


def _delete_object(
    self: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: Any = False
) -> tuple[bool, dict[str, str]]:
    bucket = self.get_bucket(bucket_name)
    said = stack.delete(bucket, key_name, version_id, bypass=str(bypass).lower() == "true")
    if said.get("delete-marker") and version_id is None:
        replication.replicate_marker_later(bucket, versions(bucket, key_name)[-1])
    lifecycle.touch(bucket)
    return True, said


def _delete_bucket(moto: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(moto)
    def delete_bucket(self: S3Backend, bucket_name: str) -> Any:
        bucket = self.get_bucket(bucket_name)
        if bucket.keys and bucket.versioning_status:
            refusal = BucketNotEmpty(bucket_name=bucket_name)
            refusal.message += ". You must delete all versions in the bucket."
            raise refusal
        return moto(self, bucket_name)

    return delete_bucket


def _create_multipart_upload(moto: Callable[..., FakeMultipart]) -> Callable[..., FakeMultipart]:
    @wraps(moto)
    def create_multipart_upload(self: S3Backend, bucket_name: str, *args: Any, **kwargs: Any) -> FakeMultipart:
        upload = moto(self, bucket_name, *args, **kwargs)
        bucket = self.get_bucket(bucket_name)
        upload.initiated = clock.now()
        method, key = encryption.method_and_key(bucket, upload.sse_encryption, upload.kms_key_id)
        upload.sse_encryption, upload.kms_key_id = method, key
        lifecycle.touch(bucket)
        return upload

    return create_multipart_upload


def _cloudwatch_metrics(cls: type[S3Backend], account_id: str, region: str) -> list[MetricDatum]:
    """Return the daily storage metrics: bytes by class, and the number of objects."""
    midnight = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    metrics = []
    for bucket in list(s3_backends[account_id]["aws"].buckets.values()):
        stored = [
            each for key in list(dict.keys(bucket.keys)) for each in versions(bucket, key) if isinstance(each, FakeKey)
        ]
        sizes: Counter[str] = Counter()
        for each in stored:
            sizes[_STORAGE_TYPES.get(each.storage_class or "STANDARD", "StandardStorage")] += each.size
        rows = [("BucketSizeBytes", name, size, "Bytes") for name, size in (sizes or {"StandardStorage": 0}).items()]
        for metric, name, value, unit in [*rows, ("NumberOfObjects", "AllStorageTypes", len(stored), "Count")]:
            dimensions = [{"Name": "StorageType", "Value": name}, {"Name": "BucketName", "Value": bucket.name}]
            datum = MetricDatum(
                namespace="AWS/S3", name=metric, value=value, dimensions=dimensions, timestamp=midnight, unit=unit
            )
            metrics.append(datum)
    return metrics


def install() -> None:
    """Change ``S3Backend``."""
    S3Backend.create_bucket = _create_bucket(S3Backend.create_bucket)
    S3Backend.put_object = _put_object(S3Backend.put_object)
    S3Backend.delete_object = _delete_object
    S3Backend.delete_bucket = _delete_bucket(S3Backend.delete_bucket)
    S3Backend.create_multipart_upload = _create_multipart_upload(S3Backend.create_multipart_upload)
    S3Backend.get_cloudwatch_metrics = classmethod(_cloudwatch_metrics)

"""moto's backend of Firehose, changed where streams are made and records come in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.firehose.models import FirehoseBackend
from moto.kinesis.models import kinesis_backends

from pocketaws import clock
from pocketaws.engines.firehose import buffers, settings
from pocketaws.engines.firehose.errors import invalid, not_found, unsupported, validation

__all__ = ["install"]

MOST_RECORDS, MOST_BYTES, LARGEST = 500, 4 * 1024 * 1024, 1000 * 1024
S3 = ("s3_destination_configuration", "extended_s3_destination_configuration")
SOURCE = "kinesis_stream_source_configuration"


def _create(moto: Callable[..., str]) -> Callable[..., str]:
    @wraps(moto)
    def create_delivery_stream(self: Any, region: str, name: str, kind: str | None, *given: Any) -> str:
        names = _PARAMETERS[: len(given)]
        asked = dict(zip(names, given, strict=True))
        for parameter, value in asked.items():
            if parameter.endswith("_destination_configuration") and value:
                _check_destination(parameter, value)
        if kind == "KinesisStreamAsSource":
            _check_source(self, asked.get(SOURCE))
        elif kind in ("MSKAsSource", "DatabaseAsSource"):
            raise unsupported(f"DeliveryStreamType {kind}")
        return moto(self, region, name, kind, *given)

    return create_delivery_stream


_PARAMETERS = (
    SOURCE,
    "delivery_stream_encryption_configuration_input",
    *S3,
    "redshift_destination_configuration",
    "elasticsearch_destination_configuration",
    "splunk_destination_configuration",
    "http_endpoint_destination_configuration",
    "snowflake_destination_configuration",
    "iceberg_destination_configuration",
    "tags",
)


def _check_destination(parameter: str, value: dict[str, Any]) -> None:
    if parameter not in S3:
        what = parameter.removesuffix("_destination_configuration").replace("_", " ")
        raise unsupported(f"A destination other than S3 ({what})")
    settings.check(value)


def _check_source(self: Any, source: dict[str, Any] | None) -> None:
    if not source:
        raise invalid("KinesisStreamSourceConfiguration is required for KinesisStreamAsSource delivery streams.")
    arn = source["KinesisStreamARN"]
    streams = kinesis_backends[self.account_id][self.region_name].streams.values()
    if all(stream.arn != arn for stream in streams):
        raise invalid(f"Kinesis Stream {arn} cannot be found or is not in the same Region.")


def _update(moto: Callable[..., None]) -> Callable[..., None]:
    @wraps(moto)
    def update_destination(self: Any, name: str, version: str, destination_id: str, *given: Any) -> None:
        stream = self.delivery_streams.get(name)
        kinds = ("S3", "ExtendedS3")
        if any(given[len(kinds) + 1 :]):
            raise unsupported("A destination other than S3")
        for kind, change in zip(kinds, given, strict=False):
            if stream and change:
                settings.check({**stream.destinations[0].get(kind, {}), **change})
        moto(self, name, version, destination_id, *given)

    return update_destination


def _delete(moto: Callable[..., None]) -> Callable[..., None]:
    @wraps(moto)
    def delete_delivery_stream(self: Any, name: str) -> None:
        if stream := self.delivery_streams.get(name):
            buffers.discard(self, stream)
        moto(self, name)

    return delete_delivery_stream


def _put_record(self: Any, name: str, record: dict[str, bytes]) -> dict[str, Any]:
    stream = _direct(self, name)
    if len(record["Data"]) > LARGEST:
        raise validation("record.data", f"Member must have length less than or equal to {LARGEST}")
    return {"RecordId": _ingest(self, stream, [record])[0], "Encrypted": False}


def _put_record_batch(self: Any, name: str, records: list[dict[str, bytes]]) -> dict[str, Any]:
    stream = _direct(self, name)
    if not 1 <= len(records) <= MOST_RECORDS:
        bound = "less than or equal to 500" if records else "greater than or equal to 1"
        raise validation("records", f"Member must have length {bound}")
    for place, record in enumerate(records, start=1):
        if len(record["Data"]) > LARGEST:
            bound = f"Member must have length less than or equal to {LARGEST}"
            raise validation(f"records.{place}.member.data", bound)
    if sum(len(record["Data"]) for record in records) > MOST_BYTES:
        raise invalid("Records size exceeds 4 MB limit")
    ids = _ingest(self, stream, records)
    return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": [{"RecordId": each} for each in ids]}


def _put_s3_records(self: Any, name: str, *given: Any) -> list[dict[str, str]]:
    """Take what CloudWatch Logs sends."""
    return [{"RecordId": each} for each in _ingest(self, self.delivery_streams[name], given[-1])]


def _direct(self: Any, name: str) -> Any:
    stream = self.delivery_streams.get(name)
    if stream is None:
        raise not_found(name, self.account_id)
    if stream.delivery_stream_type == "KinesisStreamAsSource":
        raise invalid("This operation is not permitted on KinesisStreamAsSource delivery stream type.")
    return stream


def _ingest(self: Any, stream: Any, records: list[dict[str, bytes]]) -> list[str]:
    now = clock.now()
    return buffers.ingest(self, stream, [(bytes(record["Data"]), now, "") for record in records])


def install() -> None:
    """Change ``FirehoseBackend``."""
    FirehoseBackend.create_delivery_stream = _create(FirehoseBackend.create_delivery_stream)
    FirehoseBackend.update_destination = _update(FirehoseBackend.update_destination)
    FirehoseBackend.delete_delivery_stream = _delete(FirehoseBackend.delete_delivery_stream)
    FirehoseBackend.put_record = _put_record
    FirehoseBackend.put_record_batch = _put_record_batch
    FirehoseBackend.put_s3_records = _put_s3_records

"""What a delivery stream was told: where to, in what form, buffered how; refused when AWS, or pocketaws, cannot.

Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pocketaws.engines.firehose import naming, partitioning
from pocketaws.engines.firehose.errors import invalid, unsupported, validation

__all__ = ["Target", "backup_of", "check", "target_of"]

MIB = 1024 * 1024
COMPRESSIONS = {"UNCOMPRESSED": "", "GZIP": ".gz", "ZIP": ".zip"}
OTHERS = ("Redshift", "Elasticsearch", "Amazonopensearchservice", "Splunk", "HttpEndpoint", "Snowflake", "Iceberg")


@dataclass(frozen=True)
class Target:
    """A place in S3 to deliver to."""

    bucket: str
    prefix: str = ""
    error_prefix: str = ""
    most_bytes: int = 5 * MIB
    longest: timedelta = timedelta(seconds=300)
    compression: str = "UNCOMPRESSED"
    extension: str = ""
    kms_key: str = ""
    zone: str = "UTC"
    delimiter: bytes = b""
    conversion: dict[str, Any] | None = None
    partition_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_partitioned: bool = False


def target_of(destination: dict[str, Any]) -> Target:
    """Return where a delivery stream delivers to, from moto's description of its destination."""
    return _target(destination.get("ExtendedS3") or destination["S3"])


def backup_of(destination: dict[str, Any]) -> Target | None:
    """Return where the records as they came are kept besides, if told so."""
    given = destination.get("ExtendedS3") or {}
    backup = given.get("S3BackupDescription") or given.get("S3BackupConfiguration")
    return _target(backup) if backup and given.get("S3BackupMode") == "Enabled" else None


def check(configuration: dict[str, Any]) -> None:
    """Refuse what AWS refuses, and what pocketaws cannot do.

    Parameters
    ----------
    configuration
        ``ExtendedS3DestinationConfiguration``, ``S3DestinationConfiguration`` or an update of either, complete.

    Raises
    ------
    FirehoseError
        With AWS's code.
    """
    _check_buffer(configuration)
    naming.check(configuration.get("Prefix", ""), configuration.get("ErrorOutputPrefix", ""))
    compression = configuration.get("CompressionFormat", "UNCOMPRESSED")
    if compression not in COMPRESSIONS:
        raise unsupported(f"CompressionFormat {compression}")
    zone = configuration.get("CustomTimeZone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise invalid(f"CustomTimeZone {zone} is not a time zone.") from None
    for processor in _processors(configuration):
        if processor["Type"] not in ("AppendDelimiterToRecord", "MetadataExtraction"):
            raise unsupported(f"A processor of type {processor['Type']}")
    if _conversion(configuration) and compression != "UNCOMPRESSED":
        raise invalid("CompressionFormat must be UNCOMPRESSED when data format conversion is enabled.")
    _check_partitioning(configuration)


def _check_buffer(configuration: dict[str, Any]) -> None:
    hints = configuration.get("BufferingHints") or {}
    size, seconds = hints.get("SizeInMBs"), hints.get("IntervalInSeconds")
    if (size is None) != (seconds is None):
        raise invalid("Both BufferSizeInMBs and BufferIntervalInSeconds must be specified, or neither.")
    if size is not None and not 1 <= size <= 128:
        raise validation("bufferingHints.sizeInMBs", "Member must have value between 1 and 128")
    if seconds is not None and not 0 <= seconds <= 900:
        raise validation("bufferingHints.intervalInSeconds", "Member must have value between 0 and 900")
    needs_much = _conversion(configuration) or _is_partitioned(configuration)
    if size is not None and size < 64 and needs_much:
        what = "data format conversion" if _conversion(configuration) else "dynamic partitioning"
        raise invalid(f"BufferingHints.SizeInMBs must be at least 64 when {what} is enabled.")
    if seconds is not None and seconds < 60 and _is_partitioned(configuration):
        raise invalid("BufferingHints.IntervalInSeconds must be at least 60 when dynamic partitioning is enabled.")


def _check_partitioning(configuration: dict[str, Any]) -> None:
    named = naming.partition_keys(configuration.get("Prefix", ""))
    keys = partitioning.queries(_metadata_query(configuration))
    if not _is_partitioned(configuration):
        if named:
            raise invalid("Prefix has partition keys, but dynamic partitioning is not enabled.")
        return
    if not named:
        raise invalid("Dynamic partitioning is enabled, but the Prefix has no partition keys.")
    if missing := sorted(named - keys.keys()):
        raise invalid(f"The Prefix names partition keys that MetadataExtraction does not give: {', '.join(missing)}.")


def _target(given: dict[str, Any]) -> Target:
    hints = given.get("BufferingHints") or {}
    large = bool(_conversion(given)) or _is_partitioned(given)
    return Target(
        bucket=given["BucketARN"].split(":")[-1],
        prefix=given.get("Prefix") or "",
        error_prefix=given.get("ErrorOutputPrefix") or "",
        most_bytes=hints.get("SizeInMBs", 128 if large else 5) * MIB,
        longest=timedelta(seconds=hints.get("IntervalInSeconds", 300)),
        compression=given.get("CompressionFormat") or "UNCOMPRESSED",
        extension=given.get("FileExtension") or "",
        kms_key=((given.get("EncryptionConfiguration") or {}).get("KMSEncryptionConfig") or {}).get("AWSKMSKeyARN", ""),
        zone=given.get("CustomTimeZone") or "UTC",
        delimiter=_delimiter(given),
        conversion=_conversion(given),
        partition_keys=partitioning.queries(_metadata_query(given)),
        is_partitioned=_is_partitioned(given),
    )


def _conversion(given: dict[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = given.get("DataFormatConversionConfiguration")
    return found if found and found.get("Enabled", True) else None


def _is_partitioned(given: dict[str, Any]) -> bool:
    return bool((given.get("DynamicPartitioningConfiguration") or {}).get("Enabled"))


def _processors(given: dict[str, Any]) -> list[dict[str, Any]]:
    processing = given.get("ProcessingConfiguration") or {}
    return processing.get("Processors") or [] if processing.get("Enabled", False) else []


def _parameter(given: dict[str, Any], kind: str, name: str) -> str | None:
    for processor in _processors(given):
        if processor["Type"] == kind:
            parameters = {each["ParameterName"]: each["ParameterValue"] for each in processor.get("Parameters", [])}
            return str(parameters.get(name, ""))
    return None


def _delimiter(given: dict[str, Any]) -> bytes:
    found = _parameter(given, "AppendDelimiterToRecord", "Delimiter")
    return b"" if found is None else (found or "\n").encode().decode("unicode_escape").encode()


def _metadata_query(given: dict[str, Any]) -> str:
    return _parameter(given, "MetadataExtraction", "MetadataExtractionQuery") or ""

"""Making, describing and changing streams.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import base64
import re
from typing import Any

from pocketaws.engines.kinesis.errors import KinesisError, in_use, invalid, limit, validation
from pocketaws.engines.kinesis.shards import Shard
from pocketaws.engines.kinesis.streams import Stream, stream_of

__all__ = ["OPERATIONS"]

ROOMY = {"us-east-1", "us-west-2", "eu-west-1"}
ON_DEMAND_STREAMS = 50
NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")


def create_stream(backend: Any, request: dict[str, Any]) -> None:
    """Make a stream; it is ACTIVE at once."""
    name, mode = request["StreamName"], request.get("StreamModeDetails") or {"StreamMode": "PROVISIONED"}
    count = request.get("ShardCount")
    if not NAME.fullmatch(name):
        raise validation(name, "streamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
    if mode.get("StreamMode") == "ON_DEMAND":
        if count is not None:
            raise KinesisError(
                "ValidationException", "Requests to create a stream with on-demand mode cannot have ShardCount."
            )
    elif count is None:
        raise invalid("ShardCount is a required parameter for a stream in provisioned mode.")
    elif count < 1:
        raise validation(count, "shardCount", "Member must have value greater than or equal to 1")
    if name in backend.streams:
        raise in_use(f"Stream {name} under account {backend.account_id} already exists.")
    _within_quota(backend, count or 0)
    stream = backend.create_stream(name, count or 0, stream_mode=mode)
    stream.tags.update(request.get("Tags") or {})
    stream.max_record_kib = request.get("MaxRecordSizeInKiB") or stream.max_record_kib


def describe_stream(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Describe a stream with its shards, 100 at a time."""
    stream = stream_of(backend, request)
    shards = _shards_after(stream, request.get("ExclusiveStartShardId"))
    shown = shards[: request.get("Limit", 100)]
    return {"StreamDescription": stream.description(shown, more=len(shown) < len(shards))}


def describe_stream_summary(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Describe a stream without its shards."""
    return {"StreamDescriptionSummary": stream_of(backend, request).summary()}


def list_streams(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """List streams by name, 100 at a time."""
    after = request.get("NextToken") or request.get("ExclusiveStartStreamName") or ""
    names = sorted(name for name in backend.streams if name > after)
    shown = names[: request.get("Limit", 100)]
    kept = ("StreamName", "StreamARN", "StreamStatus", "StreamModeDetails", "StreamCreationTimestamp")
    answer: dict[str, Any] = {
        "StreamNames": shown,
        "HasMoreStreams": len(shown) < len(names),
        "StreamSummaries": [{key: backend.streams[name].summary()[key] for key in kept} for name in shown],
    }
    if answer["HasMoreStreams"]:
        answer["NextToken"] = shown[-1]
    return answer


def list_shards(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """List shards, open and closed, or those that a filter leaves."""
    name, after, kind = request.get("StreamName"), request.get("ExclusiveStartShardId"), request.get("ShardFilter")
    if token := request.get("NextToken"):
        if name or request.get("StreamARN"):
            raise invalid("NextToken and StreamName cannot be provided together.")
        try:
            name, after = base64.b64decode(token, validate=True).decode().split("|")
        except ValueError:
            raise invalid("Invalid NextToken.") from None
    stream = stream_of(backend, {"StreamName": name, "StreamARN": request.get("StreamARN")})
    shards = [shard for shard in _shards_after(stream, after) if _passes(shard, kind)]
    shown = shards[: request.get("MaxResults", 1000)]
    answer: dict[str, Any] = {"Shards": [shard.answer() for shard in shown]}
    if len(shown) < len(shards):
        answer["NextToken"] = base64.b64encode(f"{stream.stream_name}|{shown[-1].shard_id}".encode()).decode()
    return answer


def delete_stream(backend: Any, request: dict[str, Any]) -> None:
    """Delete a stream; one with registered consumers only when told so."""
    stream = stream_of(backend, request)
    if stream.consumers and not request.get("EnforceConsumerDeletion"):
        raise in_use(
            f"Stream {stream.stream_name} under account {stream.account_id} has one or more consumers registered and "
            "cannot be deleted without EnforceConsumerDeletion."
        )
    backend.streams.pop(stream.stream_name)


def describe_limits(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Count open shards and on-demand streams against the quotas."""
    streams = backend.streams.values()
    return {
        "ShardLimit": _shard_limit(backend),
        "OpenShardCount": sum(stream.shard_count for stream in streams if not stream.is_on_demand),
        "OnDemandStreamCount": sum(stream.is_on_demand for stream in streams),
        "OnDemandStreamCountLimit": ON_DEMAND_STREAMS,
    }


def increase_stream_retention_period(backend: Any, request: dict[str, Any]) -> None:
    """Keep records for longer, up to 365 days."""
    stream = stream_of(backend, request)
    backend.increase_stream_retention_period(stream.arn, stream.stream_name, request["RetentionPeriodHours"])


def decrease_stream_retention_period(backend: Any, request: dict[str, Any]) -> None:
    """Keep records for less long, 24 hours at least; what is older then is gone."""
    stream = stream_of(backend, request)
    backend.decrease_stream_retention_period(stream.arn, stream.stream_name, request["RetentionPeriodHours"])
    stream.trim()


def update_stream_mode(backend: Any, request: dict[str, Any]) -> None:
    """Let AWS choose the shards, or choose them again."""
    stream_of(backend, request).stream_mode = request["StreamModeDetails"]


def update_max_record_size(backend: Any, request: dict[str, Any]) -> None:
    """Let records be larger than 1 MiB, up to 10 MiB."""
    size = request["MaxRecordSizeInKiB"]
    if not 1024 <= size <= 10_240:
        bound = "less than or equal to 10240" if size > 1024 else "greater than or equal to 1024"
        raise validation(size, "maxRecordSizeInKiB", f"Member must have value {bound}")
    stream_of(backend, request).max_record_kib = size


def _shards_after(stream: Stream, shard_id: str | None) -> list[Shard]:
    return [shard for name, shard in sorted(stream.shards.items()) if not shard_id or name > shard_id]


def _passes(shard: Shard, kind: dict[str, Any] | None) -> bool:
    name = (kind or {}).get("Type", "FROM_TRIM_HORIZON")
    stamp = float((kind or {}).get("Timestamp") or 0)
    if name == "AT_LATEST":
        return shard.is_open
    if name == "AFTER_SHARD_ID":
        return shard.shard_id > str((kind or {}).get("ShardId", ""))
    if name == "AT_TIMESTAMP":
        return shard.created.timestamp() <= stamp and (not shard.closed or shard.closed.timestamp() > stamp)
    if name == "FROM_TIMESTAMP":
        return not shard.closed or shard.closed.timestamp() > stamp
    return True


def _shard_limit(backend: Any) -> int:
    return 20_000 if backend.region_name in ROOMY else 6_000


def _within_quota(backend: Any, more: int) -> None:
    streams, most = backend.streams.values(), _shard_limit(backend)
    current = sum(stream.shard_count for stream in streams if not stream.is_on_demand)
    if current + more > most:
        raise limit(
            f"This request would exceed the shard limit for the account {backend.account_id} in {backend.region_name}. "
            f"Current shard count for the account: {current}. Limit: {most}. Number of additional shards that would "
            f"have resulted from this request: {more}. Refer to the AWS Service Limits page "
            "(https://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to "
            "request higher limits."
        )


OPERATIONS = {
    "CreateStream": create_stream,
    "DecreaseStreamRetentionPeriod": decrease_stream_retention_period,
    "DeleteStream": delete_stream,
    "DescribeLimits": describe_limits,
    "DescribeStream": describe_stream,
    "DescribeStreamSummary": describe_stream_summary,
    "IncreaseStreamRetentionPeriod": increase_stream_retention_period,
    "ListShards": list_shards,
    "ListStreams": list_streams,
    "UpdateMaxRecordSize": update_max_record_size,
    "UpdateStreamMode": update_stream_mode,
}

"""What Kinesis tells CloudWatch of a stream.

Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from pocketaws.engines.kinesis.shards import Record
from pocketaws.engines.kinesis.streams import Stream

__all__ = ["read", "refused_read", "written"]


def written(stream: Stream, records: list[Record], asked: int) -> None:
    """Count a write: what came in, and what was refused."""
    _tell(
        stream,
        IncomingBytes=(sum(record.size for record in records), "Bytes"),
        IncomingRecords=(len(records), "Count"),
        WriteProvisionedThroughputExceeded=(asked - len(records), "Count"),
    )


def read(backend: Any, stream: Stream, records: list[Record], late: int) -> None:
    """Count a read, and how far behind the tip it is."""
    _tell(
        stream,
        **{
            "GetRecords.Bytes": (sum(record.size for record in records), "Bytes"),
            "GetRecords.Records": (len(records), "Count"),
            "GetRecords.IteratorAgeMilliseconds": (late, "Milliseconds"),
        },
    )


def refused_read(stream: Stream) -> None:
    """Count a read that was throttled."""
    _tell(stream, ReadProvisionedThroughputExceeded=(1, "Count"))


def _tell(stream: Stream, **metrics: tuple[int, str]) -> None:
    dimensions = [{"Name": "StreamName", "Value": stream.stream_name}]
    data = [
        {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": dimensions}
        for name, (value, unit) in metrics.items()
    ]
    cloudwatch_backends[stream.account_id][stream.region].put_metric_data(namespace="AWS/Kinesis", metric_data=data)

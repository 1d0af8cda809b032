"""Word of the records that a mapping gave up, sent to its failure destination.

Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import uuid
from typing import Any

from pocketaws.engines.awslambda import destinations
from pocketaws.engines.awslambda.sources.records import Batch, Shard, Source

__all__ = ["report"]


def report(backend: Any, source: Source, reader: Any, shard: Shard, batch: Batch, why: str, function: Any) -> None:
    """Tell the failure destination of a batch that was given up: where it stands in the stream, not what it holds."""
    target = (((source.mapping.destination_config or {}).get("OnFailure")) or {}).get("Destination")
    if not target:
        return
    is_kinesis = ":kinesis:" in source.mapping.event_source_arn
    first, last = batch.records[0], batch.records[-1]
    info = {
        "shardId": shard.id,
        "startSequenceNumber": reader.number(first),
        "endSequenceNumber": reader.number(last),
        "approximateArrivalOfFirstRecord": _stamp(reader.arrived(first)),
        "approximateArrivalOfLastRecord": _stamp(reader.arrived(last)),
        "batchSize": len(batch.records),
        "streamArn": source.mapping.event_source_arn,
    }
    content = {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": source.mapping.function_arn,
            "condition": why,
            "approximateInvokeCount": batch.tries,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": str(function.version),
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": destinations.stamp(),
        "KinesisBatchInfo" if is_kinesis else "DDBStreamBatchInfo": info,
    }
    destinations.send(backend, target, content)


def _stamp(when: Any) -> str:
    return str(when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z")

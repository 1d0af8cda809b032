"""Kinesis as a source: a delivery stream takes what is put into its stream from the moment it was made.

Source: https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html
"""

from __future__ import annotations

from moto.firehose.models import firehose_backends

from pocketaws.engines.firehose import buffers
from pocketaws.engines.kinesis import shards, streams

__all__ = ["install"]


def _take(stream: streams.Stream, shard: shards.Shard, records: list[shards.Record]) -> None:
    backend = firehose_backends[stream.account_id][stream.region]
    for delivery_stream in list(backend.delivery_streams.values()):
        if (delivery_stream.source or {}).get("KinesisStreamARN") == stream.arn:
            entries = [(record.data, record.arrived, str(record.sequence_number)) for record in records]
            buffers.ingest(backend, delivery_stream, entries)


def install() -> None:
    """Hear of every record of Kinesis."""
    streams.listeners.append(_take)

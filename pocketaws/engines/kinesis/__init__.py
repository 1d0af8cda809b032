"""Kinesis Data Streams: shards with limits and lineage, retention and iterators by the clock, consumers with fan-out.

What :func:`install` changes in moto:

- ``moto.kinesis.models.Stream``: ours, so that whoever makes or writes a stream (CloudFormation, CloudWatch Logs) gets
  our shards;
- ``moto.kinesis.responses.KinesisResponse``: one method for each operation of ``dispatch.OPERATIONS``.

Whoever wants to hear of new records (Firehose, Lambda) joins ``streams.listeners``.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Kinesis."""
    from moto.kinesis import models

    from pocketaws.engines.kinesis import dispatch
    from pocketaws.engines.kinesis.streams import Stream

    models.Stream = Stream
    dispatch.install()

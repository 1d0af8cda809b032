"""Consumers with enhanced fan-out: each has 2 MiB a second of every shard to itself.

A subscription of AWS's lasts five minutes and sends records as they come.  Ours sends those that are there, then ends
with the sequence number to subscribe again from: nothing comes while a clock stands still.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

from moto.kinesis.models import Consumer as MotoConsumer

from pocketaws import clock
from pocketaws.engines.kinesis import iterators
from pocketaws.engines.kinesis.errors import in_use, invalid, limit, not_found
from pocketaws.engines.kinesis.records import children
from pocketaws.engines.kinesis.shards import Record, Shard
from pocketaws.engines.kinesis.streams import Stream, stream_of
from pocketaws.engines.kinesis.throttling import MIB

__all__ = ["OPERATIONS", "subscribe"]

MOST = 20
EVENT_RECORDS, EVENT_BYTES = 10_000, 2 * MIB


class Consumer(MotoConsumer):  # type: ignore[misc]
    """A registered consumer; its ARN ends with the second in which it was registered, as AWS's does."""

    def __init__(self, name: str, stream: Stream) -> None:
        super().__init__(name, stream.account_id, stream.region, stream.arn)
        arn: str = vars(self)["consumer_arn"]
        self.consumer_arn = f"{arn}:{int(clock.now().timestamp())}"


def register_stream_consumer(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Register a consumer."""
    stream, name = stream_of(backend, request), request["ConsumerName"]
    if any(consumer.consumer_name == name for consumer in stream.consumers):
        raise in_use(
            f"Consumer {name} of stream {stream.stream_name} under account {stream.account_id} already exists."
        )
    if len(stream.consumers) >= MOST:
        raise limit(
            f"Stream {stream.stream_name} under account {stream.account_id} has {MOST} consumers, the most allowed."
        )
    consumer = Consumer(name, stream)
    stream.consumers.append(consumer)
    return {"Consumer": consumer.to_json()}


def describe_stream_consumer(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Describe a consumer."""
    return {"ConsumerDescription": _find(backend, request)[1].to_json(include_stream_arn=True)}


def list_stream_consumers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """List the consumers of a stream."""
    names = sorted(stream_of(backend, request).consumers, key=lambda each: each.consumer_name)
    after = request.get("NextToken") or ""
    found = [each for each in names if each.consumer_name > after]
    shown = found[: request.get("MaxResults", 100)]
    answer: dict[str, Any] = {"Consumers": [each.to_json() for each in shown]}
    if len(shown) < len(found):
        answer["NextToken"] = shown[-1].consumer_name
    return answer


def deregister_stream_consumer(backend: Any, request: dict[str, Any]) -> None:
    """Forget a consumer."""
    stream, consumer = _find(backend, request)
    stream.consumers.remove(consumer)


def subscribe(backend: Any, request: dict[str, Any]) -> bytes:
    """Return what SubscribeToShard answers: AWS's stream of events, as bytes."""
    stream, _ = _find(backend, request)
    shard = stream.shard(request["ShardId"])
    position = iterators.position(stream, shard, request["StartingPosition"])
    events = [_message("initial-response", {})]
    while True:
        found = shard.after(position, EVENT_RECORDS, EVENT_BYTES)
        position = found[-1].sequence_number if found else position
        events.append(_message("SubscribeToShardEvent", _event(stream, shard, found, position)))
        if not shard.behind(position):
            return b"".join(events)


def _event(stream: Stream, shard: Shard, records: list[Record], position: int) -> dict[str, Any]:
    waiting = shard.behind(position)
    late = int((clock.now() - waiting.arrived).total_seconds() * 1000) if waiting else 0
    shown = [
        {
            **record.answer(),
            "Data": base64.b64encode(record.data).decode(),
            "ApproximateArrivalTimestamp": record.arrived.timestamp(),
        }
        for record in records
    ]
    event: dict[str, Any] = {"Records": shown, "MillisBehindLatest": late}
    if shard.is_open or waiting:
        event["ContinuationSequenceNumber"] = str(max(position, shard.first_sequence))
    else:
        event["ChildShards"] = children(stream, shard)
    return event


def _message(kind: str, payload: dict[str, Any]) -> bytes:
    """Return one message of AWS's event stream: lengths, headers, payload, each part with its checksum.

    Source: https://smithy.io/2.0/aws/amazon-eventstream.html
    """
    headers = b""
    told = {":message-type": "event", ":event-type": kind, ":content-type": "application/x-amz-json-1.1"}
    for name, value in told.items():
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack(">I", zlib.crc32(message))


def _find(backend: Any, request: dict[str, Any]) -> tuple[Stream, Any]:
    arn, name = request.get("ConsumerARN"), request.get("ConsumerName")
    if not arn and not (name and request.get("StreamARN")):
        raise invalid("Either ConsumerARN or both StreamARN and ConsumerName must be specified.")
    stream = stream_of(backend, {"StreamARN": request.get("StreamARN") or str(arn).partition("/consumer/")[0]})
    for consumer in stream.consumers:
        if consumer.consumer_arn == arn or (not arn and consumer.consumer_name == name):
            return stream, consumer
    raise not_found(f"Consumer {name or arn}, account {backend.account_id} not found.")


OPERATIONS = {
    "DeregisterStreamConsumer": deregister_stream_consumer,
    "DescribeStreamConsumer": describe_stream_consumer,
    "ListStreamConsumers": list_stream_consumers,
    "RegisterStreamConsumer": register_stream_consumer,
}

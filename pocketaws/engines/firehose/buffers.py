"""Buffers: records wait until there are enough of them, or the first has waited long enough.

Source: https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking
from pocketaws.engines.firehose import delivery, partitioning
from pocketaws.engines.firehose.delivery import Batch, Entry
from pocketaws.engines.firehose.settings import Target, backup_of, target_of

__all__ = ["State", "discard", "ingest", "state_of"]

Key = tuple[bool, tuple[tuple[str, str], ...]]


@dataclass
class Buffer:
    """Records that wait together."""

    entries: list[Entry] = field(default_factory=list)
    size: int = 0
    booking: Booking | None = None


@dataclass
class State:
    """What waits for one delivery stream, and how many objects it has delivered."""

    stream: Any
    buffers: dict[Key, Buffer] = field(default_factory=dict)
    delivered: int = 0
    records: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)


def state_of(backend: Any, stream: Any) -> State:
    """Return what waits for a delivery stream; it lives and dies with moto's backend."""
    states: dict[str, State] = backend.__dict__.setdefault("pocketaws", {})
    state = states.get(stream.delivery_stream_name)
    if state is None or state.stream is not stream:
        state = states[stream.delivery_stream_name] = State(stream)
    return state


def discard(backend: Any, stream: Any) -> None:
    """Forget what waits, as when the stream is deleted."""
    state = state_of(backend, stream)
    for buffer in state.buffers.values():
        if buffer.booking:
            buffer.booking.cancel()
    backend.__dict__["pocketaws"].pop(stream.delivery_stream_name)


def ingest(backend: Any, stream: Any, records: list[tuple[bytes, datetime, str]]) -> list[str]:
    """Take records in; return an id for each.

    Parameters
    ----------
    backend
        moto's ``FirehoseBackend``.
    stream
        moto's ``DeliveryStream``.
    records
        Data, arrival and, from Kinesis, sequence number of each.
    """
    state, ids = state_of(backend, stream), []
    with state.lock:
        target, backup = target_of(stream.destinations[0]), backup_of(stream.destinations[0])
        for data, arrived, number in records:
            state.records += 1
            ids.append(uuid.uuid5(uuid.NAMESPACE_URL, f"{stream.delivery_stream_arn}/record/{state.records}").hex)
            entry = Entry(data, arrived, number)
            _buffer(backend, state, target, entry, is_backup=False)
            if backup:
                _buffer(backend, state, backup, entry, is_backup=True)
    return ids


def _buffer(backend: Any, state: State, target: Target, entry: Entry, *, is_backup: bool) -> None:
    keys: dict[str, str] = {}
    if target.is_partitioned:
        found = partitioning.keys_of(entry.data, target.partition_keys)
        if found is None:
            text = "The record is no JSON object, or lacks a partition key"
            failed = {0: ("DynamicPartitioning.MetadataExtractionFailed", text)}
            delivery.deliver_errors(backend, state, target, [entry], failed, kind="metadata-extraction-failed")
            return
        keys = found
    key = (is_backup, tuple(sorted(keys.items())))
    buffer = state.buffers.setdefault(key, Buffer())
    buffer.entries.append(entry)
    buffer.size += len(entry.data)
    if buffer.size >= target.most_bytes:
        _flush(backend, state, key)
    elif buffer.booking is None:
        buffer.booking = clock.at(clock.now() + target.longest, _due(backend, state, key))


def _due(backend: Any, state: State, key: Key) -> Callable[[], None]:
    def flush() -> None:
        with state.lock:
            if backend.delivery_streams.get(state.stream.delivery_stream_name) is state.stream:
                _flush(backend, state, key)

    return flush


def _flush(backend: Any, state: State, key: Key) -> None:
    buffer = state.buffers.pop(key, None)
    if buffer is None:
        return
    if buffer.booking:
        buffer.booking.cancel()
    is_backup, keys = key
    destination = state.stream.destinations[0]
    target = (backup_of(destination) if is_backup else None) or target_of(destination)
    delivery.deliver(backend, state, Batch(target, buffer.entries, dict(keys)))

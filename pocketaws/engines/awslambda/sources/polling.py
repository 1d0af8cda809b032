"""When mappings read: when something arrived, when something becomes visible or due for another try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.awslambda import turns
from pocketaws.engines.awslambda.sources import queues, streams
from pocketaws.engines.awslambda.sources.records import Source
from pocketaws.engines.awslambda.state import known, of

__all__ = ["hear", "wake"]


def hear(arn: str) -> None:
    """Wake the mappings of a queue or stream in which something arrived."""
    backend = known(arn)
    if backend is None or "pocketaws" not in backend.__dict__:
        return
    for source in list(of(backend).sources.values()):
        if source.mapping.event_source_arn == arn:
            window = timedelta(seconds=int(source.mapping.max_batch_window or 0))
            full = window and queues.is_full(source)
            wake(backend, source, clock.now() if full else clock.now() + window)


def wake(backend: Any, source: Source, when: datetime) -> None:
    """Let a mapping read at a time, if it does not do so before."""
    with of(backend).lock:
        if not source.mapping.enabled:
            return
        if source.booking is not None:
            if source.booking.when <= when:
                return
            source.booking.cancel()
        source.booking = turns.book(when, lambda: _poll(backend, source))


def _poll(backend: Any, source: Source) -> None:
    source.booking = None
    if of(backend).sources.get(source.mapping.uuid) is not source or not source.mapping.enabled:
        return  # it was deleted or switched off, or everything was reset
    read = queues.read if ":sqs:" in source.mapping.event_source_arn else streams.read
    following = read(backend, source)
    if following is not None:
        wake(backend, source, following)

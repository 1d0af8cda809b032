"""SQS: moto's, with attributes of a queue made one by one when they are asked for.

moto makes all of them, three counts of all messages included, several times for each message sent or received, so
that a queue of some hundred messages takes seconds to read.

What :func:`install` changes in moto: ``moto.sqs.models.Queue.attributes``; ``Queue.add_message`` and
``moto.sqs.models.SQSBackend.change_message_visibility`` tell who reads queues for others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["install"]


class _Attributes(Mapping[str, Any]):
    """The attributes of a queue by AWS's names."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue
        names = [*queue.BASE_ATTRIBUTES]
        names += queue.FIFO_ATTRIBUTES if queue.fifo_queue else []
        names += queue.KMS_ATTRIBUTES if queue.kms_master_key_id else []
        names += [name for name in ("Policy", "RedrivePolicy") if getattr(queue, _own(name))]
        self._names = dict.fromkeys(names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        value = getattr(self._queue, _own(name))
        if name == "RedrivePolicy" and value:
            return json.dumps(value)
        return str(value).lower() if isinstance(value, bool) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _own(name: str) -> str:
    from moto.core.utils import camelcase_to_underscores

    return str(camelcase_to_underscores(name))


def install() -> None:
    """Make the attributes of moto's queues lazy, and their arrivals heard."""
    from moto.sqs.models import Queue, SQSBackend

    from pocketaws import arrivals

    add, change = Queue.add_message, SQSBackend.change_message_visibility

    def add_message(queue: Any, message: Any) -> None:
        add(queue, message)
        arrivals.tell(queue.queue_arn)

    def change_message_visibility(backend: Any, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
        change(backend, queue_name, receipt_handle, visibility_timeout)
        arrivals.tell(backend.get_queue(queue_name).queue_arn)

    Queue.attributes = property(_Attributes)
    Queue.add_message = add_message
    SQSBackend.change_message_visibility = change_message_visibility

"""What Lambda knows of a mapping beyond its settings."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from pocketaws import clock
from pocketaws.clock import Booking

__all__ = ["Batch", "Shard", "Source", "failures"]


@dataclass
class Batch:
    """Records of a shard that wait for their function, or failed in it."""

    records: list[dict[str, Any]]
    tries: int = 0


@dataclass
class Shard:
    """Where a mapping has read a shard to."""

    id: str
    kind: str
    iterator: str | None = None
    #: The last sequence number that was read.
    after: str | None = None
    is_done: bool = False
    #: Whether the last reading left nothing: another would only use up what the shard can give in a second.
    is_empty: bool = False
    waiting: deque[Batch] = field(default_factory=deque)


@dataclass
class Source:
    """A mapping at work; ``mapping`` is moto's ``EventSourceMapping``."""

    mapping: Any
    created: datetime = field(default_factory=clock.now)
    booking: Booking | None = None
    shards: dict[str, Shard] = field(default_factory=dict)
    result: str = "No records processed"

    @property
    def region(self) -> str:
        """The Region of what is read."""
        return str(self.mapping.event_source_arn.split(":")[3])

    def tell(self, error: ClientError) -> None:
        """Let the mapping's result say that the source cannot be read."""
        told = error.response["Error"]
        self.result = f"PROBLEM: {told['Code']}: {told['Message']}"


def failures(source: Source, answer: Any) -> list[str] | None:
    """Return the ids of the records that a function says failed; None when all did, by a malformed answer.

    Without ``ReportBatchItemFailures`` no answer says so.
    """
    if "ReportBatchItemFailures" not in (source.mapping.function_response_types or []):
        return []
    if answer is None:
        return []
    if not isinstance(answer, dict):
        return None
    listed = answer.get("batchItemFailures") or []
    if not isinstance(listed, list):
        return None
    ids = [each.get("itemIdentifier") if isinstance(each, dict) else None for each in listed]
    return [str(each) for each in ids] if all(ids) else None

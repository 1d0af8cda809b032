"""What functions, crawlers and jobs say goes to CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.logs.models import logs_backends

from pocketaws import clock

__all__ = ["write"]


def write(backend: Any, group: str, stream: str, lines: Iterable[str]) -> None:
    """Add lines to a stream of a log group; both are made where they are missing.

    Parameters
    ----------
    backend
        One of moto's backends, which names the account and the Region.
    group, stream
        For example ``/aws-glue/crawlers`` and the crawler's name.
    lines
        One event each, at the clock's time.
    """
    logs = logs_backends[backend.account_id][backend.region_name]
    if group not in logs.groups:
        logs.create_log_group(group, {})
    if stream not in logs.groups[group].streams:
        logs.create_log_stream(group, stream)
    stamp = int(clock.now().timestamp() * 1000)
    events = [{"timestamp": stamp, "message": line} for line in lines]
    if events:
        logs.put_log_events(group, stream, events)

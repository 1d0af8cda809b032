"""EventBridge Scheduler: one-time and recurring schedules that fire when the clock passes them.

What :func:`install` changes in moto:

- ``moto.scheduler.models.EventBridgeSchedulerBackend``: ``create_schedule`` and ``update_schedule`` check what they are
  given and book with the clock; groups that are not there are named in the error;
- ``moto.scheduler.responses.EventBridgeSchedulerResponse.update_schedule``: takes ``ActionAfterCompletion``.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Scheduler."""
    from pocketaws.engines.scheduler import schedules

    schedules.install()

"""EventBridge: patterns and schedules that fire, targets that get what they are sent, as it is transformed.

What :func:`install` changes in moto:

- ``moto.events.models.Rule.send_to_targets``: a rule without a pattern, or one that is disabled, gets no event; events
  go on through :mod:`pocketaws.targets`;
- ``moto.events.models.EventsBackend``: ``put_rule`` checks schedules and books them with the clock, ``put_targets``
  refuses what cannot be delivered to;
- ``moto.events.responses.EventsHandler.test_event_pattern``.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's EventBridge."""
    from pocketaws.engines.events import rules

    rules.install()

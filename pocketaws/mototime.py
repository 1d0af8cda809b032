"""moto on the clock of pocketaws: what moto stamps with a time shows the simulated one."""

from __future__ import annotations

import datetime as real
from types import ModuleType, SimpleNamespace
from typing import Any

from pocketaws import clock

__all__ = ["use_clock"]


class _ClockDatetime(real.datetime):
    """``datetime.datetime`` whose present is the clock's."""

    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> Any:
        """Return the clock's time in a zone; without one, naive UTC (pocketaws lives in UTC)."""
        present = clock.now()
        return present.astimezone(tz) if tz else present.replace(tzinfo=None)

    @classmethod
    def utcnow(cls) -> Any:
        """Return the clock's time, naive, in UTC."""
        return clock.now().replace(tzinfo=None)


_proxy = SimpleNamespace(**{name: getattr(real, name) for name in real.__all__} | {"datetime": _ClockDatetime})


def use_clock(module: ModuleType) -> None:
    """Give one of moto's modules, which says ``import datetime``, the clock's time.

    ``moto.core.utils`` holds ``utcnow`` and ``unix_time``, which nearly all of moto calls; an engine
    names the few modules that ask ``datetime`` themselves.
    """
    module.datetime = _proxy  # type: ignore[attr-defined]

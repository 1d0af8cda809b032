"""The one clock of pocketaws: every engine asks it for the time and books its future with it.

The clock runs with the machine's until somebody freezes or advances it.  Moving it forward *fires, in
order of time, everything that falls due*, and while an event fires the clock shows that event's time; so
an object that expires on day 30 expires on day 30 even when the clock jumps a year.

Examples
--------
>>> from datetime import datetime, timezone
>>> from pocketaws import clock
>>> clock.freeze(datetime(2026, 11, 2, 9, tzinfo=timezone.utc))
datetime.datetime(2026, 11, 2, 9, 0, tzinfo=datetime.timezone.utc)
>>> seen = []
>>> booking = clock.at(clock.now() + timedelta(hours=3), lambda: seen.append(clock.now().hour))
>>> clock.advance(days=1).isoformat()
'2026-11-03T09:00:00+00:00'
>>> seen
[12]
>>> clock.reset()
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from pocketaws.errors import ClockError

__all__ = [
    "Booking",
    "Clock",
    "advance",
    "at",
    "clients_share",
    "freeze",
    "is_frozen",
    "now",
    "reset",
    "run",
    "run_due",
    "signing_time",
    "stand_by",
]

log = logging.getLogger(__name__)


@dataclass(order=True)
class Booking:
    """Something that will happen at a time; ``cancel()`` takes it back."""

    when: datetime
    order: int
    action: Callable[[], object] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Take the booking back; without effect once it has fired."""
        self.cancelled = True


class Clock:
    """A clock that can be frozen and moved forward, with a diary of what is booked."""

    def __init__(self) -> None:
        # Events fire under the first, so that one thread at a time moves the clock, and may wait for the locks of
        # engines; whoever holds such a lock needs only the second, which nobody keeps.
        self._moving = threading.RLock()
        self._lock = threading.RLock()
        self._order = itertools.count()
        self.reset()

    def reset(self) -> None:
        """Run with the machine's clock again and forget every booking."""
        with self._moving, self._lock:
            self._diary: list[Booking] = []
            self._offset = timedelta(0)
            self._frozen: datetime | None = None
            self._firing = _Firing()
            self._shared = False
            # What the clock showed from a given moment of the machine's on: (machine, offset, frozen).
            self._history: list[tuple[datetime, timedelta, datetime | None]] = []

    def now(self) -> datetime:
        """Return the time the clock shows, in UTC."""
        with self._lock:
            return self._firing.when or self._frozen or _machine() + self._offset

    @property
    def is_frozen(self) -> bool:
        """Whether the clock stands still between two calls of ``advance``."""
        return self._frozen is not None

    def freeze(self, when: datetime | None = None) -> datetime:
        """Stop the clock, now or at a later time; what falls due on the way fires.

        Parameters
        ----------
        when
            An aware time, not before the time shown once anything was booked; by default now.

        Raises
        ------
        ClockError
            The time has no zone, or lies in the past while something is booked.
        """
        with self._moving:
            target = _aware(when) if when else self.now()
            if target < self.now() and self._diary:
                raise ClockError(
                    f"The clock shows {self.now().isoformat()}; it cannot go back to {target.isoformat()}."
                )
            self._fire_until(target)
            self._set(self._offset, target)
            return target

    def run(self) -> datetime:
        """Let the clock run on from the time it shows."""
        with self._moving:
            self._set(self.now() - _machine(), None)
            return self.now()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Move the clock forward and fire, in order of time, everything due until then.

        Returns
        -------
        The time the clock shows afterwards.

        Raises
        ------
        ClockError
            The sum is negative.
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta(0):
            raise ClockError(f"The clock moves only forward; {step.total_seconds():g} seconds asked.")
        with self._moving:
            target = self.now() + step
            self._fire_until(target)
            if self._frozen is not None:
                self._set(self._offset, target)
            else:
                self._set(self._offset + step, None)
            return target

    def at(self, when: datetime, action: Callable[[], object]) -> Booking:
        """Book ``action`` for a time; a time in the past fires with the next request or advance."""
        with self._lock:
            booking = Booking(_aware(when), next(self._order), action)
            heapq.heappush(self._diary, booking)
            return booking

    def run_due(self) -> None:
        """Fire what has fallen due by now; both doors call it before each request."""
        with self._lock:
            is_due = bool(self._diary) and self._diary[0].when <= self.now()
        if is_due:
            with self._moving:
                self._fire_until(self.now())

    def stand_by(self, is_over: Callable[[], bool]) -> None:
        """Wait, in an event, for another process that lives at the event's time; without effect elsewhere.

        Meanwhile the clock shows the event's time to everybody, and what falls due by it fires in the threads that
        answer that process.

        Parameters
        ----------
        is_over
            Whether the wait is over; asked some two hundred times a second.
        """
        when = self._firing.when
        if when is None:
            return
        before = self._offset, self._frozen
        self._firing.when = None
        self._set(self._offset, when)
        moving = threading.Condition(self._moving)
        try:
            with moving:
                while not is_over():
                    moving.wait(0.005)  # lets go of the lock, however often it is held
        finally:
            self._set(*before)
            self._firing.when = when

    def clients_share(self, shared: bool) -> None:
        """Say whether clients sign with this clock (in one process) or with the machine's (over HTTP)."""
        self._shared = shared

    def signing_time(self, stamp: datetime) -> datetime:
        """Return what this clock showed when a client put a time stamp on a request or URL.

        Clients on the other side of HTTP sign with the machine's clock, to the second; the history of
        this clock tells what it showed then, so a URL signed before an advance is old after it.  (The
        server lets an advance of a minute or more begin with a new second, so that no stamp is ambiguous; of
        shorter ones within one second the last counts.)
        """
        moment = _aware(stamp)
        if self._shared:
            return moment
        with self._lock:
            for since, offset, frozen in reversed(self._history):
                if since < moment + timedelta(seconds=1):
                    return frozen or moment + offset
            return moment

    def expiry_time(self, stamp: datetime) -> datetime:
        """Return what this clock will show at a time of the client's clock, if nobody moves it until then."""
        when = _aware(stamp)
        return when if self._shared else self.now() + (when - _machine())

    def _set(self, offset: timedelta, frozen: datetime | None) -> None:
        with self._lock:
            self._offset, self._frozen = offset, frozen
            self._history.append((_machine(), offset, frozen))

    def _fire_until(self, target: datetime) -> None:
        if self._firing.when is not None:
            return
        try:
            while booking := self._due(target):
                self._firing.when = max(booking.when, self._frozen or booking.when)
                try:
                    booking.action()
                except Exception:
                    log.exception("an event booked for %s failed", booking.when)
        finally:
            self._firing.when = None

    def _due(self, target: datetime) -> Booking | None:
        with self._lock:
            while self._diary and self._diary[0].when <= target:
                booking = heapq.heappop(self._diary)
                if not booking.cancelled:
                    return booking
            return None


class _Firing(threading.local):
    """The time of the event that this thread fires; others see the clock as it was before."""

    when: datetime | None = None


def _machine() -> datetime:
    return datetime.now(timezone.utc)


def _aware(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ClockError(f"{when.isoformat()} has no time zone; give a time in UTC")
    return when.astimezone(timezone.utc)


_clock = Clock()
now = _clock.now
freeze = _clock.freeze
run = _clock.run
advance = _clock.advance
at = _clock.at
run_due = _clock.run_due
reset = _clock.reset
signing_time = _clock.signing_time
expiry_time = _clock.expiry_time
clients_share = _clock.clients_share
stand_by = _clock.stand_by


def is_frozen() -> bool:
    """Whether the clock stands still between two calls of ``advance``."""
    return _clock.is_frozen

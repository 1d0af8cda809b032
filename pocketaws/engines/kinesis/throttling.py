"""What a shard takes and gives: 1 MiB or 1,000 records a second in, 2 MiB and 5 reads a second out, by the clock.

Each limit is a bucket that holds one second's worth, fills with time and starts full.  On a clock that stands still
everything happens in one and the same second, so a burst is held to one second's worth.  A client that sends again what
was refused, and nothing else, has waited, though: 0.2 seconds, then 0.4, 0.8, then a second each time.  So the usual
loop with backoff comes to its end on a clock that nobody moves; the seconds are borrowed from those that come when it
is moved.

Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from __future__ import annotations

from dataclasses import dataclass

from pocketaws import clock

__all__ = ["MIB", "READ", "WRITE", "Meter"]

MIB = 1024 * 1024
#: Units a second that a shard takes, and gives to all consumers that share it.
WRITE = {"records": 1000.0, "bytes": 1.0 * MIB}
READ = {"calls": 5.0, "bytes": 2.0 * MIB}
FIRST_WAIT, LONGEST_WAIT = 0.2, 1.0


@dataclass(slots=True)
class _Bucket:
    rate: float
    units: float

    def fill(self, seconds: float) -> None:
        self.units = min(self.units + seconds * self.rate, self.rate)


class Meter:
    """The buckets of one shard for one direction.

    Parameters
    ----------
    rates
        Units a second, for example :data:`WRITE`.
    """

    def __init__(self, rates: dict[str, float]) -> None:
        self._buckets = {name: _Bucket(rate, rate) for name, rate in rates.items()}
        self._time = self._shown = clock.now().timestamp()
        self._refused: set[int] = set()
        self._waits = 0

    def begin(self, *requests: int) -> None:
        """Let the buckets fill; on a frozen clock, who asks again for what was refused, and only that, has waited.

        Parameters
        ----------
        requests
            What tells one request from another, for example the hash of a record.
        """
        shown = clock.now().timestamp()
        if shown != self._shown:
            self._refused.clear()
            self._waits = 0
            self._shown = shown
        time = max(self._time, shown)
        if clock.is_frozen() and self._refused and self._refused.issuperset(requests):
            time += min(FIRST_WAIT * 2**self._waits, LONGEST_WAIT)
            self._waits += 1
        for bucket in self._buckets.values():
            bucket.fill(time - self._time)
        self._time = time

    def take(self, request: int, **units: float) -> bool:
        """Take units out of the buckets, or refuse and take none.

        A request larger than a bucket passes when the bucket is full, and leaves it in debt.
        """
        for name, wanted in units.items():
            bucket = self._buckets[name]
            if bucket.units < min(wanted, bucket.rate) - 1e-6:
                self._refused.add(request)
                return False
        for name, wanted in units.items():
            self._buckets[name].units -= wanted
        return True

    def has_any(self, request: int, name: str) -> bool:
        """Whether a bucket holds anything, for requests whose size shows only afterwards."""
        if self._buckets[name].units > 1e-6:
            return True
        self._refused.add(request)
        return False

    def charge(self, name: str, units: float) -> None:
        """Take units, into debt if need be."""
        self._buckets[name].units -= units

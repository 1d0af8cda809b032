"""When a schedule fires: ``at(2026-11-02T09:00:00)``, ``rate(5 minutes)``, ``cron(0 3 * * ? *)``, in a time zone.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
import zlib
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from moto.scheduler.exceptions import ValidationException

from pocketaws import cron

__all__ = ["Timing"]

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_RATE = re.compile(r"rate\([1-9]\d* (?:minute|hour|day)s?\)")


class Timing:
    """A schedule's expression, read.

    Parameters
    ----------
    expression, zone
        As the API takes them.

    Raises
    ------
    ValidationException
        One of them is not valid.
    """

    def __init__(self, expression: str, zone: str | None) -> None:
        self.expression = expression.strip()
        try:
            self.zone = ZoneInfo(zone or "UTC")
        except (KeyError, ValueError, OSError):
            raise ValidationException(f"Invalid Schedule Expression Timezone {zone}.") from None
        once = _AT.fullmatch(self.expression)
        try:
            self.once = datetime.fromisoformat(once[1]).replace(tzinfo=self.zone) if once else None
            if not once:
                if self.expression.startswith("rate") and not _RATE.fullmatch(self.expression):
                    raise ValueError(self.expression)
                cron.next_time(self.expression, datetime(2026, 1, 1, tzinfo=self.zone))
        except ValueError:
            raise ValidationException(f"Invalid Schedule Expression {expression}.") from None

    @property
    def is_rate(self) -> bool:
        """Whether it repeats by an interval."""
        return self.expression.startswith("rate")

    def following(self, after: datetime) -> datetime | None:
        """Return the next time after another one, in UTC; None if there is none."""
        if self.once is not None:
            return self.once.astimezone(timezone.utc) if self.once > after else None
        found = cron.next_time(self.expression, after if self.is_rate else after.astimezone(self.zone))
        return found.astimezone(timezone.utc) if found else None


def spread(arn: str, when: datetime, minutes: int) -> timedelta:
    """Return how far into its flexible window a schedule fires: anywhere, but the same at every run."""
    seed = zlib.crc32(f"{arn} {when.isoformat()}".encode())
    return timedelta(seconds=seed % (minutes * 60)) if minutes else timedelta(0)

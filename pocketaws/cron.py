"""AWS's schedules: ``cron(minutes hours day-of-month month day-of-week year)`` and ``rate(value unit)``, in UTC.

Source: https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
"""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta

__all__ = ["next_time"]

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(([^()]+)\)")


def next_time(expression: str, after: datetime) -> datetime | None:
    """Return when a schedule fires next, in the zone of ``after``; None if never within five years.

    Raises
    ------
    ValueError
        The expression is no schedule.

    Examples
    --------
    >>> next_time("cron(15 12 ? * MON-FRI *)", datetime(2026, 11, 7, 9)).isoformat()
    '2026-11-09T12:15:00'
    """
    if rate := _RATE.fullmatch(expression.strip()):
        if int(rate[1]) < 1:
            raise ValueError(expression)
        return after + timedelta(**{f"{rate[2]}s": int(rate[1])})
    match = _CRON.fullmatch(expression.strip())
    fields = match[1].split() if match else []
    if len(fields) != 6 or (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError(expression)
    minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
    months, years = _numbers(fields[3], 1, 12, _MONTHS), _numbers(fields[5], 1970, 2199)
    _day_matches(after, fields)
    day = after.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(5 * 366):
        if day.year in years and day.month in months and _day_matches(day, fields):
            times = (day.replace(hour=hour, minute=minute) for hour in sorted(hours) for minute in sorted(minutes))
            if found := next((time for time in times if time > after), None):
                return found
        day += timedelta(days=1)
    return None


def _day_matches(day: datetime, fields: list[str]) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if fields[4] == "?":
        return day.day == last if fields[2] == "L" else day.day in _numbers(fields[2], 1, 31)
    week_day = day.isoweekday() % 7 + 1
    if "#" in fields[4]:
        name, nth = fields[4].split("#")
        return week_day in _numbers(name, 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == int(nth)
    if fields[4].endswith("L"):
        return week_day in _numbers(fields[4][:-1] or "7", 1, 7, _DAYS) and day.day + 7 > last
    return week_day in _numbers(fields[4], 1, 7, _DAYS)


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            start, _, end = span.partition("-")
            first = (names or {}).get(start.upper()) or int(start)
            last = (names or {}).get(end.upper()) or int(end or (high if step else first))
        if not low <= first <= last <= high:
            raise ValueError(field)
        found.update(range(first, last + 1, int(step or 1)))
    return found

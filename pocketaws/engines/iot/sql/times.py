"""Times in a rule's SQL, by patterns of Joda-Time: ``parse_time("yyyy-MM-dd'T'HH:mm:ss z", timestamp())``.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html#iot-sql-function-parse-time
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["parse_time", "time_to_epoch"]

_PART = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")
_CODES = {
    "yyyy": "%Y",
    "YYYY": "%Y",
    "yy": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "a": "%p",
    "EEE": "%a",
    "EEEE": "%A",
    "DDD": "%j",
    "Z": "%z",
    "ZZ": "%z",
    "z": "%Z",
}


def parse_time(pattern: Any, milliseconds: Any, zone: Any = "UTC") -> str:
    """Show a time in milliseconds since 1970 by a pattern."""
    when = datetime.fromtimestamp(int(milliseconds) / 1000, ZoneInfo(str(zone)))
    shown = []
    for kind, part in _parts(str(pattern)):
        if kind == "text":
            shown.append(part)
        elif set(part) == {"S"}:
            shown.append(f"{when.microsecond:06d}"[: len(part)])
        else:
            shown.append(when.strftime(_CODES[part]))
    return "".join(shown)


def time_to_epoch(value: Any, pattern: Any) -> int:
    """Read a time by a pattern; return milliseconds since 1970."""
    codes = ""
    for kind, part in _parts(str(pattern)):
        codes += part.replace("%", "%%") if kind == "text" else "%f" if set(part) == {"S"} else _CODES[part]
    when = datetime.strptime(str(value), codes)
    return int((when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp() * 1000)


def _parts(pattern: str) -> list[tuple[str, str]]:
    found = []
    for match in _PART.finditer(pattern):
        if match[1] is not None:
            found.append(("text", match[1] or "'"))
        else:
            found.append(("code" if match[2] else "text", match[0]))
    return found

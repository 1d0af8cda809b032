"""When a lab is due, what being late costs, and which of several tries counts: a small TOML file.

::

    due = 2026-11-20T23:59:00-05:00
    grace_minutes = 15          # late, and nothing is taken off
    percent_per_day = 10        # off for each day begun
    most_percent = 50           # never more off than this
    closed_after_days = 14      # later, nothing is earned
    tries = "best"              # or "last"

    [extensions]
    ada = 2026-11-27T23:59:00-05:00
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from labgrader.errors import PolicyBroken

__all__ = ["Policy", "read"]

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Policy:
    """The rules; without a due date nothing is late.

    Parameters
    ----------
    due
        An aware time, or None.
    grace_minutes, percent_per_day, most_percent, closed_after_days
        What being late costs, see the module.
    tries
        ``best`` or ``last``.
    extensions
        Student → another due time.
    """

    due: datetime | None = None
    grace_minutes: float = 0
    percent_per_day: float = 0
    most_percent: float = 100
    closed_after_days: float = math.inf
    tries: str = "best"
    extensions: dict[str, datetime] = field(default_factory=dict)

    def kept(self, student: str, handed_in: datetime) -> float:
        """Return the share of the points that is kept, from 1 (in time) to 0.

        Examples
        --------
        >>> due = datetime(2026, 11, 20, tzinfo=timezone.utc)
        >>> Policy(due, percent_per_day=10).kept("ada", due + timedelta(hours=30))
        0.8
        """
        due = self.extensions.get(student, self.due)
        if due is None or handed_in <= due + timedelta(minutes=self.grace_minutes):
            return 1.0
        late = (handed_in - due) / DAY
        if late > self.closed_after_days:
            return 0.0
        return round(1 - min(self.percent_per_day * math.ceil(late), self.most_percent) / 100, 6)


def read(path: Path | None) -> Policy:
    """Read a policy; None gives the one in which nothing is late and the best try counts.

    Raises
    ------
    PolicyBroken
        The file is not there, is no TOML, or says something that no policy says.
    """
    if path is None:
        return Policy()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyBroken(f"The policy {path} cannot be read: {error}.") from None
    known = {each.name for each in fields(Policy)}
    if unknown := sorted(set(told) - known):
        raise PolicyBroken(f"The policy {path} says {', '.join(unknown)}; it may say {', '.join(sorted(known))}.")
    extensions = told.get("extensions", {})
    if not isinstance(extensions, dict):
        raise PolicyBroken(f"The policy {path}: extensions are a table of students and times.")
    _check(path, told)
    made = {**told, "extensions": {name: _aware(path, name, when) for name, when in extensions.items()}}
    if "due" in told:
        made["due"] = _aware(path, "due", told["due"])
    return Policy(**made)


def _check(path: Path, told: dict[str, Any]) -> None:
    if told.get("tries", "best") not in ("best", "last"):
        raise PolicyBroken(f'The policy {path}: tries is "best" or "last", not {told["tries"]!r}.')
    for name in ("grace_minutes", "percent_per_day", "most_percent", "closed_after_days"):
        value = told.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise PolicyBroken(f"The policy {path}: {name} is a number, zero or more, not {value!r}.")


def _aware(path: Path, name: str, when: Any) -> datetime:
    if not isinstance(when, datetime) or when.tzinfo is None:
        example = datetime(2026, 11, 20, 23, 59, tzinfo=timezone.utc).isoformat()
        raise PolicyBroken(f"The policy {path}: {name} is a time with its zone, such as {example}, not {when}.")
    return when

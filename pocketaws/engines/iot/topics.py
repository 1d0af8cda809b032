"""Topics and topic filters.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/topics.html
"""

from __future__ import annotations

from pocketaws.engines.iot.errors import SqlError, invalid

__all__ = ["BASIC_INGEST", "check", "check_filter", "matches"]

BASIC_INGEST = "$aws/rules/"
LONGEST, MOST_SLASHES = 256, 7


def check(topic: str) -> None:
    """Refuse a topic that nobody can publish to.

    Raises
    ------
    IoTError
        ``InvalidRequestException``.
    """
    counted = topic
    if topic.startswith(BASIC_INGEST):
        counted = topic.removeprefix(BASIC_INGEST).partition("/")[2]
    if not topic or len(counted.encode()) > LONGEST or counted.count("/") > MOST_SLASHES:
        raise invalid(f"Invalid topic: it must have 1 to {LONGEST} bytes and at most {MOST_SLASHES} slashes.")
    if "+" in topic or "#" in topic:
        raise invalid("Invalid topic: wildcards are for subscriptions and rules, not for publishing.")


def check_filter(text: str) -> None:
    """Refuse a topic filter that is none.

    Raises
    ------
    SqlError
        A wildcard stands where it must not.
    """
    levels = text.split("/")
    for place, level in enumerate(levels):
        if ("#" in level and (level != "#" or place != len(levels) - 1)) or ("+" in level and level != "+"):
            raise SqlError(f"Invalid topic filter '{text}': + fills a level, # the last ones.")


def matches(text: str, topic: str) -> bool:
    """Whether a topic passes a filter.

    Examples
    --------
    >>> matches("flights/+/departures", "flights/JFK/departures"), matches("flights/#", "flights")
    (True, True)
    >>> matches("#", "$aws/events/x")
    False
    """
    wanted, levels = text.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("+", "#"):
        return False
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(levels) or level not in ("+", levels[place]):
            return False
    return len(wanted) == len(levels)

"""The names of delivered objects: a prefix with expressions, the stream, its version, the time and a mark of its own.

Sources: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html,
https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from pocketaws.engines.firehose.errors import invalid

__all__ = ["check", "name", "partition_keys", "prefix_of"]

EXPRESSION = re.compile(r"!\{([^{}:]*):([^{}]*)\}")
NAMESPACES = ("timestamp", "firehose", "partitionKeyFromQuery")
DEFAULT = "!{timestamp:yyyy/MM/dd/HH}/"
ERROR_TYPE = "!{firehose:error-output-type}"
#: Java's letters for parts of a time -> Python's.
_JAVA: dict[str, Callable[[datetime], str]] = {
    "yyyy": lambda when: f"{when:%Y}",
    "YYYY": lambda when: f"{when:%Y}",
    "yy": lambda when: f"{when:%y}",
    "MMMM": lambda when: f"{when:%B}",
    "MMM": lambda when: f"{when:%b}",
    "MM": lambda when: f"{when:%m}",
    "M": lambda when: str(when.month),
    "dd": lambda when: f"{when:%d}",
    "d": lambda when: str(when.day),
    "DDD": lambda when: f"{when:%j}",
    "HH": lambda when: f"{when:%H}",
    "H": lambda when: str(when.hour),
    "hh": lambda when: f"{when:%I}",
    "mm": lambda when: f"{when:%M}",
    "ss": lambda when: f"{when:%S}",
    "SSS": lambda when: f"{when.microsecond // 1000:03d}",
    "EEE": lambda when: f"{when:%a}",
    "EEEE": lambda when: f"{when:%A}",
    "a": lambda when: f"{when:%p}",
}
_PART = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")


def check(prefix: str, error_prefix: str) -> None:
    """Refuse expressions that mean nothing, and prefixes that need another.

    Raises
    ------
    FirehoseError
        ``InvalidArgumentException``.
    """
    for text in (prefix, error_prefix):
        if "!{" in EXPRESSION.sub("", text):
            raise invalid(f"Prefix {text} has an expression that is not of the form !{{namespace:value}}.")
        for namespace, value in EXPRESSION.findall(text):
            _check_expression(namespace, value, is_error=text is error_prefix and text != prefix)
    if EXPRESSION.search(prefix) and not error_prefix:
        raise invalid("ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.")
    if EXPRESSION.search(error_prefix) and ERROR_TYPE not in error_prefix:
        raise invalid(f"ErrorOutputPrefix must include {ERROR_TYPE} when it contains expressions.")


def partition_keys(prefix: str) -> set[str]:
    """Return the partition keys that a prefix names."""
    return {value for namespace, value in EXPRESSION.findall(prefix) if namespace == "partitionKeyFromQuery"}


def prefix_of(
    template: str, when: datetime, zone: str, *, mark: str, keys: dict[str, str] | None = None, error: str = ""
) -> str:
    """Evaluate a prefix.

    Parameters
    ----------
    template
        As configured; without expressions the date and hour follow it (and before them the kind of error).
    when
        When the oldest record of the object came.
    zone
        The time zone of what is shown.
    mark
        Stands for the random string.
    keys
        The values of the partition keys.
    error
        The kind of error, for example ``format-conversion-failed``.
    """
    if not EXPRESSION.search(template):
        template += (f"{error}/" if error else "") + DEFAULT
    local = when.astimezone(ZoneInfo(zone))

    def evaluate(match: re.Match[str]) -> str:
        namespace, value = match[1], match[2]
        if namespace == "timestamp":
            return _time(value, local)
        if namespace == "firehose":
            return error if value == "error-output-type" else mark[:11]
        return (keys or {}).get(value, "")

    return EXPRESSION.sub(evaluate, template)


def name(stream: str, version: str, when: datetime, zone: str, mark: str, extension: str) -> str:
    """Return the last part of an object's name."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{stream}-{version}-{local:%Y-%m-%d-%H-%M-%S}-{uuid.uuid5(uuid.NAMESPACE_URL, mark)}{extension}"


def _check_expression(namespace: str, value: str, *, is_error: bool) -> None:
    if namespace not in NAMESPACES:
        raise invalid(f"Prefix has the unknown namespace {namespace}; valid are {', '.join(NAMESPACES)}.")
    if namespace == "timestamp":
        _time(value, datetime(2026, 11, 2))
    if namespace == "firehose" and value not in ("random-string", "error-output-type"):
        raise invalid(f"Prefix has the unknown value firehose:{value}.")
    if namespace == "firehose" and value == "error-output-type" and not is_error:
        raise invalid("error-output-type can be used in ErrorOutputPrefix only.")


def _time(pattern: str, when: datetime) -> str:
    shown = []
    for match in _PART.finditer(pattern):
        text = match[0]
        if match[1] is not None:
            shown.append(match[1] or "'")
        elif match[2]:
            if text not in _JAVA:
                raise invalid(f"Prefix has the time pattern {pattern}, whose part {text} is not supported.")
            shown.append(_JAVA[text](when))
        else:
            shown.append(text)
    return "".join(shown)

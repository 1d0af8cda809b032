"""Dynamic partitioning: keys taken out of each record by a query, ``{airline:.carrier, year:.time.year}``.

AWS evaluates jq 1.6; here a query is an object of paths.  Others are refused when the stream is made.

Source: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from pocketaws.engines.firehose.errors import unsupported

__all__ = ["keys_of", "queries"]

_ENTRY = re.compile(r'\s*"?(\w+)"?\s*:\s*((?:\.\w+)+)\s*')


def queries(text: str) -> dict[str, tuple[str, ...]]:
    """Return key -> path from a query; none from an empty one.

    Raises
    ------
    FirehoseError
        The query is more than an object of paths.

    Examples
    --------
    >>> queries("{airline:.carrier, year:.time.year}")
    {'airline': ('carrier',), 'year': ('time', 'year')}
    """
    text = text.strip()
    if not text:
        return {}
    found = {}
    for entry in text.removeprefix("{").removesuffix("}").split(","):
        match = _ENTRY.fullmatch(entry)
        if match is None or not text.startswith("{"):
            raise unsupported(f"The MetadataExtractionQuery {text} (other than an object of paths)")
        found[match[1]] = tuple(match[2][1:].split("."))
    return found


def keys_of(data: bytes, wanted: dict[str, tuple[str, ...]]) -> dict[str, str] | None:
    """Return the partition keys of a record; None if it is no JSON or lacks one."""
    try:
        record = json.loads(data)
    except ValueError:
        return None
    found = {}
    for name, path in wanted.items():
        value: Any = record
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None or isinstance(value, (dict, list)) or value == "":
            return None
        found[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return found

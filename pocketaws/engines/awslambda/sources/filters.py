"""Filters of a mapping: which records its function is called with.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

from __future__ import annotations

import base64
import json
from typing import Any

from moto.events.models import EventPattern

__all__ = ["check", "wanted"]


def check(criteria: dict[str, Any] | None) -> bool:
    """Whether all patterns are JSON objects."""
    try:
        return all(isinstance(json.loads(each["Pattern"]), dict) for each in (criteria or {}).get("Filters", []))
    except (ValueError, KeyError, TypeError):
        return False


def wanted(criteria: dict[str, Any] | None, record: dict[str, Any]) -> bool:
    """Whether a record of an event matches one of the filters; without filters every one does."""
    patterns = [json.loads(each["Pattern"]) for each in (criteria or {}).get("Filters", [])]
    return not patterns or any(_matches(pattern, record) for pattern in patterns)


def _matches(pattern: dict[str, Any], record: dict[str, Any]) -> bool:
    shown = dict(record)
    if "kinesis" in record:
        shown["data"] = base64.b64decode(record["kinesis"]["data"]).decode("utf-8", "replace")
    for name in ("body", "data"):
        if isinstance(pattern.get(name), dict):
            try:
                shown[name] = json.loads(shown.get(name, ""))
            except ValueError:
                return False
    return bool(EventPattern(None, pattern).matches_event(shown))

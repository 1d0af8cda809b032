"""Pages of answers."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from pocketaws.engines.glue.errors import invalid

__all__ = ["page"]


def page(found: Sequence[Any], request: dict[str, Any], name: str, *, limit: int = 100) -> dict[str, Any]:
    """Return a page of what was found, under its name, and the token of the next one.

    Examples
    --------
    >>> page(["a", "b"], {"MaxResults": 1}, "Names")
    {'Names': ['a'], 'NextToken': 'MQ=='}
    """
    start = _position(request.get("NextToken"))
    size = min(request.get("MaxResults") or limit, limit)
    answer: dict[str, Any] = {name: list(found[start : start + size])}
    if start + size < len(found):
        answer["NextToken"] = base64.b64encode(str(start + size).encode()).decode()
    return answer


def _position(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError:
        raise invalid("Invalid NextToken") from None

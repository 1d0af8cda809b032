"""Pages of lists; a token is the number of what was shown."""

from __future__ import annotations

from typing import Any, TypeVar

from pocketaws.engines.athena.errors import invalid_request

__all__ = ["page", "start_of"]

_Thing = TypeVar("_Thing")


def start_of(request: dict[str, Any]) -> int:
    """Return where a page begins."""
    token = request.get("NextToken")
    if token is not None and not str(token).isdigit():
        raise invalid_request(f"Invalid NextToken: {token}")
    return int(token or 0)


def page(found: list[_Thing], request: dict[str, Any], limit: int = 50) -> tuple[list[_Thing], dict[str, str]]:
    """Return the page of a list that a request asks for, and the member that names the next one."""
    start, size = start_of(request), int(request.get("MaxResults") or limit)
    following = {"NextToken": str(start + size)} if len(found) > start + size else {}
    return found[start : start + size], following

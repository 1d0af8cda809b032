"""A server that plays AWS: is it there, and what time is it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from helpers.errors import BackendUnknown, BackendUnreachable, ClockNotMovable

__all__ = ["advance", "check", "enforce", "is_enforced", "now"]


def check(address: str) -> str:
    """Return the address without a trailing slash if something answers there and it is not AWS itself."""
    host = urlsplit(address).hostname or ""
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws")):
        raise BackendUnknown(f'{host} is AWS itself; your own account is backend="aws", with its opt-in.')
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except urllib.error.HTTPError:
        pass  # an answer is an answer
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise BackendUnreachable(f"Nothing answers at {address} ({reason}); start it with: pocketaws serve") from error
    return address.rstrip("/")


def now(endpoint: str) -> datetime:
    """Return the server's clock; a server without one lives in the present."""
    try:
        return datetime.fromisoformat(_ask(endpoint, "clock")["now"])
    except ClockNotMovable:
        return datetime.now(timezone.utc)


def advance(endpoint: str, step: timedelta, *, continues: bool = False) -> datetime:
    """Move the server's clock forward."""
    wish = {"advance": step.total_seconds()} | ({"continues": True} if continues else {})
    return datetime.fromisoformat(_ask(endpoint, "clock", wish)["now"])


def enforce(endpoint: str, wanted: bool) -> None:
    """Turn the server's enforcement of IAM policies on or off."""
    _ask(endpoint, "iam", {"enforce": wanted})


def is_enforced(endpoint: str) -> bool:
    """Whether the server enforces IAM policies."""
    return bool(_ask(endpoint, "iam")["enforce"])


def _ask(endpoint: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(f"{endpoint}/pocketaws/{path}", data, timeout=300) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except (OSError, ValueError) as error:
        raise ClockNotMovable(
            f"{endpoint} has no pocketaws control paths ({error}); use a pocketaws server."
        ) from error

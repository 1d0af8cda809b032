"""The request log: which operations were asked of pocketaws, with which parameters, and how each ended.

It records nothing until somebody starts it.  A grader asks it what only requests can tell: that a question was
answered with Query and not with Scan, that each part of an upload was sent once, that a write carried its condition.

>>> import boto3, pocketaws
>>> from pocketaws import journal
>>> pocketaws.start()
>>> journal.start()
>>> _ = boto3.client("dynamodb").list_tables(Limit=7)
>>> [(entry.operation, entry.parameters["Limit"], entry.outcome) for entry in journal.entries()]
[('ListTables', 7, 'OK')]
>>> pocketaws.stop()
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from pocketaws import clock, credentials
from pocketaws.operations import Asked, access_key, identify

__all__ = ["Entry", "as_json", "clear", "entries", "is_recording", "note", "paused", "start", "stop"]

#: So many requests are kept unless said otherwise; of each parameter so many characters.
MOST_ENTRIES = 50_000
MOST_CHARACTERS = 16_000


@dataclass(frozen=True)
class Entry:
    """One request.

    Parameters
    ----------
    service, operation
        As in AWS's API, for example ``dynamodb`` and ``PutItem``.
    parameters
        What was asked, by AWS's names: of JSON services the whole request, of the others what stands in URL and
        headers (and of RestoreObject its tier and days).  Long values are cut.
    outcome
        ``OK``, or AWS's error code.
    at
        What the clock showed, in ISO 8601.
    agent
        The client's ``User-Agent``.
    work
        The id of the job's run that asked, known by a key that no other process has; empty for everybody else.
    """

    service: str
    operation: str
    parameters: dict[str, Any]
    outcome: str
    at: str
    agent: str
    work: str = ""


class _Journal:
    """The entries, and whether new ones are taken."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self.recording = False


_journal = _Journal()


class _Thread(threading.local):
    """Whether this thread's requests stay out of the journal."""

    paused = False


_thread = _Thread()


def start(*, most: int = MOST_ENTRIES) -> None:
    """Record every request from now on; what was recorded before is forgotten.

    Parameters
    ----------
    most
        So many are kept, the newest.
    """
    _journal.entries = deque(maxlen=most)
    _journal.recording = True


def stop() -> None:
    """Record no longer, and forget everything."""
    _journal.recording = False
    _journal.entries.clear()


def clear() -> None:
    """Forget what was recorded; whether new requests are recorded stays as it is."""
    _journal.entries.clear()


def is_recording() -> bool:
    """Whether requests of this thread are recorded."""
    return _journal.recording and not _thread.paused


def entries() -> list[Entry]:
    """Return what was recorded, oldest first."""
    return list(_journal.entries)


def as_json() -> list[dict[str, Any]]:
    """Return what was recorded as the control path ``/pocketaws/requests`` answers it."""
    return [asdict(entry) for entry in entries()]


@contextmanager
def paused() -> Iterator[None]:
    """Keep the requests that this thread makes in process out of the journal."""
    before, _thread.paused = _thread.paused, True
    try:
        yield
    finally:
        _thread.paused = before


def note(request: Any, full_url: str, answer: Any) -> None:
    """Record a request with its answer, a tuple of status, headers and body as moto's handlers give it."""
    asked = identify(request, full_url)
    agent = str(request.headers.get("User-Agent") or "")[:300]
    work = credentials.holder(access_key(request, full_url))
    _journal.entries.append(
        Entry(asked.service, asked.operation, _cut(asked), _outcome(answer), clock.now().isoformat(), agent, work)
    )


def _cut(asked: Asked) -> dict[str, Any]:
    kept = {}
    for name, value in asked.parameters.items():
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        kept[name] = value if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
    return kept


def _outcome(answer: Any) -> str:
    if not (isinstance(answer, tuple) and len(answer) == 3):
        return "OK"
    status, headers, body = answer
    if int(status) < 400:
        return "OK"
    named = {str(name).lower(): value for name, value in dict(headers or {}).items()}
    if code := named.get("x-amzn-errortype"):
        return str(code).split(":")[0].split("#")[-1]
    return _code(body.decode(errors="replace") if isinstance(body, bytes) else str(body or "")) or str(status)


def _code(body: str) -> str:
    if "<Code>" in body:
        return body.split("<Code>", 1)[1].split("<", 1)[0]
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("__type") or told.get("code") or "").split("#")[-1] if isinstance(told, dict) else ""

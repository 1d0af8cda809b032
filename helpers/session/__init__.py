"""The session: which AWS a lesson talks to, its clients, its clock, and its cleanup.

The only part of the helpers that knows pocketaws, the AWS in this process that lessons use by default.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
import pandas as pd
from botocore.config import Config

from helpers import trace
from helpers.errors import SessionNotStarted
from helpers.session import _access
from helpers.session._backends import Backend, choose
from helpers.session._cleanup import Cleanup, delete_all, still_there

__all__ = [
    "Backend",
    "account_id",
    "acting_under",
    "advance",
    "boto3_session",
    "cleanup",
    "client",
    "describe",
    "endpoint",
    "now",
    "region",
    "resource",
    "start",
    "stop",
    "unique_name",
]


@dataclass
class _State:
    """The session of this process."""

    backend: Backend | None = None
    boto3: boto3.session.Session | None = None
    clients: dict[str, Any] = field(default_factory=dict)


_current = _State()


def start(
    backend: str = "pocketaws",
    *,
    seed: int | str = 0,
    region: str = "us-east-1",
    lesson: str = "",
    account: str = "",
) -> Backend:
    """Choose the AWS that all calls of this notebook go to, and say so in one line.

    Starting again starts afresh: a session that runs is stopped first.

    Parameters
    ----------
    backend
        ``"pocketaws"``: in this process, nothing leaves the machine.  ``"http://127.0.0.1:5000"``, or another
        address: a server that plays AWS.  ``"aws"``: your own account, only with ``COURSE_AWS=yes`` in the
        environment and your account id in ``account``.
    seed
        Names and generated data follow from it.
    region
        AWS Region, for example ``us-east-1``.
    lesson
        For example ``"3.6"``; a real account is told its price estimate first, and resources are tagged with it.
    account
        Your account id, 12 digits; only for ``"aws"``.

    Raises
    ------
    BackendUnknown
        ``backend`` is neither of the words nor an address.
    BackendUnreachable
        Nothing answers at the address.
    OptInMissing
        ``"aws"`` without both parts of the opt-in.

    Examples
    --------
    >>> start(seed=7)
    AWS: pocketaws in this process | us-east-1 | account 123456789012 | 2026-11-02 09:00 UTC, nothing leaves
    """
    stop()
    chosen = choose(backend, region=region, seed=seed, lesson=lesson, account=account)
    _sign_with(chosen.connect())
    _current.backend = chosen
    if policy := os.environ.get("COURSE_POLICY"):  # a whole lesson under its least-privilege policy
        _act_under(_access.read_policy(policy))
    trace.start_ledger()  # after it: a lesson's cleanup must not delete the user it acts as
    return chosen


def stop() -> None:
    """End the session, if one runs, and give the process its own environment back."""
    if _current.backend is not None:
        _current.backend.disconnect()
    _current.backend = None
    _sign_with(None)


def client(service: str) -> Any:
    """Return the boto3 client of a service, traced; the same one each time.

    Examples
    --------
    >>> client("s3").list_buckets()["Buckets"]
    []
    """
    if service not in _current.clients:
        maker: Any = boto3_session()
        _current.clients[service] = maker.client(service, **_options(service))
    return _current.clients[service]


def resource(service: str) -> Any:
    """Return the boto3 resource of a service (``"s3"``, ``"dynamodb"``), traced."""
    maker: Any = boto3_session()
    return maker.resource(service, **_options(service))


def boto3_session() -> boto3.session.Session:
    """Return the boto3 session under all clients, for libraries that take one.

    Raises
    ------
    SessionNotStarted
        ``session.start()`` was not called.
    """
    if _current.boto3 is None:
        raise SessionNotStarted("No session yet; run the cell with session.start() first.")
    return _current.boto3


def region() -> str:
    """Return the Region of the session."""
    return _backend().region


def endpoint() -> str | None:
    """Return the address of the server that plays AWS; None in process and on a real account."""
    return _backend().endpoint


def account_id() -> str:
    """Return the 12 digits of the account."""
    return _backend().account


def unique_name(stem: str) -> str:
    """Return a name that is yours alone and the same on every run: stem, hyphen, eight hex digits.

    Made from the seed and the account, because bucket names are shared by all accounts of AWS.

    Examples
    --------
    >>> unique_name("flights")
    'flights-9ac8cd04'
    """
    text = f"{_backend().account}/{_backend().seed}/{stem}"
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def now() -> datetime:
    """Return the time in UTC: the simulated clock's, or on a real account the true one."""
    return _backend().now()


def advance(
    *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, continues: bool = False
) -> datetime:
    """Let time pass at once; everything that falls due on the way happens.

    Parameters
    ----------
    days, hours, minutes, seconds
        How much; together.
    continues
        Whether it goes on from the last advance, and no URL was signed in between: a server then need not wait for a
        new second to tell old URLs from new ones.

    Returns
    -------
    The time the clock shows now.

    Raises
    ------
    ClockNotMovable
        On a real account, or at an address that is not pocketaws.
    """
    return _backend().advance(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds), continues=continues)


def describe() -> pd.DataFrame:
    """List what this session created and still exists: columns ``service``, ``kind``, ``name``."""
    _backend()
    return still_there(client, trace.ledger().created())


def cleanup() -> Cleanup:
    """Delete what this session created and nothing else; the result ends with ``left behind: 0``.

    Resources of others in the same account are not touched, because only what the session's own calls
    created is in its ledger.
    """
    _backend()
    return delete_all(client, trace.ledger())


@contextmanager
def acting_under(policy: dict[str, Any]) -> Iterator[None]:
    """Run a block as a new IAM user who has this policy and nothing else.

    Inside, ``session.client`` and all helpers act as that user and policies are enforced; afterwards the
    user is gone.

    Parameters
    ----------
    policy
        An IAM policy document.
    """
    before = _current.boto3
    user = _act_under(policy)
    try:
        yield
    finally:
        _sign_with(before)
        _backend().enforce(user.enforced_before)
        _access.delete_user(client("iam"), user)


def _act_under(policy: dict[str, Any]) -> _access.User:
    user = _access.create_user(client("iam"), policy, enforced_before=_backend().is_enforced())
    _sign_with(_backend().sign_with(user.access_key, user.secret_key))
    _backend().enforce(True)
    return user


def _sign_with(session: boto3.session.Session | None) -> None:
    _current.boto3, _current.clients = session, {}
    boto3.DEFAULT_SESSION = session


def _options(service: str) -> dict[str, Any]:
    # Left to itself boto3 signs URLs in us-east-1 with the retired version 2, which KMS objects refuse.
    config = Config(signature_version="s3v4") if service == "s3" else Config()
    if address := _backend().endpoint:
        config = config.merge(Config(s3={"addressing_style": "path"}))
        return {"endpoint_url": address, "config": config}
    return {"config": config}


def _backend() -> Backend:
    if _current.backend is None:
        raise SessionNotStarted("No session yet; run the cell with session.start() first.")
    return _current.backend

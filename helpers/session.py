"""The session: which AWS a lesson talks to, its clients, its clock, and its cleanup.

The only module that knows pocketaws, the AWS in this process that lessons use by default.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pandas as pd
from botocore.config import Config

import pocketaws
from helpers import _access, _remote, trace
from helpers._cleanup import Cleanup, delete_all, still_there
from helpers.errors import BackendUnknown, ClockNotMovable, SessionNotStarted
from pocketaws import credentials

__all__ = [
    "Backend",
    "account_id",
    "acting_under",
    "advance",
    "boto3_session",
    "cleanup",
    "client",
    "describe",
    "now",
    "region",
    "resource",
    "start",
    "stop",
    "unique_name",
]

log = logging.getLogger(__name__)

#: Where the clock of a lesson stands at first, so that every run shows the same dates: a Monday morning.
COURSE_START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Backend:
    """Which AWS this session talks to."""

    kind: str
    region: str
    account: str
    endpoint: str | None = None
    seed: int | str = 0
    note: str = ""

    def __repr__(self) -> str:
        """Say it in one line."""
        return f"AWS: {self.kind} | {self.region} | account {self.account} | {self.note}"


@dataclass
class _State:
    """The session of this process."""

    backend: Backend | None = None
    boto3: boto3.session.Session | None = None
    clients: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] | None = None


_current = _State()


def start(
    backend: str = "pocketaws",
    *,
    seed: int | str = 0,
    region: str = credentials.REGION,
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
    if backend == "pocketaws":
        chosen = _start_pocketaws(region, seed)
    elif backend.startswith(("http://", "https://")):
        chosen = _start_remote(backend, region, seed)
    elif backend == "aws":
        chosen = _start_aws(region, seed, lesson, account)
    else:
        raise BackendUnknown(
            f'backend is "pocketaws", "aws" or an address such as http://127.0.0.1:5000, not {backend!r}.'
        )
    _current.backend = chosen
    trace.start_ledger()
    if policy := os.environ.get("COURSE_POLICY"):  # a whole lesson under its least-privilege policy
        _act_under(_access.read_policy(policy))
    return chosen


def stop() -> None:
    """End the session, if one runs, and give the process its own environment back."""
    if pocketaws.is_running():
        pocketaws.stop()
    if _current.environment is not None:
        credentials.restore(_current.environment)
    _current.backend, _current.boto3, _current.environment = None, None, None
    _current.clients = {}
    boto3.DEFAULT_SESSION = None


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
    if _current.backend is None or _current.backend.kind == "your account":
        return datetime.now(timezone.utc)
    return _remote.now(_current.backend.endpoint) if _current.backend.endpoint else pocketaws.clock.now()


def advance(*, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
    """Let time pass at once; everything that falls due on the way happens.

    Returns
    -------
    The time the clock shows now.

    Raises
    ------
    ClockNotMovable
        On a real account, or at an address that is not pocketaws.
    """
    step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if _backend().kind == "your account":
        raise ClockNotMovable(f"A real account's clock cannot be moved: come back in {step}.")
    if endpoint := _backend().endpoint:
        return _remote.advance(endpoint, step)
    return pocketaws.clock.advance(seconds=step.total_seconds())


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
    before = _current.boto3, _current.clients
    user = _act_under(policy)
    try:
        yield
    finally:
        _current.boto3, _current.clients = before
        _enforce(user.enforced_before)
        _access.delete_user(client("iam"), user)


def _act_under(policy: dict[str, Any]) -> _access.User:
    user = _access.create_user(client("iam"), policy, enforced_before=_is_enforced())
    _current.boto3 = _traced(user.access_key, user.secret_key, region())
    _current.clients = {}
    _enforce(True)
    return user


def _start_pocketaws(region: str, seed: int | str) -> Backend:
    pocketaws.start(region=region, at=COURSE_START)
    _current.boto3 = _traced(credentials.ACCESS_KEY, credentials.SECRET_KEY, region)
    note = f"{COURSE_START:%Y-%m-%d %H:%M} UTC, nothing leaves"
    return Backend("pocketaws in this process", region, credentials.ACCOUNT_ID, seed=seed, note=note)


def _start_remote(address: str, region: str, seed: int | str) -> Backend:
    endpoint = _remote.check(address)
    _current.environment = credentials.shield(region)
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    _current.boto3 = _traced(credentials.ACCESS_KEY, credentials.SECRET_KEY, region)
    account = _current.boto3.client("sts", endpoint_url=endpoint).get_caller_identity()["Account"]
    return Backend("server", region, account, endpoint, seed, f"every call goes to {endpoint}")


def _start_aws(region: str, seed: int | str, lesson: str, account: str) -> Backend:
    _access.check_opt_in(account)
    _current.boto3 = _traced(None, None, region)
    real = _current.boto3.client("sts").get_caller_identity()["Account"]
    _access.check_account(account, real)
    _access.tag_everything(_current.boto3, lesson)
    return Backend("your account", region, real, seed=seed, note=_access.price_estimate(lesson))


def _traced(access_key: str | None, secret_key: str | None, region: str) -> boto3.session.Session:
    made = boto3.session.Session(access_key, secret_key, region_name=region)
    trace.watch(made)
    boto3.DEFAULT_SESSION = made
    return made


def _options(service: str) -> dict[str, Any]:
    endpoint = _backend().endpoint
    # Left to itself boto3 signs URLs in us-east-1 with the retired version 2, which KMS objects refuse.
    config = Config(signature_version="s3v4") if service == "s3" else Config()
    if endpoint:
        config = config.merge(Config(s3={"addressing_style": "path"}))
    return {"endpoint_url": endpoint, "config": config}


def _backend() -> Backend:
    if _current.backend is None:
        raise SessionNotStarted("No session yet; run the cell with session.start() first.")
    return _current.backend


def _is_enforced() -> bool:
    endpoint = _backend().endpoint
    return _remote.is_enforced(endpoint) if endpoint else pocketaws.iam.is_enforced()


def _enforce(wanted: bool) -> None:
    if _backend().kind == "your account":
        return  # a real account always enforces
    if endpoint := _backend().endpoint:
        _remote.enforce(endpoint, wanted)
    else:
        pocketaws.iam.enforce(wanted)

"""The three AWSs a session can talk to: in this process, on a server that plays AWS, and your own account."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone

import boto3

import pocketaws
from helpers import trace
from helpers.errors import BackendUnknown, ClockNotMovable
from helpers.session import _access, _remote
from pocketaws import credentials

__all__ = ["Backend", "choose"]

#: Where the clock of a lesson stands at first, so that every run shows the same dates: a Monday morning.
COURSE_START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)


class Backend:
    """AWS as pocketaws plays it in this process; the other two differ in what they override.

    Parameters
    ----------
    region
        The Region of clients.
    seed
        Names and generated data follow from it.
    """

    kind = "pocketaws in this process"
    endpoint: str | None = None

    def __init__(self, region: str, seed: int | str) -> None:
        self.region, self.seed = region, seed
        self.account = credentials.ACCOUNT_ID
        self.note = f"{COURSE_START:%Y-%m-%d %H:%M} UTC, nothing leaves"

    def __repr__(self) -> str:
        """Say in one line which AWS this is."""
        return f"AWS: {self.kind} | {self.region} | account {self.account} | {self.note}"

    def connect(self) -> boto3.session.Session:
        """Make it ready and return the boto3 session of its owner, traced."""
        pocketaws.start(region=self.region, at=COURSE_START)
        return self.sign_with(credentials.ACCESS_KEY, credentials.SECRET_KEY)

    def disconnect(self) -> None:
        """Give the process its own environment back."""
        pocketaws.stop()

    def sign_with(self, access_key: str | None, secret_key: str | None) -> boto3.session.Session:
        """Return a traced boto3 session with this key pair."""
        made = boto3.session.Session(access_key, secret_key, region_name=self.region)
        trace.watch(made)
        return made

    def now(self) -> datetime:
        """Return the time its clock shows, in UTC."""
        return pocketaws.clock.now()

    def advance(self, step: timedelta, *, continues: bool = False) -> datetime:
        """Let time pass at once and return the time its clock shows then."""
        return pocketaws.clock.advance(seconds=step.total_seconds())

    def is_enforced(self) -> bool:
        """Whether IAM policies decide."""
        return pocketaws.iam.is_enforced()

    def enforce(self, wanted: bool) -> None:
        """Let IAM policies decide, or not."""
        pocketaws.iam.enforce(wanted)


class Server(Backend):
    """A server that plays AWS, at an address."""

    kind = "server"

    def __init__(self, region: str, seed: int | str, address: str) -> None:
        super().__init__(region, seed)
        self.endpoint: str = _remote.check(address)
        self.note = f"every call goes to {self.endpoint}"

    def connect(self) -> boto3.session.Session:
        """Let all clients of this process call the server."""
        self._environment = credentials.shield(self.region)
        os.environ["AWS_ENDPOINT_URL"] = self.endpoint
        made = self.sign_with(credentials.ACCESS_KEY, credentials.SECRET_KEY)
        self.account = made.client("sts").get_caller_identity()["Account"]
        return made

    def disconnect(self) -> None:
        """Give the process its own environment back."""
        credentials.restore(self._environment)

    def now(self) -> datetime:
        """Return the server's clock; a server without one lives in the present."""
        return _remote.now(self.endpoint)

    def advance(self, step: timedelta, *, continues: bool = False) -> datetime:
        """Move the server's clock."""
        return _remote.advance(self.endpoint, step, continues=continues)

    def is_enforced(self) -> bool:
        """Whether the server lets IAM policies decide."""
        return _remote.is_enforced(self.endpoint)

    def enforce(self, wanted: bool) -> None:
        """Let IAM policies decide on the server, or not."""
        _remote.enforce(self.endpoint, wanted)


class RealAccount(Backend):
    """Your own account: costs money, so it takes an opt-in; always enforces policies; has real time."""

    kind = "your account"

    def __init__(self, region: str, seed: int | str, lesson: str, account: str) -> None:
        super().__init__(region, seed)
        _access.check_opt_in(account)
        self._lesson, self._typed = lesson, account
        self.note = _access.price_estimate(lesson)

    def connect(self) -> boto3.session.Session:
        """See that the credentials belong to the account that was typed, and tag all that is created."""
        made = self.sign_with(None, None)
        self.account = made.client("sts").get_caller_identity()["Account"]
        _access.check_account(self._typed, self.account)
        _access.tag_everything(made, self._lesson)
        return made

    def disconnect(self) -> None:
        """Leave the environment alone: it is the user's own."""

    def now(self) -> datetime:
        """Return the true time."""
        return datetime.now(timezone.utc)

    def advance(self, step: timedelta, *, continues: bool = False) -> datetime:
        """Refuse."""
        raise ClockNotMovable(f"A real account's clock cannot be moved: come back in {step}.")

    def is_enforced(self) -> bool:
        """Whether IAM policies decide: always."""
        return True

    def enforce(self, wanted: bool) -> None:
        """Change nothing: a real account always enforces."""


def choose(backend: str, *, region: str, seed: int | str, lesson: str, account: str) -> Backend:
    """Return the backend that a word or an address names."""
    if backend == "pocketaws":
        return Backend(region, seed)
    if backend == "aws":
        return RealAccount(region, seed, lesson, account)
    if backend.startswith(("http://", "https://")):
        return Server(region, seed, backend)
    raise BackendUnknown(f'backend is "pocketaws", "aws" or an address such as http://127.0.0.1:5000, not {backend!r}.')

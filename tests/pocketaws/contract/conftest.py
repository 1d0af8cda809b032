"""The contract suite: what AWS does, asked of both doors (and of independent emulators where they apply).

Each test names the AWS document it is taken from with ``@pytest.mark.aws(document, operation=...)``;
``pocketaws/README.md``'s table of operations is made from these marks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
import requests

import pocketaws
from pocketaws import credentials

START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)


class Door:
    """One way in: makes clients, moves the clock."""

    name: str
    endpoint: str | None = None

    def client(self, service: str, region: str = "us-east-1", **kwargs: Any) -> Any:
        return boto3.session.Session().client(service, region_name=region, endpoint_url=self.endpoint, **kwargs)

    def advance(self, **step: float) -> None:
        raise NotImplementedError

    def now(self) -> datetime:
        raise NotImplementedError


class InProcess(Door):
    name = "in-process"

    def advance(self, **step: float) -> None:
        pocketaws.clock.advance(**step)

    def now(self) -> datetime:
        return pocketaws.clock.now()


class Server(Door):
    """A server in another process, as a user starts it; the tests' clock is set over HTTP."""

    name = "server"

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def advance(self, **step: float) -> None:
        self.post("clock", {"advance": timedelta(**step).total_seconds()})

    def now(self) -> datetime:
        return datetime.fromisoformat(requests.get(f"{self.endpoint}/pocketaws/clock", timeout=10).json()["now"])

    def post(self, path: str, body: Any = None) -> None:
        requests.post(f"{self.endpoint}/pocketaws/{path}", json=body, timeout=60).raise_for_status()


@pytest.fixture(scope="session")
def server_endpoint() -> Iterator[str]:
    """The address of one ``pocketaws serve`` for the whole session; each test resets it."""
    command = [sys.executable, "-m", "pocketaws", "serve", "--port", "0", "--freeze", START.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_clean_environment()) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield next(word.rstrip(";") for word in line.split() if word.startswith("http://"))
        process.terminate()


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


@pytest.fixture(params=["in-process", "server"])
def door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Both doors, one after the other, each with the clock frozen at START and nothing in it."""
    if request.param == "in-process":
        pocketaws.start(at=START)
        yield InProcess()
        pocketaws.stop()
        return
    for name, value in credentials.environment().items():
        monkeypatch.setenv(name, value)
    server = Server(request.getfixturevalue("server_endpoint"))
    server.post("reset")
    server.post("clock", {"run": True})
    server.post("clock", {"freeze": START.isoformat()})
    yield server


@pytest.fixture
def client(door: Door) -> Callable[..., Any]:
    """``client("sqs")`` makes a client of the door."""
    return door.client


@pytest.fixture
def s3(door: Door) -> Any:
    return door.client("s3")


@pytest.fixture
def dynamodb(door: Door) -> Any:
    return door.client("dynamodb")


@pytest.fixture
def streams(door: Door) -> Any:
    return door.client("dynamodbstreams")


@pytest.fixture
def clock(door: Door) -> Door:
    """``clock.advance(days=3)`` and ``clock.now()``, whichever the door."""
    return door

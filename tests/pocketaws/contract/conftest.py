"""The contract suite: what AWS does, asked of both doors (and of independent emulators where they apply).

Each test names the AWS document it is taken from with ``@pytest.mark.aws(document, operation=...)``;
``pocketaws/README.md``'s table of operations is made from these marks.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
import requests

import pocketaws
from pocketaws import credentials

START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)
DYNALITE = shutil.which("dynalite")
KINESALITE = shutil.which("kinesalite")
MINISTACK = shutil.which("ministack")
OFTEN = {"Delay": 0.1, "MaxAttempts": 300}
"""How a waiter asks an emulator on this machine: every tenth of a second, for half a minute."""


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

    def empty(self) -> None:
        """Forget everything, and set the clock to START."""
        self.post("reset")
        self.post("clock", {"run": True})
        self.post("clock", {"freeze": START.isoformat()})

    def post(self, path: str, body: Any = None) -> None:
        requests.post(f"{self.endpoint}/pocketaws/{path}", json=body, timeout=60).raise_for_status()


class Emulator(Server):
    """An independent emulator; it has no clock, and changes what it was told to change a moment later.

    Its clients wait for that moment, so that no test reads between the answer and the change.
    """

    service: str
    changes: tuple[str, ...]

    def client(self, service: str, region: str = "us-east-1", **kwargs: Any) -> Any:
        made = super().client(service, region, **kwargs)
        for operation in self.changes:
            made.meta.events.register(f"after-call.{self.service}.{operation}", self.settle)
        return made

    def settle(self, **_: Any) -> None:
        """Wait until everything is active."""
        raise NotImplementedError


class Dynalite(Emulator):
    name, service = "dynalite", "dynamodb"
    changes = ("CreateTable", "UpdateTable")

    def settle(self, **_: Any) -> None:
        dynamodb = super(Emulator, self).client("dynamodb")
        for table in dynamodb.list_tables()["TableNames"]:
            dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig=OFTEN)

    def empty(self) -> None:
        dynamodb = super(Emulator, self).client("dynamodb")
        for table in dynamodb.list_tables()["TableNames"]:
            dynamodb.delete_table(TableName=table)
            dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig=OFTEN)


class Kinesalite(Emulator):
    name, service = "kinesalite", "kinesis"
    changes = ("CreateStream", "MergeShards", "SplitShard")

    def settle(self, **_: Any) -> None:
        kinesis = super(Emulator, self).client("kinesis")
        for stream in kinesis.list_streams()["StreamNames"]:
            kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig=OFTEN)

    def empty(self) -> None:
        kinesis = super(Emulator, self).client("kinesis")
        for stream in kinesis.list_streams()["StreamNames"]:
            kinesis.delete_stream(StreamName=stream)
            kinesis.get_waiter("stream_not_exists").wait(StreamName=stream, WaiterConfig=OFTEN)


class Ministack(Server):
    """An independent S3; it has no clock."""

    name = "ministack"

    def empty(self) -> None:
        requests.post(f"{self.endpoint}/_ministack/reset", timeout=60).raise_for_status()


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


@pytest.fixture(scope="session")
def dynalite_endpoint() -> Iterator[str]:
    """The address of a dynalite, DynamoDB as others built it: no line of its code or ours is shared."""
    yield from _emulator(str(DYNALITE), "--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0")


@pytest.fixture(scope="session")
def kinesalite_endpoint() -> Iterator[str]:
    """The address of a kinesalite, Kinesis as others built it: no line of its code or ours is shared."""
    yield from _emulator(str(KINESALITE), "--createStreamMs", "0", "--deleteStreamMs", "0", "--updateStreamMs", "0")


@pytest.fixture(scope="session")
def ministack_endpoint() -> Iterator[str]:
    """The address of a ministack, S3 (and more) as others built it: no line of its code or ours is shared."""
    port = _free_port()
    chosen = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "MINISTACK_ACCOUNT_ID": credentials.ACCOUNT_ID}
    address, environment = f"http://127.0.0.1:{port}", _clean_environment() | chosen
    with subprocess.Popen(
        [str(MINISTACK)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as it:
        for _ in range(300):
            with contextlib.suppress(requests.ConnectionError):
                requests.get(f"{address}/_ministack/health", timeout=5)
                break
            time.sleep(0.1)
        yield address
        it.terminate()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _emulator(program: str, *options: str) -> Iterator[str]:
    """Start an emulator on a free port; yield its address."""
    port = _free_port()
    command = [program, "--host", "127.0.0.1", "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask both doors, and the emulators what they can do too, where they are installed (make emulators)."""
    if "door" in metafunc.fixturenames:
        doors = ["in-process", "server"]
        for name, program in (("dynalite", DYNALITE), ("kinesalite", KINESALITE), ("ministack", MINISTACK)):
            if program and metafunc.definition.get_closest_marker(name):
                doors.append(name)
        metafunc.parametrize("door", doors, indirect=True)


@pytest.fixture
def door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Each door in turn, with the clock frozen at START and nothing in it."""
    if request.param == "in-process":
        pocketaws.start(at=START)
        yield InProcess()
        pocketaws.stop()
        return
    for name, value in credentials.environment().items():
        monkeypatch.setenv(name, value)
    kind = {"dynalite": Dynalite, "kinesalite": Kinesalite, "ministack": Ministack}.get(request.param, Server)
    server = kind(request.getfixturevalue(f"{request.param}_endpoint"))
    server.empty()
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


@pytest.fixture
def enforced(door: Door) -> Iterator[Callable[[bool], None]]:
    """``enforced(True)`` lets policies decide."""

    def switch(wanted: bool) -> None:
        if isinstance(door, Server):
            door.post("iam", {"enforce": wanted})
        else:
            pocketaws.iam.enforce(wanted)

    yield switch
    switch(False)


@pytest.fixture
def acting(client: Callable[..., Any], enforced: Callable[[bool], None]) -> Callable[..., Callable[[str], Any]]:
    """``acting(statement, ...)("kms")``: a client of a user who has these statements alone."""

    def user(*statements: dict[str, Any]) -> Callable[[str], Any]:
        iam = client("iam")
        iam.create_user(UserName="crew")
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName="crew", PolicyName="only", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName="crew")["AccessKey"]
        enforced(True)
        pair = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        return lambda service: client(service, **pair)

    return user

"""Processes of users' scripts end with pocketaws, however it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from pocketaws import credentials, processes

ENDLESS = """
import os, subprocess, sys, time

def handler(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(event["file"], "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    while True:
        time.sleep(0.1)
"""


def _runs(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own, and its address."""
    command = [sys.executable, "-m", "pocketaws", "serve", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, next(word.rstrip(";") for word in line.split() if word.startswith("http://"))
        process.kill()


def _client(service: str, endpoint: str) -> Any:
    keys = {"aws_access_key_id": credentials.ACCESS_KEY, "aws_secret_access_key": credentials.SECRET_KEY}
    return boto3.client(service, region_name="us-east-1", endpoint_url=endpoint, **keys)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_a_server_that_is_killed(server: Any, how: int, tmp_path: Path) -> None:
    process, endpoint = server
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", ENDLESS)
    role = _client("iam", endpoint).create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = _client("lambda", endpoint)
    settings = {"Runtime": "python3.13", "Handler": "index.handler", "Role": role, "Timeout": 600}
    functions.create_function(FunctionName="endless", Code={"ZipFile": code.getvalue()}, **settings)
    written = tmp_path / "pids"
    functions.invoke(FunctionName="endless", InvocationType="Event", Payload=json.dumps({"file": str(written)}))
    with subprocess.Popen([sys.executable, "-c", _POKE, endpoint]) as poke:  # delivers the event, and waits for it
        numbers = _wait_for(written)
        assert all(map(_runs, numbers))
        process.send_signal(how)
        process.wait(20)
        poke.kill()
    until = time.monotonic() + 20
    while any(map(_runs, numbers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_runs, numbers))


_POKE = """
import sys, urllib.request
try:
    urllib.request.urlopen(sys.argv[1] + "/any-bucket", timeout=60)
except Exception:
    pass
"""


def _wait_for(place: Path) -> list[int]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if place.exists() and len(numbers := place.read_text().split()) == 2:
            return [int(number) for number in numbers]
        time.sleep(0.05)
    raise AssertionError("the function did not start")


def test_what_a_command_leaves_running_ends_with_it(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    )
    process = processes.start([sys.executable, "-c", source], folder=tmp_path, environment={})
    assert process.wait(30) == 0
    child = int((tmp_path / processes.OUTPUT[0]).read_text())
    until = time.monotonic() + 20
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(child)

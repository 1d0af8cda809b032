"""The second door, as a process: it starts, says where, keeps its control paths, and stops cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
import requests

from pocketaws import credentials


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "pocketaws", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, next(word.rstrip(";") for word in line.split() if word.startswith("http://"))
        process.terminate()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving("--freeze", "2026-11-02T09:00:00Z") as (_, address):
        yield address


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_and_frees_the_port(how: signal.Signals) -> None:
    with serving() as (process, address):
        assert requests.get(f"{address}/pocketaws/health", timeout=10).json()["status"] == "ok"
        process.send_signal(how)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "everything it held is gone" in out
        assert "Traceback" not in err
    port = int(address.rsplit(":", 1)[1])
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def test_a_taken_port_is_told_in_one_sentence(endpoint: str) -> None:
    port = endpoint.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "pocketaws", "serve", "--port", port]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in second.stderr


def test_a_wrong_time_is_told_in_one_sentence() -> None:
    command = [sys.executable, "-m", "pocketaws", "serve", "--freeze", "soon"]
    wrong = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert wrong.returncode == 1
    assert wrong.stderr == "--freeze takes a time such as 2026-11-02T09:00:00Z, not 'soon'.\n"


def test_the_clock_is_read_frozen_advanced_and_let_run(endpoint: str) -> None:
    url = f"{endpoint}/pocketaws/clock"
    assert requests.get(url, timeout=10).json() == {"now": "2026-11-02T09:00:00+00:00", "frozen": True}
    assert requests.post(url, json={"advance": 3600}, timeout=10).json()["now"] == "2026-11-02T10:00:00+00:00"
    further = {"advance": 3600, "continues": True}
    assert requests.post(url, json=further, timeout=10).json()["now"] == "2026-11-02T11:00:00+00:00"
    assert (
        requests.post(url, json={"freeze": "2027-01-01T00:00:00Z"}, timeout=10).json()["now"].startswith("2027-01-01")
    )
    assert requests.post(url, json={"run": True}, timeout=10).json()["frozen"] is False


@pytest.mark.parametrize("wish", [{"advance": -5}, {"advance": "soon"}, {"freeze": "yesterday"}, {"rewind": 1}, []])
def test_a_wrong_wish_for_the_clock_is_a_bad_request(endpoint: str, wish: object) -> None:
    answer = requests.post(f"{endpoint}/pocketaws/clock", json=wish, timeout=10)
    assert answer.status_code == 400


def test_a_reset_forgets_the_resources_of_every_service(endpoint: str) -> None:
    made = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": "x",
        "aws_secret_access_key": "y",
    }
    s3 = boto3.client("s3", **made)  # type: ignore[call-overload]
    s3.create_bucket(Bucket="to-forget")
    assert requests.post(f"{endpoint}/pocketaws/reset", timeout=10).json() == {"status": "ok"}
    assert s3.list_buckets()["Buckets"] == []


def test_the_control_paths_can_be_switched_off() -> None:
    with serving("--no-control") as (_, address):
        for path in ("pocketaws/health", "pocketaws/clock", "moto-api/data.json"):
            assert requests.get(f"{address}/{path}", timeout=10).status_code == 404
        for path in ("pocketaws/reset", "pocketaws/clock", "pocketaws/iam", "moto-api/reset"):
            assert requests.post(f"{address}/{path}", json={}, timeout=10).status_code == 404


def test_two_clients_at_once_are_served(endpoint: str) -> None:
    environment = {**os.environ, **credentials.environment(), "AWS_ENDPOINT_URL": endpoint}
    code = "import boto3; s3 = boto3.client('s3'); [s3.list_buckets() for _ in range(20)]; print('done')"
    both = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=60)[0] for process in both] == ["done\n", "done\n"]

"""The AWS CLI, a program written for real AWS by others, against ``pocketaws serve``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pocketaws import credentials

Aws = Callable[..., Any]
AWS = str(Path(sys.executable).parent / "aws")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    command = [sys.executable, "-m", "pocketaws", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield next(word.rstrip(";") for word in process.stdout.readline().split() if word.startswith("http://"))
        process.terminate()


@pytest.fixture
def aws(endpoint: str, tmp_path: Path) -> Aws:
    """``aws("s3", "ls")`` runs the CLI in an empty folder and returns its JSON, or its text."""
    environment = {**os.environ, **credentials.environment(), "AWS_ENDPOINT_URL": endpoint, "AWS_PAGER": ""}

    def run(*words: str) -> Any:
        told = subprocess.run([AWS, *words], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout) if told.stdout.startswith("{") else told.stdout

    return run


def test_s3_commands_move_files_there_and_back(aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "small.txt").write_text("small")
    (tmp_path / "out" / "large.bin").write_bytes(b"0123456789" * 1_000_000)
    assert aws("s3", "mb", "s3://cli-bucket") == "make_bucket: cli-bucket\n"
    aws("s3", "cp", "out/large.bin", "s3://cli-bucket/in/large.bin", "--no-progress")
    aws("s3", "sync", "out", "s3://cli-bucket/in", "--no-progress")
    listed = aws("s3", "ls", "--recursive", "s3://cli-bucket")
    assert [line.split()[2:] for line in listed.splitlines()] == [["10000000", "in/large.bin"], ["5", "in/small.txt"]]
    aws("s3", "cp", "s3://cli-bucket/in/large.bin", "back.bin", "--no-progress")
    assert (tmp_path / "back.bin").read_bytes() == (tmp_path / "out" / "large.bin").read_bytes()
    url = aws("s3", "presign", "s3://cli-bucket/in/small.txt").strip()
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"small"
    assert aws("s3", "rm", "--recursive", "s3://cli-bucket").count("delete:") == 2
    assert aws("s3", "rb", "s3://cli-bucket") == "remove_bucket: cli-bucket\n"


def test_s3api_shows_what_the_engine_does(aws: Aws) -> None:
    aws("s3api", "create-bucket", "--bucket", "cli-api-bucket")
    blocked = aws("s3api", "get-public-access-block", "--bucket", "cli-api-bucket")["PublicAccessBlockConfiguration"]
    assert all(blocked.values())
    aws("s3api", "put-object", "--bucket", "cli-api-bucket", "--key", "k")
    assert aws("s3api", "head-object", "--bucket", "cli-api-bucket", "--key", "k")["ServerSideEncryption"] == "AES256"


def test_dynamodb_commands_write_read_and_bill(aws: Aws) -> None:
    aws(
        "dynamodb", "create-table", "--table-name", "cli", "--billing-mode", "PAY_PER_REQUEST",
        "--attribute-definitions", "AttributeName=pk,AttributeType=S", "--key-schema", "AttributeName=pk,KeyType=HASH",
    )  # fmt: skip
    aws("dynamodb", "wait", "table-exists", "--table-name", "cli")
    item = json.dumps({"pk": {"S": "a"}, "text": {"S": "x" * 5000}})
    put = aws("dynamodb", "put-item", "--table-name", "cli", "--item", item, "--return-consumed-capacity", "TOTAL")
    assert put["ConsumedCapacity"]["CapacityUnits"] == 5.0
    read = ["--key", '{"pk": {"S": "a"}}', "--consistent-read", "--return-consumed-capacity", "TOTAL"]
    got = aws("dynamodb", "get-item", "--table-name", "cli", *read)
    assert got["ConsumedCapacity"]["CapacityUnits"] == 2.0
    found = aws("dynamodb", "execute-statement", "--statement", "SELECT pk FROM cli WHERE pk='a'")
    assert found["Items"] == [{"pk": {"S": "a"}}]
    assert aws("dynamodb", "scan", "--table-name", "cli", "--select", "COUNT")["Count"] == 1
    aws("dynamodb", "delete-table", "--table-name", "cli")
    assert "cli" not in aws("dynamodb", "list-tables")["TableNames"]


def test_glacier_commands_upload_and_ask_for_archives(endpoint: str, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "ledger.bin").write_bytes(b"1912" * 300_000)
    which = ("--account-id", "-", "--vault-name", "ledgers")
    assert aws("glacier", "create-vault", *which)["location"].endswith("/vaults/ledgers")
    kept = aws("glacier", "upload-archive", *which, "--body", "ledger.bin", "--archive-description", "the ledger")
    wanted = {"Type": "archive-retrieval", "ArchiveId": kept["archiveId"], "Tier": "Expedited"}
    job = ("--job-id", aws("glacier", "initiate-job", *which, "--job-parameters", json.dumps(wanted))["jobId"])
    assert aws("glacier", "describe-job", *which, *job)["StatusCode"] == "InProgress"
    step = urllib.request.Request(f"{endpoint}/pocketaws/clock", b'{"advance": 300}', method="POST")
    with urllib.request.urlopen(step):
        pass
    answer = aws("glacier", "get-job-output", *which, *job, "back.bin")
    assert answer["checksum"] == kept["checksum"]
    assert (tmp_path / "back.bin").read_bytes() == (tmp_path / "ledger.bin").read_bytes()

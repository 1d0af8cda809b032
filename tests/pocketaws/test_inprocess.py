"""The first door: it takes the process over, lets nothing out, and gives everything back."""

from __future__ import annotations

import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import pocketaws
from pocketaws import credentials
from pocketaws.errors import AlreadyStarted, NotStarted, RequestRefused

START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)


@pytest.fixture
def running() -> Iterator[None]:
    pocketaws.start(at=START)
    yield
    if pocketaws.is_running():
        pocketaws.stop()


def test_a_second_start_is_refused_and_changes_nothing(running: None) -> None:
    boto3.client("s3").create_bucket(Bucket="kept-bucket")
    with pytest.raises(AlreadyStarted, match="runs in this process already"):
        pocketaws.start()
    assert boto3.client("s3").list_buckets()["Buckets"][0]["Name"] == "kept-bucket"


def test_stop_and_reset_need_a_start() -> None:
    with pytest.raises(NotStarted):
        pocketaws.stop()
    with pytest.raises(NotStarted):
        pocketaws.reset()


def test_a_stop_gives_the_environment_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "my-company")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://storage.example.com")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    before = dict(os.environ)
    pocketaws.start()
    assert "AWS_PROFILE" not in os.environ
    assert "AWS_ENDPOINT_URL_S3" not in os.environ
    assert boto3.session.Session().region_name == "us-east-1"
    pocketaws.stop()
    assert dict(os.environ) == before


def test_a_real_profile_is_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = REAL\naws_secret_access_key = REAL\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "default")
    pocketaws.start()
    found = boto3.session.Session().get_credentials()
    pocketaws.stop()
    assert found is not None
    assert found.access_key == credentials.ACCESS_KEY


def test_a_client_made_before_the_start_is_answered_from_memory_too() -> None:
    early = boto3.session.Session("REALKEY", "REALSECRET", region_name="us-east-1").client("s3")
    pocketaws.start(at=START)
    early.create_bucket(Bucket="early-bucket")
    names = [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    pocketaws.stop()
    assert names == ["early-bucket"]


def test_everything_is_forgotten_at_the_stop_and_at_a_reset(running: None) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="first-bucket")
    pocketaws.reset()
    assert s3.list_buckets()["Buckets"] == []
    s3.create_bucket(Bucket="second-bucket")
    pocketaws.stop()
    pocketaws.start()
    assert boto3.client("s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize(
    "host",
    [
        "s3.amazonaws.com",
        "dynamodb.eu-west-1.api.aws",
        "169.254.169.254",
        "fd00:ec2::254",
        "s3.cn-north-1.amazonaws.com.cn",
    ],
)
def test_aws_hosts_cannot_be_resolved(running: None, host: str) -> None:
    with pytest.raises(socket.gaierror, match="out of reach"):
        socket.create_connection((host, 443), timeout=1)


def test_other_libraries_cannot_reach_aws_either(running: None) -> None:
    with pytest.raises(urllib.error.URLError, match="out of reach"):
        urllib.request.urlopen("https://bucket.s3.amazonaws.com/key")


def test_a_client_with_a_foreign_endpoint_is_refused(running: None) -> None:
    with pytest.raises(RequestRefused, match="nothing was sent"):
        boto3.client("s3", endpoint_url="https://storage.example.com").list_buckets()


def test_the_network_is_itself_again_after_a_stop() -> None:
    resolve = socket.getaddrinfo
    pocketaws.start()
    assert socket.getaddrinfo is not resolve
    pocketaws.stop()
    assert socket.getaddrinfo is resolve


def test_what_moto_stamps_shows_the_clock(running: None) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="dated-bucket")
    s3.put_object(Bucket="dated-bucket", Key="k", Body=b"")
    pocketaws.clock.advance(days=40)
    s3.put_object(Bucket="dated-bucket", Key="later", Body=b"")
    dates = [item["LastModified"].date().isoformat() for item in s3.list_objects_v2(Bucket="dated-bucket")["Contents"]]
    assert dates == ["2026-11-02", "2026-12-12"]


def test_a_second_session_reads_no_model_again(running: None) -> None:
    boto3.session.Session().client("s3")
    loader: Any = boto3.session.Session()._session.get_component("data_loader")
    assert any("s3" in str(key) for key in loader._cache)


def test_iam_policies_decide_only_while_they_are_enforced(running: None) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    s3 = boto3.client("s3", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert s3.list_buckets()["Buckets"] == []
    pocketaws.iam.enforce(True)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_buckets()
    pocketaws.iam.enforce(False)
    assert s3.list_buckets()["Buckets"] == []

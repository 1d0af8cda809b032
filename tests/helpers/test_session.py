"""The session: which AWS, safely; names, clock, policies, cleanup."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

import pocketaws
from helpers import session
from helpers.errors import BackendUnknown, BackendUnreachable, ClockNotMovable, OptInMissing, SessionNotStarted

START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def _stopped_afterwards() -> Iterator[None]:
    yield
    session.stop()


@pytest.fixture
def endpoint() -> Iterator[str]:
    command = [sys.executable, "-m", "pocketaws", "serve", "--port", "0", "--freeze", START.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield next(word.rstrip(";") for word in process.stdout.readline().split() if word.startswith("http://"))
        process.terminate()


def test_the_start_says_in_one_line_which_aws_this_is() -> None:
    line = repr(session.start(seed=7))
    assert (
        line
        == "AWS: pocketaws in this process | us-east-1 | account 123456789012 | 2026-11-02 09:00 UTC, nothing leaves"
    )


def test_a_second_start_starts_afresh() -> None:
    session.start()
    session.client("s3").create_bucket(Bucket="first-bucket")
    session.start()
    assert session.client("s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize("word", ["localstack", "AWS", "", "ftp://127.0.0.1", "127.0.0.1:5000"])
def test_a_wrong_word_is_one_sentence(word: str) -> None:
    with pytest.raises(BackendUnknown) as caught:
        session.start(word)
    assert str(caught.value).startswith('backend is "pocketaws", "aws" or an address')
    assert "\n" not in str(caught.value)


def test_an_address_where_nothing_answers_is_one_sentence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(BackendUnreachable, match="start it with: pocketaws serve"):
        session.start(address)
    assert "AWS_ENDPOINT_URL" not in os.environ


def test_aws_itself_as_an_address_is_refused() -> None:
    with pytest.raises(BackendUnknown, match="is AWS itself"):
        session.start("https://s3.us-east-1.amazonaws.com")


def test_nothing_works_before_a_start() -> None:
    for call in (session.region, session.account_id, session.boto3_session, session.cleanup):
        with pytest.raises(SessionNotStarted, match=r"session\.start\(\)"):
            call()


class TestOptIn:
    """A real account, played by pocketaws: only with both parts of the opt-in, and everything tagged."""

    @pytest.fixture(autouse=True)
    def _fake_account(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.delenv("COURSE_AWS", raising=False)
        pocketaws.start()
        yield
        pocketaws.stop()

    def test_without_the_variable_nothing_is_even_asked(self) -> None:
        with pytest.raises(OptInMissing, match="COURSE_AWS=yes"):
            session.start("aws", account="123456789012")

    @pytest.mark.parametrize("account", ["", "1234", "12345678901x"])
    def test_without_the_account_id_it_stops(self, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COURSE_AWS", "yes")
        with pytest.raises(OptInMissing, match="12-digit account id"):
            session.start("aws", account=account)

    def test_another_account_than_the_typed_one_stops_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COURSE_AWS", "yes")
        with pytest.raises(OptInMissing, match="belong to account 123456789012, but the parameters cell says"):
            session.start("aws", account="210987654321")

    def test_with_both_it_starts_tags_and_deletes_only_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COURSE_AWS", "yes")
        boto3.client("s3").create_bucket(Bucket="somebody-elses")
        line = repr(session.start("aws", account="123456789012", lesson="3.6"))
        assert "your account" in line
        assert "account 123456789012" in line
        s3 = session.client("s3")
        s3.create_bucket(Bucket="lesson-bucket")
        s3.put_object(Bucket="lesson-bucket", Key="k", Body=b"x")
        assert s3.get_bucket_tagging(Bucket="lesson-bucket")["TagSet"] == [
            {"Key": "aws-storage-course", "Value": "3.6"}
        ]
        with pytest.raises(ClockNotMovable, match="come back in"):
            session.advance(days=1)
        assert repr(session.cleanup()) == "deleted: 1 | left behind: 0"
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["somebody-elses"]


def test_names_follow_from_the_seed() -> None:
    session.start(seed=7)
    first = session.unique_name("flights")
    session.start(seed=8)
    assert session.unique_name("flights") != first
    session.start(seed=7)
    assert session.unique_name("flights") == first


def test_the_clock_moves_in_process() -> None:
    session.start()
    assert session.now() == START
    assert session.advance(days=1, hours=2) == datetime(2026, 11, 3, 11, tzinfo=timezone.utc)
    assert session.now() == datetime(2026, 11, 3, 11, tzinfo=timezone.utc)


def test_a_server_is_the_same_aws(endpoint: str) -> None:
    assert repr(session.start(endpoint)).endswith(f"every call goes to {endpoint}")
    assert session.now() == START
    assert session.advance(hours=3) == datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
    boto3.client("s3").create_bucket(Bucket="over-http")
    assert session.describe().to_numpy().tolist() == [["s3", "bucket", "over-http"]]
    assert repr(session.cleanup()) == "deleted: 1 | left behind: 0"
    only_identity = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [only_identity]}
    with session.acting_under(policy), pytest.raises(ClientError, match="AccessDenied"):
        session.client("s3").list_buckets()
    assert session.client("s3").list_buckets()["Buckets"] == []


def test_a_user_has_the_policy_and_nothing_else(started: session.Backend) -> None:
    session.client("s3").create_bucket(Bucket="readable-bucket")
    allow = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::readable-bucket"}
    with session.acting_under({"Version": "2012-10-17", "Statement": [allow]}):
        assert session.client("s3").list_objects_v2(Bucket="readable-bucket")["KeyCount"] == 0
        with pytest.raises(ClientError) as caught:
            session.client("s3").put_object(Bucket="readable-bucket", Key="k", Body=b"")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    session.client("s3").put_object(Bucket="readable-bucket", Key="k", Body=b"")
    assert session.client("iam").list_users()["Users"] == []


def test_cleanup_deletes_all_kinds_last_first(started: session.Backend) -> None:
    s3, sqs, ddb = (session.client(service) for service in ("s3", "sqs", "dynamodb"))
    s3.create_bucket(Bucket="versioned-bucket")
    s3.put_bucket_versioning(Bucket="versioned-bucket", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket="versioned-bucket", Key="k", Body=body)
    s3.delete_object(Bucket="versioned-bucket", Key="k")
    s3.create_multipart_upload(Bucket="versioned-bucket", Key="half")
    sqs.create_queue(QueueName="queue")
    ddb.create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = session.client("kms").create_key()["KeyMetadata"]["KeyId"]
    done = session.cleanup()
    assert done.left.empty
    assert set(done.deleted["kind"]) == {"bucket", "queue", "table", "key"}
    assert session.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert session.describe().empty


def test_what_cannot_be_deleted_is_named(started: session.Backend) -> None:
    s3 = session.client("s3")
    s3.create_bucket(Bucket="locked-bucket", ObjectLockEnabledForBucket=True)
    s3.put_object(
        Bucket="locked-bucket",
        Key="held",
        Body=b"",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=datetime(2027, 1, 1, tzinfo=timezone.utc),
    )
    done = session.cleanup()
    assert done.left.to_numpy().tolist() == [["s3", "bucket", "locked-bucket"]]
    assert repr(done) == "deleted: 0 | left behind: 1"


def test_a_stop_gives_the_environment_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "company")
    before = dict(os.environ)
    session.start()
    session.stop()
    assert dict(os.environ) == before

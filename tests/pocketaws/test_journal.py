"""The request log: operations, parameters and outcomes, in both doors."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import pocketaws
from pocketaws import clock, credentials, endpoint, journal, server


@pytest.fixture
def running() -> Iterator[None]:
    pocketaws.start()
    journal.start()
    yield
    pocketaws.stop()


def told() -> list[tuple[str, str, str]]:
    return [(entry.service, entry.operation, entry.outcome) for entry in journal.entries()]


def ask_everything(make: Any) -> None:
    s3, dynamo = make("s3"), make("dynamodb")
    s3.create_bucket(Bucket="log-book")
    s3.put_object(Bucket="log-book", Key="a/b=c d.txt", Body=b"x")
    s3.list_objects_v2(Bucket="log-book", Prefix="a/")
    upload = s3.create_multipart_upload(Bucket="log-book", Key="big")["UploadId"]
    s3.upload_part(Bucket="log-book", Key="big", UploadId=upload, PartNumber=1, Body=b"1")
    s3.copy_object(Bucket="log-book", Key="c", CopySource={"Bucket": "log-book", "Key": "a/b=c d.txt"})
    with pytest.raises(ClientError):
        s3.get_object(Bucket="log-book", Key="nothing")
    with pytest.raises(ClientError):
        dynamo.query(TableName="none", KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": {"S": "1"}})
    make("dynamodbstreams").list_streams()
    make("sqs").create_queue(QueueName="jobs")
    make("sts").get_caller_identity()
    make("lambda").list_functions()


EXPECTED = [
    ("s3", "CreateBucket", "OK"),
    ("s3", "PutObject", "OK"),
    ("s3", "ListObjectsV2", "OK"),
    ("s3", "CreateMultipartUpload", "OK"),
    ("s3", "UploadPart", "OK"),
    ("s3", "CopyObject", "OK"),
    ("s3", "GetObject", "NoSuchKey"),
    ("dynamodb", "Query", "ResourceNotFoundException"),
    ("dynamodbstreams", "ListStreams", "OK"),
    ("sqs", "CreateQueue", "OK"),
    ("sts", "GetCallerIdentity", "OK"),
    ("lambda", "ListFunctions", "OK"),
]


def test_it_names_operations_and_outcomes_in_process(running: None) -> None:
    ask_everything(boto3.client)
    assert told() == EXPECTED
    asked = {entry.operation: entry.parameters for entry in journal.entries()}
    assert (asked["PutObject"]["Bucket"], asked["PutObject"]["Key"]) == ("log-book", "a/b=c d.txt")
    assert (asked["UploadPart"]["PartNumber"], asked["Query"]["TableName"]) == ("1", "none")


def test_it_names_the_same_through_the_server(running: None) -> None:
    def make(service: str) -> Any:
        config = Config(s3={"addressing_style": "path"}) if service == "s3" else None
        return boto3.client(service, endpoint_url=endpoint.address(), config=config)

    ask_everything(make)
    assert told() == EXPECTED
    asked = {entry.operation: entry.parameters for entry in journal.entries()}
    assert (asked["PutObject"]["Bucket"], asked["PutObject"]["Key"]) == ("log-book", "a/b=c d.txt")


def test_it_records_nothing_unless_asked_and_nothing_in_a_pause(running: None) -> None:
    client = boto3.client("s3")
    with journal.paused():
        client.list_buckets()
    assert told() == []
    journal.stop()
    client.list_buckets()
    assert told() == []
    journal.start()
    client.list_buckets()
    assert told() == [("s3", "ListBuckets", "OK")]
    journal.clear()
    assert told() == []


def test_long_values_are_cut(running: None) -> None:
    item = {"id": {"S": "1"}, "text": {"S": "x" * 50_000}}
    with pytest.raises(ClientError):
        boto3.client("dynamodb").put_item(TableName="none", Item=item)
    (entry,) = journal.entries()
    assert len(entry.parameters["Item"]) <= journal.MOST_CHARACTERS + 1


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    pocketaws.start()
    made = server.make("127.0.0.1", 0, control=request.param)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    pocketaws.stop()


def ask(url: str, body: Any = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(url, data, timeout=20) as answer:
        return json.load(answer)


@pytest.mark.parametrize("served", [True], indirect=True)
def test_the_control_path_gives_the_log(served: str) -> None:
    assert ask(f"{served}/pocketaws/requests", {"record": True}) == {"record": True}
    keys = (credentials.ACCESS_KEY, credentials.SECRET_KEY)
    session = boto3.session.Session(*keys, region_name="us-east-1")
    session.client("dynamodb", endpoint_url=served, config=Config(user_agent_extra="marked")).list_tables()
    (entry,) = ask(f"{served}/pocketaws/requests")
    assert (entry["operation"], entry["outcome"]) == ("ListTables", "OK")
    assert entry["agent"].endswith("marked")


@pytest.mark.parametrize("served", ["forward"], indirect=True)
def test_forward_lets_time_pass_and_nothing_else(served: str) -> None:
    before = clock.now()
    ask(f"{served}/pocketaws/clock", {"advance": 5})
    ask(f"{served}/pocketaws/clock", {"advance": 90, "continues": True})
    assert (clock.now() - before).total_seconds() >= 95
    assert "now" in ask(f"{served}/pocketaws/clock")
    refused = [("reset", {}), ("clock", {"run": True}), ("clock", {"freeze": "2030-01-01T00:00:00Z"})]
    refused += [("clock", {"advance": 1, "freeze": ""}), ("iam", {"enforce": True}), ("requests", {"record": False})]
    for path, body in [*refused, ("requests", None), ("health", None)]:
        with pytest.raises(urllib.error.HTTPError, match="404"):
            ask(f"{served}/pocketaws/{path}", body)


def test_a_restore_tells_its_tier(running: None) -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket="attic")
    client.put_object(Bucket="attic", Key="old", Body=b"1", StorageClass="GLACIER")
    client.restore_object(
        Bucket="attic", Key="old", RestoreRequest={"Days": 3, "GlacierJobParameters": {"Tier": "Bulk"}}
    )
    asked = journal.entries()[-1].parameters
    assert {name: asked[name] for name in ("Bucket", "Key", "Tier", "Days")} == {
        "Bucket": "attic",
        "Key": "old",
        "Tier": "Bulk",
        "Days": "3",
    }


def test_the_requests_of_a_jobs_run_are_known_whatever_it_calls_itself(running: None) -> None:
    """A run signs with a key that no other process has, so nobody writes in its name."""
    s3, glue = boto3.client("s3"), boto3.client("glue")
    s3.create_bucket(Bucket="log-book")
    script = 'import boto3\ns3 = boto3.client("s3")\ns3.put_object(Bucket="log-book", Key="by-the-run")\n'
    script += 'url = s3.generate_presigned_url("get_object", Params={"Bucket": "log-book", "Key": "by-the-run"})\n'
    script += "import urllib.request\nurllib.request.urlopen(url).read()"
    s3.put_object(Bucket="log-book", Key="job.py", Body=script)
    command = {"Name": "pythonshell", "ScriptLocation": "s3://log-book/job.py", "PythonVersion": "3.9"}
    glue.create_job(Name="job", Role="glue", Command=command)
    run = glue.start_job_run(JobName="job")["JobRunId"]
    while glue.get_job_run(JobName="job", RunId=run)["JobRun"]["JobRunState"] in ("STARTING", "RUNNING"):
        pass
    assert glue.get_job_run(JobName="job", RunId=run)["JobRun"].get("ErrorMessage") is None
    s3.put_object(Bucket="log-book", Key="by-hand")
    wrote = {entry.parameters["Key"]: entry.work for entry in journal.entries() if entry.operation == "PutObject"}
    assert wrote == {"job.py": "", "by-the-run": run, "by-hand": ""}
    assert [entry.work for entry in journal.entries() if entry.operation == "GetObject"][-1] == run

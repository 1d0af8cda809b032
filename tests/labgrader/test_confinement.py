"""What students hand to AWS to be run is as hostile as what they run themselves, and is confined like it."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import pocketaws
from labgrader import confine
from labgrader.limits import Limits
from pocketaws import processes

ROLE = "arn:aws:iam::123456789012:role/work"
LIMIT = 12_345_678
#: Tells what it can do, and puts a link to somebody's secret in the place of what it wrote.
HOSTILE = """
import json, os, pwd, resource
import boto3
told = {"limit": resource.getrlimit(resource.RLIMIT_FSIZE)[0], "uid": os.getuid(), "names": sorted(os.environ)}
told["passwd"] = [each.pw_name for each in pwd.getpwall() if each.pw_uid == os.getuid()]
try:
    with open(f"/proc/{os.getppid()}/environ", "rb") as file:
        told["parent"] = b"sentinel" in file.read()
except OSError:
    told["parent"] = False
for name in ("stdout", "stderr", "bookmark.json", "request.part"):
    try:
        if os.path.exists(name):
            os.unlink(name)
        os.symlink("SECRET", name)
    except OSError:
        pass
boto3.client("s3").put_object(Bucket="told", Key="told.json", Body=json.dumps(told))
"""


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Iterator[confine.Cell]:
    """A submission's cell, and a pocketaws that starts everything in it, as the grader's host does."""
    monkeypatch.setenv("GRADER_TOKEN", "sentinel")
    opened = confine.open_cell(Limits(file_size=LIMIT))
    monkeypatch.setattr(processes, "start", opened.start)
    pocketaws.start()
    boto3.client("s3").create_bucket(Bucket="told")
    yield opened
    processes.stop_all()
    pocketaws.stop()
    opened.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    place = tmp_path / "secret"
    place.write_text('{"secret": "of the course"}')
    place.chmod(0o600)
    return place


def until(ask: Callable[[], Any]) -> Any:
    """Wait for an answer."""
    for _ in range(1200):
        if (found := ask()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not end")


def glue(source: str) -> None:
    boto3.client("s3").put_object(Bucket="told", Key="job.py", Body=source)
    command = {"Name": "pythonshell", "ScriptLocation": "s3://told/job.py", "PythonVersion": "3.9"}
    client, more = boto3.client("glue"), {"--job-bookmark-option": "job-bookmark-enable"}
    client.create_job(Name="job", Role="work", Command=command, DefaultArguments=more)
    which = {"JobName": "job", "RunId": client.start_job_run(JobName="job")["JobRunId"]}
    until(lambda: client.get_job_run(**which)["JobRun"].get("CompletedOn"))


def awslambda(source: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        handler = f"def handler(event, context):\n    exec({source!r}, {{}})\n    print('still here')"
        archive.writestr("index.py", handler)
    document = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    document["Statement"][0]["Action"] = "sts:AssumeRole"  # type: ignore[assignment]
    role = {"RoleName": "work", "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", **document})}
    boto3.client("iam").create_role(**role)
    client, code = boto3.client("lambda"), {"ZipFile": packed.getvalue()}
    client.create_function(FunctionName="f", Runtime="python3.13", Role=ROLE, Handler="index.handler", Code=code)
    for _ in range(2):  # the second event is written where the first has laid its link
        client.invoke(FunctionName="f", Payload=b"{}")


def batch(source: str) -> None:
    ec2, client = boto3.client("ec2"), boto3.client("batch")
    place = {"type": "FARGATE", "maxvCpus": 2, "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]]}
    place["securityGroupIds"] = [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]]
    client.create_compute_environment(computeEnvironmentName="fargate", type="MANAGED", computeResources=place)
    order = [{"order": 1, "computeEnvironment": "fargate"}]
    client.create_job_queue(jobQueueName="jobs", priority=1, computeEnvironmentOrder=order)
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    container = {"image": "python", "command": ["python", "-c", source], "resourceRequirements": needs}
    definition = {"jobDefinitionName": "work", "type": "container", "containerProperties": container}
    client.register_job_definition(**definition, platformCapabilities=["FARGATE"])
    job = client.submit_job(jobName="job", jobQueue="jobs", jobDefinition="work")["jobId"]
    until(lambda: client.describe_jobs(jobs=[job])["jobs"][0].get("stoppedAt"))


def emr_serverless(source: str) -> None:
    boto3.client("s3").put_object(Bucket="told", Key="job.py", Body=source)
    client = boto3.client("emr-serverless")
    application = client.create_application(name="lake", releaseLabel="emr-7.5.0", type="SPARK")["applicationId"]
    driver = {"sparkSubmit": {"entryPoint": "s3://told/job.py"}}
    logs = {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://told/logs/"}}}
    options = {"executionRoleArn": ROLE, "jobDriver": driver, "configurationOverrides": logs}
    run = {"applicationId": application}
    run["jobRunId"] = client.start_job_run(applicationId=application, **options)["jobRunId"]
    until(lambda: client.get_job_run(**run)["jobRun"]["state"] in ("SUCCESS", "FAILED") or None)


def data_pipeline(source: str) -> None:
    boto3.client("s3").put_object(Bucket="told", Key="job.sh", Body=f"python - <<'EOF'\n{source}\nEOF\n")
    client = boto3.client("datapipeline")
    id = client.create_pipeline(name="old", uniqueId="one")["pipelineId"]
    machine = {"type": "Ec2Resource"}
    shell = {"type": "ShellCommandActivity", "scriptUri": "s3://told/job.sh", "stdout": "s3://told/out"}
    things: list[dict[str, Any]] = [
        {"id": name, "name": name, "fields": [{"key": k, "stringValue": v} for k, v in fields.items()]}
        for name, fields in (("Default", {"scheduleType": "ondemand"}), ("Machine", machine), ("Shell", shell))
    ]
    things[-1]["fields"].append({"key": "runsOn", "refValue": "Machine"})
    client.put_pipeline_definition(pipelineId=id, pipelineObjects=things)
    client.activate_pipeline(pipelineId=id)
    until(lambda: boto3.client("s3").list_objects_v2(Bucket="told", Prefix="out").get("Contents"))


def everything_said() -> str:
    """Return all logs and objects that a student can read."""
    logs, s3 = boto3.client("logs"), boto3.client("s3")
    said = []
    for group in logs.describe_log_groups()["logGroups"]:
        which = {"logGroupName": group["logGroupName"]}
        for stream in logs.describe_log_streams(**which)["logStreams"]:
            events = logs.get_log_events(**which, logStreamName=stream["logStreamName"])["events"]
            said += [event["message"] for event in events]
    for each in s3.list_objects_v2(Bucket="told")["Contents"]:
        said.append(s3.get_object(Bucket="told", Key=each["Key"])["Body"].read().decode("latin-1"))
    return "\n".join(said)


spark = pytest.mark.skipif(importlib.util.find_spec("pyspark") is None or not processes.java(), reason="needs Spark")


@pytest.mark.parametrize("run", [glue, awslambda, batch, pytest.param(emr_serverless, marks=spark), data_pipeline])
def test_what_a_student_hands_to_aws_is_confined(run: Callable[[str], None], cell: confine.Cell, secret: Path) -> None:
    run(HOSTILE.replace("SECRET", str(secret)))
    told = json.loads(boto3.client("s3").get_object(Bucket="told", Key="told.json")["Body"].read())
    assert told["limit"] == LIMIT, "It runs under the limits of its submission."
    assert told["uid"] == (os.getuid() if cell.user is None else cell.user)
    assert cell.user is None or told["passwd"] == ["student"], "Java, for one, does not work for a user without a name."
    assert "GRADER_TOKEN" not in told["names"]
    assert not told["parent"], "It cannot read the grader's environment."
    assert "of the course" not in everything_said(), "A link in the place of its output is not followed."
    assert secret.read_text() == '{"secret": "of the course"}', "Nor is it written through."


def test_folders_however_deep_are_noticed_and_deleted() -> None:
    opened = confine.open_cell(Limits(), own_user=False)
    code = "import os\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')"
    subprocess.run([sys.executable, "-c", code], cwd=opened.folder, check=True)
    assert opened.is_full()
    opened.close()
    assert not opened.folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives submissions a user of their own")
def test_what_a_user_left_elsewhere_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    opened = confine.open_cell(Limits(), own_user=True)
    assert opened.user is not None
    kept, left, link = (Path(tempfile.gettempdir(), f"{name}-{os.getpid()}") for name in ("kept", "left", "link"))
    kept.write_text("somebody's")
    (left / "deep").mkdir(parents=True)
    link.symlink_to(tmp_path)
    for place in (left, link):
        os.chown(place, opened.user, opened.user, follow_symlinks=False)
    try:
        opened.close()
        assert (kept.exists(), left.exists(), link.is_symlink(), tmp_path.exists()) == (True, False, False, True)
        assert not opened.folder.exists()
        assert not opened.jobs.exists()
    finally:
        kept.unlink()

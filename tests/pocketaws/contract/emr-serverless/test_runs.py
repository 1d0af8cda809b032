"""Job runs: a script of Spark from S3, its logs, its failure, applications that start and stop by themselves."""

from __future__ import annotations

import gzip
import importlib.util
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/"
ROLE = "arn:aws:iam::123456789012:role/emr"
BUCKET = "lake-of-serverless"
SCRIPT = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
read = spark.read.option("header", True).csv(sys.argv[1])
read.groupBy("a").count().write.parquet(sys.argv[2])
print("rows", read.count())
raise ValueError("bad day") if len(sys.argv) > 3 else SystemExit(0)
"""
needs_spark = pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="needs pyspark and Java")


@pytest.fixture
def emr(door: Any) -> Any:
    return door.client("emr-serverless")


@pytest.fixture
def application(emr: Any, s3: Any) -> str:
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="job.py", Body=SCRIPT)
    s3.put_object(Bucket=BUCKET, Key="in/a.csv", Body="a,b\n1,2\n1,3\n")
    made: str = emr.create_application(name="lake", releaseLabel="emr-7.5.0", type="SPARK")["applicationId"]
    return made


@pytest.fixture
def run(emr: Any, application: str) -> Callable[..., dict[str, Any]]:
    """``run("s3://...")`` runs a script to its end, as people's loops do, and describes the run."""

    def submit(script: str, *arguments: str, **driver: Any) -> dict[str, Any]:
        wanted = {"entryPoint": script, "entryPointArguments": list(arguments), **driver}
        logs = {"s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs/"}}
        started = emr.start_job_run(
            applicationId=application,
            executionRoleArn=ROLE,
            jobDriver={"sparkSubmit": wanted},
            configurationOverrides={"monitoringConfiguration": logs},
        )
        for _ in range(2400):
            found: dict[str, Any] = emr.get_job_run(applicationId=application, jobRunId=started["jobRunId"])["jobRun"]
            if found["state"] in ("SUCCESS", "FAILED", "CANCELLED"):
                return found
            time.sleep(0.05)
        raise AssertionError(f"the run does not end: {found}")

    return submit


@pytest.mark.slow
@needs_spark
@pytest.mark.aws(f"{GUIDE}jobs-spark.html", operation="StartJobRun, GetJobRun, CreateApplication")
def test_a_script_runs_and_tells_why_it_failed(run: Any, s3: Any) -> None:
    described = run(f"s3://{BUCKET}/job.py", f"s3://{BUCKET}/in/", f"s3://{BUCKET}/out/", "fail")
    assert described["state"] == "FAILED"
    assert described["stateDetails"].endswith("ExitCode: 1. Last few exceptions: ValueError: bad day")
    assert described["billedResourceUtilization"]["vCPUHour"] > 0
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert any(key.startswith("out/") and key.endswith(".parquet") for key in keys)
    place = f"logs/applications/{described['applicationId']}/jobs/{described['jobRunId']}/SPARK_DRIVER/stdout.gz"
    assert gzip.decompress(s3.get_object(Bucket=BUCKET, Key=place)["Body"].read()) == b"rows 2\n"


@pytest.mark.aws(f"{GUIDE}jobs-spark.html", operation="StartJobRun")
def test_what_does_not_run_says_why(run: Any, emr: Any, application: str, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = run(f"s3://{BUCKET}/none.py")
    assert missing["state"] == "FAILED"
    assert "none.py" in missing["stateDetails"] or "pip install pyspark" in missing["stateDetails"]
    jar = run(f"s3://{BUCKET}/own.jar", sparkSubmitParameters="--class Main")
    assert "is not supported" in jar["stateDetails"]
    driver = {"hive": {"query": f"s3://{BUCKET}/q.sql"}}
    with pytest.raises(ClientError, match="Hive is not supported"):
        emr.start_job_run(applicationId=application, executionRoleArn=ROLE, jobDriver=driver)


@pytest.mark.aws(f"{GUIDE}application-states.html", operation="StopApplication, DeleteApplication, GetApplication")
def test_an_application_starts_with_a_job_and_stops_when_idle(run: Any, emr: Any, application: str, clock: Any) -> None:
    def state() -> str:
        found: str = emr.get_application(applicationId=application)["application"]["state"]
        return found

    assert state() == "CREATED"
    run(f"s3://{BUCKET}/none.py")
    assert state() == "STARTED"
    with pytest.raises(ClientError, match="must be in one of the following statuses"):
        emr.delete_application(applicationId=application)
    clock.advance(minutes=16)
    assert state() == "STOPPED"
    emr.delete_application(applicationId=application)
    assert state() == "TERMINATED"


@needs_spark
@pytest.mark.aws(f"{GUIDE}job-states.html", operation="ListJobRuns")
def test_runs_are_listed_by_the_time_of_their_creation(emr: Any, application: str, clock: Any) -> None:
    driver = {"sparkSubmit": {"entryPoint": f"s3://{BUCKET}/none.py"}}
    emr.start_job_run(applicationId=application, executionRoleArn=ROLE, jobDriver=driver)
    earlier = clock.now() - timedelta(hours=1)
    assert len(emr.list_job_runs(applicationId=application, createdAtAfter=earlier)["jobRuns"]) == 1
    assert emr.list_job_runs(applicationId=application, createdAtBefore=earlier)["jobRuns"] == []


@pytest.mark.slow
@needs_spark
@pytest.mark.aws(f"{GUIDE}job-states.html", operation="CancelJobRun, ListJobRuns")
def test_runs_are_canceled(emr: Any, application: str, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="endless.py", Body="while True: pass")
    driver = {"sparkSubmit": {"entryPoint": f"s3://{BUCKET}/endless.py"}}
    run_id = emr.start_job_run(applicationId=application, executionRoleArn=ROLE, jobDriver=driver)["jobRunId"]
    with pytest.raises(ClientError, match="active job runs"):
        emr.stop_application(applicationId=application)
    emr.cancel_job_run(applicationId=application, jobRunId=run_id)
    for _ in range(200):
        (listed,) = emr.list_job_runs(applicationId=application)["jobRuns"]
        if listed["state"] == "CANCELLED":
            return
        time.sleep(0.05)
    raise AssertionError(listed)

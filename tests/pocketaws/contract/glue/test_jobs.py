"""Jobs: their script runs; arguments, logs, failures, timeouts, retries, concurrency."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/glue/latest/dg/"
SHELL = f"{GUIDE}add-job-python.html"
API = f"{GUIDE}aws-glue-api-jobs-runs.html"
COPY = """
import sys
import boto3
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["source", "JOB_NAME"])
s3 = boto3.client("s3")
bucket, key = args["source"].split("/", 1)
text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
s3.put_object(Bucket=bucket, Key="out/" + key, Body=text.upper())
print("copied by", args["JOB_NAME"])
"""


@pytest.fixture
def job(glue: Any, put: Any, bucket: str) -> Callable[..., str]:
    """``job("print(1)")`` makes a job of a script."""

    def make(script: str, *, name: str = "job", kind: str = "pythonshell", **settings: Any) -> str:
        put(f"scripts/{name}.py", script)
        command = {"Name": kind, "ScriptLocation": f"s3://{bucket}/scripts/{name}.py", "PythonVersion": "3.9"}
        glue.create_job(Name=name, Role="r", Command=command, **settings)
        return name

    return make


@pytest.fixture
def finish(glue: Any) -> Callable[..., dict[str, Any]]:
    """``finish("job")`` runs a job to its end, as people's loops do, and returns the run."""

    def wait(name: str, run_id: str | None = None, **settings: Any) -> dict[str, Any]:
        run_id = run_id or glue.start_job_run(JobName=name, **settings)["JobRunId"]
        for _ in range(1200):
            run: dict[str, Any] = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
            if run["JobRunState"] not in ("STARTING", "RUNNING", "STOPPING"):
                return run
            time.sleep(0.05)
        raise AssertionError(f"the run does not end: {run}")

    return wait


def logged(door: Any, stream: str, run_id: str) -> list[str]:
    found = door.client("logs").get_log_events(logGroupName=f"/aws-glue/python-jobs/{stream}", logStreamName=run_id)
    return [event["message"] for event in found["events"]]


@pytest.mark.aws(SHELL, operation="StartJobRun, GetJobRun, CreateJob")
def test_a_script_reads_and_writes_s3(job: Any, finish: Any, put: Any, s3: Any, bucket: str, door: Any) -> None:
    put("a.txt", "hello")
    run = finish(job(COPY), Arguments={"--source": f"{bucket}/a.txt"})
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
    assert s3.get_object(Bucket=bucket, Key="out/a.txt")["Body"].read() == b"HELLO"
    assert logged(door, "output", run["Id"]) == ["copied by job"]
    assert run["ExecutionTime"] >= 1
    assert run["MaxCapacity"] == 0.0625


@pytest.mark.aws(API, operation="GetJobRun")
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import not_there", "ModuleNotFoundError: No module named 'not_there'"),
        ("import sys; sys.exit(3)", "Command failed with exit code 3"),
        ("def f(:\n", "SyntaxError: invalid syntax"),
        ("raise ValueError('bad day')", "ValueError: bad day"),
        ("class BadDay(Exception): pass\nraise BadDay('rain')", "BadDay: rain"),
        (COPY, "awsglue.utils.GlueArgumentError: the following arguments are required: --source"),
    ],
)
def test_a_failure_tells_why(job: Any, finish: Any, door: Any, script: str, message: str) -> None:
    run = finish(job(script))
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", message)


@pytest.mark.aws(API, operation="StartJobRun")
def test_a_script_that_is_not_there(glue: Any, finish: Any, bucket: str, refused: Any) -> None:
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/none.py"}
    glue.create_job(Name="job", Role="r", Command=command)
    run = finish("job")
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith("LAUNCH ERROR | Error downloading from S3")
    assert refused(glue.start_job_run, JobName="none")[0] == "EntityNotFoundException"
    streaming = {"Name": "gluestreaming", "ScriptLocation": f"s3://{bucket}/none.py"}
    assert refused(glue.create_job, Name="s", Role="r", Command=streaming)[0] == "InvalidInputException"


@pytest.mark.aws(API, operation="StartJobRun, BatchStopJobRun")
def test_runs_are_limited_and_can_be_stopped(glue: Any, job: Any, finish: Any, refused: Any) -> None:
    name = job("import time\nwhile True: time.sleep(1)")
    run_id = glue.start_job_run(JobName=name)["JobRunId"]
    assert refused(glue.start_job_run, JobName=name)[0] == "ConcurrentRunsExceededException"
    answer = glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id, "jr_none"])
    assert [each["JobRunId"] for each in answer["SuccessfulSubmissions"]] == [run_id]
    assert [each["ErrorDetail"]["ErrorCode"] for each in answer["Errors"]] == ["EntityNotFoundException"]
    assert finish(name, run_id)["JobRunState"] == "STOPPED"


@pytest.mark.aws(API, operation="StartJobRun")
def test_an_endless_run_times_out_by_the_clock(glue: Any, job: Any, finish: Any, clock: Any) -> None:
    name = job("import time\nwhile True: time.sleep(1)", Timeout=5)
    run_id = glue.start_job_run(JobName=name)["JobRunId"]
    clock.advance(minutes=4)
    assert glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]["JobRunState"] == "RUNNING"
    clock.advance(minutes=2)
    assert finish(name, run_id)["JobRunState"] == "TIMEOUT"


@pytest.mark.aws(API, operation="GetJobRuns")
def test_a_failed_run_is_tried_again(glue: Any, job: Any, finish: Any) -> None:
    name = job("raise SystemExit(1)", MaxRetries=1)
    first = glue.start_job_run(JobName=name)["JobRunId"]
    assert finish(name, first)["JobRunState"] == "FAILED"
    assert finish(name, f"{first}_attempt_1")["PreviousRunId"] == first
    assert [run["Attempt"] for run in glue.get_job_runs(JobName=name)["JobRuns"]] == [1, 0]


@pytest.mark.aws(SHELL, operation="StartJobRun")
def test_a_run_gets_extra_files_and_nothing_of_the_machine(
    job: Any, finish: Any, put: Any, bucket: str, monkeypatch: pytest.MonkeyPatch, door: Any
) -> None:
    monkeypatch.setenv("MY_SECRET", "s")
    put("lib/tools.py", "ANSWER = 42")
    script = "import os, tools\nprint(tools.ANSWER, 'MY_SECRET' in os.environ, os.getcwd() == os.environ['HOME'])"
    extra = {"--extra-py-files": f"s3://{bucket}/lib/tools.py"}
    run = finish(job(script, DefaultArguments=extra))
    assert logged(door, "output", run["Id"]) == ["42 False True"]


@pytest.mark.aws(f"{GUIDE}aws-glue-api-jobs-job.html", operation="UpdateJob, GetJob, DeleteJob, ListJobs")
def test_jobs_are_changed_and_listed(glue: Any, job: Any, refused: Any, bucket: str) -> None:
    name = job("print(1)", DefaultArguments={"--a": "1"})
    assert glue.get_job(JobName=name)["Job"]["Timeout"] == 2880
    command = {"Name": "glueetl", "ScriptLocation": f"s3://{bucket}/spark.py"}
    glue.create_job(Name="spark", Role="r", Command=command)
    described = glue.get_job(JobName="spark")["Job"]
    assert (described["GlueVersion"], described["Timeout"]) == ("6.0", 480)
    glue.delete_job(JobName="spark")
    update = {"Role": "r2", "Command": {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/other.py"}}
    glue.update_job(JobName=name, JobUpdate=update)
    described = glue.get_job(JobName=name)["Job"]
    assert (described["Role"], described.get("DefaultArguments")) == ("r2", None)
    assert glue.list_jobs()["JobNames"] == [name]
    glue.delete_job(JobName=name)
    assert refused(glue.get_job, JobName=name)[0] == "EntityNotFoundException"


@pytest.mark.aws(f"{GUIDE}monitor-continuations.html", operation="GetJobBookmark, ResetJobBookmark")
def test_a_job_that_kept_no_bookmark_has_none(glue: Any, job: Any, refused: Any) -> None:
    assert refused(glue.get_job_bookmark, JobName=job("print(1)"))[0] == "EntityNotFoundException"


SPARK = """
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket"])
context = GlueContext(SparkContext.getOrCreate())
job = Job(context)
job.init(args["JOB_NAME"], args)
raw = context.create_dynamic_frame.from_options(
    "s3", {"paths": [f"s3://{args['bucket']}/raw/"]}, "csv", {"withHeader": True}, transformation_ctx="raw"
)
options = {"path": f"s3://{args['bucket']}/out/", "partitionKeys": ["day"]}
if raw.toDF().columns:
    context.write_dynamic_frame.from_options(raw, "s3", options, "parquet")
job.commit()
"""


@pytest.mark.slow
@pytest.mark.aws(f"{GUIDE}monitor-continuations.html", operation="StartJobRun, GetJobBookmark, ResetJobBookmark")
def test_a_spark_job_takes_only_new_files(
    glue: Any, job: Any, finish: Any, put: Any, s3: Any, bucket: str, refused: Any
) -> None:
    arguments = {"--bucket": bucket, "--job-bookmark-option": "job-bookmark-enable"}
    name = job(SPARK, kind="glueetl", DefaultArguments=arguments)
    put("raw/1.csv", "id,day\n1,mon\n")
    run = finish(name)
    if importlib.util.find_spec("pyspark") is None:
        assert run["JobRunState"] == "FAILED"
        assert "pip install pyspark" in run["ErrorMessage"]
        pytest.skip("the rest needs pyspark")
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)

    def written() -> int:
        return int(s3.list_objects_v2(Bucket=bucket, Prefix="out/day=")["KeyCount"])

    assert written() == 1
    finish(name)
    assert written() == 1
    put("raw/2.csv", "id,day\n2,tue\n")
    finish(name)
    assert written() == 2
    assert glue.get_job_bookmark(JobName=name)["JobBookmarkEntry"]["Run"] == 3
    glue.reset_job_bookmark(JobName=name)
    finish(name)
    assert written() == 4

"""Steps of a cluster: commands and scripts run in order; failures do what the step asks for."""

from __future__ import annotations

import gzip
import importlib.util
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/"
API = "https://docs.aws.amazon.com/emr/latest/APIReference/"
STEPS = f"{GUIDE}emr-work-with-steps.html"
SCRIPT = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
read = spark.read.option("header", True).csv(sys.argv[1])
read.groupBy("a").count().write.parquet(sys.argv[2])
"""


def step(*words: str, on_failure: str = "CONTINUE", jar: str = "command-runner.jar") -> dict[str, Any]:
    return {"Name": "step", "ActionOnFailure": on_failure, "HadoopJarStep": {"Jar": jar, "Args": list(words)}}


@pytest.fixture
def emr(door: Any) -> Any:
    return door.client("emr")


@pytest.fixture
def cluster(emr: Any, s3: Any) -> Callable[..., str]:
    """``cluster(step(...))`` starts a cluster."""
    s3.create_bucket(Bucket="lake-of-emr")

    def start(*steps: dict[str, Any], keep: bool = True, **settings: Any) -> str:
        instances = {"MasterInstanceType": "m5.xlarge", "InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": keep}
        made = emr.run_job_flow(
            Name="c",
            ReleaseLabel="emr-7.5.0",
            Instances=instances,
            LogUri="s3://lake-of-emr/logs/",
            JobFlowRole="EMR_EC2_DefaultRole",
            ServiceRole="EMR_DefaultRole",
            Steps=list(steps),
            **settings,
        )
        cluster_id: str = made["JobFlowId"]
        return cluster_id

    return start


@pytest.fixture
def finish(emr: Any) -> Callable[[str], tuple[str, list[str]]]:
    """``finish(id)`` waits until nothing runs; returns the cluster's state and its steps', the first first."""

    def wait(cluster_id: str) -> tuple[str, list[str]]:
        for _ in range(1200):
            states = [each["Status"]["State"] for each in emr.list_steps(ClusterId=cluster_id)["Steps"]][::-1]
            if not {"PENDING", "RUNNING"} & set(states):
                return emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"], states
            time.sleep(0.05)
        raise AssertionError(f"the steps do not end: {states}")

    return wait


@pytest.mark.aws(STEPS, operation="RunJobFlow, AddJobFlowSteps, ListSteps, DescribeStep")
def test_steps_run_in_order_and_leave_their_logs(cluster: Any, finish: Any, emr: Any, s3: Any) -> None:
    cluster_id = cluster(step("bash", "-c", "echo one"), step("python", "-c", "print('two')"))
    assert finish(cluster_id) == ("WAITING", ["COMPLETED", "COMPLETED"])
    added = emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step("bash", "-c", "exit 3")])["StepIds"]
    assert finish(cluster_id) == ("WAITING", ["COMPLETED", "COMPLETED", "FAILED"])
    status = emr.describe_step(ClusterId=cluster_id, StepId=added[0])["Step"]["Status"]
    assert status["FailureDetails"]["Message"] == "The command ended with exit code 3."
    first = emr.list_steps(ClusterId=cluster_id)["Steps"][-1]["Id"]
    log = s3.get_object(Bucket="lake-of-emr", Key=f"logs/{cluster_id}/steps/{first}/stdout.gz")["Body"].read()
    assert gzip.decompress(log) == b"one\n"


@pytest.mark.aws(STEPS, operation="RunJobFlow")
def test_a_failure_may_end_the_cluster_or_cancel_the_rest(cluster: Any, finish: Any) -> None:
    after = step("bash", "-c", "echo after")
    ends = cluster(step("no-such-program", on_failure="TERMINATE_CLUSTER"), after)
    assert finish(ends) == ("TERMINATED_WITH_ERRORS", ["FAILED", "CANCELLED"])
    waits = cluster(step("bash", "-c", "exit 1", on_failure="CANCEL_AND_WAIT"), after)
    assert finish(waits) == ("WAITING", ["FAILED", "CANCELLED"])
    goes_on = cluster(step("bash", "-c", "exit 1"), after, keep=False)
    assert finish(goes_on) == ("TERMINATED", ["FAILED", "COMPLETED"])


@pytest.mark.aws(f"{API}API_CancelSteps.html", operation="CancelSteps, TerminateJobFlows")
def test_steps_are_canceled_and_clusters_terminated(cluster: Any, finish: Any, emr: Any) -> None:
    endless = step("python", "-c", "while True: pass")
    cluster_id = cluster(endless, step("bash", "-c", "echo next"))
    running = emr.list_steps(ClusterId=cluster_id, StepStates=["RUNNING"])["Steps"][0]["Id"]
    answer = emr.cancel_steps(ClusterId=cluster_id, StepIds=[running])["CancelStepsInfoList"]
    assert [each["Status"] for each in answer] == ["SUBMITTED"]
    assert finish(cluster_id) == ("WAITING", ["CANCELLED", "COMPLETED"])
    emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[endless])
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    state, states = finish(cluster_id)
    assert (state, states[-1]) == ("TERMINATED", "CANCELLED")
    with pytest.raises(ClientError, match="may not be modified"):
        emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[endless])


@pytest.mark.aws(STEPS, operation="RunJobFlow")
def test_what_does_not_run_says_why(cluster: Any, finish: Any, emr: Any) -> None:
    cluster_id = cluster(step("x", jar="s3://lake-of-emr/own.jar"), step("spark-submit", "s3://lake-of-emr/none.py"))
    assert finish(cluster_id)[1] == ["FAILED", "FAILED"]
    told = [each["Status"]["FailureDetails"]["Message"] for each in emr.list_steps(ClusterId=cluster_id)["Steps"]]
    assert "own.jar does not run" in told[1]
    assert "none.py" in told[0] or "pip install pyspark" in told[0]


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="needs pyspark and Java")
@pytest.mark.aws(f"{GUIDE}emr-spark-submit-step.html", operation="RunJobFlow")
def test_a_script_of_spark_runs(cluster: Any, finish: Any, s3: Any, emr: Any) -> None:
    cluster_id, lake = cluster(), "s3://lake-of-emr"
    s3.put_object(Bucket="lake-of-emr", Key="job.py", Body=SCRIPT)
    s3.put_object(Bucket="lake-of-emr", Key="in/a.csv", Body="a,b\n1,2\n1,3\n")
    words = ("spark-submit", "--deploy-mode", "cluster", f"{lake}/job.py", f"{lake}/in/", f"{lake}/out/")
    emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step(*words)])
    assert finish(cluster_id) == ("WAITING", ["COMPLETED"])
    written = s3.list_objects_v2(Bucket="lake-of-emr", Prefix="out/")["Contents"]
    assert [each["Key"].endswith(".parquet") for each in written] == [True]

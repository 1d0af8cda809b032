"""Jobs: their command runs; exit codes, logs, arrays, dependencies, retries, timeouts, vCPUs."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/"
API = "https://docs.aws.amazon.com/batch/latest/APIReference/"
STATES = f"{GUIDE}job_states.html"
EXITED = "Essential container in task exited"
SLEEP = "import time; time.sleep(60)"


def logged(door: Any, described: dict[str, Any]) -> list[str]:
    stream = described["container"]["logStreamName"]
    found = door.client("logs").get_log_events(logGroupName="/aws/batch/job", logStreamName=stream)
    return [event["message"] for event in found["events"]]


@pytest.mark.aws(STATES, operation="SubmitJob, DescribeJobs, CreateComputeEnvironment, CreateJobQueue")
def test_a_job_runs_its_command_and_writes_to_s3(submit: Any, finish: Any, s3: Any, door: Any) -> None:
    s3.create_bucket(Bucket="results-of-jobs")
    source = "import boto3; boto3.client('s3').put_object(Bucket='results-of-jobs', Key='a', Body=b'done'); print('ok')"
    described = finish(submit(source))
    assert (described["status"], described["statusReason"]) == ("SUCCEEDED", EXITED)
    assert described["container"]["exitCode"] == 0
    assert s3.get_object(Bucket="results-of-jobs", Key="a")["Body"].read() == b"done"
    assert logged(door, described) == ["ok"]


@pytest.mark.aws(STATES, operation="SubmitJob, RegisterJobDefinition")
def test_the_definition_s_command_and_its_parameters(
    batch: Any, queue: str, submit: Any, finish: Any, door: Any
) -> None:
    plain = batch.submit_job(jobName="plain", jobQueue=queue, jobDefinition="work")["jobId"]
    assert logged(door, finish(plain)) == ["hello"]
    command = ["sh", "-c", 'echo "$0"', "Ref::name"]
    assert logged(door, finish(submit(command=command))) == ["nobody"]
    assert logged(door, finish(submit(command=command, parameters={"name": "ada"}))) == ["ada"]


@pytest.mark.aws(STATES, operation="DescribeJobs")
@pytest.mark.parametrize(
    ("command", "code", "reason"),
    [
        (["python", "-c", "import sys; sys.exit(3)"], 3, EXITED),
        (["python", "-c", "raise ValueError('bad day')"], 1, EXITED),
        (["no-such-program"], None, "Task failed to start"),
    ],
)
def test_a_failure_tells_why(submit: Any, finish: Any, door: Any, command: list[str], code: int, reason: str) -> None:
    described = finish(submit(command=command))
    assert (described["status"], described["statusReason"]) == ("FAILED", reason)
    assert described["container"].get("exitCode") == code
    if code is None:
        text = 'CannotStartContainerError: exec: "no-such-program": executable file not found in $PATH'
        assert described["container"]["reason"] == text
    if code == 1:
        assert logged(door, described)[-1] == "ValueError: bad day"


@pytest.mark.aws(f"{GUIDE}job_env_vars.html", operation="SubmitJob")
def test_a_job_gets_its_variables_and_nothing_of_the_machine(
    submit: Any, finish: Any, door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "s")
    source = "import os; print(os.environ.get('STAGE'), 'MY_SECRET' in os.environ, os.environ['AWS_BATCH_JQ_NAME'])"
    overrides = {"environment": [{"name": "STAGE", "value": "test"}]}
    assert logged(door, finish(submit(source, containerOverrides=overrides))) == ["test False jobs"]


@pytest.mark.aws(f"{GUIDE}array_jobs.html", operation="SubmitJob, ListJobs")
def test_an_array_runs_once_for_each_index(submit: Any, finish: Any, batch: Any, door: Any, job: Any) -> None:
    source = "import os; print(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'], os.environ['AWS_BATCH_JOB_ARRAY_SIZE'])"
    array = submit(source, arrayProperties={"size": 3})
    described = finish(array)
    assert described["status"] == "SUCCEEDED"
    assert described["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 3
    children = batch.list_jobs(arrayJobId=array, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [logged(door, job(child["jobId"])) for child in children] == [["0 3"], ["1 3"], ["2 3"]]


@pytest.mark.aws(f"{GUIDE}array_jobs.html", operation="SubmitJob")
def test_an_array_fails_when_one_of_its_jobs_does(submit: Any, finish: Any) -> None:
    source = "import os; assert os.environ['AWS_BATCH_JOB_ARRAY_INDEX'] != '1'"
    described = finish(submit(source, arrayProperties={"size": 3}))
    assert described["status"] == "FAILED"
    summary = described["arrayProperties"]["statusSummary"]
    assert (summary["SUCCEEDED"], summary["FAILED"]) == (2, 1)


@pytest.mark.aws(f"{GUIDE}job_dependencies.html", operation="SubmitJob")
def test_jobs_wait_for_those_they_depend_on(submit: Any, finish: Any, job: Any) -> None:
    first = submit("import time; time.sleep(0.5)")
    second = submit("print(1)", dependsOn=[{"jobId": first}])
    assert job(second)["status"] == "PENDING"
    done = finish(second)
    assert done["status"] == "SUCCEEDED"
    assert job(first)["status"] == "SUCCEEDED"
    failing = submit("raise SystemExit(1)")
    described = finish(submit("print(1)", dependsOn=[{"jobId": failing}]))
    assert (described["status"], described["statusReason"]) == ("FAILED", "Dependent Job failed")
    assert described["attempts"] == []


@pytest.mark.aws(f"{GUIDE}job_retries.html", operation="SubmitJob")
def test_failures_are_tried_again_where_the_strategy_says_so(submit: Any, finish: Any) -> None:
    described = finish(submit("raise SystemExit(7)", retryStrategy={"attempts": 3}))
    assert [attempt["container"]["exitCode"] for attempt in described["attempts"]] == [7, 7, 7]
    rules = [{"onExitCode": "7", "action": "EXIT"}, {"onReason": "*", "action": "RETRY"}]
    strategy = {"attempts": 3, "evaluateOnExit": rules}
    assert len(finish(submit("raise SystemExit(7)", retryStrategy=strategy))["attempts"]) == 1
    source = "import os; raise SystemExit(os.environ['AWS_BATCH_JOB_ATTEMPT'] == '1')"
    assert finish(submit(source, retryStrategy={"attempts": 3}))["status"] == "SUCCEEDED"


@pytest.mark.aws(f"{GUIDE}job_timeouts.html", operation="SubmitJob")
def test_an_endless_job_times_out_by_the_clock(submit: Any, finish: Any, job: Any, clock: Any, refused: Any) -> None:
    endless = submit("while True: pass", timeout={"attemptDurationSeconds": 60})
    clock.advance(seconds=59)
    assert job(endless)["status"] == "RUNNING"
    clock.advance(seconds=2)
    described = finish(endless)
    assert (described["status"], described["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")


@pytest.mark.aws(f"{API}API_TerminateJob.html", operation="TerminateJob, CancelJob")
def test_jobs_are_canceled_and_terminated(submit: Any, finish: Any, batch: Any, job: Any) -> None:
    running = [submit(SLEEP), submit(SLEEP)]
    waiting = submit("print(1)")
    assert job(waiting)["status"] == "RUNNABLE"
    batch.cancel_job(jobId=waiting, reason="not needed")
    assert job(waiting)["statusReason"] == "not needed"
    batch.cancel_job(jobId=running[0], reason="too late")
    assert job(running[0])["status"] == "RUNNING"
    batch.terminate_job(jobId=running[0], reason="enough")
    described = finish(running[0])
    assert (described["status"], described["statusReason"]) == ("FAILED", "enough")
    assert described["container"]["exitCode"] == 137
    batch.terminate_job(jobId=running[1], reason="enough")
    finish(running[1])


@pytest.mark.aws(STATES, operation="SubmitJob, ListJobs")
def test_a_queue_keeps_to_its_vcpus(submit: Any, finish: Any, batch: Any, job: Any) -> None:
    ids = [submit("import time; time.sleep(0.3)", name=f"job-{n}") for n in range(4)]
    states = [job(each)["status"] for each in ids]
    assert states.count("RUNNING") <= 2
    assert states[-1] == "RUNNABLE"
    assert {finish(each)["status"] for each in ids} == {"SUCCEEDED"}
    done = batch.list_jobs(jobQueue="jobs", jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [each["jobName"] for each in done] == ["job-0", "job-1", "job-2", "job-3"]
    needs = {"resourceRequirements": [{"type": "VCPU", "value": "4"}]}
    large = submit("print(1)", containerOverrides=needs)
    time.sleep(0.2)
    assert job(large)["status"] == "RUNNABLE"


@pytest.mark.aws(f"{API}API_SubmitJob.html", operation="SubmitJob")
def test_requests_that_are_refused(batch: Any, queue: str, refused: Any) -> None:
    wanted = {"jobName": "job", "jobQueue": queue, "jobDefinition": "work"}
    for change in (
        {"jobQueue": "none"},
        {"jobDefinition": "none"},
        {"jobName": "a job"},
        {"arrayProperties": {"size": 1}},
        {"timeout": {"attemptDurationSeconds": 5}},
        {"dependsOn": [{"jobId": "none"}]},
    ):
        assert refused(batch.submit_job, **{**wanted, **change})[0] == "ClientException", change
    assert batch.describe_jobs(jobs=["none"])["jobs"] == []


@pytest.mark.aws(f"{API}API_DeleteComputeEnvironment.html", operation="DeleteComputeEnvironment, DeleteJobQueue")
def test_what_is_in_use_is_not_deleted(batch: Any, queue: str, refused: Any) -> None:
    assert refused(batch.delete_job_queue, jobQueue=queue)[0] == "ClientException"
    assert refused(batch.delete_compute_environment, computeEnvironment="fargate")[0] == "ClientException"
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    batch.delete_job_queue(jobQueue=queue)
    batch.update_compute_environment(computeEnvironment="fargate", state="DISABLED")
    batch.delete_compute_environment(computeEnvironment="fargate")
    assert batch.describe_compute_environments()["computeEnvironments"] == []


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-batch-computeenvironment.html",
    operation="CreateComputeEnvironment, DescribeComputeEnvironments",
)
def test_a_stack_makes_a_compute_environment(batch: Any, door: Any) -> None:
    ec2 = door.client("ec2")
    resources = {
        "Type": "FARGATE",
        "MaxvCpus": 2,
        "Subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
        "SecurityGroupIds": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = door.client("iam").create_role(RoleName="batch", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    wish = {"Type": "MANAGED", "ComputeResources": resources, "ServiceRole": role}
    template = {"Resources": {"Pool": {"Type": "AWS::Batch::ComputeEnvironment", "Properties": wish}}}
    door.client("cloudformation").create_stack(StackName="jobs", TemplateBody=json.dumps(template))
    (made,) = batch.describe_compute_environments()["computeEnvironments"]
    assert (made["state"], made["computeResources"]["maxvCpus"]) == ("ENABLED", 2)

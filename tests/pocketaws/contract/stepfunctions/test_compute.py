"""One state machine over three services: Lambda decides, Batch and Glue work, a schedule starts it all."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"
ROLE = "arn:aws:iam::123456789012:role/states"
BUCKET = "night-of-states"
HANDLER = """
def handler(event, context):
    if event.get("day") == "bad":
        raise ValueError("no such day")
    return {"day": event["day"], "shards": [1, 2]}
"""
WRITE = "import sys, boto3; boto3.client('s3').put_object(Bucket='night-of-states', Key=sys.argv[-1], Body=b'x')"


@pytest.fixture
def night(door: Any, s3: Any, create: Any) -> str:
    """Plan (Lambda), then a Batch job and a Glue job side by side; a wrong day is caught."""
    s3.create_bucket(Bucket=BUCKET)
    _function(door)
    _batch(door)
    s3.put_object(Bucket=BUCKET, Key="glue.py", Body=WRITE.encode())
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/glue.py"}
    door.client("glue").create_job(Name="count", Role=ROLE, Command=command)
    overrides = {"Command": ["python", "-c", WRITE, "from-batch"]}
    submit = {"JobName": "n", "JobQueue": "jobs", "JobDefinition": "work", "ContainerOverrides": overrides}
    arguments = {"JobName": "count", "Arguments": {"--key": "from-glue"}}

    def work(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
        task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}.sync", "Parameters": parameters, "End": True}
        return {"StartAt": "Work", "States": {"Work": task}}

    invoke = {"FunctionName": "plan", "Payload.$": "$"}
    definition = {
        "StartAt": "Plan",
        "States": {
            "Plan": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": invoke,
                "ResultSelector": {"plan.$": "$.Payload"},
                "Catch": [{"ErrorEquals": ["ValueError"], "ResultPath": "$.why", "Next": "Tell"}],
                "Next": "Both",
            },
            "Both": {
                "Type": "Parallel",
                "Branches": [work("batch:submitJob", submit), work("glue:startJobRun", arguments)],
                "ResultSelector": {"batch.$": "$[0].Status", "glue.$": "$[1].JobRunState"},
                "End": True,
            },
            "Tell": {"Type": "Pass", "OutputPath": "$.why.Error", "End": True},
        },
    }
    return str(create(definition, "night"))


def _function(door: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("plan.py", HANDLER)
    client, iam = door.client("lambda"), door.client("iam")
    role = iam.create_role(RoleName="plan", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = {"ZipFile": packed.getvalue()}
    client.create_function(FunctionName="plan", Runtime="python3.13", Role=role, Handler="plan.handler", Code=code)


def _batch(door: Any) -> None:
    ec2, batch = door.client("ec2"), door.client("batch")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    resources = {"type": "FARGATE", "maxvCpus": 2, "subnets": [subnet], "securityGroupIds": [group]}
    batch.create_compute_environment(computeEnvironmentName="fargate", type="MANAGED", computeResources=resources)
    batch.create_job_queue(
        jobQueueName="jobs", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "fargate"}]
    )
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    container = {"image": "python:3.13", "command": ["python", "-V"], "resourceRequirements": needs}
    batch.register_job_definition(
        jobDefinitionName="work", type="container", containerProperties=container, platformCapabilities=["FARGATE"]
    )


@pytest.mark.aws(f"{GUIDE}connect-batch.html", operation="StartExecution")
@pytest.mark.aws(f"{GUIDE}connect-lambda.html", operation="StartExecution")
def test_lambda_batch_and_glue_work_in_one_machine(night: str, states: Any, settled: Any, s3: Any) -> None:
    arn = states.start_execution(stateMachineArn=night, input='{"day": "2013-01-01"}')["executionArn"]
    found = settled(arn, 60)
    assert found["status"] == "SUCCEEDED", found
    assert json.loads(found["output"]) == {"batch": "SUCCEEDED", "glue": "SUCCEEDED"}
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="from-")["Contents"]]
    assert keys == ["from-batch", "from-glue"]
    arn = states.start_execution(stateMachineArn=night, input='{"day": "bad"}')["executionArn"]
    assert json.loads(settled(arn, 60)["output"]) == "ValueError"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html",
    operation="scheduler:CreateSchedule",
)
def test_each_night_ends_before_the_next_begins(night: str, states: Any, door: Any, s3: Any, clock: Any) -> None:
    target = {"Arn": night, "RoleArn": ROLE, "Input": '{"day": "2013-01-01"}'}
    door.client("scheduler").create_schedule(
        Name="nightly", ScheduleExpression="cron(0 3 * * ? *)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )
    clock.advance(days=2)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        runs = states.list_executions(stateMachineArn=night)["executions"]
        if all(run["status"] != "RUNNING" for run in runs):
            break
        time.sleep(0.1)
    assert [(run["status"], f"{run['startDate']:%d %H}") for run in runs] == [
        ("SUCCEEDED", "04 03"),
        ("SUCCEEDED", "03 03"),
    ]
    assert [f"{run['stopDate']:%d}" for run in runs] == ["04", "03"]
    written = s3.head_object(Bucket=BUCKET, Key="from-glue")["LastModified"]
    assert f"{written:%d}" == "04"

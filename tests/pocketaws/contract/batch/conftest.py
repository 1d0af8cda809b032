"""What the tests of Batch share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

NEEDS = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]


@pytest.fixture
def batch(door: Any) -> Any:
    return door.client("batch")


@pytest.fixture
def queue(door: Any, batch: Any) -> str:
    """A queue with two vCPUs, and a definition named ``work``."""
    ec2 = door.client("ec2")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    resources = {"type": "FARGATE", "maxvCpus": 2, "subnets": subnets[:1], "securityGroupIds": [group]}
    batch.create_compute_environment(computeEnvironmentName="fargate", type="MANAGED", computeResources=resources)
    order = [{"order": 1, "computeEnvironment": "fargate"}]
    batch.create_job_queue(jobQueueName="jobs", priority=1, computeEnvironmentOrder=order)
    container = {"image": "python:3.13", "command": ["python", "-c", "print('hello')"], "resourceRequirements": NEEDS}
    batch.register_job_definition(
        jobDefinitionName="work",
        type="container",
        containerProperties=container,
        platformCapabilities=["FARGATE"],
        parameters={"name": "nobody"},
    )
    return "jobs"


@pytest.fixture
def submit(batch: Any, queue: str) -> Callable[..., str]:
    """``submit("print(1)")`` submits a job that runs Python; ``command=[...]`` one that runs something else."""

    def call(source: str = "", *, command: list[str] | None = None, name: str = "job", **settings: Any) -> str:
        overrides = {"command": command or ["python", "-c", source], **settings.pop("containerOverrides", {})}
        wanted = {"jobName": name, "jobQueue": queue, "jobDefinition": "work", "containerOverrides": overrides}
        job_id: str = batch.submit_job(**wanted, **settings)["jobId"]
        return job_id

    return call


@pytest.fixture
def job(batch: Any) -> Callable[[str], dict[str, Any]]:
    """``job(id)`` describes a job."""

    def describe(job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = batch.describe_jobs(jobs=[job_id])["jobs"][0]
        return found

    return describe


@pytest.fixture
def finish(job: Any) -> Callable[[str], dict[str, Any]]:
    """``finish(id)`` waits for a job as people's loops do, and describes it."""

    def wait(job_id: str) -> dict[str, Any]:
        for _ in range(1200):
            found: dict[str, Any] = job(job_id)
            if found["status"] in ("SUCCEEDED", "FAILED"):
                return found
            time.sleep(0.05)
        raise AssertionError(f"the job does not end: {found}")

    return wait


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(batch.submit_job, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call

"""AWS Batch in small calls: a queue with computers behind it, jobs that run a script, their logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers._waiting import wait_for_work
from helpers.errors import BatchJobFailed, BatchJobRefused, explained

if TYPE_CHECKING:
    from mypy_boto3_batch import BatchClient

__all__ = ["Job", "create_definition", "create_queue", "list_jobs", "logs", "run", "submit", "wait_for"]

IMAGE = "public.ecr.aws/docker/library/python:3.13"
JOBS = ["name", "status", "reason", "created", "stopped", "job"]


@dataclass(frozen=True)
class Job:
    """A job that succeeded.

    Parameters
    ----------
    id
        What :func:`logs` takes; the jobs of an array are ``id:0``, ``id:1`` and so on.
    name
        Its name.
    attempts
        How often its command was started.
    """

    id: str
    name: str
    attempts: int


def create_queue(queue: str, *, vcpus: int = 2, client: BatchClient | None = None) -> str:
    """Create a job queue and, of the same name, a compute environment of Fargate in the default network.

    Parameters
    ----------
    queue
        Its name.
    vcpus
        How many virtual CPUs run jobs at once; further jobs wait.
    client
        Batch client; by default the session's.

    Returns
    -------
    The name.

    Examples
    --------
    >>> create_queue("night")
    'night'
    """
    client = client or session.client("batch")
    resources: Any = {"type": "FARGATE", "maxvCpus": vcpus, **_default_network()}
    client.create_compute_environment(computeEnvironmentName=queue, type="MANAGED", computeResources=resources)
    wait_for_work(lambda: _environment(client, queue), what=f"the compute environment {queue}", at_most=300)
    order: Any = [{"order": 1, "computeEnvironment": queue}]
    client.create_job_queue(jobQueueName=queue, priority=1, computeEnvironmentOrder=order)
    wait_for_work(lambda: _queue(client, queue), what=f"the job queue {queue}", at_most=300)
    return queue


def create_definition(
    definition: str,
    script: str,
    *,
    role: str,
    memory: int = 2048,
    settings: Mapping[str, Any] | None = None,
    client: BatchClient | None = None,
) -> str:
    """Register a job definition that runs a Python script on one virtual CPU of Fargate.

    Parameters
    ----------
    definition
        Its name; a second definition of the same name is its next revision.
    script
        The text of the script.
    role
        ARN of the role in whose name the script runs.
    memory
        In MiB; Fargate takes 2048, 3072 and so on up to 8192 with one CPU.
    settings
        Further parameters of RegisterJobDefinition, for example ``{"retryStrategy": {"attempts": 3}}``.
    client
        Batch client; by default the session's.

    Returns
    -------
    The name with its revision.

    Examples
    --------
    >>> create_definition("hello", "print('hello')", role="arn:aws:iam::123456789012:role/jobs")
    'hello:1'
    """
    client = client or session.client("batch")
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": str(memory)}]
    container: Any = {"image": IMAGE, "command": ["python", "-c", script], "resourceRequirements": needs}
    container |= {"jobRoleArn": role, "executionRoleArn": role}
    container |= {"networkConfiguration": {"assignPublicIp": "ENABLED"}}
    options: Any = {"platformCapabilities": ["FARGATE"], "containerProperties": container, **(settings or {})}
    made = client.register_job_definition(jobDefinitionName=definition, type="container", **options)
    return f"{made['jobDefinitionName']}:{made['revision']}"


def submit(
    queue: str,
    definition: str,
    variables: Mapping[str, str] | None = None,
    *,
    name: str = "job",
    settings: Mapping[str, Any] | None = None,
    client: BatchClient | None = None,
) -> str:
    """Submit a job and do not wait for it.

    Parameters
    ----------
    queue, definition
        Their names.
    variables
        What the script finds in ``os.environ``.
    name
        To know the job by.
    settings
        Further parameters of SubmitJob, for example ``{"arrayProperties": {"size": 3}}``.
    client
        Batch client; by default the session's.

    Returns
    -------
    The id of the job.

    Raises
    ------
    BatchJobRefused
        There is no such queue or definition, or a setting is out of its limits.

    Examples
    --------
    >>> work = create_definition("work", "print('work')", role="arn:aws:iam::123456789012:role/jobs")
    >>> len(submit(create_queue("day"), work))
    36
    """
    client = client or session.client("batch")
    environment: Any = [{"name": each, "value": value} for each, value in (variables or {}).items()]
    options: Any = {"containerOverrides": {"environment": environment}, **(settings or {})}
    with explained({"ClientException": BatchJobRefused(f"Batch does not take this job for the queue {queue!r}.")}):
        return client.submit_job(jobName=name, jobQueue=queue, jobDefinition=definition, **options)["jobId"]


def wait_for(job: str, *, client: BatchClient | None = None) -> Job:
    """Wait until a job is over.

    Parameters
    ----------
    job
        Its id.
    client
        Batch client; by default the session's.

    Raises
    ------
    BatchJobFailed
        It failed; the message is Batch's reason.

    Examples
    --------
    >>> task = create_definition("task", "print('task')", role="arn:aws:iam::123456789012:role/jobs")
    >>> wait_for(submit(create_queue("noon"), task)).attempts
    1
    """
    client = client or session.client("batch")

    def over() -> Any:
        found = client.describe_jobs(jobs=[job])["jobs"][0]
        return found if found["status"] in ("SUCCEEDED", "FAILED") else None

    ended = wait_for_work(over, what=f"the job {job}")
    if ended["status"] == "FAILED":
        container = ended.get("container") or {}
        message = container.get("reason") or ended.get("statusReason") or f"The job {job} failed."
        raise BatchJobFailed(message, job=job, code=container.get("exitCode"))
    return Job(job, ended["jobName"], len(ended["attempts"]))


def run(
    queue: str, definition: str, variables: Mapping[str, str] | None = None, *, client: BatchClient | None = None
) -> Job:
    """Submit a job and wait until it is over.

    Parameters
    ----------
    queue, definition
        Their names.
    variables
        What the script finds in ``os.environ``.
    client
        Batch client; by default the session's.

    Raises
    ------
    BatchJobFailed
        It failed; the message is Batch's reason.

    Examples
    --------
    >>> greet = create_definition("greet", "print('hi')", role="arn:aws:iam::123456789012:role/jobs")
    >>> job = run(create_queue("morning"), greet)
    >>> logs(job.id)
    ['hi']
    """
    return wait_for(submit(queue, definition, variables, client=client), client=client)


def logs(job: str, *, client: BatchClient | None = None) -> list[str]:
    """Return the lines that a job wrote in its last attempt.

    Parameters
    ----------
    job
        Its id.
    client
        Batch client; by default the session's.
    """
    client = client or session.client("batch")
    stream = client.describe_jobs(jobs=[job])["jobs"][0].get("container", {}).get("logStreamName")
    if stream is None:
        return []
    read = session.client("logs").get_log_events
    found = read(logGroupName="/aws/batch/job", logStreamName=stream, startFromHead=True)["events"]
    return [event["message"] for event in found]


def list_jobs(queue: str, *, client: BatchClient | None = None) -> pd.DataFrame:
    """List the jobs of a queue, whatever their state, one row each.

    Parameters
    ----------
    queue
        Its name.
    client
        Batch client; by default the session's.

    Returns
    -------
    Columns ``name``, ``status``, ``reason``, ``created``, ``stopped``, ``job``.
    """
    client = client or session.client("batch")
    every: Any = {"jobQueue": queue, "filters": [{"name": "JOB_NAME", "values": ["*"]}]}
    pages = client.get_paginator("list_jobs").paginate(**every)
    found: list[Any] = [each for page in pages for each in page["jobSummaryList"]]
    names = ("jobName", "status", "statusReason", "createdAt", "stoppedAt", "jobId")
    jobs = pd.DataFrame([[each.get(name) for name in names] for each in found], columns=JOBS)
    for time in ("created", "stopped"):
        jobs[time] = pd.to_datetime(jobs[time], unit="ms")
    return jobs


def _default_network() -> dict[str, list[str]]:
    """Return subnets and the security group of the account's default network."""
    ec2 = session.client("ec2")
    only: Any = [{"Name": "default-for-az", "Values": ["true"]}]
    subnets = [each["SubnetId"] for each in ec2.describe_subnets(Filters=only)["Subnets"]]
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    return {"subnets": subnets, "securityGroupIds": [groups[0]["GroupId"]]}


def _environment(client: BatchClient, name: str) -> bool | None:
    found = client.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
    return True if found and found[0]["status"] == "VALID" else None


def _queue(client: BatchClient, name: str) -> bool | None:
    found = client.describe_job_queues(jobQueues=[name])["jobQueues"]
    return True if found and found[0]["status"] == "VALID" else None

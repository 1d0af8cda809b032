"""Jobs: their script in S3, their runs waited for, their logs and their price."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import prices, session
from helpers.errors import GlueNameTaken, JobFailed, JobNotFound, explained
from helpers.glue._waiting import wait_for_work

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["JobRun", "create_job", "dollars", "list_runs", "logs", "run_job"]

OVER = {"SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR", "EXPIRED"}
COLUMNS = ["state", "attempt", "trigger", "started", "error", "run"]


@dataclass(frozen=True)
class JobRun:
    """A run that succeeded.

    Parameters
    ----------
    id
        Of the run.
    seconds
        How long the script ran.
    dpus
        Data processing units: one is 4 virtual CPUs and 16 GB of memory.
    """

    id: str
    seconds: int
    dpus: float


def create_job(
    job: str,
    script: str,
    path: str,
    *,
    role: str,
    arguments: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    client: GlueClient | None = None,
) -> str:
    """Store a script in S3 and create a Python shell job that runs it.

    Parameters
    ----------
    job
        Its name.
    script
        The text of the script.
    path
        Where to store it, for example ``"s3://bucket/scripts/clean.py"``.
    role
        Name or ARN of the IAM role as which the script runs.
    arguments
        What every run is given, for example ``{"--target": "s3://bucket/clean/"}``.
    settings
        Further parameters of CreateJob, for example ``{"Timeout": 5, "MaxRetries": 1}``; ``Command`` too.
    client
        Glue client; by default the session's.

    Returns
    -------
    The name.

    Raises
    ------
    GlueNameTaken
        There is a job of this name.

    Examples
    --------
    >>> from helpers import s3
    >>> path = f"s3://{s3.create_bucket('harbor-scripts')}/hello.py"
    >>> create_job("hello", "print('hello')", path, role="GlueRole")
    'hello'
    """
    client = client or session.client("glue")
    bucket, _, key = path.removeprefix("s3://").partition("/")
    session.client("s3").put_object(Bucket=bucket, Key=key, Body=script.encode())
    command = {"Name": "pythonshell", "PythonVersion": "3.9", "ScriptLocation": path}
    options: Any = {"Role": role, "Command": command, "DefaultArguments": dict(arguments or {}), **(settings or {})}
    with explained({"AlreadyExistsException": GlueNameTaken(f"There is a job {job!r}.")}):
        client.create_job(Name=job, **options)
    return job


def run_job(job: str, arguments: Mapping[str, str] | None = None, *, client: GlueClient | None = None) -> JobRun:
    """Run a job and wait until it is over; if it fails and the job has retries left, wait for those too.

    Parameters
    ----------
    job
        Its name.
    arguments
        Of this run; they go before the job's own.
    client
        Glue client; by default the session's.

    Returns
    -------
    The run, which succeeded.

    Raises
    ------
    JobNotFound
        There is no such job.
    JobFailed
        The run failed, timed out or was stopped; the message is Glue's.

    Examples
    --------
    >>> from helpers import s3
    >>> path = f"s3://{s3.create_bucket('harbor-scripts')}/hello.py"
    >>> run_job(create_job("hello", "print('hello')", path, role="GlueRole")).dpus
    0.0625
    """
    client = client or session.client("glue")
    with _job_errors(job):
        run_id = client.start_job_run(JobName=job, Arguments=dict(arguments or {}))["JobRunId"]
        tries = client.get_job(JobName=job)["Job"].get("MaxRetries", 0)
    run = wait_for_work(lambda: _over(client, job, run_id, tries), what=f"a run of the job {job}")
    if run["JobRunState"] != "SUCCEEDED":
        message = run.get("ErrorMessage") or f"The run of {job} is {run['JobRunState']}."
        raise JobFailed(message, run=run["Id"], state=run["JobRunState"])
    return JobRun(run["Id"], run.get("ExecutionTime", 0), run["MaxCapacity"])


def _over(client: Any, job: str, run_id: str, tries: int) -> Any:
    """Return the last try of a run, once there is nothing more to come."""
    runs = [run for run in client.get_job_runs(JobName=job)["JobRuns"] if run["Id"].startswith(run_id)]
    last = max(runs, key=lambda run: run.get("Attempt", 0))
    if last["JobRunState"] not in OVER or (last["JobRunState"] == "FAILED" and last.get("Attempt", 0) < tries):
        return None
    return last


def list_runs(job: str, *, client: GlueClient | None = None) -> pd.DataFrame:
    """List the runs of a job, the newest first.

    Parameters
    ----------
    job
        Its name.
    client
        Glue client; by default the session's.

    Returns
    -------
    Columns ``state``, ``attempt`` (0 is the first), ``trigger`` that started it, ``started``, ``error``, ``run``.

    Raises
    ------
    JobNotFound
        There is no such job.

    Examples
    --------
    >>> from helpers import s3
    >>> path = f"s3://{s3.create_bucket('harbor-scripts')}/hello.py"
    >>> list_runs(create_job("hello", "print('hello')", path, role="GlueRole")).empty
    True
    """
    client = client or session.client("glue")
    with _job_errors(job):
        pages = client.get_paginator("get_job_runs").paginate(JobName=job)
        found = [_row(run) for page in pages for run in page["JobRuns"]]
    return pd.DataFrame(found, columns=COLUMNS)


def logs(job: str, run: str, stream: str = "output", *, client: Any = None) -> str:
    """Return what a run has written to one of its two streams.

    Parameters
    ----------
    job, run
        Name of the job and id of the run.
    stream
        ``"output"``, what the script prints, or ``"error"``, where Python tells its mistakes.
    client
        Client of CloudWatch Logs; by default the session's.

    Returns
    -------
    The lines; nothing if the run wrote none.  On AWS lines appear some seconds late.

    Examples
    --------
    >>> from helpers import s3
    >>> path = f"s3://{s3.create_bucket('harbor-scripts')}/hello.py"
    >>> logs("hello", run_job(create_job("hello", "print('ahoy')", path, role="GlueRole")).id)
    'ahoy'
    """
    client = client or session.client("logs")
    group = session.client("glue").get_job_run(JobName=job, RunId=run)["JobRun"]["LogGroupName"]
    place: Any = {"logGroupName": f"{group}/{stream}", "logStreamName": run, "startFromHead": True}
    try:
        events = client.get_log_events(**place)["events"]
    except client.exceptions.ResourceNotFoundException:
        return ""
    return "\n".join(event["message"].rstrip("\n") for event in events)


def dollars(seconds: float, dpus: float, price: str = "glue.dpu_hour") -> float:
    """Price a run: by the second, at least a minute.

    Parameters
    ----------
    seconds
        How long it ran.
    dpus
        Data processing units: 0.0625 or 1 for Python shell, one for each G.1X worker of Spark.
    price
        Id of the price of a DPU-hour: ``"glue.dpu_hour"``, up to Glue 5.1, or ``"glue.dpu_hour_6"``.

    Returns
    -------
    US dollars.

    Examples
    --------
    >>> round(dollars(3600, 10), 2), dollars(1, 1) == dollars(60, 1)
    (4.4, True)
    """
    return prices.price(price).each * dpus * max(60, seconds) / 3600


def _row(run: Any) -> list[Any]:
    first = [run["JobRunState"], run.get("Attempt", 0), run.get("TriggerName", "")]
    return [*first, run["StartedOn"], run.get("ErrorMessage", ""), run["Id"]]


def _job_errors(job: str) -> AbstractContextManager[None]:
    return explained({"EntityNotFoundException": JobNotFound(f"There is no job {job!r} in this Region.")})

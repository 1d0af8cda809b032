"""Services that Step Functions waits for: ``.sync`` asks for the job's state until it is over.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["JOBS", "Job", "output_of"]

Fields = dict[str, Any]
#: Makes the request of a further call from the first one's request and answer.
Make = Callable[[Fields, Fields], Fields]


@dataclass(frozen=True)
class Job:
    """How a job is watched.

    Parameters
    ----------
    ask, request
        The action that tells its state, and what it is asked with.
    look
        Takes the job out of the answer.
    state
        Takes the state out of the job.
    good, bad
        States in which it is over.
    cancel, cancel_request
        The action that stops it, when the execution is stopped or runs out of time.
    """

    ask: str
    request: Make
    look: Callable[[Fields], Any]
    state: Callable[[Any], str]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    cancel: str = ""
    cancel_request: Make = lambda request, answer: {}


JOBS: dict[tuple[str, str], Job] = {
    ("glue", "StartJobRun"): Job(
        "getJobRun",
        lambda q, a: {"JobName": q["JobName"], "RunId": a["JobRunId"]},
        lambda a: a["JobRun"],
        lambda job: job["JobRunState"],
        ("SUCCEEDED",),
        ("FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"),
        "batchStopJobRun",
        lambda q, a: {"JobName": q["JobName"], "JobRunIds": [a["JobRunId"]]},
    ),
    ("batch", "SubmitJob"): Job(
        "describeJobs",
        lambda q, a: {"Jobs": [a["JobId"]]},
        lambda a: a["Jobs"][0],
        lambda job: job["Status"],
        ("SUCCEEDED",),
        ("FAILED",),
        "terminateJob",
        lambda q, a: {"JobId": a["JobId"], "Reason": "The Step Functions execution was stopped."},
    ),
    ("emr-serverless", "StartJobRun"): Job(
        "getJobRun",
        lambda q, a: {"ApplicationId": a["ApplicationId"], "JobRunId": a["JobRunId"]},
        lambda a: a["JobRun"],
        lambda job: job["State"],
        ("SUCCESS",),
        ("FAILED", "CANCELLED"),
        "cancelJobRun",
        lambda q, a: {"ApplicationId": a["ApplicationId"], "JobRunId": a["JobRunId"]},
    ),
    ("emr-serverless", "StartApplication"): Job(
        "getApplication",
        lambda q, a: {"ApplicationId": q["ApplicationId"]},
        lambda a: a["Application"],
        lambda job: job["State"],
        ("STARTED",),
        ("STOPPED", "TERMINATED"),
    ),
    ("elasticmapreduce", "AddJobFlowSteps"): Job(
        "describeStep",
        lambda q, a: {"ClusterId": q["JobFlowId"], "StepId": a["StepIds"][0]},
        lambda a: a,
        lambda job: job["Step"]["Status"]["State"],
        ("COMPLETED",),
        ("FAILED", "CANCELLED", "INTERRUPTED"),
        "cancelSteps",
        lambda q, a: {"ClusterId": q["JobFlowId"], "StepIds": a["StepIds"]},
    ),
    ("athena", "StartQueryExecution"): Job(
        "getQueryExecution",
        lambda q, a: {"QueryExecutionId": a["QueryExecutionId"]},
        lambda a: a,
        lambda job: job["QueryExecution"]["Status"]["State"],
        ("SUCCEEDED",),
        ("FAILED", "CANCELLED"),
        "stopQueryExecution",
        lambda q, a: {"QueryExecutionId": a["QueryExecutionId"]},
    ),
    ("states", "StartExecution"): Job(
        "describeExecution",
        lambda q, a: {"ExecutionArn": a["ExecutionArn"]},
        lambda a: a,
        lambda job: job["Status"],
        ("SUCCEEDED",),
        ("FAILED", "TIMED_OUT", "ABORTED"),
        "stopExecution",
        lambda q, a: {"ExecutionArn": a["ExecutionArn"]},
    ),
}


def output_of(job: Any, pattern: str) -> Any:
    """Return what a finished job gives the state; ``.sync:2`` reads the JSON of a nested execution."""
    if pattern == "sync:2":
        return {**job, **{name: json.loads(job[name]) for name in ("Input", "Output") if name in job}}
    return job

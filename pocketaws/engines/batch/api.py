"""The operations on jobs.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.models import batch_backends
from moto.batch.responses import BatchResponse

from pocketaws.engines.batch.records import STATES, Job, of
from pocketaws.engines.batch.running import schedule, terminate
from pocketaws.tasks import wait_in_events

__all__ = ["install"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}$")
_ARRAY = (2, 10_000)
_SHORTEST = 60
_PAGE = 100


def submit_job(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``SubmitJob``."""
    if not _NAME.match(request["jobName"]):
        raise ClientException(f"Job name {request['jobName']} is invalid: up to 128 letters, digits, - and _.")
    queue = backend.get_job_queue(request["jobQueue"])
    if queue is None:
        raise ClientException(f"JobQueue {request['jobQueue']} not found.")
    definition = backend.get_job_definition(request["jobDefinition"])
    if definition is None or definition.status == "INACTIVE":
        raise ClientException(f"JobDefinition {request['jobDefinition']} not found.")
    if queue.state != "ENABLED":
        raise ClientException(f"JobQueue {queue.name} is DISABLED.")
    if definition.type != "container" or definition.container_properties is None:
        raise ClientException("pocketaws runs jobs of one container; multi-node and EKS jobs are not supported.")
    job = Job(request["jobName"], queue, definition, request)
    _check(job)
    state = of(backend)
    with state.lock:
        members = _members(job)
        for each in [job, *members]:
            _depend(state.jobs, each)
        state.jobs |= {each.id: each for each in [job, *members]}
    schedule(backend)
    wait_in_events(lambda: job.is_over)
    return {"jobArn": job.arn, "jobId": job.id, "jobName": job.name}


def _check(job: Job) -> None:
    size = (job.request.get("arrayProperties") or {}).get("size")
    if size is not None and not _ARRAY[0] <= size <= _ARRAY[1]:
        raise ClientException(f"Array size must be between {_ARRAY[0]} and {_ARRAY[1]}.")
    if job.timeout is not None and job.timeout < _SHORTEST:
        raise ClientException(f"attemptDurationSeconds must be at least {_SHORTEST} seconds.")
    if not 1 <= job.tries <= 10:
        raise ClientException("Retry attempts must be between 1 and 10.")
    if len(job.request.get("dependsOn") or []) > 20:
        raise ClientException("A job can depend upon a maximum of 20 jobs.")


def _members(job: Job) -> list[Job]:
    """Make the jobs of an array."""
    size = (job.request.get("arrayProperties") or {}).get("size") or 0
    job.children = [
        Job(job.name, job.queue, job.definition, job.request, id=f"{job.id}:{index}", index=index, parent=job)
        for index in range(size)
    ]
    return job.children


def _depend(jobs: dict[str, Job], job: Job) -> None:
    """Find out which jobs a job waits for."""
    for wanted in job.request.get("dependsOn") or []:
        kind, other = wanted.get("type"), jobs.get(wanted.get("jobId", ""))
        if kind == "SEQUENTIAL" and not wanted.get("jobId"):
            if job.index:
                assert job.parent is not None
                job.waits_for.append(job.parent.children[job.index - 1])
        elif other is None:
            raise ClientException(f"Dependent job {wanted.get('jobId')} does not exist.")
        elif kind == "N_TO_N" and job.index is not None and job.index < len(other.children):
            job.waits_for.append(other.children[job.index])
        elif kind != "N_TO_N" and job.index is None:
            job.waits_for.append(other)


def describe_jobs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DescribeJobs``; ids that are not known are left out."""
    jobs = of(backend).jobs
    ids = [each.rpartition("job/")[2] for each in request.get("jobs") or []]
    return {"jobs": [jobs[each].describe() for each in ids if each in jobs]}


def list_jobs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListJobs``: those that run, unless the request asks for another state."""
    every = list(of(backend).jobs.values())
    filters = {each["name"]: each.get("values") or [] for each in request.get("filters") or []}
    if request.get("arrayJobId"):
        chosen = [job for job in every if job.parent is not None and job.parent.id == request["arrayJobId"]]
    elif request.get("jobQueue"):
        queue = backend.get_job_queue(request["jobQueue"])
        if queue is None:
            raise ClientException(f"JobQueue {request['jobQueue']} not found.")
        chosen = [job for job in every if job.queue is queue and job.parent is None]
    else:
        raise ClientException("You must specify only one of the following: jobQueue, arrayJobId, multiNodeJobId.")
    state = request.get("jobStatus") or ("" if filters else "RUNNING")
    if state and state not in STATES:
        raise ClientException(f"jobStatus must be one of {', '.join(STATES)}.")
    chosen = [job for job in chosen if not state or job.state == state]
    if names := filters.get("JOB_NAME"):
        chosen = [job for job in chosen if any(_fits(job.name, name) for name in names)]
    start, size = int(request.get("nextToken") or 0), int(request.get("maxResults") or _PAGE)
    page = [job.summary() for job in chosen[start : start + size]]
    return {"jobSummaryList": page} | ({"nextToken": str(start + size)} if len(chosen) > start + size else {})


def _fits(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted


def _found(backend: Any, request: dict[str, Any]) -> Job | None:
    for name in ("jobId", "reason"):
        if not request.get(name):
            raise ClientException(f"'{name}' is a required field (cannot be an empty string)")
    return of(backend).jobs.get(request["jobId"])


def terminate_job(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``TerminateJob``."""
    if job := _found(backend, request):
        terminate(backend, job, request["reason"], also_running=True)
    return {}


def cancel_job(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CancelJob``: a job that has started goes on."""
    if job := _found(backend, request):
        terminate(backend, job, request["reason"], also_running=False)
    return {}


def _method(operation: Callable[[Any, dict[str, Any]], dict[str, Any]]) -> Callable[[Any], str]:
    def method(handler: Any) -> str:
        backend = batch_backends[handler.current_account][handler.region]
        return json.dumps(operation(backend, json.loads(handler.body or "{}")))

    return method


def install() -> None:
    """Give moto's handler these operations."""
    for operation in (submit_job, describe_jobs, list_jobs, terminate_job, cancel_job):
        setattr(BatchResponse, operation.__name__.replace("_", ""), _method(operation))

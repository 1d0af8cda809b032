"""The operations on jobs, their runs and bookmarks.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs.html
"""

from __future__ import annotations

import json
from typing import Any

from pocketaws import clock
from pocketaws.engines.glue.errors import GlueError, already_exists, detail, invalid, not_found
from pocketaws.engines.glue.jobs import running
from pocketaws.engines.glue.jobs.records import Job, Run
from pocketaws.engines.glue.paging import page
from pocketaws.engines.glue.state import of

__all__ = ["OPERATIONS", "job_of", "start_run"]

_KINDS = ("pythonshell", "glueetl")


def job_of(backend: Any, name: str) -> Job:
    """Return a job.

    Raises
    ------
    GlueError
        ``EntityNotFoundException``.
    """
    job = of(backend).jobs.get(name)
    if job is None:
        raise not_found(f"Entity Not Found: Job {name}")
    return job


def _run_of(job: Job, run_id: str) -> Run:
    for run in job.runs:
        if run.id == run_id:
            return run
    raise not_found(f"Entity Not Found: JobRun {run_id}")


def _check(settings: dict[str, Any]) -> None:
    command = settings.get("Command") or {}
    if command.get("Name") not in _KINDS:
        raise invalid(f"Command {command.get('Name')} is not supported by pocketaws; use one of {', '.join(_KINDS)}.")
    if not str(command.get("ScriptLocation") or "").startswith("s3://"):
        raise invalid("ScriptLocation must be a path in S3, such as s3://bucket/script.py")
    if settings.get("MaxCapacity") and (settings.get("WorkerType") or settings.get("NumberOfWorkers")):
        raise invalid("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if command["Name"] == "pythonshell" and settings.get("MaxCapacity") not in (None, 0.0625, 1, 1.0):
        raise invalid("MaxCapacity of a Python shell job must be 0.0625 or 1.")


def create_job(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateJob``."""
    if request["Name"] in of(backend).jobs:
        raise already_exists("Job already exists.")
    _check(request)
    of(backend).jobs[request["Name"]] = Job({name: value for name, value in request.items() if name != "Tags"})
    arn = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:job/{request['Name']}"
    backend.tag_resource(arn, request.get("Tags"))
    return {"Name": request["Name"]}


def update_job(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateJob``; what the update does not name goes back to its default."""
    job = job_of(backend, request["JobName"])
    _check(request["JobUpdate"])
    job.settings = {**request["JobUpdate"], "Name": job.name}
    job.changed = clock.now()
    return {"JobName": job.name}


def delete_job(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteJob``; a job that is not there is deleted already."""
    job = of(backend).jobs.pop(request["JobName"], None)
    for run in job.runs if job else []:
        if run.is_active:
            running.stop(run)
    return {"JobName": request["JobName"]}


def get_job(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetJob``."""
    return {"Job": job_of(backend, request["JobName"]).describe()}


def get_jobs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetJobs``."""
    return page([job.describe() for job in of(backend).jobs.values()], request, "Jobs")


def list_jobs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListJobs``."""
    wanted = (request.get("Tags") or {}).items()
    prefix = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:job/"
    return page(
        [name for name in of(backend).jobs if wanted <= backend.get_tags(prefix + name).items()], request, "JobNames"
    )


def batch_get_jobs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetJobs``."""
    jobs, names = of(backend).jobs, request["JobNames"]
    found = [jobs[name].describe() for name in names if name in jobs]
    return {"Jobs": found, "JobsNotFound": [name for name in names if name not in jobs]}


def start_run(backend: Any, job: Job, request: dict[str, Any], **origin: Any) -> Run:
    """Start a run of a job with the arguments and settings of a request; ``origin`` says which trigger started it."""
    fixed = job.settings.get("NonOverridableArguments") or {}
    given = request.get("Arguments") or {}
    if clash := sorted(fixed.keys() & given.keys()):
        raise invalid(f"Non-overridable arguments cannot be overridden: {', '.join(clash)}")
    if (allocated := request.get("AllocatedCapacity")) is not None:  # the older name of MaxCapacity
        if request.get("MaxCapacity") is not None:
            raise invalid("Please set only Allocated Capacity or Max Capacity")
        request = {**request, "MaxCapacity": float(allocated)}
    arguments = {**(job.settings.get("DefaultArguments") or {}), **given, **fixed}
    names = ("Timeout", "MaxCapacity", "WorkerType", "NumberOfWorkers", "SecurityConfiguration", "ExecutionClass")
    settings = {name: request[name] for name in names if request.get(name) is not None}
    return running.start(backend, job, Run(job, arguments, settings, **origin))


def start_job_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StartJobRun``."""
    job = of(backend).jobs.get(request["JobName"])
    if job is None:
        raise not_found("Failed to start job run due to missing metadata")
    origin: dict[str, Any] = {}
    if previous := request.get("JobRunId"):
        origin = {"previous": _run_of(job, previous).id, "attempt": _run_of(job, previous).attempt + 1}
    return {"JobRunId": start_run(backend, job, request, **origin).id}


def get_job_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetJobRun``."""
    return {"JobRun": _run_of(job_of(backend, request["JobName"]), request["RunId"]).describe()}


def get_job_runs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetJobRuns``, the newest first."""
    runs = job_of(backend, request["JobName"]).runs
    return page([run.describe() for run in reversed(runs)], request, "JobRuns", limit=200)


def batch_stop_job_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchStopJobRun``."""
    job, stopped, errors = job_of(backend, request["JobName"]), [], []
    for run_id in request["JobRunIds"]:
        named = {"JobName": job.name, "JobRunId": run_id}
        try:
            run = _run_of(job, run_id)
            if not run.is_active:
                raise GlueError("InvalidInputException", f"Job run {run_id} is {run.state} and cannot be stopped")
            running.stop(run)
            stopped.append(named)
        except GlueError as error:
            errors.append({**named, "ErrorDetail": detail(error)})
    return {"SuccessfulSubmissions": stopped, "Errors": errors}


def _bookmark(job: Job) -> dict[str, Any]:
    run = job.bookmark_run
    return {
        "JobName": job.name,
        "Version": job.bookmark_version,
        "Run": job.runs.index(run) + 1 if run else 0,
        "Attempt": run.attempt if run else 0,
        "PreviousRunId": run.previous if run else None,
        "RunId": run.id if run else None,
        "JobBookmark": json.dumps(job.bookmark),
    }


def get_job_bookmark(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetJobBookmark``."""
    job = job_of(backend, request["JobName"])
    if not job.bookmark_version:
        raise not_found(f"Entity Not Found: JobBookmark of {job.name}")
    return {"JobBookmarkEntry": _bookmark(job)}


def reset_job_bookmark(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ResetJobBookmark``: the next run takes everything again."""
    job = job_of(backend, request["JobName"])
    if not job.bookmark_version:
        raise not_found(f"Entity Not Found: JobBookmark of {job.name}")
    if request.get("RunId"):
        raise invalid("ResetJobBookmark to a RunId is not supported by pocketaws.")
    job.bookmark, job.bookmark_run = {}, None
    job.bookmark_version += 1
    return {"JobBookmarkEntry": _bookmark(job)}


OPERATIONS = {
    "BatchGetJobs": batch_get_jobs,
    "BatchStopJobRun": batch_stop_job_run,
    "CreateJob": create_job,
    "DeleteJob": delete_job,
    "GetJob": get_job,
    "GetJobBookmark": get_job_bookmark,
    "GetJobRun": get_job_run,
    "GetJobRuns": get_job_runs,
    "GetJobs": get_jobs,
    "ListJobs": list_jobs,
    "ResetJobBookmark": reset_job_bookmark,
    "StartJobRun": start_job_run,
    "UpdateJob": update_job,
}

"""Job runs: a script of PySpark from S3, its logs in S3 and CloudWatch, its end in its state.

Source: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/job-states.html and .../logging.html
"""

from __future__ import annotations

import re
import shlex
import threading
from datetime import timedelta, timezone
from functools import partial
from typing import Any

from moto.emrserverless.exceptions import ValidationException
from moto.emrserverless.models import EMRServerlessBackend, JobRun

from pocketaws import clock, logs, roles, spark
from pocketaws.engines.emrserverless.applications import ACTIVE, rest, wake
from pocketaws.tasks import CannotRun, Ended, Task, wait_in_events

__all__ = ["install"]

_start = EMRServerlessBackend.start_job_run
_lock = threading.RLock()
_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Exit)\b.*", re.MULTILINE)
#: A driver of EMR Serverless by default: vCPUs, GB of memory.
_DRIVER = (4, 16)
_TIMES = ("created_at_after", "created_at_before")


def start(backend: Any, application_id: str, **request: Any) -> JobRun:
    """Answer ``StartJobRun``."""
    driver = request.get("job_driver") or {}
    application = backend.get_application(application_id)
    if "sparkSubmit" not in driver:
        raise ValidationException("pocketaws runs job drivers of sparkSubmit; Hive is not supported.")
    if application.state != "TERMINATED":
        wake(application)
    run: JobRun = _start(backend, application_id=application_id, **request)
    run.created_at = run.updated_at = run.started_at = clock.now()
    run.ended_at, run.task, run.is_canceled = None, None, False
    run.state = "SUBMITTED"
    with _lock:
        _begin(backend, application, run, driver["sparkSubmit"])
    wait_in_events(lambda: run.state not in ACTIVE)
    return run


def _begin(backend: Any, application: Any, run: Any, wanted: dict[str, Any]) -> None:
    try:
        submission = spark.parse(shlex.split(wanted.get("sparkSubmitParameters") or ""))
        submission.script = wanted["entryPoint"]
        submission.arguments = list(wanted.get("entryPointArguments") or [])
        keys = roles.environment(run.execution_role_arn, backend.region_name, backend.account_id)
        run.task = Task(
            submission.command(),
            region=backend.region_name,
            variables={**keys, **submission.variables()},
            files=submission.contents(backend.region_name, backend.account_id),
            on_end=partial(_finish, backend, application, run),
        )
    except (CannotRun, ValueError) as failure:
        _end(backend, application, run, "FAILED", str(failure))
        return
    run.state = "RUNNING"
    limit = clock.now() + timedelta(minutes=run.execution_timeout_minutes)
    run.expiry = clock.at(limit, lambda: _cancel(run))


def _finish(backend: Any, application: Any, run: Any, ended: Ended) -> None:
    with _lock:
        if run not in backend.job_runs.get(application.id, []):
            return  # everything was reset
        _keep_logs(backend, run, ended)
        seconds = max(1, round(ended.seconds))
        run.total_execution_duration_seconds = seconds
        vcpus, memory = (round(size * seconds / 3600, 3) for size in _DRIVER)
        run.billed_resource_utilization = {"vCPUHour": vcpus, "memoryGBHour": memory, "storageGBHour": 0.0}
        run.expiry.cancel()
        if run.is_canceled:
            _end(backend, application, run, "CANCELLED", "JobRun CANCELLED successfully.")
        elif ended.code:
            _end(backend, application, run, "FAILED", _why(ended))
        else:
            _end(backend, application, run, "SUCCESS", "")


def _why(ended: Ended) -> str:
    found = _EXCEPTION.findall(ended.errors)
    return (
        "Job failed, please check complete logs in configured logging destination. "
        f"ExitCode: {ended.code}. Last few exceptions: {found[-1] if found else 'none'}"
    )


def _end(backend: Any, application: Any, run: Any, state: str, details: str) -> None:
    run.state, run.state_details = state, details
    run.updated_at = run.ended_at = clock.now()
    rest(backend, application)


def _keep_logs(backend: Any, run: Any, ended: Ended) -> None:
    wanted = (run.configuration_overrides or {}).get("monitoringConfiguration") or {}
    if uri := (wanted.get("s3MonitoringConfiguration") or {}).get("logUri"):
        place = f"{uri.rstrip('/')}/applications/{run.application_id}/jobs/{run.id}/SPARK_DRIVER"
        spark.keep_logs(place, ended, backend.region_name, backend.account_id)
    cloudwatch = wanted.get("cloudWatchLoggingConfiguration") or {}
    if cloudwatch.get("enabled"):
        group = cloudwatch.get("logGroupName") or "/aws/emr-serverless"
        stream = f"/applications/{run.application_id}/jobs/{run.id}/SPARK_DRIVER"
        logs.write(backend, group, f"{stream}/stdout", ended.output.splitlines())
        logs.write(backend, group, f"{stream}/stderr", ended.errors.splitlines())


def _cancel(run: Any) -> None:
    with _lock:
        if run.task is not None and run.state in ACTIVE:
            run.state, run.is_canceled, run.updated_at = "CANCELLING", True, clock.now()
            run.task.stop()


def cancel(backend: Any, application_id: str, job_run_id: str) -> tuple[str, str]:
    """Answer ``CancelJobRun``."""
    run = backend.get_job_run(application_id, job_run_id)
    if run.state not in ACTIVE:
        raise ValidationException(f"Job run {job_run_id} is {run.state} and cannot be cancelled.")
    _cancel(run)
    return application_id, job_run_id


def list_runs(backend: Any, application_id: str, **wanted: Any) -> list[JobRun]:
    """Answer ``ListJobRuns``, the newest first; an application without any has none."""
    backend.get_application(application_id)
    found = list(reversed(backend.job_runs.get(application_id, [])))
    # moto reads the times of a request without their zone, which is UTC.
    since, until = (each and each.replace(tzinfo=timezone.utc) for each in map(wanted.get, _TIMES))
    states = wanted.get("states")
    found = [run for run in found if not states or run.state in states]
    found = [run for run in found if not since or run.created_at > since]
    return [run for run in found if not until or run.created_at < until]


def install() -> None:
    """Put these into moto's backend."""
    EMRServerlessBackend.start_job_run = start
    EMRServerlessBackend.cancel_job_run = cancel
    EMRServerlessBackend.list_job_runs = list_runs

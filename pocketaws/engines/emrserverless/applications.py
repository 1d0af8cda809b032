"""Applications: started by their first job, stopped by the clock when nothing runs.

Source: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/application-states.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.emrserverless.exceptions import ValidationException
from moto.emrserverless.models import EMRServerlessBackend

from pocketaws import clock

__all__ = ["ACTIVE", "install", "rest", "wake"]

ACTIVE = ("SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "CANCELLING")
_create = EMRServerlessBackend.create_application
_stop = EMRServerlessBackend.stop_application


def create(backend: Any, **request: Any) -> Any:
    """Answer ``CreateApplication``."""
    request["application_type"] = str(request["application_type"]).upper()
    made = _create(backend, **request)
    made.state, made.created_at, made.updated_at = "CREATED", clock.now(), clock.now()
    return made


def stop(backend: Any, application_id: str) -> None:
    """Answer ``StopApplication``; jobs that run forbid it."""
    if _is_busy(backend, application_id):
        raise ValidationException(f"Application {application_id} has active job runs and cannot be stopped.")
    _stop(backend, application_id)


def wake(application: Any) -> None:
    """Start an application for a job.

    Raises
    ------
    ValidationException
        It does not start by itself.
    """
    if application.state != "STARTED" and not application.auto_start_configuration.get("enabled", True):
        raise ValidationException(f"Application {application.id} must be started before a job run is submitted.")
    application.state, application.updated_at = "STARTED", clock.now()


def rest(backend: Any, application: Any) -> None:
    """Stop an application when nothing has run for its idle time."""
    settings = application.auto_stop_configuration or {}
    if not settings.get("enabled", True):
        return
    since = application.updated_at = clock.now()

    def idle() -> None:
        is_idle = application.updated_at == since and not _is_busy(backend, application.id)
        if application.state == "STARTED" and is_idle:
            application.state = "STOPPED"

    clock.at(since + timedelta(minutes=int(settings.get("idleTimeoutMinutes") or 15)), idle)


def _is_busy(backend: Any, application_id: str) -> bool:
    return any(run.state in ACTIVE for run in backend.job_runs.get(application_id, []))


def install() -> None:
    """Put these into moto's backend."""
    EMRServerlessBackend.create_application = create
    EMRServerlessBackend.stop_application = stop

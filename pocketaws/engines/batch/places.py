"""Compute environments and job queues, where moto asks for more, or for less, than AWS.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html
"""

from __future__ import annotations

from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend
from moto.iam.exceptions import NotFoundException

__all__ = ["install"]

_create_environment = BatchBackend.create_compute_environment
_create_queue = BatchBackend.create_job_queue
_delete_environment = BatchBackend.delete_compute_environment
_delete_queue = BatchBackend.delete_job_queue
_OWN_ROLE = "AWSServiceRoleForBatch"


def _own_role(backend: Any) -> str:
    """Return Batch's own role, which Batch makes when it is first needed."""
    arn = f"arn:aws:iam::{backend.account_id}:role/aws-service-role/batch.amazonaws.com/{_OWN_ROLE}"
    try:
        backend.iam_backend.get_role_by_arn(arn)
    except NotFoundException:
        backend.iam_backend.create_role(
            role_name=_OWN_ROLE,
            assume_role_policy_document="{}",
            path="/aws-service-role/batch.amazonaws.com/",
            permissions_boundary=None,
            description="",
            tags=[],
            max_session_duration="3600",
        )
    return arn


def create_environment(
    backend: Any,
    compute_environment_name: str,
    _type: str,
    state: str,
    compute_resources: Any,
    service_role: str | None = None,
    **more: Any,
) -> Any:
    """Answer ``CreateComputeEnvironment``, which CloudFormation calls too."""
    more["service_role"] = service_role or _own_role(backend)
    resources = {"securityGroupIds": [], **compute_resources} if compute_resources is not None else None
    return _create_environment(
        backend, compute_environment_name, _type, state or "ENABLED", compute_resources=resources, **more
    )


def create_queue(backend: Any, queue_name: str, priority: str, schedule_policy: Any, state: str, **more: Any) -> Any:
    """Answer ``CreateJobQueue``."""
    return _create_queue(backend, queue_name, priority, schedule_policy, state or "ENABLED", **more)


def delete_environment(backend: Any, compute_environment_name: str) -> None:
    """Answer ``DeleteComputeEnvironment``."""
    found = backend.get_compute_environment(compute_environment_name)
    if found is not None:
        if any(found in queue.environments for queue in backend._job_queues.values()):
            raise ClientException("Cannot delete, found existing JobQueue relationship")
        _check_disabled(found)
        _delete_environment(backend, compute_environment_name)


def delete_queue(backend: Any, queue_name: str) -> None:
    """Answer ``DeleteJobQueue``."""
    found = backend.get_job_queue(queue_name)
    if found is not None:
        _check_disabled(found)
        _delete_queue(backend, queue_name)


def _check_disabled(found: Any) -> None:
    if found.state != "DISABLED":
        raise ClientException("Cannot delete, the resource's state must be DISABLED first")


def install() -> None:
    """Put these into moto's backend."""
    BatchBackend.create_compute_environment = create_environment
    BatchBackend.create_job_queue = create_queue
    BatchBackend.delete_compute_environment = delete_environment
    BatchBackend.delete_job_queue = delete_queue

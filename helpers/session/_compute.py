"""How compute environments, job queues and applications are deleted: put out of use first, which takes AWS a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from helpers.trace import Created

Clients = Callable[[str], Any]


def delete_compute_environment(clients: Clients, made: Created) -> None:
    """Put out of use, wait until AWS is done, and delete."""
    batch = clients("batch")
    batch.update_compute_environment(computeEnvironment=made.name, state="DISABLED")
    _until(lambda: _settled(batch.describe_compute_environments(computeEnvironments=[made.name])))
    batch.delete_compute_environment(computeEnvironment=made.name)
    _until(lambda: not compute_environment_exists(clients, made))


def compute_environment_exists(clients: Clients, made: Created) -> bool:
    """Whether it is there."""
    found = clients("batch").describe_compute_environments(computeEnvironments=[made.name])
    return bool(found["computeEnvironments"])


def delete_job_queue(clients: Clients, made: Created) -> None:
    """Put out of use, wait until AWS is done, and delete."""
    batch = clients("batch")
    batch.update_job_queue(jobQueue=made.name, state="DISABLED")
    _until(lambda: _settled(batch.describe_job_queues(jobQueues=[made.name])))
    batch.delete_job_queue(jobQueue=made.name)
    _until(lambda: not job_queue_exists(clients, made))


def job_queue_exists(clients: Clients, made: Created) -> bool:
    """Whether it is there."""
    return bool(clients("batch").describe_job_queues(jobQueues=[made.name])["jobQueues"])


def job_definition_exists(clients: Clients, made: Created) -> bool:
    """Whether it is there."""
    found = clients("batch").describe_job_definitions(jobDefinitions=[made.name])["jobDefinitions"]
    return any(each["status"] == "ACTIVE" for each in found)


def _settled(found: dict[str, Any]) -> bool:
    """Whether Batch is done with changing what it describes."""
    return all(each["status"] == "VALID" for name in found if name != "ResponseMetadata" for each in found[name])


def delete_application(clients: Clients, made: Created) -> None:
    """Put out of use, wait until AWS is done, and delete."""
    emr = clients("emr-serverless")
    emr.stop_application(applicationId=made.name)
    _until(lambda: emr.get_application(applicationId=made.name)["application"]["state"] in ("STOPPED", "CREATED"))
    emr.delete_application(applicationId=made.name)


def application_exists(clients: Clients, made: Created) -> bool:
    """Whether it is there."""
    found = clients("emr-serverless").get_application(applicationId=made.name)["application"]
    return bool(found["state"] != "TERMINATED")


def _until(is_so: Callable[[], bool]) -> None:
    """Wait up to two minutes; AWS then says itself what is in the way."""
    for _ in range(60):
        if is_so():
            return
        time.sleep(2)

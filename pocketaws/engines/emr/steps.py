"""Steps: the next one starts when there is room; what follows a failure is the step's choice.

Source: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html
"""

from __future__ import annotations

import re
import threading
from functools import partial
from typing import Any

from pocketaws import clock, roles, spark
from pocketaws.tasks import CannotRun, Ended, Task

__all__ = ["ENDED", "cancel", "go_on", "stop_all"]

ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS", "TERMINATING")
lock = threading.RLock()
_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Exit)\b.*", re.MULTILINE)
_RUNNER = ("command-runner.jar", "/var/lib/aws/emr/command-runner.jar")


def go_on(cluster: Any) -> None:
    """Start the steps that can start; end a cluster that has nothing left to do and is not to wait."""
    with lock:
        while cluster.state not in ENDED:
            running = sum(step.state == "RUNNING" for step in cluster.steps)
            waiting = next((step for step in cluster.steps if step.state == "PENDING"), None)
            if waiting is None or running >= int(cluster.step_concurrency_level or 1):
                break
            _begin(cluster, waiting)
        if cluster.state in ENDED:
            return
        if any(step.state in ("RUNNING", "PENDING") for step in cluster.steps):
            cluster.state = "RUNNING"
        elif cluster.keep_job_flow_alive_when_no_steps:
            cluster.state = "WAITING"
            cluster.last_state_change_reason = "Cluster ready to run steps."
        else:
            _terminate(cluster, "TERMINATED", "Steps completed")


def _begin(cluster: Any, step: Any) -> None:
    backend = cluster.emr_backend
    step.state, step.start_date_time = "RUNNING", clock.now()
    role = f"arn:aws:iam::{backend.account_id}:role/{cluster.role}"
    try:
        command, files, variables = _work(step, backend)
        keys = roles.environment(role, backend.region_name, backend.account_id)
        step.task = Task(
            command,
            region=backend.region_name,
            variables={**keys, **variables},
            files=files,
            on_end=partial(_finish, cluster, step),
        )
    except CannotRun as failure:
        _end(cluster, step, str(failure))


def _work(step: Any, backend: Any) -> tuple[list[str], dict[str, bytes], dict[str, str]]:
    """Return the command of a step, its files and its variables."""
    place, words = (backend.region_name, backend.account_id), [str(each) for each in step.args or []]
    if step.jar in _RUNNER and words:
        if words[0] != "spark-submit":
            return words, {}, {}
        submission = spark.parse(words[1:])
        return submission.command(), submission.contents(*place), submission.variables()
    if str(step.jar).endswith("script-runner.jar") and words:
        name = words[0].rsplit("/", 1)[-1]
        return ["bash", name, *words[1:]], {name: spark.fetch(words[0], *place)}, {}
    raise CannotRun(f"pocketaws runs command-runner.jar and script-runner.jar with a command; {step.jar} does not run.")


def _finish(cluster: Any, step: Any, ended: Ended) -> None:
    with lock:
        backend = cluster.emr_backend
        if backend.clusters.get(cluster.id) is not cluster:
            return  # everything was reset
        if cluster.log_uri:
            place = f"{cluster.log_uri.rstrip('/')}/{cluster.id}/steps/{step.id}"
            spark.keep_logs(place, ended, backend.region_name, backend.account_id)
        found = _EXCEPTION.findall(ended.errors)
        text = found[-1] if found else f"The command ended with exit code {ended.code}."
        _end(cluster, step, text if ended.code else None)
    go_on(cluster)


def _end(cluster: Any, step: Any, failure: str | None) -> None:
    """End a step; after a failure do what it asks for."""
    if step.state != "RUNNING":
        return
    step.task, step.end_date_time = None, clock.now()
    if getattr(step, "is_canceled", False):
        step.state, step.last_state_change_reason = "CANCELLED", "Step was cancelled by the user."
        return
    step.state = "FAILED" if failure else "COMPLETED"
    if not failure:
        return
    step.last_state_change_reason = failure
    if step.action_on_failure in ("TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"):
        _cancel_rest(cluster)
        _terminate(cluster, "TERMINATED_WITH_ERRORS", f"Shut down as step failed: {step.id}")
    elif step.action_on_failure == "CANCEL_AND_WAIT":
        _cancel_rest(cluster)


def _cancel_rest(cluster: Any) -> None:
    for step in cluster.steps:
        if step.state == "PENDING":
            step.state, step.last_state_change_reason = "CANCELLED", "Job terminated"


def _terminate(cluster: Any, state: str, reason: str) -> None:
    cluster.state, cluster.end_datetime, cluster.last_state_change_reason = state, clock.now(), reason


def cancel(step: Any) -> str | None:
    """Cancel a step; return why it cannot be."""
    with lock:
        if step.state == "PENDING":
            step.state = "CANCELLED"
            return None
        if step.state != "RUNNING":
            return "Step is already finished."
        step.is_canceled = True
        step.task.stop()
        return None


def stop_all(cluster: Any) -> None:
    """End a cluster that a user terminates, and what runs on it."""
    with lock:
        for step in cluster.steps:
            if step.state == "RUNNING":
                step.is_canceled = True
                step.task.stop()
        _cancel_rest(cluster)
        _terminate(cluster, "TERMINATED", "Terminated by user request")

"""The operations on clusters and steps.

Source: https://docs.aws.amazon.com/emr/latest/APIReference/API_AddJobFlowSteps.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.emr.exceptions import ValidationException
from moto.emr.models import Cluster, ElasticMapReduceBackend, Step
from moto.emr.responses import ElasticMapReduceResponse

from pocketaws.engines.emr import steps
from pocketaws.tasks import wait_in_events

__all__ = ["install"]

_run = ElasticMapReduceBackend.run_job_flow
_described = Step.status.fget


def run_job_flow(backend: Any, **request: Any) -> Cluster:
    """Answer ``RunJobFlow``."""
    cluster: Cluster = _run(backend, **request)
    if cluster.state not in steps.ENDED:
        _work(cluster)
    return cluster


def add_to_cluster(cluster: Any, wanted: list[dict[str, Any]]) -> list[Step]:
    """Queue steps."""
    added = [Step(state="PENDING", **step) for step in wanted]
    cluster.steps.extend(added)
    return added


def add_job_flow_steps(backend: Any, job_flow_id: str, wanted: list[dict[str, Any]]) -> list[Step]:
    """Answer ``AddJobFlowSteps``."""
    cluster = backend.describe_cluster(job_flow_id)
    if cluster.state in steps.ENDED:
        raise ValidationException("A job flow that is shutting down, terminated, or finished may not be modified.")
    added: list[Step] = cluster.add_steps(wanted)
    _work(cluster)
    return added


def _work(cluster: Any) -> None:
    steps.go_on(cluster)
    wait_in_events(lambda: all(step.state not in ("PENDING", "RUNNING") for step in cluster.steps))


def list_steps(backend: Any, cluster_id: str, step_ids: Any = None, step_states: Any = None) -> list[Step]:
    """Answer ``ListSteps``, the newest first."""
    found = reversed(backend.describe_cluster(cluster_id).steps)
    return [
        step
        for step in found
        if (not step_ids or step.id in step_ids) and (not step_states or step.state in step_states)
    ]


def describe_step(backend: Any, cluster_id: str, step_id: str) -> Step:
    """Answer ``DescribeStep``."""
    for step in backend.describe_cluster(cluster_id).steps:
        if step.id == step_id:
            return step
    raise ValidationException(f"Step id '{step_id}' is not valid.")


def status(step: Any) -> dict[str, Any]:
    """Return the state of a step, with the reason of a failure where AWS puts it."""
    found: dict[str, Any] = _described(step)
    reason = getattr(step, "last_state_change_reason", None)
    if step.state == "FAILED":
        found["FailureDetails"] = {"Reason": "Unknown Error.", "Message": reason}
    return found


def cancel_steps(handler: Any) -> ActionResult:
    """Answer ``CancelSteps``."""
    cluster = handler.backend.describe_cluster(handler._get_param("ClusterId"))
    told = []
    for step_id in handler._get_param("StepIds"):
        step = next((each for each in cluster.steps if each.id == step_id), None)
        why = "Step is not valid." if step is None else steps.cancel(step)
        told.append({"StepId": step_id, "Status": "FAILED" if why else "SUBMITTED", "Reason": why})
    steps.go_on(cluster)
    return ActionResult({"CancelStepsInfoList": told})


def install() -> None:
    """Put these into moto's classes."""
    ElasticMapReduceBackend.run_job_flow = run_job_flow
    ElasticMapReduceBackend.add_job_flow_steps = add_job_flow_steps
    ElasticMapReduceBackend.list_steps = list_steps
    ElasticMapReduceBackend.describe_step = describe_step
    ElasticMapReduceResponse.cancel_steps = cancel_steps
    Cluster.add_steps = add_to_cluster
    Cluster.terminate = steps.stop_all
    Step.status = property(status)

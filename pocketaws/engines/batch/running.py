"""Jobs on their way: they wait for others and for free vCPUs, run, are tried again, end.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html, .../array_jobs.html,
.../job_retries.html, .../job_timeouts.html
"""

from __future__ import annotations

import fnmatch
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from pocketaws import clock, logs, roles
from pocketaws.engines.batch.records import Attempt, Job, of
from pocketaws.tasks import CannotRun, Ended, Task

__all__ = ["schedule", "terminate"]

GROUP = "/aws/batch/job"
_EXITED = "Essential container in task exited"
_LATE = "Job attempt duration exceeded timeout"


def schedule(backend: Any) -> None:
    """Let every job do its next step that can: in the order in which they were submitted."""
    state = of(backend)
    with state.lock:
        jobs = [job for job in state.jobs.values() if not job.is_over]
        for job in jobs:
            if job.state in ("SUBMITTED", "PENDING"):
                _look_round(job)
        for job in jobs:
            if job.state == "RUNNABLE" and not job.children and _has_room(state.jobs.values(), job):
                _begin(backend, job)
        for job in jobs:
            if job.children and not job.is_over:
                _sum_up(job)


def _look_round(job: Job) -> None:
    """Go on when the jobs it waits for are over; fail when one failed."""
    if any(other.state == "FAILED" for other in job.waits_for):
        _end(job, "FAILED", "Dependent Job failed")
        for child in job.children:
            _end(child, "FAILED", "Dependent Job failed")
    elif all(other.is_over for other in job.waits_for) and (job.parent is None or job.parent.state != "SUBMITTED"):
        job.state = "PENDING" if job.children else "RUNNABLE"
    elif job.waits_for:
        job.state = "PENDING"


def _has_room(jobs: Any, job: Job) -> bool:
    """Whether the compute environments of its queue have vCPUs for it."""
    if job.queue.state != "ENABLED":
        return False
    open_ones = [each for each in job.queue.environments if each.state != "DISABLED"]
    limit = sum(float((each.compute_resources or {}).get("maxvCpus") or 0) for each in open_ones)
    names = {each.arn for each in open_ones}
    taken = sum(
        other.vcpus
        for other in jobs
        if other.state in ("STARTING", "RUNNING") and names & {each.arn for each in other.queue.environments}
    )
    return bool(taken + job.vcpus <= limit)


def _sum_up(job: Job) -> None:
    """End an array whose jobs are all over."""
    states = {child.state for child in job.children}
    if states <= {"SUCCEEDED", "FAILED"}:
        failed = "FAILED" in states
        _end(job, "FAILED" if failed else "SUCCEEDED", "Array Child Job failed" if failed else None)


def _begin(backend: Any, job: Job) -> None:
    attempt = Attempt(f"{job.definition.name}/default/{uuid.uuid4().hex}")
    job.attempts.append(attempt)
    job.state, job.reason = "STARTING", None
    try:
        job.task = Task(
            job.command,
            region=backend.region_name,
            variables=_variables(backend, job),
            on_end=partial(_finish, backend, job, attempt),
        )
    except CannotRun as failure:
        text = f"CannotStartContainerError: {failure}"
        logs.write(backend, GROUP, attempt.stream, [text])
        _attempt_over(backend, job, attempt, None, text, "Task failed to start")
        return
    job.state = "RUNNING"
    if job.timeout:
        job.expiry = clock.at(clock.now() + timedelta(seconds=job.timeout), partial(_expire, backend, job, attempt))


def _variables(backend: Any, job: Job) -> dict[str, str]:
    own = {
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JOB_ATTEMPT": str(len(job.attempts)),
        "AWS_BATCH_JQ_NAME": job.queue.name,
        "AWS_BATCH_CE_NAME": job.queue.environments[0].name,
    }
    if job.parent is not None:
        own["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        own["AWS_BATCH_JOB_ARRAY_SIZE"] = str(len(job.parent.children))
    given = {each["name"]: str(each["value"]) for each in job.container["environment"]}
    return {
        **roles.environment(job.container.get("jobRoleArn"), backend.region_name, backend.account_id),
        **given,
        **own,
    }


def _finish(backend: Any, job: Job, attempt: Attempt, ended: Ended) -> None:
    """Take note of a command that is over."""
    state = of(backend)
    with state.lock:
        if state.jobs.get(job.id) is not job:
            return  # everything was reset
        logs.write(backend, GROUP, attempt.stream, [*ended.output.splitlines(), *ended.errors.splitlines()])
        _attempt_over(backend, job, attempt, ended.code, None, job.ended_for or _EXITED)
    schedule(backend)


def _attempt_over(
    backend: Any, job: Job, attempt: Attempt, code: int | None, reason: str | None, status_reason: str
) -> None:
    attempt.stopped, attempt.code, attempt.reason = clock.now(), code, reason
    attempt.status_reason = status_reason
    if job.expiry is not None:
        job.expiry.cancel()
        job.expiry = None
    job.task = None
    if code == 0 and job.ended_for is None:
        _end(job, "SUCCEEDED", status_reason)
    elif job.ended_for is None and len(job.attempts) < job.tries and _is_tried_again(job, attempt):
        job.state, job.reason = "RUNNABLE", status_reason
    else:
        _end(job, "FAILED", status_reason)


def _is_tried_again(job: Job, attempt: Attempt) -> bool:
    """Whether the first rule of the retry strategy that fits says so; without rules every failure is."""
    told = {
        "onExitCode": "" if attempt.code is None else str(attempt.code),
        "onReason": attempt.reason or "",
        "onStatusReason": attempt.status_reason or "",
    }
    for rule in job.retries.get("evaluateOnExit") or []:
        if all(fnmatch.fnmatchcase(told[name], rule[name]) for name in told if rule.get(name)):
            return str(rule.get("action")).lower() == "retry"
    return True


def _expire(backend: Any, job: Job, attempt: Attempt) -> None:
    with of(backend).lock:
        if job.task is not None and job.attempts[-1] is attempt:
            job.ended_for = _LATE
            job.task.stop()


def _end(job: Job, state: str, reason: str | None) -> None:
    if not job.is_over:
        job.state, job.reason, job.stopped = state, reason, clock.now()


def terminate(backend: Any, job: Job, reason: str, *, also_running: bool) -> None:
    """End a job and those of its array; what runs already only if asked."""
    with of(backend).lock:
        for each in job.children or [job]:
            if each.task is not None and also_running:
                each.ended_for = reason
                each.task.stop()
            elif each.task is None:
                _end(each, "FAILED", reason)
    schedule(backend)

"""Batch: a queue with a compute environment, jobs that run a script, their logs and failures."""

from __future__ import annotations

import pytest

from helpers import batch, session
from helpers.errors import BatchJobFailed, BatchJobRefused

pytestmark = pytest.mark.usefixtures("started")
ROLE = "arn:aws:iam::123456789012:role/jobs"


@pytest.fixture
def queue() -> str:
    return batch.create_queue("night", vcpus=2)


def test_a_script_runs_with_its_variables(queue: str) -> None:
    hello = batch.create_definition("hello", "import os; print('hello', os.environ['WHO'])", role=ROLE)
    job = batch.run(queue, hello, {"WHO": "ada"})
    assert (job.name, job.attempts) == ("job", 1)
    assert batch.logs(job.id) == ["hello ada"]
    listed = batch.list_jobs(queue)
    assert listed[["name", "status", "job"]].values.tolist() == [["job", "SUCCEEDED", job.id]]


def test_an_array_is_one_job_with_many_logs(queue: str) -> None:
    count = batch.create_definition("count", "import os; print(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'])", role=ROLE)
    job = batch.wait_for(batch.submit(queue, count, settings={"arrayProperties": {"size": 3}}))
    assert [batch.logs(f"{job.id}:{index}") for index in range(3)] == [["0"], ["1"], ["2"]]


def test_a_failure_tells_its_exit_code_and_reason(queue: str) -> None:
    fails = batch.create_definition("fails", "raise SystemExit(3)", role=ROLE)
    with pytest.raises(BatchJobFailed, match="Essential container in task exited") as caught:
        batch.run(queue, fails)
    assert caught.value.code == 3
    command = {"containerOverrides": {"command": ["no-such-program"]}}
    with pytest.raises(BatchJobFailed, match="executable file not found") as caught:
        batch.wait_for(batch.submit(queue, fails, settings=command))
    assert caught.value.code is None


def test_a_queue_or_definition_that_is_not_there(queue: str) -> None:
    with pytest.raises(BatchJobRefused, match="ClientException"):
        batch.submit(queue, "none")
    assert batch.list_jobs(queue).columns.tolist() == ["name", "status", "reason", "created", "stopped", "job"]


def test_cleanup_takes_queues_and_environments_down(queue: str) -> None:
    batch.create_definition("hello", "print('hello')", role=ROLE)
    assert session.cleanup().left.empty
    assert session.client("batch").describe_compute_environments()["computeEnvironments"] == []

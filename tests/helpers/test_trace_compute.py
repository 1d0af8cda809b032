"""What a trace bills for compute: the least that a call of Lambda, Batch, Step Functions or IoT costs."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from helpers import batch, functions, prices, queues, session, trace, workflows

pytestmark = pytest.mark.usefixtures("started")
ROLE = "arn:aws:iam::123456789012:role/jobs"


@pytest.fixture
def double() -> str:
    source = "def handler(event, context): return 2 * event"
    return functions.create_function("double", source, role=functions.create_role("doubler", {}))


def billed(seen: trace.Trace) -> dict[str, float]:
    return {id: n for call in seen.calls for id, n in call.usage.quantities.items()}


def test_a_call_of_a_function_is_billed_by_what_its_log_says(double: str) -> None:
    with trace.calls() as seen:
        assert functions.invoke(double, 21) == 42
    lines = functions.logs("double", own=False)["message"]
    milliseconds = int(re.search(r"Billed Duration: (\d+) ms", "\n".join(lines))[1])  # type: ignore[index]
    assert billed(seen) == {"lambda.request": 1, "lambda.gb_second": milliseconds / 1000 / 8}
    assert not seen.calls[0].usage.at_least
    assert seen.dollars == pytest.approx(0.2e-6 + milliseconds / 8000 * prices.price("lambda.gb_second").each)


def test_without_a_log_a_call_is_billed_the_least(double: str) -> None:
    with trace.calls() as seen:
        session.client("lambda").invoke(FunctionName=double, InvocationType="Event", Payload=b"1")
    assert seen.calls[0].units == "≥ 1 request, ≥ 0.000125 GB-second"


def test_a_call_that_was_refused_or_only_tried_costs_nothing(double: str) -> None:
    client = session.client("lambda")
    with trace.calls() as seen, suppress(ClientError):
        client.invoke(FunctionName=double, InvocationType="DryRun")
        client.invoke(FunctionName="nobody")
    assert len(seen) == 2
    assert seen.dollars == 0


def test_a_job_is_billed_a_minute_of_its_definition_and_of_what_the_request_changes() -> None:
    queue = batch.create_queue("night", vcpus=2)
    hello = batch.create_definition("hello", "print('hello')", role=ROLE, memory=2048)
    larger = [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "4096"}]
    with trace.calls() as plain:
        batch.submit(queue, hello)
    assert billed(plain) == pytest.approx({"fargate.vcpu_hour": 1 / 60, "fargate.gb_hour": 2 / 60})
    assert plain.calls[0].units == "≥ 0.0166667 vCPU-hour, ≥ 0.0333333 GB-hour"
    with trace.calls() as three:
        settings = {"arrayProperties": {"size": 3}, "containerOverrides": {"resourceRequirements": larger}}
        batch.submit(queue, "hello", settings=settings)
    assert billed(three) == pytest.approx({"fargate.vcpu_hour": 6 / 60, "fargate.gb_hour": 12 / 60})


def test_a_run_of_a_state_machine_enters_one_state_at_least() -> None:
    machine = workflows.create_machine("done", {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}, role=ROLE)
    with trace.calls() as seen:
        workflows.run(machine)
    assert billed(seen) == {"stepfunctions.transition": 1}
    assert seen.summary()["units"][0] == "≥ 1 transition"
    assert seen.dollars == pytest.approx(0.025 / 1000)


@pytest.mark.parametrize(("size", "messages"), [(0, 1), (5 * 1024, 1), (5 * 1024 + 1, 2)])
def test_a_message_is_billed_in_steps_of_5_kb(size: int, messages: int) -> None:
    client: Any = session.client("iot-data")
    with trace.calls() as seen:
        client.publish(topic="harbor/arrivals", payload=b"x" * size)
    assert billed(seen) == {"iot.message": messages}
    assert seen.calls[0].usage.at_least


def test_a_schedule_costs_nothing_until_it_fires() -> None:
    queue = queues.create_queue("jobs")
    arn = session.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    with trace.calls() as seen:
        workflows.create_schedule("nightly", "cron(0 3 * * ? *)", arn["QueueArn"], role=ROLE)
    assert seen.dollars == 0
    assert prices.cost({"scheduler.invocation": 365})["usd"].item() == pytest.approx(0.000365)

"""What the tests of Lambda share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from function_packages import zipped

ACCOUNT = "123456789012"


@pytest.fixture
def awslambda(door: Any) -> Any:
    return door.client("lambda")


@pytest.fixture
def role(door: Any) -> str:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    made = door.client("iam").create_role(RoleName="lambda", AssumeRolePolicyDocument=json.dumps(trust))
    arn: str = made["Role"]["Arn"]
    return arn


@pytest.fixture
def function(awslambda: Any, role: str) -> Callable[..., str]:
    """``function("def handler(event, context): ...")`` creates a function and returns its ARN."""

    def make(source: str, *, name: str = "fn", **settings: Any) -> str:
        code = settings.pop("Code", None) or {"ZipFile": zipped(source)}
        settings = {"Runtime": "python3.13", "Handler": "index.handler", "Role": role, **settings}
        arn: str = awslambda.create_function(FunctionName=name, Code=code, **settings)["FunctionArn"]
        return arn

    return make


@pytest.fixture
def invoke(awslambda: Any) -> Callable[..., tuple[Any, str | None]]:
    """``invoke({"a": 1})`` calls the function and returns its answer and the kind of error."""

    def call(event: Any = None, *, name: str = "fn", **options: Any) -> tuple[Any, str | None]:
        answer = awslambda.invoke(FunctionName=name, Payload=json.dumps(event or {}), **options)
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    return call


@pytest.fixture
def said(door: Any) -> Callable[..., list[str]]:
    """``said()`` returns what a function printed, without Lambda's own lines."""

    def read(name: str = "fn") -> list[str]:
        logs = door.client("logs")
        door.client("sts").get_caller_identity()  # what is due happens with a request
        if not logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]:
            return []
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        own = ("START ", "END ", "REPORT ", "  ", "[ERROR]")
        return [
            event["message"] for event in events if event["message"].strip() and not event["message"].startswith(own)
        ]

    return read


@pytest.fixture
def queue(door: Any) -> Callable[..., tuple[str, str]]:
    """``queue("name")`` creates a queue and returns its URL and ARN."""

    def make(name: str, **attributes: str) -> tuple[str, str]:
        url = door.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"

    return make


@pytest.fixture
def waiting(door: Any) -> Callable[[str], list[Any]]:
    """``waiting(url)`` takes what a queue holds."""

    def take(url: str) -> list[Any]:
        sqs, found = door.client("sqs"), []
        while some := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"]) for message in some]
        return found

    return take


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(awslambda.invoke, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call

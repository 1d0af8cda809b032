"""What the tests of IoT rules share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/iot"


@pytest.fixture
def iot(door: Any) -> Any:
    return door.client("iot")


@pytest.fixture
def publish(door: Any) -> Callable[..., None]:
    """``publish("flights/JFK", {"delay": 5})`` sends a message as a device does."""
    client = door.client("iot-data")

    def send(topic: str, message: Any) -> None:
        payload = message if isinstance(message, bytes) else json.dumps(message).encode()
        client.publish(topic=topic, payload=payload)

    return send


@pytest.fixture
def rule(iot: Any) -> Callable[..., None]:
    """``rule("SELECT * FROM 'a'", {"sqs": {...}})`` makes a rule."""

    def create(sql: str, *actions: dict[str, Any], name: str = "rule", **more: Any) -> None:
        for action in actions:
            for settings in action.values():
                settings.setdefault("roleArn", ROLE)
        payload = {"sql": sql, "actions": list(actions), "awsIotSqlVersion": "2016-03-23", **more}
        iot.create_topic_rule(ruleName=name, topicRulePayload=payload)

    return create


@pytest.fixture
def queue(door: Any) -> Any:
    """A queue with ``url`` and ``messages()``, which takes what has come, as JSON."""
    client = door.client("sqs")

    class Queue:
        url = client.create_queue(QueueName="heard")["QueueUrl"]

        def texts(self) -> list[str]:
            found = client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
            for each in found:
                client.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
            return [each["Body"] for each in found]

        def messages(self) -> list[Any]:
            return [json.loads(each) for each in self.texts()]

    return Queue()


@pytest.fixture
def selected(rule: Any, publish: Any, queue: Any) -> Callable[..., Any]:
    """``selected("a + b AS c", {"a": 1, "b": 2})`` is what a rule makes of a message; None if it is not heard."""
    count = iter(range(100))

    def run(columns: str, message: Any, where: str = "", topic: str = "flights/JFK/departures") -> Any:
        sql = f"SELECT {columns} FROM 'flights/#'" + (f" WHERE {where}" if where else "")
        name = f"rule{next(count)}"
        rule(sql, {"sqs": {"queueUrl": queue.url, "useBase64": False}}, name=name)
        publish(f"$aws/rules/{name}/{topic}", message)
        found = queue.messages()
        return found[0] if found else None

    return run


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(iot.create_topic_rule, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], *arguments: Any, **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(*arguments, **parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call

"""What rules do with a message: the actions, each a call of another service.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-rule-actions.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pocketaws.calls import CallFailed, call
from pocketaws.engines.iot import templates
from pocketaws.engines.iot.errors import invalid
from pocketaws.engines.iot.sql.evaluation import Message
from pocketaws.engines.iot.sql.values import dump, number, text

__all__ = ["Delivery", "check", "perform", "resource_of"]


@dataclass(frozen=True)
class Delivery:
    """One message on its way: what was published, what the rule's SQL made of it, and in whose name."""

    message: Message
    result: Any
    region: str
    account: str

    @property
    def content(self) -> bytes:
        """What is delivered: JSON, or the payload as it came where it was none."""
        return self.result if isinstance(self.result, bytes) else dump(self.result).encode()

    def fill(self, template: str) -> str:
        """Fill in what stands in ``${...}``."""
        return templates.fill(template, self.message)

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call a service."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return call(service, operation, given, region=self.region, account=self.account)


def check(actions: list[dict[str, Any]]) -> None:
    """Refuse actions that pocketaws cannot do, and templates that cannot be read.

    Raises
    ------
    IoTError
        ``InvalidRequestException`` or ``SqlParseException``.
    """
    for action in actions:
        for kind, settings in action.items():
            if kind not in ACTIONS:
                raise invalid(f"The action {kind} is not supported by pocketaws.")
            for value in settings.values():
                if isinstance(value, str):
                    templates.check(value)


def perform(action: dict[str, Any], delivery: Delivery) -> None:
    """Do an action.

    Raises
    ------
    CallFailed
        The service refused.
    """
    for kind, settings in action.items():
        ACTIONS[kind](settings, delivery)


def resource_of(action: dict[str, Any]) -> tuple[str, str]:
    """Return an action's name and what it acts on, for the message of an error."""
    kind, settings = next(iter(action.items()))
    names = ("streamName", "deliveryStreamName", "bucketName", "tableName", "queueUrl", "targetArn", "functionArn")
    named = next((settings[name] for name in (*names, "topic") if name in settings), "")
    return kind, str(named or (settings.get("putItem") or {}).get("tableName", ""))


def _kinesis(settings: dict[str, Any], delivery: Delivery) -> None:
    key = delivery.fill(settings.get("partitionKey") or "${newuuid()}")
    name = delivery.fill(settings["streamName"])
    delivery.call("kinesis", "PutRecord", StreamName=name, Data=delivery.content, PartitionKey=key)


def _firehose(settings: dict[str, Any], delivery: Delivery) -> None:
    name = delivery.fill(settings["deliveryStreamName"])
    parts = [delivery.content]
    if settings.get("batchMode") and isinstance(delivery.result, list):
        parts = [dump(each).encode() for each in delivery.result]
    separator = (settings.get("separator") or "").encode()
    records = [{"Data": part + separator} for part in parts]
    delivery.call("firehose", "PutRecordBatch", DeliveryStreamName=name, Records=records)


def _s3(settings: dict[str, Any], delivery: Delivery) -> None:
    delivery.call(
        "s3",
        "PutObject",
        Bucket=delivery.fill(settings["bucketName"]),
        Key=delivery.fill(settings["key"]),
        Body=delivery.content,
        ACL=settings.get("cannedAcl"),
    )


def _sqs(settings: dict[str, Any], delivery: Delivery) -> None:
    content = delivery.content
    body = base64.b64encode(content).decode() if settings.get("useBase64") else content.decode("utf-8", "replace")
    delivery.call("sqs", "SendMessage", QueueUrl=delivery.fill(settings["queueUrl"]), MessageBody=body)


def _sns(settings: dict[str, Any], delivery: Delivery) -> None:
    structure = "json" if settings.get("messageFormat") == "JSON" else None
    body = delivery.content.decode("utf-8", "replace")
    delivery.call("sns", "Publish", TopicArn=settings["targetArn"], Message=body, MessageStructure=structure)


def _lambda(settings: dict[str, Any], delivery: Delivery) -> None:
    name = delivery.fill(settings["functionArn"])
    delivery.call("lambda", "Invoke", FunctionName=name, InvocationType="Event", Payload=delivery.content)


def _dynamodb(settings: dict[str, Any], delivery: Delivery) -> None:
    """Write a key, and the message as one attribute."""
    key = {}
    for kind in ("hash", "range"):
        if name := settings.get(f"{kind}KeyField"):
            value = delivery.fill(settings[f"{kind}KeyValue"])
            key[name] = {"N" if settings.get(f"{kind}KeyType") == "NUMBER" else "S": value}
    table = delivery.fill(settings["tableName"])
    if (settings.get("operation") or "INSERT").upper() == "DELETE":
        delivery.call("dynamodb", "DeleteItem", TableName=table, Key=key)
        return
    item = {**key, settings.get("payloadField") or "payload": _attribute(delivery.result)}
    delivery.call("dynamodb", "PutItem", TableName=table, Item=item)


def _dynamodb_v2(settings: dict[str, Any], delivery: Delivery) -> None:
    """Write the message's attributes as those of an item."""
    if not isinstance(delivery.result, dict):
        raise CallFailed("ValidationException", "The dynamoDBv2 action needs a JSON object.")
    item = {name: _attribute(value) for name, value in delivery.result.items()}
    delivery.call("dynamodb", "PutItem", TableName=delivery.fill(settings["putItem"]["tableName"]), Item=item)


def _republish(settings: dict[str, Any], delivery: Delivery) -> None:
    topic = delivery.fill(settings["topic"])
    delivery.call("iot-data", "Publish", topic=topic, qos=settings.get("qos", 0), payload=delivery.content)


def _step_functions(settings: dict[str, Any], delivery: Delivery) -> None:
    name = f"{delivery.fill(settings.get('executionNamePrefix') or '')}{delivery.message.trace}"
    arn = f"arn:aws:states:{delivery.region}:{delivery.account}:stateMachine:{settings['stateMachineName']}"
    delivery.call("stepfunctions", "StartExecution", stateMachineArn=arn, name=name, input=delivery.content.decode())


def _metric(settings: dict[str, Any], delivery: Delivery) -> None:
    datum = {
        "MetricName": delivery.fill(settings["metricName"]),
        "Value": float(number(delivery.fill(settings["metricValue"]))),
        "Unit": delivery.fill(settings["metricUnit"]),
        "Timestamp": delivery.message.when,
    }
    namespace = delivery.fill(settings["metricNamespace"])
    delivery.call("cloudwatch", "PutMetricData", Namespace=namespace, MetricData=[datum])


def _attribute(value: Any) -> dict[str, Any]:
    """Return a value as DynamoDB writes it."""
    if isinstance(value, bytes):
        return {"B": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, Decimal)):
        return {"N": str(text(value))}
    if isinstance(value, list):
        return {"L": [_attribute(each) for each in value]}
    if isinstance(value, dict):
        return {"M": {name: _attribute(each) for name, each in value.items()}}
    return {"S": str(value)}


ACTIONS: dict[str, Callable[[dict[str, Any], Delivery], None]] = {
    "cloudwatchMetric": _metric,
    "dynamoDB": _dynamodb,
    "dynamoDBv2": _dynamodb_v2,
    "firehose": _firehose,
    "kinesis": _kinesis,
    "lambda": _lambda,
    "republish": _republish,
    "s3": _s3,
    "sns": _sns,
    "sqs": _sqs,
    "stepFunctions": _step_functions,
}

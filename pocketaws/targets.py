"""Targets of rules and schedules: a queue, a function, a state machine, a stream gets what it is sent.

What a target refuses for good goes to the dead-letter queue at once; what may succeed later is tried again by the
clock, with growing pauses, as often and as long as the retry policy says.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pocketaws import calls, clock, integrations

__all__ = ["SERVICES", "UNIVERSAL", "Delivery", "is_known", "send"]

log = logging.getLogger(__name__)

#: How targets of EventBridge Scheduler begin that call any operation.
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
_LONGEST = 900


@dataclass
class Delivery:
    """Something on its way to a target.

    Parameters
    ----------
    target
        As the API describes it: ``Arn``, ``SqsParameters``, ``DeadLetterConfig`` …
    payload
        The text that it gets.
    origin
        What the dead-letter queue is told of where it comes from: ``{"RULE_ARN": …}``.
    """

    target: dict[str, Any]
    payload: str
    origin: dict[str, str]
    region: str
    account: str
    begun: datetime = field(default_factory=clock.now)
    tries: int = 0

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation where the target is."""
        parts = self.target["Arn"].split(":")
        region, account = parts[3] or self.region, parts[4] or self.account
        return calls.call(service, operation, parameters, region=region, account=account)

    @property
    def resource(self) -> str:
        """The last part of the target's ARN."""
        return str(self.target["Arn"].split(":", 5)[5])


def _sqs(delivery: Delivery) -> None:
    group = (delivery.target.get("SqsParameters") or {}).get("MessageGroupId")
    queue = delivery.call("sqs", "GetQueueUrl", QueueName=delivery.resource)["QueueUrl"]
    more = {"MessageGroupId": group} if group else {}
    delivery.call("sqs", "SendMessage", QueueUrl=queue, MessageBody=delivery.payload, **more)


def _function(delivery: Delivery) -> None:
    arn, payload = delivery.target["Arn"], delivery.payload.encode()
    delivery.call("lambda", "Invoke", FunctionName=arn, InvocationType="Event", Payload=payload)


def _machine(delivery: Delivery) -> None:
    delivery.call("stepfunctions", "StartExecution", stateMachineArn=delivery.target["Arn"], input=delivery.payload)


def _stream(delivery: Delivery) -> None:
    wanted = delivery.target.get("KinesisParameters") or {}
    key = wanted.get("PartitionKey") or _at(delivery.payload, wanted.get("PartitionKeyPath")) or str(uuid.uuid4())
    name, data = delivery.resource.partition("/")[2], delivery.payload.encode()
    delivery.call("kinesis", "PutRecord", StreamName=name, Data=data, PartitionKey=key)


def _at(payload: str, path: str | None) -> str:
    """Return what a simple path such as ``$.detail.id`` leads to in a JSON text."""
    value: Any = json.loads(payload) if path else None
    for name in (path or "").removeprefix("$").strip(".").split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else str(value)


def _firehose(delivery: Delivery) -> None:
    record = {"Data": delivery.payload.encode()}
    delivery.call("firehose", "PutRecord", DeliveryStreamName=delivery.resource.partition("/")[2], Record=record)


def _topic(delivery: Delivery) -> None:
    delivery.call("sns", "Publish", TopicArn=delivery.target["Arn"], Message=delivery.payload)


def _bus(delivery: Delivery) -> None:
    name = delivery.resource.partition("/")[2]
    if named := delivery.target.get("EventBridgeParameters"):
        entry = {"Source": named["Source"], "DetailType": named["DetailType"], "Detail": delivery.payload}
    else:
        event = json.loads(delivery.payload)
        entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    delivery.call("events", "PutEvents", Entries=[{**entry, "EventBusName": name}])


def _log_group(delivery: Delivery) -> None:
    group = delivery.resource.removeprefix("log-group:").removesuffix(":*")
    stream = str(uuid.uuid4())
    delivery.call("logs", "CreateLogStream", logGroupName=group, logStreamName=stream)
    line = {"timestamp": round(clock.now().timestamp() * 1000), "message": delivery.payload}
    delivery.call("logs", "PutLogEvents", logGroupName=group, logStreamName=stream, logEvents=[line])


def _job(delivery: Delivery) -> None:
    wanted = delivery.target.get("BatchParameters") or {}
    asked = {"jobQueue": delivery.target["Arn"], "jobName": wanted.get("JobName", "")}
    delivery.call("batch", "SubmitJob", jobDefinition=wanted.get("JobDefinition", ""), **asked)


def _universal(delivery: Delivery) -> None:
    service, _, action = delivery.target["Arn"].removeprefix(UNIVERSAL).partition(":")
    request = json.loads(delivery.payload or "{}")
    integrations.call(service, action, request, region=delivery.region, account=delivery.account)


#: The service in a target's ARN -> who delivers to it.
SERVICES: dict[str, Callable[[Delivery], None]] = {
    "batch": _job,
    "events": _bus,
    "firehose": _firehose,
    "kinesis": _stream,
    "lambda": _function,
    "logs": _log_group,
    "sns": _topic,
    "sqs": _sqs,
    "states": _machine,
}


def is_known(arn: str) -> bool:
    """Whether pocketaws can deliver to a target."""
    if arn.startswith(UNIVERSAL):
        service, _, action = arn.removeprefix(UNIVERSAL).partition(":")
        return integrations.operation_of(service, action) is not None
    parts = arn.split(":")
    if parts[2:3] == ["events"]:  # no API destinations: nothing leaves this machine
        return len(parts) > 5 and parts[5].startswith("event-bus/")
    return len(parts) > 5 and parts[2] in SERVICES


def send(delivery: Delivery) -> None:
    """Deliver, now; what fails is tried again later, or ends in the dead-letter queue."""
    arn = delivery.target["Arn"]
    delivery.tries += 1
    try:
        (_universal if arn.startswith(UNIVERSAL) else SERVICES[arn.split(":")[2]])(delivery)
    except calls.CallFailed as failure:
        if failure.may_be_retried and (pause := _pause(delivery)):
            clock.at(clock.now() + pause, lambda: send(delivery))
        else:
            _bury(delivery, failure.code, failure.message)
    except (ValueError, KeyError, integrations.FieldUnknown) as error:
        _bury(delivery, "INVALID_PARAMETER", str(error))


def _pause(delivery: Delivery) -> timedelta | None:
    """Return how long to wait before the next try; None when there is none."""
    policy = delivery.target.get("RetryPolicy") or {}
    pause = timedelta(seconds=min(2 ** min(delivery.tries - 1, 20), _LONGEST))
    latest = delivery.begun + timedelta(seconds=policy.get("MaximumEventAgeInSeconds", 86_400))
    is_last = delivery.tries > policy.get("MaximumRetryAttempts", 185) or clock.now() + pause > latest
    return None if is_last else pause


def _bury(delivery: Delivery, code: str, message: str) -> None:
    dead = (delivery.target.get("DeadLetterConfig") or {}).get("Arn")
    log.info("%s did not get what it was sent: %s %s", delivery.target["Arn"], code, message)
    if not dead:
        return
    told = {
        **delivery.origin,
        "TARGET_ARN": delivery.target["Arn"],
        "ERROR_CODE": code or "UNKNOWN",
        "ERROR_MESSAGE": message or code,
        "RETRY_ATTEMPTS": str(delivery.tries - 1),
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
    _, _, _, region, account, name = dead.split(":", 5)
    here = {"region": region, "account": account}
    try:
        queue = calls.call("sqs", "GetQueueUrl", {"QueueName": name}, **here)["QueueUrl"]
        letter = {"QueueUrl": queue, "MessageBody": delivery.payload, "MessageAttributes": attributes}
        calls.call("sqs", "SendMessage", letter, **here)
    except calls.CallFailed as failure:
        log.warning("the dead-letter queue %s did not take it: %s", dead, failure)

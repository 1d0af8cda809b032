"""Where records of what a function did, or could not do, are sent.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any

from pocketaws import calls, clock

__all__ = ["send", "stamp"]

log = logging.getLogger(__name__)


def stamp() -> str:
    """Return the clock's time as records show it."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def send(backend: Any, target: str, content: Any, attributes: dict[str, Any] | None = None) -> None:
    """Send a record to a queue, topic, function, event bus or bucket; a target that is gone loses it, as on AWS."""
    service, name = target.split(":")[2], target.split(":")[-1]
    region = target.split(":")[3] or backend.region_name
    text = json.dumps(content)
    further = {"MessageAttributes": attributes} if attributes else {}
    entry = {
        "Source": "lambda",
        "DetailType": "Lambda Function Invocation Result",
        "Detail": text,
        "EventBusName": name,
    }
    requests: dict[str, tuple[str, dict[str, Any]]] = {
        "sqs": ("SendMessage", {"QueueUrl": "", "MessageBody": text, **further}),
        "sns": ("Publish", {"TopicArn": target, "Message": text, **further}),
        "lambda": ("Invoke", {"FunctionName": target, "InvocationType": "Event", "Payload": text}),
        "events": ("PutEvents", {"Entries": [entry]}),
        "s3": ("PutObject", {"Bucket": name, "Key": _key(), "Body": text.encode()}),
    }
    try:
        operation, parameters = requests[service]
        if service == "sqs":
            asked = {"QueueName": name}
            found = calls.call("sqs", "GetQueueUrl", asked, region=region, account=backend.account_id)
            parameters["QueueUrl"] = found["QueueUrl"]
        calls.call(service, operation, parameters, region=region, account=backend.account_id)
    except (KeyError, calls.CallFailed) as failure:
        log.warning("nothing was sent to %s: %s", target, failure)


def _key() -> str:
    return f"aws/lambda/async/{clock.now():%Y/%m/%d}/{uuid.uuid4()}"

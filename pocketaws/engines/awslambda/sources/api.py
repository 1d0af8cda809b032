"""The operations on event source mappings; moto keeps their settings.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.models import EventSourceMapping, LambdaBackend

from pocketaws import clock
from pocketaws.engines.awslambda.errors import LambdaError, invalid
from pocketaws.engines.awslambda.sources import access, polling
from pocketaws.engines.awslambda.sources.filters import check
from pocketaws.engines.awslambda.sources.queues import queue_of
from pocketaws.engines.awslambda.sources.records import Source
from pocketaws.engines.awslambda.sources.shards import Reader
from pocketaws.engines.awslambda.state import backend_of, of

__all__ = ["install"]

_configuration = EventSourceMapping.get_configuration
_update = LambdaBackend.update_event_source_mapping
_delete = LambdaBackend.delete_event_source_mapping
_SERVICES = ("sqs", "kinesis", "dynamodb")
_ABSENT = ("TumblingWindowInSeconds", "SelfManagedEventSource", "AmazonManagedKafkaEventSourceConfig")


def _check(spec: dict[str, Any], function: Any, arn: str) -> None:
    if absent := next((name for name in _ABSENT if spec.get(name)), None):
        raise invalid(f"{absent} is not supported by pocketaws.")
    if not check(spec.get("FilterCriteria")):
        raise invalid("Invalid filter pattern definition.")
    if (spec.get("BatchSize") or 1) > 10 and ":sqs:" in arn and not spec.get("MaximumBatchingWindowInSeconds"):
        raise invalid("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
    queue = queue_of(arn) if ":sqs:" in arn else None
    if queue is not None and int(queue.visibility_timeout) < int(function.timeout):
        raise invalid(
            f"Queue visibility timeout: {queue.visibility_timeout} seconds is less than "
            f"Function timeout: {function.timeout} seconds"
        )


def create(backend: Any, spec: dict[str, Any]) -> EventSourceMapping:
    """Answer ``CreateEventSourceMapping``: what waits in the source already is read with the next request."""
    arn = spec.get("EventSourceArn") or ""
    if arn.split(":")[2:3] not in [[each] for each in _SERVICES]:
        raise invalid("Unrecognized event source, must be a queue of SQS or a stream of Kinesis or DynamoDB.")
    function = backend.get_function(spec.get("FunctionName") or "")
    _check(spec, function, arn)
    if ":sqs:" not in arn and not spec.get("StartingPosition"):
        raise invalid("1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint.")
    for source in of(backend).sources.values():
        if (source.mapping.event_source_arn, source.mapping.function_arn) == (arn, _arn(spec, function)):
            text = (
                f'The event source arn (" {arn} ") and function (" {function.function_name} ") provided mapping '
                f"already exists. Please update or delete the existing mapping with UUID {source.mapping.uuid}"
            )
            raise LambdaError("ResourceConflictException", text, 409)
    access.check(function.role, arn)
    own = {"RegionName": backend.region_name, "AccountId": backend.account_id, "FunctionArn": _arn(spec, function)}
    mapping = EventSourceMapping({**spec, **own})
    source = Source(mapping)
    if ":sqs:" in arn:
        if queue_of(arn) is None:
            raise invalid(
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                "SQS Error Message: The specified queue does not exist."
            )
    else:
        try:
            Reader(backend, source).begin()
        except ClientError as error:
            raise invalid(f"Stream not found: {arn}. {error.response['Error']['Message']}") from None
    backend._event_source_mappings[mapping.uuid] = mapping
    of(backend).sources[mapping.uuid] = source
    polling.wake(backend, source, clock.now())
    return mapping


def _arn(spec: dict[str, Any], function: Any) -> str:
    """Return the ARN of a function with the version or alias that the request names."""
    _, _, qualifier = spec["FunctionName"].rpartition("function:")[2].partition(":")
    arn = str(function.function_arn)
    return f"{arn.partition(':function:')[0]}:function:{function.function_name}:{qualifier}" if qualifier else arn


def update(backend: Any, uuid: str, spec: dict[str, Any]) -> EventSourceMapping | None:
    """Answer ``UpdateEventSourceMapping``."""
    mapping = backend._event_source_mappings.get(uuid)
    if mapping is None:
        raise LambdaError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    function = backend.get_function(spec.get("FunctionName") or mapping.function_arn)
    _check(spec, function, mapping.event_source_arn)
    if spec.get("Enabled") is not False:  # a role that lost its rights does not keep a mapping from being switched off
        access.check(function.role, mapping.event_source_arn)
    changed: EventSourceMapping = _update(backend, uuid, spec)
    if source := of(backend).sources.get(uuid):
        polling.wake(backend, source, clock.now())
    return changed


def delete(backend: Any, uuid: str) -> EventSourceMapping:
    """Answer ``DeleteEventSourceMapping``."""
    of(backend).sources.pop(uuid, None)
    mapping: EventSourceMapping | None = _delete(backend, uuid)
    if mapping is None:
        raise LambdaError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    return mapping


def _described(mapping: EventSourceMapping) -> dict[str, Any]:
    """Return the settings with what the last reading came to."""
    found: dict[str, Any] = _configuration(mapping)
    source = of(backend_of(mapping.account_id, mapping.region)).sources.get(mapping.uuid)
    return found | ({"LastProcessingResult": source.result} if source else {})


def install() -> None:
    """Put these operations into moto's backend."""
    LambdaBackend.create_event_source_mapping = create
    LambdaBackend.update_event_source_mapping = update
    LambdaBackend.delete_event_source_mapping = delete
    EventSourceMapping.get_configuration = _described

"""The operations.

Source: https://docs.aws.amazon.com/datapipeline/latest/APIReference/
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from moto.datapipeline.models import datapipeline_backends

from pocketaws.engines.datapipeline.definition import Definition
from pocketaws.engines.datapipeline.runs import Attempt, Instance, Pipeline

__all__ = ["OPERATIONS", "answer"]

Request = dict[str, Any]


class PipelineError(Exception):
    """An answer that is an error: AWS's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _pipeline(backend: Any, request: Request) -> Pipeline:
    id = request.get("pipelineId", "")
    record = backend.pipelines.get(id)
    if record is None:
        raise PipelineError("PipelineNotFoundException", f"Pipeline with id: {id} does not exist")
    found: Pipeline = record.__dict__.setdefault("pocketaws", Pipeline(id, backend.region_name, backend.account_id))
    return found


def create_pipeline(backend: Any, request: Request) -> Request:
    """Answer ``CreatePipeline``; the same ``uniqueId`` gives the same pipeline."""
    for known in backend.pipelines.values():
        if known.unique_id == request["uniqueId"]:
            return {"pipelineId": known.pipeline_id}
    more = {"description": request.get("description", ""), "tags": request.get("tags", [])}
    return {"pipelineId": backend.create_pipeline(request["name"], request["uniqueId"], **more).pipeline_id}


def delete_pipeline(backend: Any, request: Request) -> Request:
    """Answer ``DeletePipeline``."""
    pipeline = _pipeline(backend, request)
    pipeline.deactivate()
    pipeline.is_deleted = True
    backend.delete_pipeline(pipeline.id)
    return {}


def list_pipelines(backend: Any, request: Request) -> Request:
    """Answer ``ListPipelines``."""
    found = [{"id": each.pipeline_id, "name": each.name} for each in backend.pipelines.values()]
    start = int(request.get("marker") or 0)
    has_more = len(found) > start + 50
    more = {"marker": str(start + 50)} if has_more else {}
    return {"pipelineIdList": found[start : start + 50], "hasMoreResults": has_more, **more}


def describe_pipelines(backend: Any, request: Request) -> Request:
    """Answer ``DescribePipelines``."""
    described = []
    for id in request.get("pipelineIds", []):
        pipeline, record = _pipeline(backend, {"pipelineId": id}), backend.pipelines[id]
        told = {
            "@pipelineState": pipeline.state,
            "@creationTime": _stamp(record.creation_time),
            "@accountId": backend.account_id,
            "@userId": backend.account_id,
            "@id": id,
            "@sphere": "PIPELINE",
            "name": record.name,
            "uniqueId": record.unique_id,
        }
        fields = [{"key": key, "stringValue": value} for key, value in told.items()]
        row = {"pipelineId": id, "name": record.name, "description": record.description, "tags": record.tags}
        described.append({**row, "fields": fields})
    return {"pipelineDescriptionList": described}


def _validate(request: Request) -> Request:
    definition = Definition(request.get("pipelineObjects", []), request.get("parameterValues", []))
    errors: dict[str, list[str]] = {}
    for problem in definition.problems():
        errors.setdefault(problem.id, []).append(problem.message)
    told = [{"id": id, "errors": messages} for id, messages in errors.items()]
    return {"validationErrors": told, "validationWarnings": [], "errored": bool(told)}


def validate_pipeline_definition(backend: Any, request: Request) -> Request:
    """Answer ``ValidatePipelineDefinition``."""
    _pipeline(backend, request)
    return _validate(request)


def put_pipeline_definition(backend: Any, request: Request) -> Request:
    """Answer ``PutPipelineDefinition``; one with errors is not kept."""
    pipeline, found = _pipeline(backend, request), _validate(request)
    if not found["errored"]:
        pipeline.objects = request["pipelineObjects"]
        pipeline.parameters = request.get("parameterObjects", [])
        pipeline.values = request.get("parameterValues", [])
    return found


def get_pipeline_definition(backend: Any, request: Request) -> Request:
    """Answer ``GetPipelineDefinition``."""
    pipeline = _pipeline(backend, request)
    return {
        "pipelineObjects": pipeline.objects,
        "parameterObjects": pipeline.parameters,
        "parameterValues": pipeline.values,
    }


def activate_pipeline(backend: Any, request: Request) -> Request:
    """Answer ``ActivatePipeline``."""
    pipeline = _pipeline(backend, request)
    if not pipeline.objects:
        raise PipelineError("InvalidRequestException", "The pipeline has no definition; put one first")
    if values := request.get("parameterValues"):
        pipeline.values = values
    pipeline.activate()
    return {}


def deactivate_pipeline(backend: Any, request: Request) -> Request:
    """Answer ``DeactivatePipeline``."""
    _pipeline(backend, request).deactivate()
    return {}


def _objects(pipeline: Pipeline, sphere: str) -> Iterator[Request]:
    if sphere == "COMPONENT":
        yield from pipeline.objects
    for instance in pipeline.instances.values():
        if sphere == "INSTANCE":
            yield _describe(pipeline, instance)
        elif sphere == "ATTEMPT":
            for attempt in instance.attempts:
                yield _describe_attempt(pipeline, instance, attempt)


def _describe(pipeline: Pipeline, instance: Instance) -> Request:
    last = instance.attempts[-1] if instance.attempts else None
    told = {
        "type": instance.activity.type,
        "@sphere": "INSTANCE",
        "@pipelineId": pipeline.id,
        "@status": instance.status,
        "@scheduledStartTime": _stamp(instance.begin),
        "@scheduledEndTime": _stamp(instance.end),
        "@actualStartTime": _stamp(instance.attempts[0].started) if last else "",
        "@actualEndTime": _stamp(last.ended) if last else "",
        "@attemptCount": str(len(instance.attempts)),
        "errorMessage": last.error if last else "",
    }
    made = _row(instance.id, told)
    made["fields"].append({"key": "@componentParent", "refValue": instance.activity.id})
    return made


def _describe_attempt(pipeline: Pipeline, instance: Instance, attempt: Attempt) -> Request:
    told = {
        "@sphere": "ATTEMPT",
        "@pipelineId": pipeline.id,
        "@status": attempt.status,
        "@actualStartTime": _stamp(attempt.started),
        "@actualEndTime": _stamp(attempt.ended),
        "errorMessage": attempt.error,
    }
    made = _row(f"{instance.id}_Attempt={attempt.number}", told)
    made["fields"].append({"key": "@instanceParent", "refValue": instance.id})
    return made


def _row(id: str, told: dict[str, str]) -> Request:
    fields: list[dict[str, str]] = [{"key": key, "stringValue": value} for key, value in told.items() if value]
    return {"id": id, "name": id, "fields": fields}


def _stamp(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S") if when else ""


def query_objects(backend: Any, request: Request) -> Request:
    """Answer ``QueryObjects``: ids of components, instances or attempts."""
    found = list(_objects(_pipeline(backend, request), request["sphere"].upper()))
    for selector in (request.get("query") or {}).get("selectors", []):
        operator = selector.get("operator") or {}
        if operator.get("type", "EQ") not in ("EQ", "REF_EQ"):
            raise PipelineError("InvalidRequestException", f"The operator {operator['type']} is not supported")
        wanted = operator.get("values", [])
        found = [each for each in found if _value(each, selector["fieldName"]) in wanted]
    start, size = int(request.get("marker") or 0), int(request.get("limit") or 100)
    has_more = len(found) > start + size
    more = {"marker": str(start + size)} if has_more else {}
    return {"ids": [each["id"] for each in found[start : start + size]], "hasMoreResults": has_more, **more}


def _value(each: Request, key: str) -> str:
    values = (row.get("stringValue", row.get("refValue", "")) for row in each["fields"] if row["key"] == key)
    return next(values, "")


def describe_objects(backend: Any, request: Request) -> Request:
    """Answer ``DescribeObjects``."""
    pipeline, wanted = _pipeline(backend, request), request["objectIds"]
    known = {each["id"]: each for sphere in ("COMPONENT", "INSTANCE", "ATTEMPT") for each in _objects(pipeline, sphere)}
    missing = [id for id in wanted if id not in known]
    if missing:
        raise PipelineError("InvalidRequestException", f"There is no object {missing[0]} in pipeline {pipeline.id}")
    return {"pipelineObjects": [known[id] for id in wanted], "hasMoreResults": False}


OPERATIONS: dict[str, Callable[[Any, Request], Request]] = {
    "ActivatePipeline": activate_pipeline,
    "CreatePipeline": create_pipeline,
    "DeactivatePipeline": deactivate_pipeline,
    "DeletePipeline": delete_pipeline,
    "DescribeObjects": describe_objects,
    "DescribePipelines": describe_pipelines,
    "GetPipelineDefinition": get_pipeline_definition,
    "ListPipelines": list_pipelines,
    "PutPipelineDefinition": put_pipeline_definition,
    "QueryObjects": query_objects,
    "ValidatePipelineDefinition": validate_pipeline_definition,
}


def answer(name: str, account: str, region: str, body: bytes | str) -> tuple[int, dict[str, str], str]:
    """Run an operation and return status, headers and body as AWS sends them."""
    try:
        if name not in OPERATIONS:
            raise PipelineError("UnknownOperationException", f"{name} is not supported by pocketaws.")
        status, content = 200, OPERATIONS[name](datapipeline_backends[account][region], json.loads(body or "{}"))
    except PipelineError as error:
        status, content = 400, {"__type": error.code, "message": error.message}
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": str(uuid.uuid4())}
    return status, headers, json.dumps(content)

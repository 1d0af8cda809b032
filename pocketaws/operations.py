"""Which operation of AWS an HTTP request asks for, and with which parameters: read from botocore's own models.

JSON services name the operation in a header, query services in the form; REST services (S3, Lambda, Batch ...) are told
by method, path and query string, the most specific match first.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import botocore.session

__all__ = ["Asked", "access_key", "identify"]

#: Larger JSON bodies are not read: no operation that a log asks about has them.
MOST_BYTES = 2_000_000
#: Where the name in a signature is not the name of botocore's model.
_MODELS = {
    "elasticmapreduce": "emr",
    "states": "stepfunctions",
    "iotdata": "iot-data",
    "iotdevicegateway": "iot-data",
    "monitoring": "cloudwatch",
}
_VIRTUAL_HOST = re.compile(r"^(?P<bucket>.+)\.s3[.-][^/]*amazonaws\.com$")


@dataclass(frozen=True)
class Asked:
    """What a request asks for."""

    service: str
    operation: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Route:
    """How one REST operation looks on the wire."""

    operation: str
    method: str
    path: re.Pattern[str]
    fixed: dict[str, str]
    needed: frozenset[str]
    query: dict[str, str]
    headers: dict[str, str]
    needed_headers: frozenset[str]

    @property
    def weight(self) -> int:
        return len(self.fixed) + len(self.needed) + len(self.needed_headers)


def identify(request: Any, full_url: str) -> Asked:
    """Return what a request asks for; where no model tells, the operation is its method and path."""
    headers = request.headers
    service = _service(headers, full_url)
    if target := headers.get("X-Amz-Target"):
        prefix, _, operation = str(target).rpartition(".")
        service = "dynamodbstreams" if prefix.startswith("DynamoDBStreams") else _MODELS.get(service, service)
        return Asked(service, operation, _json(request))
    if "x-www-form-urlencoded" in (headers.get("Content-Type") or ""):
        # moto has read the form by now, after which the body is empty.
        form = dict(parse_qsl(_body(request).decode(errors="replace"))) or dict(request.form)
        if operation := form.pop("Action", ""):
            return Asked(service, operation, form)
    return _rest(_MODELS.get(service, service), request, full_url)


def access_key(request: Any, full_url: str) -> str:
    """Return the access key that a request is signed with; empty where there is none."""
    return _scope(request.headers, full_url)[0]


def _service(headers: Any, full_url: str) -> str:
    return _scope(headers, full_url)[1]


def _scope(headers: Any, full_url: str) -> tuple[str, str]:
    """Return access key and service of a signature."""
    query = parse_qs(urlsplit(full_url).query)
    scope = headers.get("Authorization") or "".join(query.get("X-Amz-Credential", []))
    parts = re.search(r"([^=\s/]+)/\d{8}/[^/]+/([^/]+)/aws4_request", scope)
    return (parts[1], parts[2]) if parts else ("".join(query.get("AWSAccessKeyId", [])), "s3")


def _body(request: Any) -> bytes:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return b""
    data = request.get_data(cache=True) if hasattr(request, "get_data") else request.data
    return data if isinstance(data, bytes) else str(data).encode()


def _json(request: Any) -> dict[str, Any]:
    try:
        told = json.loads(_body(request) or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _rest(service: str, request: Any, full_url: str) -> Asked:
    parts = urlsplit(full_url)
    path, query = parts.path or "/", dict(parse_qsl(parts.query, keep_blank_values=True))
    if service == "s3" and (host := _VIRTUAL_HOST.match(parts.hostname or "")):
        path = f"/{host['bucket']}{path}"
    sent = {str(name).lower(): str(value) for name, value in dict(request.headers).items()}
    for route in _routes(service):
        if route.method != request.method or not (found := route.path.fullmatch(path.rstrip("/") or "/")):
            continue
        if all(query.get(name) == value for name, value in route.fixed.items()) and route.needed <= set(query):
            if not route.needed_headers <= set(sent):
                continue
            parameters: dict[str, Any] = {name: unquote(value) for name, value in found.groupdict().items()}
            parameters |= {member: query[name] for name, member in route.query.items() if name in query}
            parameters |= {member: sent[name] for name, member in route.headers.items() if name in sent}
            if route.operation == "RestoreObject":
                # What a restore costs stands in its body alone.
                body = _body(request).decode(errors="replace")
                parameters |= dict(re.findall(r"<(Tier|Days)>(\w+)</", body))
            return Asked(service, route.operation, parameters)
    return Asked(service, f"{request.method} {path}")


@cache
def _routes(service: str) -> list[_Route]:
    try:
        model = botocore.session.get_session().get_service_model(service)
    except Exception:  # a name that no model has
        return []
    routes = [_route(model.operation_model(name)) for name in model.operation_names]
    return sorted(routes, key=lambda route: -route.weight)


def _route(model: Any) -> _Route:
    template, _, fixed = str(model.http.get("requestUri", "/")).partition("?")
    members = model.input_shape.members if model.input_shape else {}
    bucket = members["Bucket"].serialization.get("location") if "Bucket" in members else None
    if bucket == "uri" and not template.startswith("/{Bucket}"):
        template = "/{Bucket}" + template  # S3's clients take it out of the shared model, for the host's name
    required = set(model.input_shape.required_members) if model.input_shape else set()
    placed: dict[str, dict[str, str]] = {"querystring": {}, "header": {}}
    for member, shape in members.items():
        place = shape.serialization.get("location")
        if place in placed:
            wire = shape.serialization.get("name", member)
            placed[place][wire.lower() if place == "header" else wire] = member
    needed = {place: frozenset(wire for wire, member in names.items() if member in required)
              for place, names in placed.items()}  # fmt: skip
    names = {shape.serialization.get("name", member): member for member, shape in members.items()}
    pattern = re.sub(r"\\\{(\w+)(\\\+)?\\\}", lambda each: _group(each, names), re.escape(template.rstrip("/") or "/"))
    return _Route(
        model.name,
        model.http.get("method", "POST"),
        re.compile(pattern),
        dict(parse_qsl(fixed, keep_blank_values=True)),
        needed["querystring"],
        placed["querystring"],
        placed["header"],
        needed["header"],
    )


def _group(found: re.Match[str], names: dict[str, str]) -> str:
    return f"(?P<{names.get(found[1], found[1])}>{'.+' if found[2] else '[^/]+'})"

"""A small HTTP server before boto3's own door, for the processes that functions and jobs run in.

It needs nothing but werkzeug, which moto needs anyway; ``pocketaws serve`` (flask) is the whole server.  Requests of
AWS's SDKs are understood by the service and Region in their signature.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from pocketaws import doors
from pocketaws.unsupported import unsupported

__all__ = ["make"]

#: Where the name in a signature is not that of the host.
_HOSTS = {"eventbridge": "events", "iotdata": "data-ats.iot"}
_GLOBAL = ("iam", "budgets", "cloudfront", "route53")


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    protocol_version = "HTTP/1.1"

    def make_environ(self) -> dict[str, Any]:
        """Keep the headers as they were sent: werkzeug leaves out those with an underscore, as metadata may have."""
        return super().make_environ() | {"pocketaws.headers": dict(self.headers.items())}

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def make(host: str, port: int) -> BaseWSGIServer:
    """Return a server that listens already; call its ``serve_forever``."""
    return make_server(host, port, _answer, threaded=True, request_handler=_Quiet)


def _answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    request = Request(environ)
    answer = doors.process(_prepared(request))
    status, headers, body = answer or unsupported(f"{request.method} {request.path}", dict(request.headers))
    named = {name: str(value) for name, value in dict(headers).items() if name.lower() not in ("status", "connection")}
    # For HEAD the length that the headers tell is that of the object, not that of the (empty) body.
    response = Response(None if request.method == "HEAD" else body, status=status, headers=named)
    return response(environ, start_response)


def _prepared(request: Request) -> AWSPreparedRequest:
    """Return a request as botocore in this process would have made it."""
    target = request.environ.get("REQUEST_URI") or request.full_path
    headers: Any = HeadersDict(
        {name: value for name, value in request.environ["pocketaws.headers"].items() if name != "Transfer-Encoding"}
    )
    url = f"https://{_host(request)}{target}"
    return AWSPreparedRequest(str(request.method), url, headers, request.get_data(), False)


def _host(request: Request) -> str:
    """Return the host that a request was meant for, by its signature; without one it is S3's."""
    scope = request.headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
    service, region = (scope[3], scope[2]) if len(scope) == 5 else ("s3", "us-east-1")
    if service == "dynamodb" and request.headers.get("X-Amz-Target", "").startswith("DynamoDBStreams"):
        service = "streams.dynamodb"
    name = _HOSTS.get(service, service)
    return f"{name}.amazonaws.com" if name in _GLOBAL else f"{name}.{region}.amazonaws.com"

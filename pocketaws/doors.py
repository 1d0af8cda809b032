"""The two doors: boto3 in this process, and HTTP on a port; behind both stands the same wrapped handler.

``handler(service, function)`` is what a request passes through in either door: events of the clock that
have fallen due fire first, then moto (changed by the service's engine) answers, and what it cannot
answer becomes an AWS error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import moto.backend_index
import moto.backends
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpchecksum import AwsChunkedWrapper
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.exceptions import HTTPException
from moto.core.request import normalize_request
from moto.core.utils import get_equivalent_url_in_aws_domain

from pocketaws import clock, engines, journal
from pocketaws.unsupported import answer_clearly, unsupported

__all__ = ["in_process", "load", "prepare", "process"]

Handler = Callable[[Any, str, Any], Any]
_AWS = re.compile(r"https?://.+\.(amazonaws\.com|api\.aws)(:\d+)?(/|$)")


def prepare(handler: Handler) -> Handler:
    """Return one of moto's handlers as both doors call it."""
    clear = answer_clearly(handler)

    @wraps(handler)
    def prepared(request: Any, full_url: str, headers: Any) -> Any:
        clock.run_due()
        if not journal.is_recording():
            return clear(request, full_url, headers)
        try:
            answer = clear(request, full_url, headers)
        except HTTPException as error:
            journal.note(request, full_url, (error.code, error.get_headers(), error.get_body()))
            raise
        journal.note(request, full_url, answer)
        return answer

    return prepared


def load(service: str) -> Any:
    """Return a backend of moto's service, its engine installed, to read its URLs from.

    Returns
    -------
    None where moto needs a library for the service that is not installed.
    """
    try:
        backends = moto.backends.get_backend(service)
    except ModuleNotFoundError:
        return None
    engines.install(service)
    if service == "moto_api._internal":  # moto's own controls, of no account
        return backends["global"]
    regions = backends[DEFAULT_ACCOUNT_ID]
    return regions["us-east-1" if "us-east-1" in regions else "aws"]


@cache
def _handlers(service: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    if (backend := load(service)) is None:
        return ()
    return tuple((re.compile(url), prepare(handler)) for url, handler in backend.urls.items())


def _find(url: str) -> Handler | None:
    for service, pattern in moto.backend_index.backend_url_patterns:
        if pattern.match(url):
            for regex, handler in _handlers(service):
                if regex.match(url):
                    return handler
    return None


def process(request: AWSPreparedRequest) -> Any:
    """Answer a request of botocore with status, headers and body; None if it is none for AWS."""
    parsed, _ = get_equivalent_url_in_aws_domain(request.url)
    url = f"{parsed.scheme}://{parsed.netloc}{parsed.path}"
    handler = _find(url)
    if handler is None and not _AWS.match(url):
        return None
    if isinstance(request.body, AwsChunkedWrapper):  # whose own read() copies with each piece all that came before
        request.body = b"".join(request.body)
    normalized = normalize_request(request)
    if handler is None:
        return unsupported(f"{request.method} on {parsed.netloc}", normalized.headers)
    try:
        return handler(normalized, normalized.raw_url, normalized.headers)
    except HTTPException as error:
        return error.code, error.get_headers(), error.get_body()


def in_process() -> None:
    """Let requests of botocore in this process pass through our handlers rather than moto's search."""
    BotocoreStubber.process_request = lambda stubber, request: process(request)

"""Calls from one service to another, as AWS makes them: Step Functions starts a Glue job, a rule sends to a queue.

They go through the very handlers that answer users, in either door, without sockets.  Roles are not asked: what a
role of the user's may do is allowed, also while policies are enforced.  A client made with the keys of a role may do
what that role may.
"""

from __future__ import annotations

import threading
from contextlib import nullcontext
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from pocketaws import credentials, doors, iam
from pocketaws.errors import RequestRefused

__all__ = ["CallFailed", "call", "client", "make_client", "method_of", "model"]

_clients: dict[tuple[str, str, str], Any] = {}
_lock = threading.Lock()
_CONFIG = Config(  # type: ignore[call-arg]
    account_id_endpoint_mode="disabled",
    ignore_configured_endpoint_urls=True,
    parameter_validation=True,
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
)


class CallFailed(Exception):
    """A call that AWS answered with an error.

    Parameters
    ----------
    code, message
        AWS's.
    status
        Of the HTTP answer; from 500 on, and for throttling, another try may succeed.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status

    @property
    def may_be_retried(self) -> bool:
        """Whether the same call may succeed later."""
        return self.status >= 500 or any(word in self.code for word in ("Throttl", "ThroughputExceeded", "TooMany"))


def call(service: str, operation: str, parameters: dict[str, Any], *, region: str, account: str) -> dict[str, Any]:
    """Call an operation of a service and return its answer.

    Parameters
    ----------
    service
        boto3's name of it, for example ``"glue"``.
    operation
        AWS's name, for example ``"StartJobRun"``.
    parameters
        As boto3 takes them.
    region, account
        In whose name.

    Raises
    ------
    CallFailed
        AWS answers with an error, or refuses the parameters.
    """
    made = client(service, region, account)
    method = method_of(made, operation)
    if method is None:
        raise CallFailed("UnknownOperationException", f"{service} has no operation {operation}.")
    try:
        with iam.trusted():
            answer: dict[str, Any] = getattr(made, method)(**parameters)
    except ClientError as error:
        told = error.response["Error"]
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        raise CallFailed(told.get("Code", ""), told.get("Message", ""), status) from None
    except ParamValidationError as error:
        raise CallFailed("ValidationException", str(error)) from None
    answer.pop("ResponseMetadata", None)
    return answer


def client(service: str, region: str, account: str) -> Any:
    """Return a botocore client whose requests pocketaws itself answers."""
    with _lock:
        found = _clients.get((service, region, account))
        if found is None:
            keys = (credentials.ACCESS_KEY, credentials.SECRET_KEY)
            found = _clients[service, region, account] = make_client(service, region, account, keys)
        return found


def model(service: str, region: str, account: str) -> Any:
    """Return botocore's model of a service."""
    return client(service, region, account).meta.service_model


def method_of(made: Any, operation: str) -> str | None:
    """Return the name that a client's method has for an operation."""
    methods = made.meta.method_to_api_mapping
    return next((name for name, known in methods.items() if known == operation), None)


def make_client(service: str, region: str, account: str, keys: tuple[str, ...]) -> Any:
    """Return a new client whose requests pocketaws itself answers, as those of whom the keys belong to.

    Parameters
    ----------
    keys
        Access key, secret key and, of a role, session token.
    """
    session = botocore.session.Session()
    session.set_credentials(*keys)
    made = session.create_client(service, region_name=region, config=_CONFIG)
    is_of_role = len(keys) > 2

    def answer(request: Any, **_: Any) -> AWSResponse:
        request.headers["x-moto-account-id"] = account
        with iam.untrusted() if is_of_role else nullcontext():
            found = doors.process(request)
        if found is None:
            raise RequestRefused(url=request.url)
        status, headers, body = found
        return AWSResponse(request.url, status, headers, MockRawResponse(body))

    # botocore asks every handler, and moto's would do the thing a second time.
    made.meta.events.unregister("before-send", botocore_stubber)
    made.meta.events.register_first("before-send", answer)  # type: ignore[arg-type]
    return made

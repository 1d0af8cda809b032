"""Nothing leaves: while pocketaws runs in a process, AWS's hosts cannot be reached from it.

Two nets, one behind the other:

1. every request of botocore, from any client, made before or after the start, ends in
   ``URLLib3Session.send``; there it is answered by moto, passed on to this machine, or refused;
2. the names of AWS's hosts and the metadata addresses are not resolved, for programs that do not use
   botocore (``urllib``, ``pandas.read_csv("https://…amazonaws.com/…")``, a forgotten ``curl`` library).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Any
from urllib.parse import urlsplit

from botocore.httpsession import URLLib3Session
from moto.core.models import botocore_stubber

from pocketaws.errors import RequestRefused

__all__ = ["close", "is_this_machine", "open_"]

_AWS_HOST = re.compile(r"(^|\.)(amazonaws\.com(\.cn)?|api\.aws|amazonaws-us-gov\.com|aws\.dev|on\.aws)$", re.IGNORECASE)
_METADATA = {"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"}

_send = URLLib3Session.send
_getaddrinfo = socket.getaddrinfo


def is_this_machine(host: str | None) -> bool:
    """Whether a host name or address is the loopback interface."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded_send(session: URLLib3Session, request: Any) -> Any:
    if is_this_machine(urlsplit(request.url).hostname):
        return _send(session, request)
    if (answer := botocore_stubber("before-send", request)) is not None:
        return answer
    raise RequestRefused(url=request.url.split("?")[0])


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode("ascii", "ignore") if isinstance(host, bytes) else host
    if isinstance(name, str) and (_AWS_HOST.search(name.rstrip(".")) or name in _METADATA):
        raise socket.gaierror(socket.EAI_FAIL, f"refused: {name} is out of reach while pocketaws runs")
    return _getaddrinfo(host, *args, **kwargs)


def close() -> None:
    """Put up both nets."""
    URLLib3Session.send = _guarded_send  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = _guarded_getaddrinfo


def open_() -> None:
    """Take both nets down again."""
    URLLib3Session.send = _send  # type: ignore[method-assign]
    socket.getaddrinfo = _getaddrinfo

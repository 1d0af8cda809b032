"""One clear answer for what pocketaws does not do, the same in both doors.

moto raises ``NotImplementedError`` in process and answers an HTML page on its server, and some of its
operations crash on a shape they did not expect.  Here each becomes an AWS error in the service's own
protocol, so that the client raises the ``ClientError`` it would raise on AWS:

===========================  ======  ==================================================
protocol                     status  code
===========================  ======  ==================================================
JSON, CBOR                   400     ``UnknownOperationException``
query, EC2                   400     ``InvalidAction``
REST-XML (S3, Route 53)      501     ``NotImplemented``
REST-JSON                    400     ``UnknownOperationException``
a crash inside pocketaws     500     ``InternalFailure`` (S3: ``InternalError``)
===========================  ======  ==================================================
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.exceptions import HTTPException

__all__ = ["answer_clearly", "crashed", "protocol", "unsupported"]

log = logging.getLogger(__name__)

Answer = tuple[int, dict[str, str], str | bytes]

#: What moto answers, with status 404, where it knows the service but not the operation.
_NOTHING = ("", b"", "Not yet implemented")


def unsupported(operation: str, headers: Mapping[str, str]) -> Answer:
    """Return the AWS error for an operation that pocketaws does not have."""
    message = f"{operation or 'This operation'} is not supported by pocketaws."
    codes = {"json": "UnknownOperationException", "query": "InvalidAction", "xml": "NotImplemented"}
    kind = protocol(headers)
    return _error(501 if kind == "xml" else 400, codes[kind], message, kind)


def crashed(error: Exception, headers: Mapping[str, str]) -> Answer:
    """Return the AWS error for a request on which pocketaws itself failed."""
    message = f"pocketaws failed on this request ({type(error).__name__}: {error}); please report it."
    kind = protocol(headers)
    return _error(500, "InternalError" if kind == "xml" else "InternalFailure", message, kind)


def answer_clearly(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap one of moto's request handlers so that it always answers, and always as AWS would."""

    @wraps(handler)
    def clear(request: Any, full_url: str, headers: Any) -> Any:
        try:
            answer = handler(request, full_url, headers)
        except NotImplementedError as missing:
            return unsupported(_operation(request, missing), request.headers)
        except HTTPException:
            raise  # an AWS error, which moto turns into its answer by itself
        except Exception as error:
            log.exception("pocketaws failed on %s", full_url.split("?")[0])
            return crashed(error, request.headers)
        if len(answer) == 3 and answer[0] == 404 and answer[2] in _NOTHING and request.method != "HEAD":
            return unsupported(_operation(request, None), request.headers)
        return answer

    return clear


def _operation(request: Any, missing: NotImplementedError | None) -> str:
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return str(target.split(".")[-1])
    words = str(missing or "").split(" action ")[0].removeprefix("The ").strip()
    return "".join(word.title() for word in words.split("_")) if words.islower() else words[:80]


def protocol(headers: Mapping[str, str]) -> str:
    """Return in which form a request's errors are answered: ``json``, ``query`` or ``xml``."""
    kind = headers.get("Content-Type") or ""
    if "json" in kind or "cbor" in kind or headers.get("X-Amz-Target"):
        return "json"
    if "x-www-form-urlencoded" in kind:
        return "query"
    scope = headers.get("Authorization") or ""
    return "xml" if "/s3/" in scope or "/route53/" in scope or "/cloudfront/" in scope or not scope else "json"


def _error(status: int, code: str, message: str, kind: str) -> Answer:
    if kind == "json":
        body = json.dumps({"__type": code, "message": message, "Message": message})
        return status, {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}, body
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if kind == "query":
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>pocketaws</RequestId></ErrorResponse>"
        )
        return status, {"content-type": "text/xml"}, body
    return status, {"content-type": "application/xml"}, f"<Error>{inner}</Error>"

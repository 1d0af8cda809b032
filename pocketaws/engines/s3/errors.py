"""S3's errors, with AWS's codes, messages and HTTP statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from moto.moto_api._internal import mock_random
from moto.s3.exceptions import S3ClientError

__all__ = ["Answer", "S3Error", "access_denied", "invalid_argument", "invalid_request", "malformed_xml", "unsupported"]

#: Status, headers and body, as moto's handlers return them.
Answer = tuple[int, dict[str, Any], str | bytes]


class S3Error(S3ClientError):  # type: ignore[misc]
    """An error answer of S3.

    Parameters
    ----------
    code, message
        As AWS writes them.
    status
        The HTTP status.
    headers
        Headers of the answer besides its content type.
    fields
        Further elements of the body, such as ``BucketName``.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, headers: Mapping[str, str] | None = None, **fields: object
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.headers = dict(headers or {})
        self.fields = {name: str(value) for name, value in fields.items() if value is not None}

    def answer(self, *, head: bool = False) -> Answer:
        """Return the answer that carries this error; to HEAD it has no body, as HTTP wants."""
        if head:
            return self.status, self.headers, ""
        elements = {"Code": self.code, "Message": self.message, **self.fields}
        elements |= {"RequestId": mock_random.get_random_hex(16).upper(), "HostId": "pocketaws"}
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items())
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
        return self.status, {**self.headers, "content-type": "application/xml"}, body


def access_denied(message: str = "Access Denied", **fields: object) -> S3Error:
    """Return 403 AccessDenied."""
    return S3Error("AccessDenied", message, 403, **fields)  # type: ignore[arg-type]


def invalid_argument(message: str, name: str | None = None, value: object = None) -> S3Error:
    """Return 400 InvalidArgument, naming the argument where AWS does."""
    return S3Error("InvalidArgument", message, 400, ArgumentName=name, ArgumentValue=value)


def invalid_request(message: str, **fields: object) -> S3Error:
    """Return 400 InvalidRequest."""
    return S3Error("InvalidRequest", message, 400, **fields)  # type: ignore[arg-type]


def malformed_xml() -> S3Error:
    """Return 400 MalformedXML."""
    return S3Error(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
    )


def unsupported(operation: str) -> S3Error:
    """Return what pocketaws answers for an operation of S3 that it does not have."""
    return S3Error("NotImplemented", f"{operation} is not supported by pocketaws.", 501)

"""One request to S3, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, FakeKey, S3Backend

from pocketaws.engines.s3.errors import S3Error
from pocketaws.engines.s3.identity import Caller, caller_of
from pocketaws.engines.s3.operations import Operation, identify

__all__ = ["Call"]


#: Services of their own that boto3's S3 client also talks to.
_ELSEWHERE = {"s3express": "S3 Express One Zone", "s3-object-lambda": "S3 Object Lambda"}


@dataclass
class Call:
    """A request to S3: which operation it is, on what, and who makes it.

    Parameters
    ----------
    endpoint
        moto's response object, which holds the request's body and state.
    operation
        Its name and IAM action.
    bucket_name, key_name
        Empty where the request has none.
    query
        Parameters of the URL.
    url
        As it arrived.
    caller
        Who signed it.
    """

    endpoint: Any
    operation: Operation
    bucket_name: str
    key_name: str
    query: dict[str, str]
    url: str
    caller: Caller

    @classmethod
    def read(cls, endpoint: Any, request: Any, full_url: str, *, has_key: bool) -> Call:
        """Read a request that moto has set up."""
        url = request.raw_url or full_url
        query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        bucket = endpoint.bucket_name or ""
        key = endpoint.parse_key_name() if has_key else ""
        operation = identify(request.method, bucket, key, query, request.headers)
        signed_for = (request.headers.get("Host") or "") + (request.headers.get("Authorization") or "")
        if elsewhere := next((name for word, name in _ELSEWHERE.items() if word in signed_for), ""):
            operation = Operation(elsewhere, operation.action, supported=False)
        return cls(
            endpoint, operation, bucket, key, query, url, caller_of(request.headers, query, endpoint.current_account)
        )

    @property
    def name(self) -> str:
        """The operation's name, as the SDKs have it."""
        return self.operation.name

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.endpoint.method)

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's headers; names in any case."""
        return self.endpoint.headers  # type: ignore[no-any-return]

    @property
    def body(self) -> bytes:
        """The request's body, without the framing of aws-chunked."""
        body = self.endpoint.body or b""
        return body.encode() if isinstance(body, str) else body

    @property
    def backend(self) -> S3Backend:
        """Moto's S3 of the calling account."""
        return self.endpoint.backend

    @cached_property
    def bucket(self) -> FakeBucket | None:
        """The bucket named, of whichever account, or None."""
        try:
            return self.backend.get_bucket(self.bucket_name) if self.bucket_name else None
        except S3ClientError:
            return None

    @property
    def existing_bucket(self) -> FakeBucket:
        """The bucket named; NoSuchBucket otherwise."""
        if self.bucket is None:
            message = "The specified bucket does not exist"
            raise S3Error("NoSuchBucket", message, 404, BucketName=self.bucket_name)
        return self.bucket

    @property
    def version_id(self) -> str | None:
        """The version asked for."""
        return self.query.get("versionId")

    @property
    def object(self) -> FakeKey | None:
        """The object or version named, now; None when there is none or a delete marker."""
        return self.find(self.bucket_name, self.key_name, self.version_id)

    def find(self, bucket_name: str, key_name: str, version_id: str | None = None) -> FakeKey | None:
        """Return an object of any bucket, or None."""
        try:
            return self.backend.get_object(bucket_name, key_name, version_id=version_id)
        except S3ClientError:
            return None

    def existing_object(self) -> FakeKey:
        """Return the object or version named; NoSuchBucket, NoSuchKey or NoSuchVersion otherwise."""
        bucket, found = self.existing_bucket, self.object
        if found is None and self.version_id and bucket.keys.getlist(self.key_name):
            message = "The specified version does not exist."
            raise S3Error("NoSuchVersion", message, 404, Key=self.key_name, VersionId=self.version_id)
        if found is None:
            raise S3Error("NoSuchKey", "The specified key does not exist.", 404, Key=self.key_name)
        return found

    @property
    def arn(self) -> str:
        """The ARN of what the request is about."""
        if not self.bucket_name:
            return "*"
        return f"arn:aws:s3:::{self.bucket_name}" + (f"/{self.key_name}" if self.key_name else "")

    @cached_property
    def copy_source(self) -> tuple[str, str, str | None] | None:
        """Bucket, key and version of x-amz-copy-source."""
        source = self.headers.get("x-amz-copy-source")
        if not source:
            return None
        path, _, query = source.partition("?versionId=")
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        return bucket, key, query or None

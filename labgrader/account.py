"""The AWS account that a lab is done in, as the course's own code sees it: for placing data and for looking at it.

Reading is forgiving: what is not there is ``None`` or an empty list, never an error, so that a check reads state and
says what is missing.  Its own requests stay out of the request log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
import requests as http
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config
from botocore.exceptions import ClientError

from pocketaws import journal

__all__ = ["AGENT", "Account"]

#: Marks our own clients in the log of a server; in process ours are not logged, and anybody may bear the name.
AGENT = "labgrader"
_MISSING = ("404", "NoSuch", "NotFound", "NonExistent", "ResourceNotFoundException", "DoesNotExist")
_LARGEST_URL_ANSWER = 50_000_000


class Account:
    """An AWS account.

    Parameters
    ----------
    session
        The boto3 session of its owner.
    endpoint
        Address of the server that plays AWS; None in process.
    now, advance
        Its clock.
    log
        Returns the request log.
    """

    def __init__(
        self,
        session: boto3.session.Session,
        *,
        now: Callable[[], datetime],
        advance: Callable[..., datetime],
        log: Callable[[], Iterable[journal.Entry]] = journal.entries,
        endpoint: str | None = None,
        addresses: Iterable[str] = (),
    ) -> None:
        self._session, self._log, self._endpoint = session, log, endpoint
        self._addresses = {urlsplit(address).netloc for address in (*addresses, endpoint or "") if address}
        self.now, self.advance = now, advance
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service."""
        if service not in self._clients:
            config = Config(user_agent_extra=AGENT, retries={"total_max_attempts": 3})
            if service == "s3":
                config = config.merge(Config(signature_version="s3v4"))
                if self._endpoint:
                    config = config.merge(Config(s3={"addressing_style": "path"}))
            maker: Any = self._session
            self._clients[service] = maker.client(service, endpoint_url=self._endpoint, config=config)
        return self._clients[service]

    @contextmanager
    def unlogged(self) -> Iterator[None]:
        """Keep the requests of this block out of the request log."""
        with journal.paused():
            yield

    def requests(self, *operations: str, **parameters: Any) -> list[journal.Entry]:
        """List the student's requests, oldest first.

        Parameters
        ----------
        operations
            Names of operations, for example ``"Query"``; none means all.
        parameters
            Keep only requests that were sent with these values.

        Examples
        --------
        ``aws.requests("Scan", TableName="cases")``
        """
        return [
            entry
            for entry in self._log()
            if (self._endpoint is None or f" {AGENT}" not in entry.agent)
            and (not operations or entry.operation in operations)
            and all(entry.parameters.get(name) == value for name, value in parameters.items())
        ]

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """Make a request; None where AWS answers that there is no such thing."""
        try:
            answer: dict[str, Any] = getattr(self.client(service), operation)(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"].startswith(_MISSING) or "NotFound" in error.response["Error"]["Code"]:
                return None
            raise
        return answer

    def pages(self, service: str, operation: str, field: str, **parameters: Any) -> list[Any]:
        """Collect a field of all pages of a listing; empty where there is no such thing."""
        try:
            found = self.client(service).get_paginator(operation).paginate(**parameters)
            return [each for page in found for each in page.get(field, [])]
        except ClientError as error:
            if error.response["Error"]["Code"].startswith(_MISSING) or "NotFound" in error.response["Error"]["Code"]:
                return []
            raise

    # S3

    def create_bucket(self, bucket: str, *, versioned: bool = False) -> bool:
        """Create a bucket; False where it is there already."""
        if self.ask("s3", "head_bucket", Bucket=bucket) is not None:
            return False
        self.client("s3").create_bucket(Bucket=bucket)
        if versioned:
            wanted = {"Status": "Enabled"}
            self.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration=wanted)
        return True

    def created(self, bucket: str) -> datetime | None:
        """Return when a bucket was created, by the clock; of the inbox: when the lab was opened."""
        listed = self.client("s3").list_buckets()["Buckets"]
        return next((each["CreationDate"] for each in listed if each["Name"] == bucket), None)

    def put(self, bucket: str, key: str, content: bytes | str | Any) -> str | None:
        """Store bytes, text, or anything else as JSON; return the version's id, if there are versions."""
        body = content if isinstance(content, bytes) else content if isinstance(content, str) else json.dumps(content)
        stored = self.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        version: str | None = stored.get("VersionId")
        return version

    def read(self, bucket: str, key: str, **options: Any) -> bytes | None:
        """Return an object's content; None where there is none, or it cannot be read."""
        with suppress(ClientError):
            content: bytes = self.client("s3").get_object(Bucket=bucket, Key=key, **options)["Body"].read()
            return content
        return None

    def read_json(self, bucket: str, key: str) -> Any:
        """Return what an object holds as JSON; None where there is none, or it is no JSON."""
        content = self.read(bucket, key)
        with suppress(ValueError, RecursionError):
            return json.loads(content) if content is not None else None
        return None

    def objects(self, bucket: str, prefix: str = "") -> dict[str, dict[str, Any]]:
        """Return what is under a prefix: key -> what ListObjectsV2 says of it."""
        found = self.pages("s3", "list_objects_v2", "Contents", Bucket=bucket, Prefix=prefix)
        return {each["Key"]: each for each in found}

    def fetch(self, url: str) -> http.Response | None:
        """Get a URL that a student left, if it leads to this AWS and nowhere else."""
        parts = urlsplit(url)
        is_aws = (parts.hostname or "").endswith(".amazonaws.com") and self._endpoint is None and not self._addresses
        if parts.scheme not in ("http", "https") or not (is_aws or parts.netloc in self._addresses):
            return None
        answer = http.get(url, timeout=20, allow_redirects=False, stream=True)
        answer._content = answer.raw.read(_LARGEST_URL_ANSWER, decode_content=True)
        return answer

    # DynamoDB

    def table(self, table: str) -> dict[str, Any] | None:
        """Return what DescribeTable says; None where there is no such table."""
        answer = self.ask("dynamodb", "describe_table", TableName=table)
        return answer["Table"] if answer else None

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items as Python values (numbers as ``Decimal``); none where there is no such table."""
        return [_plain(item) for item in self.pages("dynamodb", "scan", "Items", TableName=table)]

    def put_items(self, table: str, items: Iterable[dict[str, Any]]) -> None:
        """Write items, given as Python values."""
        maker: Any = self._session
        resource = maker.resource("dynamodb", endpoint_url=self._endpoint, config=Config(user_agent_extra=AGENT))
        with resource.Table(table).batch_writer() as batch:
            for item in items:
                batch.put_item(Item=item)


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}

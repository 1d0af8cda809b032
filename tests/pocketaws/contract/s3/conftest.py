"""What the tests of S3 share: a bucket, and refusals checked to the letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def bucket(s3: Any) -> str:
    """A new bucket, as AWS makes them today."""
    s3.create_bucket(Bucket="contract-bucket")
    return "contract-bucket"


@pytest.fixture
def versioned(s3: Any, bucket: str) -> str:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def open_bucket(s3: Any, bucket: str) -> str:
    """A bucket with Block Public Access off and ACLs on, as they were before 2023."""
    s3.delete_public_access_block(Bucket=bucket)
    rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)
    return bucket


@contextmanager
def _refused(code: str, message: str | None = None, status: int | None = None) -> Iterator[None]:
    with pytest.raises(ClientError) as caught:
        yield
    answer = caught.value.response
    assert answer["Error"]["Code"] == code, answer["Error"]
    if message is not None:
        assert answer["Error"]["Message"] == message
    if status is not None:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.fixture
def refused() -> Callable[..., AbstractContextManager[None]]:
    """``with refused("NoSuchKey", status=404):`` states AWS's code, message and status."""
    return _refused


@pytest.fixture
def http(door: Any) -> Callable[..., Any]:
    """Send a plain HTTP request, signed by nobody, to whichever door: ``http("GET", url).status_code``."""
    import requests
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    class Answer:
        def __init__(self, status: int, text: str, headers: Any) -> None:
            self.status_code, self.text, self.headers = status, text, headers

    def send(method: str, url: str, data: Any = None, headers: Any = None, files: Any = None) -> Answer:
        prepared = requests.Request(method, url, data=data, headers=headers, files=files).prepare()
        request = AWSRequest(method, prepared.url, data=prepared.body or b"", headers=dict(prepared.headers)).prepare()
        answer = URLLib3Session().send(request)
        return Answer(answer.status_code, answer.content.decode(), answer.headers)

    return send

"""AWS's errors about streams, said better."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from helpers.errors import StreamNameTaken, StreamNotFound, aws_code

__all__ = ["stream_errors"]


@contextmanager
def stream_errors(stream: str) -> Iterator[None]:
    """Turn the errors that have a remedy into ours."""
    try:
        yield
    except ClientError as error:
        code = aws_code(error)
        if code == "ResourceNotFoundException":
            text = f"There is no stream or shard {stream!r} in this Region ({code}); create_stream makes a stream."
            raise StreamNotFound(text) from error
        if code == "ResourceInUseException":
            text = f"A stream {stream!r} exists already ({code}); delete it or choose another name."
            raise StreamNameTaken(text) from error
        raise

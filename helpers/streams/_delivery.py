"""Firehose: records to S3, without a consumer of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers import session

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient

__all__ = ["create_delivery"]


def create_delivery(
    delivery: str,
    bucket: str,
    *,
    role: str,
    source: str = "",
    options: dict[str, Any] | None = None,
    client: FirehoseClient | None = None,
) -> str:
    """Create a delivery stream of Firehose that writes to S3.

    Parameters
    ----------
    delivery
        Name of the delivery stream.
    bucket
        Name of the bucket.
    role
        ARN of the role that may read the source and write to the bucket.
    source
        ARN of a Kinesis stream; empty: records are put by ``PutRecordBatch``.
    options
        More of ``ExtendedS3DestinationConfiguration``: ``Prefix``, ``BufferingHints``, ``CompressionFormat`` ...
    client
        Firehose client; by default the session's.

    Returns
    -------
    The ARN of the delivery stream.

    Examples
    --------
    >>> role = "arn:aws:iam::123456789012:role/firehose"
    >>> create_delivery("to-lake", "lake-0a1b2c3d", role=role).rpartition("/")[2]
    'to-lake'
    """
    client = client or session.client("firehose")
    destination: Any = {"BucketARN": f"arn:aws:s3:::{bucket}", "RoleARN": role, **(options or {})}
    more: Any = {}
    if source:
        more["DeliveryStreamType"] = "KinesisStreamAsSource"
        more["KinesisStreamSourceConfiguration"] = {"KinesisStreamARN": source, "RoleARN": role}
    answer = client.create_delivery_stream(
        DeliveryStreamName=delivery, ExtendedS3DestinationConfiguration=destination, **more
    )
    return answer["DeliveryStreamARN"]

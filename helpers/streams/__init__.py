"""Kinesis and Firehose in small calls: streams and shards, records in with retries, records out with checkpoints.

Open any function with ``??``: it is a few lines of boto3.
"""

from helpers.streams._consumers import Checkpoints, consume
from helpers.streams._delivery import create_delivery
from helpers.streams._reading import lag, read_shard, read_stream
from helpers.streams._streams import create_stream, list_shards, reshard
from helpers.streams._writing import put_records

__all__ = [
    "Checkpoints",
    "consume",
    "create_delivery",
    "create_stream",
    "lag",
    "list_shards",
    "put_records",
    "read_shard",
    "read_stream",
    "reshard",
]

"""Reading a stream's shards through the API that everybody uses, and a record as a function is given it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from pocketaws.engines.awslambda.sources.access import client_of
from pocketaws.engines.awslambda.sources.records import Shard, Source

__all__ = ["Reader"]

_GONE = {"ExpiredIteratorException", "TrimmedDataAccessException"}


class Reader:
    """Reads the stream of a mapping."""

    def __init__(self, backend: Any, source: Source) -> None:
        self._source = source
        self._arn = source.mapping.event_source_arn
        self._is_kinesis = ":kinesis:" in self._arn
        self._client = client_of(backend, source)
        self._named = {"StreamName": self._arn.rpartition("/")[2]} if self._is_kinesis else {"StreamArn": self._arn}
        self._role = backend.get_function(source.mapping.function_arn).role

    def shards(self) -> Iterator[Shard]:
        """Yield the shards that are to be read, those that were split or merged before what they became."""
        known, start = self._source.shards, self._source.mapping.starting_position or "TRIM_HORIZON"
        is_new = not known
        for listed in self._listed():
            named = (listed.get("ParentShardId"), listed.get("AdjacentParentShardId"))
            parents = [each for each in named if each and each in known]
            if listed["ShardId"] not in known:
                # What came of a shard that was read is read from its beginning, wherever the mapping began.
                kind = start if is_new or not parents else "TRIM_HORIZON"
                known[listed["ShardId"]] = Shard(listed["ShardId"], kind)
            shard = known[listed["ShardId"]]
            if not shard.is_done and all(known[each].is_done for each in parents):
                yield shard

    def _listed(self) -> list[dict[str, Any]]:
        if self._is_kinesis:
            pages = self._client.get_paginator("list_shards").paginate(**self._named)
            return [shard for page in pages for shard in page["Shards"]]
        shards: list[dict[str, Any]] = self._client.describe_stream(**self._named)["StreamDescription"]["Shards"]
        return shards

    def begin(self) -> None:
        """Find where LATEST is now: what arrives from now on is read."""
        for shard in self.shards():
            if shard.kind == "LATEST":
                shard.iterator = self._iterator(shard, begins=True)

    def records(self, shard: Shard) -> list[dict[str, Any]]:
        """Return the next records of a shard, as many as a batch takes."""
        most = min(self._source.mapping.batch_size, 10_000 if self._is_kinesis else 1000)
        while not shard.is_done:
            shard.iterator = shard.iterator or self._iterator(shard)
            try:
                answer = self._client.get_records(ShardIterator=shard.iterator, Limit=most)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _GONE:
                    raise
                shard.iterator = None
                if error.response["Error"]["Code"] == "TrimmedDataAccessException":
                    shard.kind, shard.after = "TRIM_HORIZON", None
                continue
            shard.iterator = answer.get("NextShardIterator")
            shard.is_done = shard.iterator is None
            shard.is_empty = answer.get("MillisBehindLatest") == 0
            found: list[dict[str, Any]] = answer["Records"]
            if found:
                shard.after = self.number(found[-1])
                return found
            if not answer.get("MillisBehindLatest"):
                break
        return []

    def _iterator(self, shard: Shard, *, begins: bool = False) -> str:
        wanted: dict[str, Any] = {**self._named, "ShardId": shard.id, "ShardIteratorType": shard.kind}
        if shard.after:
            wanted |= {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": shard.after}
        elif shard.kind == "AT_TIMESTAMP":
            wanted["Timestamp"] = self._source.mapping.starting_position_timestamp
        elif shard.kind == "LATEST" and not begins:  # the first iterator has expired
            wanted |= {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": self._source.created}
        if not self._is_kinesis and shard.after:
            wanted["SequenceNumber"] = wanted.pop("StartingSequenceNumber")
        return str(self._client.get_shard_iterator(**wanted)["ShardIterator"])

    def number(self, record: dict[str, Any]) -> str:
        """Return the sequence number of a record."""
        return str(record["SequenceNumber"] if self._is_kinesis else record["dynamodb"]["SequenceNumber"])

    def arrived(self, record: dict[str, Any]) -> datetime:
        """Return when a record was written."""
        when: datetime = (
            record["ApproximateArrivalTimestamp"]
            if self._is_kinesis
            else record["dynamodb"]["ApproximateCreationDateTime"]
        )
        return when

    def event(self, shard: Shard, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record as it stands in a function's event."""
        if not self._is_kinesis:
            shown: dict[str, Any] = _plain(record)
            return shown | {"eventSourceARN": self._arn}
        return {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": record["PartitionKey"],
                "sequenceNumber": record["SequenceNumber"],
                "data": base64.b64encode(record["Data"]).decode(),
                "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard.id}:{record['SequenceNumber']}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self._role,
            "awsRegion": self._source.region,
            "eventSourceARN": self._arn,
        }


def _plain(value: Any) -> Any:
    """Return a value of a record as JSON can hold it."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else value

"""Records into a stream: in batches, those that a shard refused again and again until they are in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._waiting import pause
from helpers.errors import RecordsNotPut
from helpers.streams._errors import stream_errors

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

__all__ = ["put_records"]

#: What one PutRecords takes.
BATCH = 500
LONGEST_PAUSE = 5.0


def put_records(
    stream: str,
    records: Iterable[Mapping[str, Any]],
    *,
    key: str,
    tries: int = 10,
    client: KinesisClient | None = None,
) -> int:
    """Put records as JSON, 500 a request; records that a shard throttled are put again after a pause.

    A record that was put again comes after others that were behind it, so order holds for a key only while nothing is
    throttled.

    Parameters
    ----------
    stream
        Name of the stream.
    records
        A dict each; what JSON does not know (dates, decimals) becomes text.
    key
        The field whose value is the partition key; records of one key go to one shard.
    tries
        How often a record is put at most; the pause begins with 0.1 seconds and doubles.
    client
        Kinesis client; by default the session's.

    Returns
    -------
    How many records are in.

    Raises
    ------
    RecordsNotPut
        Some were throttled every time; ``failed`` holds them.
    StreamNotFound
        There is no such stream.

    Examples
    --------
    >>> put_records("departures", [{"carrier": "UA", "delay": 2}, {"carrier": "AA", "delay": 4}], key="carrier")
    2
    """
    client = client or session.client("kinesis")
    done, failed = 0, []
    for batch in _batches(records):
        entries = [{"Data": json.dumps(each, default=str).encode(), "PartitionKey": str(each[key])} for each in batch]
        with stream_errors(stream):
            refused = _put(client, stream, entries, tries)
        failed += [json.loads(entry["Data"]) for entry in refused]
        done += len(entries) - len(refused)
    if failed:
        text = f"{len(failed):,} of {done + len(failed):,} records were throttled {tries} times; add shards or wait."
        raise RecordsNotPut(text, failed)
    return done


def _batches(records: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    waiting = iter(records)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _put(client: KinesisClient, stream: str, entries: list[Any], tries: int) -> list[Any]:
    """Put a batch until nothing is refused any more; return what is after the last try."""
    wait = 0.1
    for attempt in range(tries):
        answers = client.put_records(StreamName=stream, Records=entries)["Records"]
        entries = [entry for entry, answer in zip(entries, answers, strict=True) if "ErrorCode" in answer]
        if not entries:
            break
        if attempt < tries - 1:
            pause(wait)
            wait = min(2 * wait, LONGEST_PAUSE)
    return entries

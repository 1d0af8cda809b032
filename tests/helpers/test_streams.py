"""Streams: records get in however often they are throttled, and out once, or twice when a consumer dies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from helpers import diagrams, dynamodb, s3, session, streams, trace
from helpers.errors import RecordsNotPut, StreamNameTaken, StreamNotFound

ROLE = "arn:aws:iam::123456789012:role/streams"


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    session.start(seed=7)
    yield
    session.stop()


def rows(count: int) -> list[dict[str, Any]]:
    return [{"tail": f"N{n % 50}", "n": n} for n in range(count)]


def test_records_that_are_throttled_are_put_again() -> None:
    streams.create_stream("departures")
    begun = session.now()
    with trace.calls() as calls:
        assert streams.put_records("departures", rows(2500), key="tail") == 2500
    assert len(calls) > 5
    assert 1 <= (session.now() - begun).total_seconds() < 5
    assert len(streams.read_stream("departures")) == 2500
    assert calls.summary()["units"].tolist() == ["2,500 payload units"]
    assert calls.dollars == pytest.approx(2500 * 0.014 / 1e6)


def test_who_does_not_wait_is_told_which_records_are_not_in() -> None:
    streams.create_stream("departures")
    with pytest.raises(RecordsNotPut, match="500 of 1,500 records were throttled 1 times") as caught:
        streams.put_records("departures", rows(1500), key="tail", tries=1)
    assert len(caught.value.failed) == 500
    assert caught.value.failed[0]["n"] == 1000


def test_a_consumer_that_dies_is_followed_by_one_that_reads_the_batch_again() -> None:
    streams.create_stream("departures", 2)
    streams.put_records("departures", rows(300), key="tail")
    dynamodb.create_table("checkpoints", "shard")
    checkpoints = streams.Checkpoints("checkpoints")
    seen: list[int] = []

    def handler(batch: list[dict[str, Any]]) -> None:
        seen.extend(each["n"] for each in batch)
        if len(seen) == 40:
            raise RuntimeError("killed before its checkpoint")

    with pytest.raises(RuntimeError):
        streams.consume("departures", handler, checkpoints, batch=20)
    assert len(checkpoints) == 1
    assert streams.lag("departures", checkpoints)["waiting"].sum() == 280
    assert streams.consume("departures", handler, checkpoints, batch=20) == 280
    assert len(seen) == 320
    assert sorted(set(seen)) == list(range(300))
    assert streams.consume("departures", handler, checkpoints) == 0
    del checkpoints["shardId-000000000000"]
    assert list(checkpoints) == ["shardId-000000000001"]


def test_shards_lag_and_reading_on() -> None:
    streams.create_stream("departures", 2)
    streams.put_records("departures", rows(100), key="tail")
    session.advance(minutes=5)
    lag = streams.lag("departures", {})
    assert lag["seconds_behind"].tolist() == [300.0, 300.0]
    assert lag["waiting"].sum() == 100
    first = streams.read_shard("departures", "shardId-000000000000", limit=3)
    rest = streams.read_shard("departures", "shardId-000000000000", after=first["sequence_number"].iloc[-1])
    assert len(first) + len(rest) == lag["waiting"].iloc[0]
    assert streams.reshard("departures", 3) == 3
    listed = streams.list_shards("departures")
    assert listed["is_open"].sum() == 3
    assert listed.loc[listed["is_open"], "share"].sum() == pytest.approx(1)
    assert len(streams.read_stream("departures")) == 100


def test_the_picture_shows_range_lineage_and_load() -> None:
    streams.create_stream("departures", 1)
    streams.put_records("departures", rows(10), key="tail")
    session.client("kinesis").split_shard(
        StreamName="departures", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
    )
    picture = diagrams.shards("departures", records=streams.read_stream("departures")["shard"].value_counts())
    assert str(picture) == (
        "Shards of the stream departures: 3, 2 of them open. shard 0: 1 of the hash keys, closed, 10 records; "
        "shard 1: 0.5 of the hash keys, open, from 0, 0 records; "
        "shard 2: 0.5 of the hash keys, open, from 0, 0 records."
    )
    assert "of the keys" in diagrams.shards("departures").svg


def test_names_that_are_taken_or_unknown() -> None:
    streams.create_stream("departures")
    with pytest.raises(StreamNameTaken, match="ResourceInUseException"):
        streams.create_stream("departures")
    with pytest.raises(StreamNotFound, match="ResourceNotFoundException"):
        streams.put_records("arrivals", rows(1), key="tail")
    with pytest.raises(StreamNotFound):
        streams.list_shards("arrivals")
    assert streams.create_stream("free", None).endswith("stream/free")


def test_delivery_cleanup_and_policy() -> None:
    s3.create_bucket("lake-of-streams")
    arn = streams.create_stream("departures")
    options = {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60}}
    streams.create_delivery("to-lake", "lake-of-streams", role=ROLE, source=arn, options=options)
    sql = "SELECT * FROM 'flights/#'"
    action = {"kinesis": {"streamName": "departures", "partitionKey": "${tail}", "roleArn": ROLE}}
    session.client("iot").create_topic_rule(ruleName="flights", topicRulePayload={"sql": sql, "actions": [action]})
    session.client("iot-data").publish(topic="flights/JFK/departures", payload=b'{"tail": "N1"}')
    session.advance(minutes=1)
    assert len(s3.list_objects("lake-of-streams")) == 1
    streams.read_stream("departures")
    allowed = {
        (action, arn)
        for statement in trace.policy()["Statement"]
        for action in statement["Action"]
        for arn in statement["Resource"]
    }
    assert ("kinesis:GetRecords", "arn:aws:kinesis:*:*:stream/*") in allowed
    assert ("iot:Publish", "arn:aws:iot:*:*:topic/flights/*") in allowed
    assert ("iot:CreateTopicRule", "arn:aws:iot:*:*:rule/flights") in allowed
    assert ("firehose:CreateDeliveryStream", "arn:aws:firehose:*:*:deliverystream/to-lake") in allowed
    assert ("iam:PassRole", "arn:aws:iam::*:role/streams") in allowed
    assert sorted(session.describe()["kind"]) == ["bucket", "delivery stream", "stream", "topic rule"]
    assert repr(session.cleanup()) == "deleted: 4 | left behind: 0"


def test_firehose_bills_steps_of_five_kilobytes() -> None:
    s3.create_bucket("lake-of-streams")
    streams.create_delivery("to-lake", "lake-of-streams", role=ROLE)
    with trace.calls() as calls:
        records = [{"Data": b"x"}, {"Data": bytes(6000)}]
        session.client("firehose").put_record_batch(DeliveryStreamName="to-lake", Records=records)
    assert calls.dollars == pytest.approx(3 * 5120 / 2**30 * 0.029)


def _from_message_to_object() -> None:
    bucket = s3.create_bucket(session.unique_name("lake"))
    arn = streams.create_stream(session.unique_name("departures"))
    streams.create_delivery(session.unique_name("to-lake"), bucket, role=ROLE, source=arn)
    action = {"kinesis": {"streamName": arn.rpartition("/")[2], "partitionKey": "${tail}", "roleArn": ROLE}}
    rule = {"sql": "SELECT * FROM 'flights/#'", "actions": [action]}
    session.client("iot").create_topic_rule(ruleName="flights", topicRulePayload=rule)
    session.client("iot-data").publish(topic="flights/JFK/departures", payload=b'{"tail": "N1"}')
    session.advance(minutes=5)
    assert len(s3.list_objects(bucket)) == 1
    assert len(streams.read_stream(arn.rpartition("/")[2])) == 1


def test_the_policy_made_from_the_calls_allows_them() -> None:
    _from_message_to_object()
    policy = trace.policy()
    session.start(seed=7)
    with session.acting_under(policy):
        _from_message_to_object()
        with pytest.raises(ClientError, match="AccessDenied"):
            session.client("kinesis").describe_limits()
    assert len(session.cleanup().left) == 0

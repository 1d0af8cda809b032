"""Order, iterators, retention, resharding and consumers."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

API = "https://docs.aws.amazon.com/kinesis/latest/APIReference/"
GUIDE = "https://docs.aws.amazon.com/streams/latest/dev/"
FIRST = "shardId-000000000000"
HALF = 2**127


def shards(kinesis: Any, **more: Any) -> list[Any]:
    found: list[Any] = kinesis.list_shards(StreamName="departures", **more)["Shards"]
    return found


@pytest.mark.kinesalite
@pytest.mark.aws(f"{API}API_PutRecord.html", operation="PutRecord, kinesis:GetRecords, kinesis:GetShardIterator")
def test_records_come_back_in_order_with_key_and_time(stream: Any, kinesis: Any, read: Any) -> None:
    name = stream()
    numbers = [
        kinesis.put_record(StreamName=name, Data=f"{n}".encode(), PartitionKey="AA")["SequenceNumber"] for n in range(5)
    ]
    assert numbers == sorted(numbers, key=int)
    records = read()["Records"]
    assert [each["Data"] for each in records] == [b"0", b"1", b"2", b"3", b"4"]
    assert [each["SequenceNumber"] for each in records] == numbers
    assert {each["PartitionKey"] for each in records} == {"AA"}
    after = read(ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[2])["Records"]
    assert [each["Data"] for each in after] == [b"3", b"4"]
    at = read(ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[2])["Records"]
    assert at[0]["Data"] == b"2"
    assert read(ShardIteratorType="LATEST")["Records"] == []


@pytest.mark.kinesalite
@pytest.mark.aws(f"{GUIDE}key-concepts.html", operation="PutRecords, kinesis:ListShards")
def test_the_md5_of_the_partition_key_chooses_the_shard(stream: Any, kinesis: Any) -> None:
    name = stream(shards=2)
    keys = [f"N{n}" for n in range(50)]
    answer = kinesis.put_records(StreamName=name, Records=[{"Data": b"x", "PartitionKey": key} for key in keys])
    expected = [f"shardId-{int(int(hashlib.md5(key.encode()).hexdigest(), 16) >= HALF):012d}" for key in keys]
    assert [each["ShardId"] for each in answer["Records"]] == expected
    forced = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="N1", ExplicitHashKey=str(HALF))
    assert forced["ShardId"] == "shardId-000000000001"
    ranges = [each["HashKeyRange"] for each in shards(kinesis)]
    assert ranges[0] == {"StartingHashKey": "0", "EndingHashKey": str(HALF - 1)}
    assert ranges[1]["EndingHashKey"] == str(2**128 - 1)


@pytest.mark.aws(f"{API}API_GetRecords.html", operation="GetRecords")
def test_milliseconds_behind_the_tip(stream: Any, put: Any, read: Any, kinesis: Any, clock: Any) -> None:
    stream()
    put(10, stem="early-")
    clock.advance(minutes=10)
    put(10, stem="late-")
    clock.advance(seconds=30)
    assert read(limit=5)["MillisBehindLatest"] == 630_000
    answer = read(limit=10)
    assert answer["MillisBehindLatest"] == 30_000
    answer = kinesis.get_records(ShardIterator=answer["NextShardIterator"])
    assert (len(answer["Records"]), answer["MillisBehindLatest"]) == (10, 0)
    when = clock.now() - timedelta(minutes=1)
    assert read(ShardIteratorType="AT_TIMESTAMP", Timestamp=when)["Records"][0]["Data"] == b"late-0"


@pytest.mark.aws(f"{API}API_GetShardIterator.html", operation="GetShardIterator")
def test_an_iterator_lasts_five_minutes(stream: Any, put: Any, kinesis: Any, refused: Any, clock: Any) -> None:
    name = stream()
    put(1)
    start = {"StreamName": name, "ShardId": FIRST, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**start)["ShardIterator"]
    clock.advance(minutes=5)
    following = kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
    clock.advance(seconds=1)
    code, message = refused(kinesis.get_records, ShardIterator=iterator)
    assert code == "ExpiredIteratorException"
    assert message == (
        "Iterator expired. The iterator was created at time Mon Nov 02 09:00:00 UTC 2026 while right now it is "
        "Mon Nov 02 09:05:01 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds."
    )
    assert kinesis.get_records(ShardIterator=following)["Records"] == []
    assert refused(kinesis.get_records, ShardIterator="no iterator")[0] == "InvalidArgumentException"


@pytest.mark.aws(
    f"{GUIDE}kinesis-extended-retention.html",
    operation="IncreaseStreamRetentionPeriod, kinesis:DecreaseStreamRetentionPeriod",
)
def test_records_are_kept_for_a_day_or_as_long_as_told(
    stream: Any, put: Any, read: Any, kinesis: Any, refused: Any, clock: Any
) -> None:
    name = stream()
    put(3)
    clock.advance(hours=23)
    assert len(read()["Records"]) == 3
    kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=168)
    clock.advance(days=5)
    assert len(read()["Records"]) == 3
    put(1)
    kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=24)
    assert len(read()["Records"]) == 1
    clock.advance(hours=25)
    assert read()["Records"] == []
    too_long = {"StreamName": name, "RetentionPeriodHours": 8761}
    assert refused(kinesis.increase_stream_retention_period, **too_long)[0] == "InvalidArgumentException"


@pytest.mark.aws(f"{GUIDE}kinesis-using-sdk-java-resharding.html", operation="SplitShard, kinesis:GetRecords")
def test_a_split_shard_drains_and_names_its_children(
    stream: Any, put: Any, read: Any, kinesis: Any, refused: Any, clock: Any
) -> None:
    name = stream()
    put(4, key="before")
    split = {"StreamName": name, "ShardToSplit": FIRST, "NewStartingHashKey": str(HALF)}
    kinesis.split_shard(**split)
    parent, low, high = shards(kinesis)
    assert "EndingSequenceNumber" in parent["SequenceNumberRange"]
    assert low["ParentShardId"] == high["ParentShardId"] == FIRST
    assert [each["ShardId"] for each in shards(kinesis, ShardFilter={"Type": "AT_LATEST"})] == [
        low["ShardId"],
        high["ShardId"],
    ]
    assert put(4, key="after")["Records"][0]["ShardId"] in (low["ShardId"], high["ShardId"])
    first = read(limit=3)
    assert first["NextShardIterator"]
    last = kinesis.get_records(ShardIterator=first["NextShardIterator"])
    assert len(last["Records"]) == 1
    assert "NextShardIterator" not in last
    assert [each["ShardId"] for each in last["ChildShards"]] == [low["ShardId"], high["ShardId"]]
    code, message = refused(kinesis.split_shard, **split)
    assert code == "InvalidArgumentException"
    assert "has already been merged or split" in message
    clock.advance(hours=25)
    assert [each["ShardId"] for each in shards(kinesis)] == [low["ShardId"], high["ShardId"]]


@pytest.mark.kinesalite
@pytest.mark.aws(f"{API}API_MergeShards.html", operation="MergeShards, kinesis:SplitShard")
def test_merged_shards_are_parents_of_one(stream: Any, kinesis: Any, refused: Any) -> None:
    name = stream(shards=3)
    ids = [each["ShardId"] for each in shards(kinesis)]
    apart = {"StreamName": name, "ShardToMerge": ids[0], "AdjacentShardToMerge": ids[2]}
    assert refused(kinesis.merge_shards, **apart)[0] == "InvalidArgumentException"
    kinesis.merge_shards(StreamName=name, ShardToMerge=ids[0], AdjacentShardToMerge=ids[1])
    child = shards(kinesis)[-1]
    assert (child["ParentShardId"], child["AdjacentParentShardId"]) == (ids[0], ids[1])
    assert child["HashKeyRange"]["StartingHashKey"] == "0"
    border = {"StreamName": name, "ShardToSplit": ids[2], "NewStartingHashKey": "5"}
    code, message = refused(kinesis.split_shard, **border)
    assert code == "InvalidArgumentException"
    assert "is not both greater than one plus the shard's StartingHashKey" in message
    code, message = refused(kinesis.split_shard, **{**border, "ShardToSplit": "?"})
    assert (code, "Value '?' at 'shardToSplit' failed" in message) == ("ValidationException", True)


@pytest.mark.aws(f"{API}API_UpdateShardCount.html", operation="UpdateShardCount, kinesis:DescribeStreamSummary")
def test_a_new_number_of_shards_of_equal_range(stream: Any, kinesis: Any, refused: Any, clock: Any) -> None:
    name = stream(shards=2)

    def update(count: int) -> dict[str, Any]:
        return {"StreamName": name, "TargetShardCount": count, "ScalingType": "UNIFORM_SCALING"}

    code, message = refused(kinesis.update_shard_count, **update(5))
    assert (code, message) == (
        "LimitExceededException",
        "UpdateShardCount cannot scale up over double your current open shard count. "
        "Current open shard count: 2, Target shard count: 5",
    )
    answer = kinesis.update_shard_count(**update(3))
    assert (answer["CurrentShardCount"], answer["TargetShardCount"]) == (2, 3)
    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == 3
    open_ones = [each["HashKeyRange"] for each in shards(kinesis, ShardFilter={"Type": "AT_LATEST"})]
    widths = [int(each["EndingHashKey"]) - int(each["StartingHashKey"]) for each in open_ones]
    assert max(widths) - min(widths) <= 1
    for count in (6, 3, 6, 3, 6, 3, 6, 3, 6):
        kinesis.update_shard_count(**update(count))
    assert refused(kinesis.update_shard_count, **update(3))[0] == "LimitExceededException"
    clock.advance(hours=25)
    kinesis.update_shard_count(**update(3))


@pytest.mark.aws(
    f"{API}API_SubscribeToShard.html",
    operation="SubscribeToShard, kinesis:RegisterStreamConsumer, kinesis:ListStreamConsumers, "
    "kinesis:DescribeStreamConsumer, kinesis:DeregisterStreamConsumer, kinesis:DeleteStream",
)
def test_a_consumer_with_fan_out_has_reads_of_its_own(
    stream: Any, put: Any, read: Any, kinesis: Any, refused: Any
) -> None:
    name = stream()
    put(400)
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="dashboard")["Consumer"]
    assert refused(kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="dashboard")[0] == (
        "ResourceInUseException"
    )
    for _ in range(5):
        read(limit=1)
    subscription = kinesis.subscribe_to_shard(
        ConsumerARN=consumer["ConsumerARN"], ShardId=FIRST, StartingPosition={"Type": "TRIM_HORIZON"}
    )
    events = [event["SubscribeToShardEvent"] for event in subscription["EventStream"]]
    assert sum(len(event["Records"]) for event in events) == 400
    assert events[0]["Records"][0]["Data"] == b"0"
    assert events[-1]["MillisBehindLatest"] == 0
    put(1, stem="next-")
    place = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": events[-1]["ContinuationSequenceNumber"]}
    following = kinesis.subscribe_to_shard(ConsumerARN=consumer["ConsumerARN"], ShardId=FIRST, StartingPosition=place)
    assert [r["Data"] for e in following["EventStream"] for r in e["SubscribeToShardEvent"]["Records"]] == [b"next-0"]
    assert refused(kinesis.delete_stream, StreamName=name)[0] == "ResourceInUseException"
    described = kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])["ConsumerDescription"]
    assert described["ConsumerStatus"] == "ACTIVE"
    kinesis.deregister_stream_consumer(ConsumerARN=consumer["ConsumerARN"])
    assert kinesis.list_stream_consumers(StreamARN=arn)["Consumers"] == []
    kinesis.delete_stream(StreamName=name)


@pytest.mark.kinesalite
@pytest.mark.aws(
    f"{API}API_GetShardIterator.html", operation="GetShardIterator, kinesis:PutRecord, kinesis:CreateStream"
)
def test_what_does_not_exist_and_what_came_from_elsewhere(stream: Any, kinesis: Any, refused: Any) -> None:
    name = stream()
    code, _ = refused(kinesis.put_record, StreamName="nowhere", Data=b"x", PartitionKey="k")
    assert code == "ResourceNotFoundException"
    gone = {"StreamName": name, "ShardId": "shardId-000000000007", "ShardIteratorType": "LATEST"}
    assert refused(kinesis.get_shard_iterator, **gone)[0] == "ResourceNotFoundException"
    foreign = {
        "StreamName": name,
        "ShardId": FIRST,
        "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
        "StartingSequenceNumber": "123",
    }
    assert refused(kinesis.get_shard_iterator, **foreign)[0] == "InvalidArgumentException"
    assert refused(kinesis.create_stream, StreamName=name, ShardCount=1)[0] == "ResourceInUseException"


@pytest.mark.aws(
    f"{API}API_DescribeLimits.html", operation="DescribeLimits, kinesis:ListStreams, kinesis:DescribeStream"
)
def test_shards_count_against_the_quota(stream: Any, kinesis: Any, refused: Any) -> None:
    name = stream(shards=3)
    assert kinesis.describe_limits()["OpenShardCount"] == 3
    code, message = refused(kinesis.create_stream, StreamName="huge", ShardCount=20_000)
    assert code == "LimitExceededException"
    assert "Current shard count for the account: 3. Limit: 20000." in message
    assert kinesis.list_streams()["StreamNames"] == [name]
    described = kinesis.describe_stream(StreamName=name, Limit=2)["StreamDescription"]
    assert (len(described["Shards"]), described["HasMoreShards"]) == (2, True)

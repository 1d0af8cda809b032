"""What a shard takes and gives in a second, and what happens to the rest."""

from __future__ import annotations

from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/streams/latest/dev/"
API = "https://docs.aws.amazon.com/kinesis/latest/APIReference/"
LIMITS = f"{GUIDE}service-sizes-and-limits.html"
PUT_RECORDS = f"{API}API_PutRecords.html"
EXCEEDED = "ProvisionedThroughputExceededException"
MESSAGE = "Rate exceeded for shard shardId-000000000000 in stream departures under account 123456789012."


@pytest.mark.aws(PUT_RECORDS, operation="PutRecords")
def test_a_thousand_records_a_second_pass_and_the_others_are_named(stream: Any, put: Any, clock: Any) -> None:
    stream()
    assert [put(400, stem=f"{n}-")["FailedRecordCount"] for n in range(3)] == [0, 0, 200]
    answer = put(2, stem="more-")
    assert answer["FailedRecordCount"] == 2
    assert answer["Records"][0] == {"ErrorCode": EXCEEDED, "ErrorMessage": MESSAGE}
    clock.advance(seconds=0.5)
    assert put(500, stem="later-")["FailedRecordCount"] == 0
    assert put(100, stem="too soon-")["FailedRecordCount"] == 100


@pytest.mark.aws(LIMITS, operation="PutRecords")
def test_a_partly_refused_batch_keeps_what_passed_in_order(stream: Any, put: Any, read: Any) -> None:
    stream()
    for n in range(3):
        put(400, stem=f"{n}-")
    records = read()["Records"]
    assert len(records) == 1000
    assert [int(each["SequenceNumber"]) for each in records] == sorted(int(each["SequenceNumber"]) for each in records)
    assert records[-1]["Data"] == b"2-199"


@pytest.mark.aws(PUT_RECORDS, operation="PutRecords, PutRecord")
def test_data_and_partition_key_together_are_at_most_a_mebibyte(stream: Any, kinesis: Any, refused: Any) -> None:
    name = stream()
    record = {"Data": bytes(2**20 - 2), "PartitionKey": "key"}
    for put, entry in ((kinesis.put_record, record), (kinesis.put_records, {"Records": [record]})):
        code, message = refused(put, StreamName=name, **entry)
        assert (code, "less than or equal to 1048576" in message) == ("ValidationException", True)
    kinesis.put_record(StreamName=name, Data=bytes(2**20 - 3), PartitionKey="key")


@pytest.mark.aws(LIMITS, operation="PutRecord")
def test_a_mebibyte_a_second_whichever_comes_first(stream: Any, kinesis: Any, refused: Any, clock: Any) -> None:
    name = stream()
    for n in range(2):
        kinesis.put_record(StreamName=name, Data=bytes(500_000), PartitionKey=f"a{n}")
    again = {"StreamName": name, "Data": bytes(500_000), "PartitionKey": "b"}
    assert refused(kinesis.put_record, **again) == (EXCEEDED, MESSAGE)
    clock.advance(seconds=1)
    kinesis.put_record(**again)


@pytest.mark.aws(LIMITS, operation="PutRecords")
def test_the_usual_loop_that_tries_again_ends_on_a_clock_that_nobody_moves(
    stream: Any, kinesis: Any, put: Any, read: Any, clock: Any
) -> None:
    name = stream()
    for n in range(2):
        put(500, stem=f"{n}-")
    waiting: list[Any] = [{"Data": str(n).encode(), "PartitionKey": "late"} for n in range(400)]
    tries = 0
    while waiting:
        answers = kinesis.put_records(StreamName=name, Records=waiting)["Records"]
        waiting = [each for each, answer in zip(waiting, answers, strict=True) if "ErrorCode" in answer]
        tries += 1
    assert tries == 3  # 0.2 and 0.4 seconds of backoff, borrowed from those to come
    assert put(300, stem="rest")["FailedRecordCount"] == 100
    clock.advance(seconds=0.6)
    assert put(100, stem="paid back")["FailedRecordCount"] == 100
    clock.advance(seconds=0.4)
    assert put(500, stem="again")["FailedRecordCount"] == 100


@pytest.mark.aws(LIMITS, operation="PutRecords")
def test_a_hot_key_fills_its_shard_while_others_idle(stream: Any, put: Any, kinesis: Any) -> None:
    name = stream(shards=4)
    assert sum(put(500, key="hot", stem=f"{n}-")["FailedRecordCount"] for n in range(4)) == 1000
    spread = [{"Data": b"x", "PartitionKey": f"plane-{n}"} for n in range(400)]
    failed = kinesis.put_records(StreamName=name, Records=spread)["FailedRecordCount"]
    assert 50 < failed < 150  # those whose key falls into the hot shard


@pytest.mark.aws(f"{API}API_GetRecords.html", operation="GetRecords")
def test_five_reads_a_second_and_two_mebibytes_are_shared(
    stream: Any, put: Any, read: Any, kinesis: Any, refused: Any, clock: Any
) -> None:
    name = stream()
    put(10)
    for _ in range(5):
        read(limit=1)
    start = {"StreamName": name, "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**start)["ShardIterator"]
    assert refused(kinesis.get_records, ShardIterator=iterator)[0] == EXCEEDED
    assert len(kinesis.get_records(ShardIterator=iterator)["Records"]) == 10  # who asks again has waited
    for _ in range(12):
        put(1, size=1_000_000)
        clock.advance(seconds=1)
    answer = read()
    assert 10_000_000 <= sum(len(each["Data"]) for each in answer["Records"]) <= 10 * 1024 * 1024
    clock.advance(seconds=3)
    fresh = kinesis.get_shard_iterator(**start)["ShardIterator"]
    assert refused(kinesis.get_records, ShardIterator=fresh) == (EXCEEDED, MESSAGE)
    clock.advance(seconds=2)
    assert kinesis.get_records(ShardIterator=answer["NextShardIterator"])["Records"]


@pytest.mark.aws(PUT_RECORDS, operation="PutRecords, kinesis:UpdateMaxRecordSize")
def test_records_and_requests_have_a_largest_size(
    stream: Any, kinesis: Any, put: Any, refused: Any, clock: Any
) -> None:
    name = stream()
    large = {"StreamName": name, "Records": [{"Data": bytes(1024 * 1024 + 1), "PartitionKey": "k"}]}
    code, message = refused(kinesis.put_records, **large)
    assert code == "ValidationException"
    assert "'records.1.member.data' failed to satisfy constraint" in message
    code, message = refused(kinesis.put_records, StreamName=name, Records=[{"Data": b"", "PartitionKey": "k"}] * 501)
    assert code == "ValidationException"
    assert message.endswith("less than or equal to 500")
    eleven = [{"Data": bytes(1024 * 1024 - 1), "PartitionKey": "k"}] * 11
    assert refused(kinesis.put_records, StreamName=name, Records=eleven)[0] == "InvalidArgumentException"
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=2048)
    assert kinesis.put_records(**large)["FailedRecordCount"] == 0  # a large record leaves the second in debt
    clock.advance(seconds=1)
    assert put(1)["FailedRecordCount"] == 0
    assert refused(kinesis.update_max_record_size, StreamARN=arn, MaxRecordSizeInKiB=20_000)[0] == "ValidationException"


@pytest.mark.aws(f"{GUIDE}how-do-i-size-a-stream.html", operation="CreateStream, kinesis:UpdateStreamMode")
def test_on_demand_begins_with_four_shards_and_grows_with_the_load(kinesis: Any, clock: Any, refused: Any) -> None:
    kinesis.create_stream(StreamName="free", StreamModeDetails={"StreamMode": "ON_DEMAND"})

    def summary() -> Any:
        return kinesis.describe_stream_summary(StreamName="free")["StreamDescriptionSummary"]

    def burst(count: int) -> int:
        records = [{"Data": b"x", "PartitionKey": f"{count}-{n}"} for n in range(500)]
        answers = [kinesis.put_records(StreamName="free", Records=records) for _ in range(count)]
        return sum(answer["FailedRecordCount"] for answer in answers)

    assert summary()["OpenShardCount"] == 4
    assert burst(6) == 0
    assert burst(6) > 0
    clock.advance(minutes=16)
    assert summary()["OpenShardCount"] == 12
    assert burst(12) < 700
    split = {"StreamName": "free", "TargetShardCount": 5, "ScalingType": "UNIFORM_SCALING"}
    assert refused(kinesis.update_shard_count, **split)[0] == "ValidationException"
    kinesis.update_stream_mode(StreamARN=summary()["StreamARN"], StreamModeDetails={"StreamMode": "PROVISIONED"})
    assert summary()["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}


@pytest.mark.aws(f"{GUIDE}monitoring-with-cloudwatch.html", operation="PutRecords")
def test_cloudwatch_hears_of_what_was_refused(stream: Any, put: Any, client: Any, clock: Any) -> None:
    stream()
    for n in range(3):
        put(400, stem=f"{n}-")
    found = client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Kinesis",
        MetricName="WriteProvisionedThroughputExceeded",
        Dimensions=[{"Name": "StreamName", "Value": "departures"}],
        StartTime=clock.now().replace(hour=8),
        EndTime=clock.now().replace(hour=10),
        Period=3600,
        Statistics=["Sum"],
    )
    assert sum(point["Sum"] for point in found["Datapoints"]) == 200

"""DynamoDB Streams: what is recorded, in which order, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"
API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_"
RECORD = f"{API}StreamRecord.html"
ITERATOR = f"{API}GetShardIterator.html"
RECORDS = f"{API}GetRecords.html"


@pytest.fixture
def table(dynamodb: Any) -> Callable[..., str]:
    """``table("KEYS_ONLY")`` makes a table with a stream and returns the stream's ARN."""

    def create(view: str = "NEW_AND_OLD_IMAGES", name: str = "Watched") -> str:
        answer = dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        )
        return str(answer["TableDescription"]["LatestStreamArn"])

    return create


@pytest.fixture
def iterate(streams: Any) -> Callable[..., str]:
    """``iterate(arn, "TRIM_HORIZON")`` returns an iterator of the stream's shard."""

    def iterator(arn: str, kind: str = "TRIM_HORIZON", **more: Any) -> str:
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        answer = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind, **more)
        return str(answer["ShardIterator"])

    return iterator


@pytest.fixture
def write(dynamodb: Any) -> Callable[..., None]:
    """Put, change, change nothing, and delete an item."""

    def some(name: str = "Watched") -> None:
        for size in ("1", "22", "22"):
            dynamodb.put_item(TableName=name, Item={"pk": {"S": "a"}, "n": {"N": size}})
        dynamodb.delete_item(TableName=name, Key={"pk": {"S": "a"}})
        dynamodb.delete_item(TableName=name, Key={"pk": {"S": "a"}})

    return some


@pytest.mark.aws(RECORD, operation="dynamodbstreams:GetRecords")
@pytest.mark.parametrize(
    ("view", "images", "sizes"),
    [
        ("KEYS_ONLY", [set(), set(), set()], [3, 3, 3]),
        ("NEW_IMAGE", [{"NewImage"}, {"NewImage"}, set()], [9, 9, 3]),
        ("OLD_IMAGE", [set(), {"OldImage"}, {"OldImage"}], [3, 9, 9]),
        ("NEW_AND_OLD_IMAGES", [{"NewImage"}, {"NewImage", "OldImage"}, {"OldImage"}], [9, 15, 9]),
    ],
)
def test_each_change_is_a_record_with_the_images_of_the_view_type(
    streams: Any, table: Any, iterate: Any, write: Any, view: str, images: list[set[str]], sizes: list[int]
) -> None:
    arn = table(view)
    write()
    records = streams.get_records(ShardIterator=iterate(arn))["Records"]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    changes = [record["dynamodb"] for record in records]
    assert [set(change) & {"NewImage", "OldImage"} for change in changes] == images
    assert [change["SizeBytes"] for change in changes] == sizes
    assert all(change["Keys"] == {"pk": {"S": "a"}} and change["StreamViewType"] == view for change in changes)
    numbers = [int(change["SequenceNumber"]) for change in changes]
    assert numbers == sorted(set(numbers))
    assert len({record["eventID"] for record in records}) == 3
    assert {(record["eventSource"], record["eventVersion"], record["awsRegion"]) for record in records} == {
        ("aws:dynamodb", "1.1", "us-east-1")
    }


@pytest.mark.aws(ITERATOR, operation="dynamodbstreams:GetShardIterator")
def test_iterators_start_at_the_oldest_the_newest_at_and_after_a_record(
    streams: Any, dynamodb: Any, table: Any, iterate: Any, write: Any
) -> None:
    arn = table()
    write()
    latest = iterate(arn, "LATEST")
    first, *_ = records = streams.get_records(ShardIterator=iterate(arn))["Records"]
    number = first["dynamodb"]["SequenceNumber"]
    dynamodb.put_item(TableName="Watched", Item={"pk": {"S": "b"}})

    def read(iterator: str) -> list[str]:
        return [record["eventName"] for record in streams.get_records(ShardIterator=iterator)["Records"]]

    assert len(records) == 3
    assert read(latest) == ["INSERT"]
    assert read(iterate(arn, "AT_SEQUENCE_NUMBER", SequenceNumber=number)) == ["INSERT", "MODIFY", "REMOVE", "INSERT"]
    assert read(iterate(arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=number)) == ["MODIFY", "REMOVE", "INSERT"]


@pytest.mark.aws(RECORDS, operation="dynamodbstreams:GetRecords")
def test_pages_end_at_the_limit_and_an_open_shard_goes_on(streams: Any, table: Any, iterate: Any, write: Any) -> None:
    arn = table()
    write()
    page = streams.get_records(ShardIterator=iterate(arn), Limit=2)
    assert [record["eventName"] for record in page["Records"]] == ["INSERT", "MODIFY"]
    page = streams.get_records(ShardIterator=page["NextShardIterator"], Limit=2)
    assert [record["eventName"] for record in page["Records"]] == ["REMOVE"]
    page = streams.get_records(ShardIterator=page["NextShardIterator"])
    assert page["Records"] == []
    assert page["NextShardIterator"]


@pytest.mark.aws(RECORDS, operation="dynamodbstreams:GetRecords")
def test_an_iterator_lives_for_fifteen_minutes(
    streams: Any, table: Any, iterate: Any, refused: Any, clock: Any
) -> None:
    iterator = iterate(table())
    clock.advance(minutes=15)
    streams.get_records(ShardIterator=iterator)
    clock.advance(seconds=1)
    code, _ = refused(streams.get_records, ShardIterator=iterator)
    assert code == "ExpiredIteratorException"


@pytest.mark.aws(GUIDE, operation="dynamodbstreams:GetRecords")
def test_records_live_for_a_day(
    streams: Any, dynamodb: Any, table: Any, iterate: Any, refused: Any, clock: Any
) -> None:
    arn = table()
    dynamodb.put_item(TableName="Watched", Item={"pk": {"S": "old"}})
    number = streams.get_records(ShardIterator=iterate(arn))["Records"][0]["dynamodb"]["SequenceNumber"]
    clock.advance(hours=23, minutes=55)
    dynamodb.put_item(TableName="Watched", Item={"pk": {"S": "new"}})
    at_old = iterate(arn, "AT_SEQUENCE_NUMBER", SequenceNumber=number)
    oldest = iterate(arn)
    clock.advance(minutes=10)
    records = streams.get_records(ShardIterator=oldest)["Records"]
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in records] == ["new"]
    assert refused(streams.get_records, ShardIterator=at_old) == (
        "TrimmedDataAccessException",
        "The data you are trying to access has been trimmed",
    )
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    wanted = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": number}
    code, _ = refused(streams.get_shard_iterator, StreamArn=arn, ShardId=shard, **wanted)
    assert code == "TrimmedDataAccessException"


@pytest.mark.aws(GUIDE, operation="dynamodbstreams:DescribeStream")
def test_a_disabled_stream_can_be_read_to_its_end_for_a_day(
    streams: Any, dynamodb: Any, table: Any, iterate: Any, write: Any, refused: Any, clock: Any
) -> None:
    arn = table()
    write()
    dynamodb.update_table(TableName="Watched", StreamSpecification={"StreamEnabled": False})
    write()
    description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert description["StreamStatus"] == "DISABLED"
    page = streams.get_records(ShardIterator=iterate(arn))
    assert len(page["Records"]) == 3
    assert "NextShardIterator" not in page
    numbers = description["Shards"][0]["SequenceNumberRange"]
    assert numbers["EndingSequenceNumber"] == page["Records"][-1]["dynamodb"]["SequenceNumber"]
    again = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    dynamodb.update_table(TableName="Watched", StreamSpecification=again)
    assert dynamodb.describe_table(TableName="Watched")["Table"]["LatestStreamArn"] != arn
    clock.advance(days=1)
    code, message = refused(streams.describe_stream, StreamArn=arn)
    assert (code, message) == ("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found")


@pytest.mark.aws(f"{API}ListStreams.html", operation="dynamodbstreams:ListStreams")
def test_streams_are_listed_by_page_and_by_table_also_after_the_table_is_gone(
    streams: Any, dynamodb: Any, table: Any
) -> None:
    arns = [table(name=name) for name in ("Alpha", "Beta", "Gamma")]
    dynamodb.delete_table(TableName="Beta")
    page = streams.list_streams(Limit=2)
    assert [stream["StreamArn"] for stream in page["Streams"]] == arns[:2]
    page = streams.list_streams(ExclusiveStartStreamArn=page["LastEvaluatedStreamArn"])
    assert [stream["StreamArn"] for stream in page["Streams"]] == arns[2:]
    assert "LastEvaluatedStreamArn" not in page
    assert [stream["TableName"] for stream in streams.list_streams(TableName="Gamma")["Streams"]] == ["Gamma"]


@pytest.mark.aws(RECORDS, operation="dynamodbstreams:GetRecords")
def test_too_large_a_limit_and_a_false_iterator_are_refused(
    streams: Any, table: Any, iterate: Any, refused: Any
) -> None:
    iterator = iterate(table())
    assert refused(streams.get_records, ShardIterator=iterator, Limit=1001) == (
        "ValidationException",
        "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 1000",
    )
    assert refused(streams.get_records, ShardIterator="garbage") == ("ValidationException", "Invalid ShardIterator")

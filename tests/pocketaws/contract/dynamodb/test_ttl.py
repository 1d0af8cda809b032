"""Time to live: when items go, which, and what that leaves."""

from __future__ import annotations

from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
HOW = f"{GUIDE}howitworks-ttl.html"
STREAM = f"{GUIDE}time-to-live-ttl-streams.html"
API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html"


@pytest.fixture
def sessions(dynamodb: Any, clock: Any) -> Any:
    """A table whose items expire; ``sessions("a", seconds=60)`` puts one and returns its key."""
    dynamodb.create_table(
        TableName="Sessions",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "user")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-user",
                "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"},
    )
    specification = {"Enabled": True, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="Sessions", TimeToLiveSpecification=specification)

    def put(pk: str, value: dict[str, str] | None = None, seconds: float = 0) -> None:
        expires = value or {"N": str(int(clock.now().timestamp() + seconds))}
        item = {"pk": {"S": pk}, "user": {"S": "u"}, "expires": expires}
        dynamodb.put_item(TableName="Sessions", Item=item)

    return put


@pytest.fixture
def left(dynamodb: Any) -> Any:
    """``left()`` returns the keys in the table, and checks that the index has the same."""

    def keys() -> list[str]:
        found = dynamodb.scan(TableName="Sessions")["Items"]
        indexed = dynamodb.scan(TableName="Sessions", IndexName="by-user")["Items"]
        assert sorted(item["pk"]["S"] for item in indexed) == sorted(item["pk"]["S"] for item in found)
        return sorted(item["pk"]["S"] for item in found)

    return keys


@pytest.mark.aws(HOW, operation="dynamodb:UpdateTimeToLive")
def test_an_expired_item_can_be_read_until_it_is_deleted(sessions: Any, left: Any, clock: Any) -> None:
    sessions("soon", seconds=600)
    sessions("later", seconds=4000)
    clock.advance(minutes=30)
    assert left() == ["later", "soon"]
    clock.advance(minutes=30)
    assert left() == ["later"]
    clock.advance(days=2)
    assert left() == []


@pytest.mark.aws(HOW, operation="dynamodb:UpdateTimeToLive")
def test_only_numbers_of_the_last_five_years_count(sessions: Any, left: Any, clock: Any) -> None:
    sessions("text", {"S": "1"})
    sessions("six years ago", seconds=-6 * 366 * 86400)
    sessions("four years ago", seconds=-4 * 366 * 86400)
    sessions("milliseconds", {"N": str(int(clock.now().timestamp() * 1000))})
    clock.advance(days=3)
    assert left() == ["milliseconds", "six years ago", "text"]


@pytest.mark.aws(HOW, operation="dynamodb:UpdateTimeToLive")
def test_a_later_time_saves_an_item(dynamodb: Any, sessions: Any, left: Any, clock: Any) -> None:
    sessions("a", seconds=600)
    sessions("a", seconds=86400)
    clock.advance(hours=3)
    assert left() == ["a"]
    clock.advance(days=1)
    assert left() == []


@pytest.mark.aws(HOW, operation="dynamodb:UpdateTimeToLive")
def test_items_that_were_there_before_expire_too_and_stay_once_it_is_disabled(
    dynamodb: Any, sessions: Any, left: Any, clock: Any
) -> None:
    sessions("a", seconds=7200)
    clock.advance(hours=1)
    specification = {"Enabled": False, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="Sessions", TimeToLiveSpecification=specification)
    clock.advance(days=1)
    assert left() == ["a"]
    specification = {"Enabled": True, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="Sessions", TimeToLiveSpecification=specification)
    clock.advance(hours=1)
    assert left() == []


@pytest.mark.aws(STREAM, operation="dynamodbstreams:GetRecords")
def test_the_stream_says_that_the_service_deleted_the_item(
    dynamodb: Any, streams: Any, sessions: Any, clock: Any
) -> None:
    sessions("a", seconds=600)
    sessions("b", seconds=90_000)
    dynamodb.delete_item(TableName="Sessions", Key={"pk": {"S": "b"}})
    clock.advance(hours=1)
    (stream,) = streams.list_streams()["Streams"]
    shard = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"][0]["ShardId"]
    where = {"StreamArn": stream["StreamArn"], "ShardId": shard}
    iterator = streams.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"][2:]
    assert [(one["eventName"], one["dynamodb"]["Keys"]["pk"]["S"]) for one in records] == [
        ("REMOVE", "b"),
        ("REMOVE", "a"),
    ]
    assert [one.get("userIdentity") for one in records] == [
        None,
        {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"},
    ]


@pytest.mark.aws(API, operation="dynamodb:DescribeTimeToLive")
def test_it_is_described_and_changes_only_once_an_hour(dynamodb: Any, sessions: Any, refused: Any, clock: Any) -> None:
    update = dynamodb.update_time_to_live

    def change(enabled: bool, name: str = "expires") -> tuple[str, str]:
        specification = {"Enabled": enabled, "AttributeName": name}
        code, message = refused(update, TableName="Sessions", TimeToLiveSpecification=specification)
        return code, message

    def described() -> Any:
        return dynamodb.describe_time_to_live(TableName="Sessions")["TimeToLiveDescription"]

    assert described() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert change(True) == ("ValidationException", "TimeToLive is already enabled")
    assert change(True, "ttl") == (
        "ValidationException",
        "TimeToLive is active on a different AttributeName: current AttributeName is expires",
    )
    assert change(False) == (
        "ValidationException",
        "Time to live has been modified multiple times within a fixed interval",
    )
    clock.advance(hours=1)
    specification = {"Enabled": False, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="Sessions", TimeToLiveSpecification=specification)
    assert described() == {"TimeToLiveStatus": "DISABLED"}
    assert change(False) == ("ValidationException", "TimeToLive is already disabled")

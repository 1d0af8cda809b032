"""Throttling: bursts, provisioned throughput, hot partitions, and who is told what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
BURST = f"{GUIDE}burst-adaptive-capacity.html"
PARTITIONS = f"{GUIDE}bp-partition-key-design.html"
ERRORS = f"{GUIDE}Programming.Errors.html"
GSI = f"{GUIDE}gsi-throttling.html"
MAXIMUM = f"{GUIDE}on-demand-capacity-mode-max-throughput.html"
REASON = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html"
TABLE_MESSAGE = (
    "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API."
)
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/Small"


@pytest.fixture
def hasty(client: Callable[..., Any]) -> Any:
    """A client that does not try again."""
    return client("dynamodb", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def small(hasty: Any) -> Callable[..., None]:
    """``small(reads=1, writes=1)`` makes a table of so many units."""

    def create(reads: int = 1, writes: int = 1, **more: Any) -> None:
        if "BillingMode" not in more:
            more["ProvisionedThroughput"] = {"ReadCapacityUnits": reads, "WriteCapacityUnits": writes}
        more.setdefault("AttributeDefinitions", [{"AttributeName": "pk", "AttributeType": "S"}])
        hasty.create_table(TableName="Small", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}], **more)

    return create


def put(client: Any, pk: str, size: int = 0, **more: Any) -> None:
    client.put_item(TableName="Small", Item={"pk": {"S": pk}, "body": {"S": "x" * size}, **more})


def until_throttled(action: Callable[[int], object], most: int = 500) -> tuple[int, Any]:
    """Do something until it is throttled; return how often it was done and the error's answer."""
    for count in range(most):
        try:
            action(count)
        except ClientError as error:
            return count, error.response
    raise AssertionError(f"not throttled in {most}")


@pytest.mark.aws(BURST, operation="dynamodb:PutItem")
def test_a_burst_of_five_minutes_is_served_then_the_provisioned_rate(hasty: Any, small: Any, clock: Any) -> None:
    small(writes=1)
    count, answer = until_throttled(lambda n: put(hasty, str(n), size=9_000))  # 9 units each
    assert count == 34  # 300 units, and three requests' tenths of a second
    assert answer["Error"] == {"Code": "ProvisionedThroughputExceededException", "Message": TABLE_MESSAGE}
    assert answer["ThrottlingReasons"] == [{"reason": "TableWriteProvisionedThroughputExceeded", "resource": ARN}]
    clock.advance(seconds=60)
    count, _ = until_throttled(lambda n: put(hasty, str(n), size=9_000))
    assert count == 7


@pytest.mark.aws(BURST, operation="dynamodb:GetItem")
def test_reads_and_writes_have_units_of_their_own(hasty: Any, small: Any) -> None:
    small(reads=1, writes=5)
    put(hasty, "a", size=400_000)
    get = {"TableName": "Small", "Key": {"pk": {"S": "a"}}, "ConsistentRead": True}
    count, answer = until_throttled(lambda n: hasty.get_item(**get))
    assert count == 4  # 98 units each
    assert answer["ThrottlingReasons"][0]["reason"] == "TableReadProvisionedThroughputExceeded"
    put(hasty, "b")


@pytest.mark.aws(ERRORS, operation="dynamodb:PutItem")
def test_a_client_that_tries_again_gets_through(client: Any, hasty: Any, small: Any) -> None:
    small(writes=50)
    until_throttled(lambda n: put(hasty, str(n), size=300_000))
    patient = client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    for _ in range(600):
        try:
            put(patient, "through")
            break
        except ClientError:
            continue
    assert "Item" in hasty.get_item(TableName="Small", Key={"pk": {"S": "through"}})


@pytest.mark.aws(ERRORS, operation="dynamodb:BatchWriteItem")
def test_a_batch_gives_back_what_was_throttled(hasty: Any, small: Any) -> None:
    small(writes=1)
    requests = [{"PutRequest": {"Item": {"pk": {"S": str(n)}, "body": {"S": "x" * 50_000}}}} for n in range(10)]
    answer = hasty.batch_write_item(RequestItems={"Small": requests})
    assert answer["UnprocessedItems"]["Small"] == requests[7:]  # 49 units each
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        hasty.batch_write_item(RequestItems=answer["UnprocessedItems"])


@pytest.mark.aws(ERRORS, operation="dynamodb:TransactWriteItems")
def test_a_transaction_is_cancelled(hasty: Any, small: Any) -> None:
    small(writes=1)
    until_throttled(lambda n: put(hasty, str(n), size=50_000))
    puts = [{"Put": {"TableName": "Small", "Item": {"pk": {"S": pk}}}} for pk in ("x", "y")]
    with pytest.raises(ClientError) as caught:
        hasty.transact_write_items(TransactItems=puts)
    response: Any = caught.value.response
    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert response["CancellationReasons"][0] == {
        "Code": "ProvisionedThroughputExceeded",
        "Message": TABLE_MESSAGE,
    }


@pytest.mark.aws(GSI, operation="dynamodb:PutItem")
def test_an_index_that_is_too_small_throttles_the_table(hasty: Any, small: Any) -> None:
    index = {
        "IndexName": "by-city",
        "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    }
    names = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "city")]
    small(writes=1000, GlobalSecondaryIndexes=[index], AttributeDefinitions=names)
    _, answer = until_throttled(lambda n: put(hasty, str(n), size=100_000, city={"S": "Bern"}))
    assert answer["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert "global secondary indexes of the table" in answer["Error"]["Message"]
    reason = {"reason": "IndexWriteProvisionedThroughputExceeded", "resource": f"{ARN}/index/by-city"}
    assert answer["ThrottlingReasons"] == [reason]
    put(hasty, "not in the index", size=100_000)


@pytest.mark.aws(PARTITIONS, operation="dynamodb:PutItem")
def test_a_partition_has_a_limit_of_its_own_also_on_demand(hasty: Any, small: Any, clock: Any) -> None:
    small(BillingMode="PAY_PER_REQUEST")
    count, answer = until_throttled(lambda n: put(hasty, "hot", size=400_000), 30)
    assert count == 14  # 391 units each, of five seconds with 1,000 and 10 more at each request
    assert answer["Error"]["Code"] == "ThrottlingException"
    assert "check if you have a hot key" in answer["Error"]["Message"]
    assert answer["throttlingReasons"][0]["reason"] == "TableWriteKeyRangeThroughputExceeded"
    clock.advance(seconds=1)
    put(hasty, "hot")
    for number in range(30):
        put(hasty, f"cool-{number}", size=400_000)


@pytest.mark.aws(MAXIMUM, operation="dynamodb:PutItem")
def test_an_on_demand_table_can_be_given_a_maximum(hasty: Any, small: Any) -> None:
    small(BillingMode="PAY_PER_REQUEST", OnDemandThroughput={"MaxWriteRequestUnits": 1})
    _, answer = until_throttled(lambda n: put(hasty, str(n), size=100_000))
    assert answer["Error"] == {
        "Code": "ThrottlingException",
        "Message": "Throughput exceeds the maximum OnDemandThroughput configured on table or index",
    }


@pytest.mark.aws(REASON, operation="dynamodb:PutItem")
def test_light_use_of_a_small_table_is_never_throttled_though_the_clock_stands_still(hasty: Any, small: Any) -> None:
    small(reads=5, writes=5)
    for number in range(200):
        put(hasty, str(number))
    assert hasty.scan(TableName="Small")["Count"] == 200

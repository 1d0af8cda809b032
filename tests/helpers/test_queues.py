"""Queues: messages come back until they are handled, and go to the dead letters after some tries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from helpers import queues, session
from helpers.errors import MessagesNotSent


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    session.start(seed=7)
    yield
    session.stop()


def test_a_message_that_fails_comes_back_and_then_goes_to_the_dead_letters() -> None:
    dead = queues.create_queue("dead")
    queue = queues.create_queue("jobs", dead_letters=dead, tries=2, hidden=30)
    assert queues.send_messages(queue, [f"job {number}" for number in range(23)]) == 23
    seen: list[str] = []

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        seen.extend(record["body"] for record in event["Records"])
        bad = [record["messageId"] for record in event["Records"] if record["body"] == "job 7"]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}

    while queues.deliver(queue, handler):
        pass
    assert queues.count_messages(queue) == 1  # hidden, not gone
    for _ in range(2):
        session.advance(seconds=31)
        queues.deliver(queue, handler)
    assert (queues.count_messages(queue), queues.count_messages(dead)) == (0, 1)
    assert (len(seen), seen.count("job 7")) == (24, 2)


def test_no_message_calls_no_handler() -> None:
    assert queues.deliver(queues.create_queue("jobs"), Mock(side_effect=AssertionError)) == 0


def test_refused_messages_are_named() -> None:
    client = Mock()
    client.send_message_batch.side_effect = [{"Failed": [{"Id": "3"}]}, {}]
    with pytest.raises(MessagesNotSent, match="1 of 12 messages") as caught:
        queues.send_messages("https://queue", map(str, range(12)), client=client)
    assert caught.value.failed == ["3"]


def test_without_a_prefix_a_queue_hears_of_every_key() -> None:
    client = session.client("s3")
    client.create_bucket(Bucket="harbor")
    queue = queues.create_queue("arrivals")
    queues.listen("harbor", queue)
    told = client.get_bucket_notification_configuration(Bucket="harbor")["QueueConfigurations"]
    assert [rule.get("Filter") for rule in told] == [None]
    before = queues.count_messages(queue)
    client.put_object(Bucket="harbor", Key="anywhere/at all", Body=b"1")
    assert queues.count_messages(queue) == before + 1


def test_a_bucket_tells_a_queue_what_comes_and_goes() -> None:
    client = session.client("s3")
    client.create_bucket(Bucket="harbor")
    queue = queues.create_queue("arrivals")
    queues.listen("harbor", queue, "raw/")
    client.put_object(Bucket="harbor", Key="raw/a b.csv", Body=b"1")
    client.put_object(Bucket="harbor", Key="other.csv", Body=b"1")
    client.delete_object(Bucket="harbor", Key="raw/a b.csv")
    seen: list[tuple[str, str]] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        for message in event["Records"]:
            for record in json.loads(message["body"]).get("Records", []):
                seen.append((record["eventName"].split(":")[0], record["s3"]["object"]["key"]))

    while queues.deliver(queue, handler):
        pass
    assert sorted(seen) == [("ObjectCreated", "raw/a+b.csv"), ("ObjectRemoved", "raw/a+b.csv")]

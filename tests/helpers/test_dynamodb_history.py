"""A table's stream, its exports and its indexes."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from boto3.dynamodb.conditions import Key

from helpers import dynamodb, session
from helpers.errors import ExportFailed, StreamNotEnabled, TableNotFound, outcome

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    session.start(seed=7)
    dynamodb.create_table("Ferries", "name")
    yield
    session.stop()


def test_a_stream_tells_what_changed_and_who_expired_it() -> None:
    client = session.client("dynamodb")
    client.update_table(TableName="Ferries", StreamSpecification=STREAM)
    client.update_time_to_live(TableName="Ferries", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    until = int(session.now().timestamp()) + 60
    dynamodb.put_items("Ferries", [{"name": "Alcatraz", "decks": 2, "until": until}])
    dynamodb.put_items("Ferries", [{"name": "Alcatraz", "decks": 3, "until": until}])
    session.advance(hours=12)
    changes = dynamodb.read_stream("Ferries")
    assert changes["event"].tolist() == ["INSERT", "MODIFY", "REMOVE"]
    assert changes["by"].tolist() == ["", "", "dynamodb.amazonaws.com"]
    assert changes["changed"].tolist() == ["decks, name, until", "decks", "decks, name, until"]
    assert changes["after"].tolist()[-1] == {}


def test_an_empty_stream_has_its_columns() -> None:
    session.client("dynamodb").update_table(TableName="Ferries", StreamSpecification=STREAM)
    assert list(dynamodb.read_stream("Ferries")) == ["event", "by", "changed", "before", "after"]


def test_no_stream_and_no_table() -> None:
    with pytest.raises(StreamNotEnabled, match="update_table"):
        dynamodb.read_stream("Ferries")
    with pytest.raises(TableNotFound, match="ResourceNotFoundException"):
        dynamodb.read_stream("Nowhere")
    with pytest.raises(TableNotFound):
        dynamodb.create_index("Nowhere", "by-pier", "pier")


def test_a_failed_export_says_why() -> None:
    client = Mock()
    described = {"ExportStatus": "FAILED", "FailureCode": "AccessDenied", "FailureMessage": "The bucket refuses."}
    client.describe_export.return_value = {"ExportDescription": described}
    with pytest.raises(ExportFailed, match=r"The bucket refuses. \(AWS: AccessDenied\)"):
        dynamodb.wait_for_export("arn", client=client)


@pytest.mark.parametrize(
    ("include", "columns"),
    [(None, ["decks", "name", "pier"]), ([], ["name", "pier"]), (["decks"], ["decks", "name", "pier"])],
)
def test_an_index_holds_what_it_projects(include: list[str] | None, columns: list[str]) -> None:
    dynamodb.put_items("Ferries", [{"name": "Alcatraz", "pier": "33", "decks": 2}, {"name": "Raft"}])
    dynamodb.create_index("Ferries", "by-pier", "pier", "name", include=include)
    found = dynamodb.query("Ferries", Key("pier").eq("33"), index="by-pier")
    assert (list(found), len(dynamodb.scan("Ferries", index="by-pier"))) == (columns, 1)


def test_consumed_adds_up_the_tables_of_a_batch() -> None:
    answer = session.client("dynamodb").batch_get_item(
        RequestItems={"Ferries": {"Keys": [{"name": {"S": "a"}}, {"name": {"S": "b"}}]}}, ReturnConsumedCapacity="TOTAL"
    )
    assert dynamodb.consumed(answer) == 1.0


def test_outcome_names_what_stopped_a_call() -> None:
    get = session.client("dynamodb").describe_table
    assert outcome(get, TableName="Ferries") == "done"
    assert outcome(get, TableName="Nowhere") == "ResourceNotFoundException"
    assert outcome({}.__getitem__, "Item") == "KeyError: 'Item'"

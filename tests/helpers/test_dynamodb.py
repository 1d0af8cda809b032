from __future__ import annotations

import json
import logging
from datetime import datetime, timezone
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from helpers import data, dynamodb, errors, session, trace

pytestmark = pytest.mark.usefixtures("started")

HOLLISTER = "7e607b82-9e18-49dc-a9d7-e9628a9147ad"


@pytest.fixture
def ferries() -> str:
    dynamodb.create_table("Ferries", "route", "hour", types={"hour": "N"}, indexes={"by-ship": ["ship"]})
    return "Ferries"


@pytest.fixture
def departments() -> pd.DataFrame:
    frame = data.departments()
    dynamodb.create_table("PoliceDepartments", "guid", indexes={"by-county": ["county", "PoliceDepartmentName"]})
    dynamodb.put_items("PoliceDepartments", frame)
    return frame


class TestTables:
    def test_create_waits_and_gives_the_arn(self) -> None:
        arn = dynamodb.create_table("Ferries", "route")
        assert arn == f"arn:aws:dynamodb:us-east-1:{session.account_id()}:table/Ferries"
        described = session.client("dynamodb").describe_table(TableName="Ferries")["Table"]
        assert described["TableStatus"] == "ACTIVE"
        assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"

    def test_keys_types_indexes_and_capacity(self) -> None:
        dynamodb.create_table(
            "Ferries",
            "route",
            "hour",
            types={"hour": "N"},
            indexes={"by-ship": "ship", "by-hour": ["ship", "hour"]},
            capacity=(3, 2),
        )
        table = session.client("dynamodb").describe_table(TableName="Ferries")["Table"]
        keys = [{"AttributeName": "route", "KeyType": "HASH"}, {"AttributeName": "hour", "KeyType": "RANGE"}]
        assert table["KeySchema"] == keys
        kinds = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
        assert kinds == {"route": "S", "hour": "N", "ship": "S"}
        indexes = {one["IndexName"]: one for one in table["GlobalSecondaryIndexes"]}
        assert [key["AttributeName"] for key in indexes["by-hour"]["KeySchema"]] == ["ship", "hour"]
        assert [key["AttributeName"] for key in indexes["by-ship"]["KeySchema"]] == ["ship"]
        for one in (table, *indexes.values()):
            assert one["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
            assert one["ProvisionedThroughput"]["WriteCapacityUnits"] == 2

    def test_name_taken(self, ferries: str) -> None:
        with pytest.raises(errors.TableNameTaken, match=r"'Ferries'.*AWS: ResourceInUseException"):
            dynamodb.create_table(ferries, "route")

    def test_delete_and_exists(self, ferries: str) -> None:
        assert dynamodb.table_exists(ferries)
        assert isinstance(dynamodb.delete_table(ferries), int)
        assert not dynamodb.table_exists(ferries)

    @pytest.mark.parametrize(
        "call",
        [
            dynamodb.delete_table,
            dynamodb.scan,
            lambda table: dynamodb.get_item(table, {"a": "b"}),
            lambda table: dynamodb.put_items(table, [{"a": "b"}]),
            lambda table: dynamodb.query(table, Key("a").eq("b")),
        ],
    )
    def test_no_such_table(self, call: Any) -> None:
        with pytest.raises(errors.TableNotFound, match=r"'Nowhere'.*create_table.*AWS: ResourceNotFound") as caught:
            call("Nowhere")
        assert isinstance(caught.value.__cause__, ClientError)


class TestItems:
    def test_every_type_survives(self, ferries: str) -> None:
        item = {
            "route": "é",
            "hour": 9,
            "price": 7.25,
            "open": True,
            "note": None,
            "photo": b"\x00\xff",
            "stops": ["A", 2, {"deep": [1.5]}],
            "tags": {"x", "y"},
            "codes": {1, 2},
        }
        assert dynamodb.put_items(ferries, [item]) == 1
        found = dynamodb.get_item(ferries, {"route": "é", "hour": 9}, consistent=True)
        assert found == item
        assert isinstance(found["hour"], int)

    def test_what_pandas_and_numpy_hold(self, ferries: str) -> None:
        frame = pd.DataFrame(
            {
                "route": ["A", "B"],
                "hour": np.array([9, 10]),
                "ship": pd.array(["Golden Gate", None]),
                "fare": [np.nan, 7.5],
                "seats": pd.array([None, 300], dtype="Int32"),
                "left": pd.to_datetime(["2013-01-01T09:00Z", None]),
            }
        )
        assert dynamodb.put_items(ferries, frame) == 2
        assert dynamodb.get_item(ferries, {"route": "A", "hour": 9}) == {
            "route": "A",
            "hour": 9,
            "ship": "Golden Gate",
            "left": "2013-01-01T09:00:00+00:00",
        }
        assert dynamodb.get_item(ferries, {"route": "B", "hour": 10}) == {
            "route": "B",
            "hour": 10,
            "fare": 7.5,
            "seats": 300,
        }

    def test_times_become_iso_text(self, ferries: str) -> None:
        left = datetime(2018, 3, 2, 12, 43, 43, tzinfo=timezone.utc)
        dynamodb.put_items(ferries, [{"route": "A", "hour": np.int64(1), "left": left, "x": np.float64(0.1)}])
        found = dynamodb.get_item(ferries, {"route": "A", "hour": 1})
        assert (found["left"], found["x"]) == ("2018-03-02T12:43:43+00:00", 0.1)

    def test_nobody_has_the_key(self, ferries: str) -> None:
        with pytest.raises(errors.ItemNotFound, match=r"'Ferries' has the key \{'route': 'A', 'hour': 1\}"):
            dynamodb.get_item(ferries, {"route": "A", "hour": 1})

    def test_wrong_key_is_aws_business(self, ferries: str) -> None:
        with pytest.raises(ClientError, match="ValidationException"):
            dynamodb.get_item(ferries, {"route": "A"})

    def test_batches_of_25(self, ferries: str) -> None:
        sizes: list[int] = []
        session.client("dynamodb").meta.events.register(
            "provide-client-params.dynamodb.BatchWriteItem",
            lambda params, **_: sizes.append(len(params["RequestItems"][ferries])),
        )
        assert dynamodb.put_items(ferries, ({"route": "A", "hour": hour} for hour in range(60))) == 60
        assert sizes == [25, 25, 10]
        assert dynamodb.put_items(ferries, []) == 0
        assert len(dynamodb.scan(ferries)) == 60

    def test_unprocessed_are_sent_again_after_a_wait(self, ferries: str) -> None:
        rounds = []
        seven = {"PutRequest": {"Item": {"route": {"S": "A"}, "hour": {"N": "7"}}}}

        def leave_some(parsed: Any, **_: Any) -> None:
            rounds.append(session.now())
            if len(rounds) < 4:
                parsed["UnprocessedItems"] = {ferries: [seven]}

        session.client("dynamodb").meta.events.register("after-call.dynamodb.BatchWriteItem", leave_some)
        assert dynamodb.put_items(ferries, [{"route": "A", "hour": 7}, {"route": "A", "hour": 8}]) == 2
        waits = [(after - before).total_seconds() for before, after in pairwise(rounds)]
        assert waits == [0.05, 0.1, 0.2]

    def test_never_processed(self, ferries: str) -> None:
        left = [{"PutRequest": {"Item": {"route": {"S": "A"}, "hour": {"N": "7"}}}}]
        session.client("dynamodb").meta.events.register(
            "after-call.dynamodb.BatchWriteItem", lambda parsed, **_: parsed.update(UnprocessedItems={ferries: left})
        )
        with pytest.raises(errors.ItemsNotWritten, match="took 24 items and no more") as caught:
            dynamodb.put_items(ferries, [{"route": "A", "hour": hour} for hour in range(30)])
        assert caught.value.failed == [{"route": "A", "hour": 7}]

    def test_a_throttled_request_is_a_batch_unprocessed(self, ferries: str) -> None:
        calls = []

        def throttle(**_: Any) -> Any:
            calls.append(1)
            if len(calls) > 2:
                return None
            http = type("Answer", (), {"status_code": 400, "headers": {}, "content": b""})()
            error = {"Code": "ProvisionedThroughputExceededException", "Message": "too fast"}
            return http, {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}

        session.client("dynamodb").meta.events.register("before-call.dynamodb.BatchWriteItem", throttle)
        assert dynamodb.put_items(ferries, [{"route": "A", "hour": 1}]) == 1
        assert len(calls) == 3

    def test_two_of_one_key_in_a_batch_is_aws_business(self, ferries: str) -> None:
        with pytest.raises(ClientError, match="ValidationException"):
            dynamodb.put_items(ferries, [{"route": "A", "hour": 1}] * 2)


class TestReads:
    @pytest.fixture
    def sailings(self, ferries: str) -> str:
        dynamodb.put_items(
            ferries,
            [
                {"route": "Alcatraz", "hour": hour, "ship": f"ship-{hour % 2}", "name": "reserved word"}
                for hour in range(6)
            ],
        )
        return ferries

    def test_query_in_order_of_the_sort_key(self, sailings: str) -> None:
        found = dynamodb.query(sailings, Key("route").eq("Alcatraz") & Key("hour").between(2, 4))
        assert found.columns.tolist() == ["hour", "name", "route", "ship"]
        assert found["hour"].tolist() == [2, 3, 4]

    def test_query_an_index_and_filter(self, sailings: str) -> None:
        where = Attr("hour").gt(1) & Attr("name").exists()
        found = dynamodb.query(sailings, Key("ship").eq("ship-1"), index="by-ship", where=where)
        assert sorted(found["hour"]) == [3, 5]

    def test_nothing_found_keeps_the_keys(self, sailings: str) -> None:
        assert dynamodb.query(sailings, Key("route").eq("Marin")).columns.tolist() == ["hour", "route"]
        empty = dynamodb.query(sailings, Key("ship").eq("none"), index="by-ship")
        assert (len(empty), empty.columns.tolist()) == (0, ["hour", "route", "ship"])
        assert dynamodb.scan(sailings, Attr("ship").not_exists()).columns.tolist() == ["hour", "route"]

    def test_what_a_filter_drops_is_billed(self, sailings: str) -> None:
        large = [{"route": "Alcatraz", "hour": hour, "log": "x" * 8000} for hour in range(100, 110)]
        dynamodb.put_items(sailings, large)
        with trace.calls() as seen:
            dynamodb.scan(sailings, Attr("ship").eq("none"))
            dynamodb.query(sailings, Key("route").eq("Alcatraz"), where=Attr("ship").eq("none"))
        reads = [call for call in seen.calls if call.operation in ("Scan", "Query")]
        assert [call.units for call in reads] == ["10 RCU", "10 RCU"]

    def test_scan(self, sailings: str) -> None:
        assert len(dynamodb.scan(sailings)) == 6
        assert dynamodb.scan(sailings, Attr("hour").eq(3), index="by-ship")["ship"].tolist() == ["ship-1"]

    def test_missing_attributes_are_missing(self, ferries: str) -> None:
        dynamodb.put_items(ferries, [{"route": "A", "hour": 1, "x": "here"}, {"route": "A", "hour": 2}])
        assert dynamodb.scan(ferries).set_index("hour")["x"].isna().to_dict() == {1: False, 2: True}

    def test_every_page_of_a_megabyte(self, ferries: str) -> None:
        pages = []
        session.client("dynamodb").meta.events.register("after-call.dynamodb.Query", lambda **_: pages.append(1))
        dynamodb.put_items(ferries, [{"route": "A", "hour": hour, "load": "x" * 100_000} for hour in range(25)])
        assert len(dynamodb.query(ferries, Key("route").eq("A"))) == 25
        assert len(pages) == 3


class TestUnits:
    ITEMS: tuple[dict[str, Any], ...] = (
        {},
        {"text": "x" * 5_000},
        {"é": "é"},
        {"n": -12345},
        {"n": 10**30},
        {"n": 0},
        {"n": Decimal("0.00120")},
        {"n": 1.5},
        {"flag": True, "none": None},
        {"raw": b"\x00" * 1_500},
        {"list": [], "map": {}},
        {"deep": {"list": ["a", 1, {"b": None}]}},
        {"set": {"a", "bc"}, "numbers": {1, 20, 300}, "raws": {b"a", b"bcd"}},
        {"filled": "x" * 1_003},
        {"filled": "x" * 1_004},
        {"filled": "x" * 4_075},
        {"filled": "x" * 4_076},
    )

    @pytest.mark.parametrize("more", ITEMS)
    def test_the_arithmetic_is_what_dynamodb_reports(self, ferries: str, more: dict[str, Any]) -> None:
        item = {"route": "A", "hour": 9} | more
        dynamodb.put_items(ferries, [item])
        size = dynamodb.item_size(item)
        client = session.client("dynamodb")
        key = {"route": {"S": "A"}, "hour": {"N": "9"}}
        for consistent in (True, False):
            read = client.get_item(
                TableName=ferries, Key=key, ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL"
            )
            expected = dynamodb.read_units(size, consistent=consistent)
            assert read["ConsumedCapacity"]["CapacityUnits"] == expected
        write = client.put_item(TableName=ferries, Item=read["Item"], ReturnConsumedCapacity="TOTAL")
        assert write["ConsumedCapacity"]["CapacityUnits"] == dynamodb.write_units(size)

    @pytest.mark.parametrize(
        ("item", "size"),
        [
            ({"name": "abc"}, 7),
            ({"n": 12}, 3),
            ({"n": 123}, 4),
            ({"n": -123}, 5),
            ({"n": 1200}, 3),
            ({"n": 0}, 2),
            ({"b": True}, 2),
            ({"l": []}, 4),
            ({"l": ["a", "bc"]}, 9),
            ({"m": {"k": "v"}}, 7),
            ({"s": {"a", "bc"}}, 4),
            ({"x": b"123"}, 4),
            ({"é": "é"}, 4),
        ],
    )
    def test_sizes(self, item: dict[str, Any], size: int) -> None:
        assert dynamodb.item_size(item) == size

    def test_units_at_the_edges(self) -> None:
        assert [dynamodb.write_units(size) for size in (0, 1, 1024, 1025)] == [1, 1, 1, 2]
        assert [dynamodb.read_units(size, consistent=True) for size in (0, 4096, 4097)] == [1, 1, 2]
        assert dynamodb.read_units(10_240) == 1.5
        assert dynamodb.read_units(10_240, transactional=True) == 6
        assert dynamodb.write_units(3_584, transactional=True) == 8


# The function of the old lesson as it was published, pasted in.
OLD = '''
def query_police_department_record_by_guid(guid):
    """Gets one record in the PD table by guid"""

    db = dynamodb_resource()
    extra_msg = {"region_name": REGION, "aws_service": "dynamodb",
        "police_department_table":POLICE_DEPARTMENTS_TABLE,
        "guid":guid}
    log.info(f"Get PD record by GUID", extra=extra_msg)
    pd_table = db.Table(POLICE_DEPARTMENTS_TABLE)
    response = pd_table.get_item(
        Key={
            'guid': guid
            }
    )
    return response['Item']
'''


RECORD = {"PoliceDepartmentName": "Hollister", "UpdateTime": "Fri Mar  2 12:43:43 2018", "guid": HOLLISTER}


class TestPoliceDepartments:
    def test_result_of_the_old_lesson(self, departments: pd.DataFrame) -> None:
        assert dynamodb.query_police_department_record_by_guid(HOLLISTER) == RECORD

    def test_unknown_guid(self, departments: pd.DataFrame) -> None:
        with pytest.raises(errors.ItemNotFound, match="'guid': 'nobody'"):
            dynamodb.query_police_department_record_by_guid("nobody")

    def test_no_table_yet(self) -> None:
        with pytest.raises(errors.TableNotFound, match="PoliceDepartments"):
            dynamodb.query_police_department_record_by_guid(HOLLISTER)

    def test_the_old_function_runs_as_it_was(self, caplog: pytest.LogCaptureFixture) -> None:
        dynamodb.create_table("PoliceDepartments", "guid")
        old = data.departments()[["guid", "PoliceDepartmentName", "UpdateTime"]]
        assert dynamodb.put_items("PoliceDepartments", old) == 329
        names: dict[str, Any] = {}
        imports = "from helpers.dynamodb import POLICE_DEPARTMENTS_TABLE, REGION, dynamodb_resource, log"
        exec(imports + OLD, names)
        with caplog.at_level(logging.INFO, logger="helpers.dynamodb"):
            assert names["query_police_department_record_by_guid"](HOLLISTER) == RECORD
        record = vars(caplog.records[-1])
        assert (record["region_name"], record["aws_service"]) == ("us-east-1", "dynamodb")
        assert (record["police_department_table"], record["guid"]) == ("PoliceDepartments", HOLLISTER)
        with pytest.raises(KeyError, match="Item"):
            names["query_police_department_record_by_guid"]("nobody")

    def test_region_is_the_session_s(self) -> None:
        session.start(region="eu-central-1")
        assert dynamodb.REGION == "eu-central-1"
        with pytest.raises(AttributeError, match="REGIO"):
            dynamodb.REGIO  # noqa: B018

    def test_log_shows_its_extra(self, departments: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
        kept = dynamodb.log.handlers, dynamodb.log.propagate, dynamodb.log.level
        try:
            dynamodb.show_log()
            dynamodb.show_log()
            dynamodb.query_police_department_record_by_guid(HOLLISTER)
            dynamodb.log.info("plain")
        finally:
            dynamodb.log.handlers, dynamodb.log.propagate = kept[:2]
            dynamodb.log.setLevel(kept[2])
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 2
        message, extra = lines[0].split(" {", 1)
        assert message == "Get police department record by GUID"
        assert json.loads("{" + extra) == {
            "region_name": "us-east-1",
            "aws_service": "dynamodb",
            "police_department_table": "PoliceDepartments",
            "guid": HOLLISTER,
        }
        assert lines[1] == "plain"

    def test_by_county(self, departments: pd.DataFrame) -> None:
        found = dynamodb.query("PoliceDepartments", Key("county").eq("San Benito"), index="by-county")
        assert found["PoliceDepartmentName"].tolist() == ["Hollister"]
        assert len(dynamodb.scan("PoliceDepartments")) == 329

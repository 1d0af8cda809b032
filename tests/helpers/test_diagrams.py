"""Diagrams: drawn from the account's state, well formed, the same every time, with a text."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from helpers import catalog, diagrams, session
from helpers._amounts import amount
from helpers.diagrams import Picture, _canvas
from helpers.errors import BucketNotFound, DatabaseNotFound, TableNotFound

pytestmark = pytest.mark.usefixtures("started")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def s3() -> Any:
    client = session.client("s3")
    client.create_bucket(Bucket="lake")
    return client


def texts(picture: Picture) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture.svg).iter(f"{SVG}text")]


def colors(picture: Picture) -> set[str]:
    return {each.get("fill", "") for each in ET.fromstring(picture.svg).iter(f"{SVG}rect")}


def boxes_lie_inside(picture: Picture) -> bool:
    root = ET.fromstring(picture.svg)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    rects = [
        {name: float(box.get(name, 0)) for name in ("x", "y", "width", "height")} for box in root.iter(f"{SVG}rect")
    ]
    lines = [float(each.get("y", 0)) for each in root.iter(f"{SVG}text")]
    return all(
        box["x"] >= 0 and box["width"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height
        for box in rects
    ) and all(y <= height for y in lines)


def test_every_picture_is_svg_with_a_text_and_fits_its_card(s3: Any) -> None:
    s3.put_object(Bucket="lake", Key="a/b", Body=b"1")
    heat = pd.DataFrame({"0 s": [1, 2000]}, index=["cold", "hot"])
    drawn: list[Callable[[], Picture]] = [
        lambda: diagrams.bucket("lake"),
        lambda: diagrams.lifecycle("lake"),
        lambda: diagrams.partitions(heat, limit=1000, unit="WCU"),
        lambda: diagrams.pipeline(["A", "B"], [1]),
    ]
    for draw in drawn:
        picture = draw()
        root = ET.fromstring(picture.svg)
        title = root.find(f"{SVG}title")
        assert root.get("role") == "img"
        assert root.get("aria-label") == picture.alt == repr(picture)
        assert title is not None
        assert title.text == picture.alt
        assert draw().svg == picture.svg
        assert boxes_lie_inside(picture)


class TestBucket:
    def test_lanes_classes_versions_and_markers(self, s3: Any) -> None:
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        for body in (b"1", b"22"):
            s3.put_object(Bucket="lake", Key="raw/a.csv", Body=body)
        s3.put_object(Bucket="lake", Key="raw/gone.csv", Body=b"1")
        s3.delete_object(Bucket="lake", Key="raw/gone.csv")
        s3.put_object(Bucket="lake", Key="old/b.csv", Body=b"x" * 2048, StorageClass="GLACIER")
        picture = diagrams.bucket("lake")
        assert picture.alt == (
            "Bucket lake: 2 objects, 2 KB, versioning enabled. Prefix old/: b.csv (GLACIER, 2 KB). "
            "Prefix raw/: a.csv (STANDARD, 2 B, 2 versions), gone.csv (deleted, 1 version)."
        )
        assert {diagrams.CLASS_COLORS["GLACIER"], diagrams.CLASS_COLORS["STANDARD"]} <= colors(picture)
        assert diagrams.CLASS_COLORS["DEEP_ARCHIVE"] not in colors(picture)
        assert boxes_lie_inside(picture)

    def test_the_picture_follows_the_state(self, s3: Any) -> None:
        before = diagrams.bucket("lake")
        s3.put_object(Bucket="lake", Key="new", Body=b"1")
        assert "The bucket is empty." in texts(before)
        assert "new" in texts(diagrams.bucket("lake"))

    def test_partitions_are_named_by_what_tells_them_apart(self, s3: Any) -> None:
        for month in range(1, 13):
            s3.put_object(Bucket="lake", Key=f"flights/year=2013/month={month:02}/part-0.parquet", Body=b"1")
        shown = texts(diagrams.bucket("lake"))
        assert {"flights/year=2013/", "month=01/…", "month=12/…"} <= set(shown)

    def test_a_lane_alone_has_more_room_than_one_of_several(self, s3: Any) -> None:
        for number in range(1, 14):
            s3.put_object(Bucket="lake", Key=f"raw/{number:02}", Body=b"1")
        assert {"11", "+ 2 more"} <= set(texts(diagrams.bucket("lake")))
        s3.put_object(Bucket="lake", Key="clean/01", Body=b"1")
        picture = diagrams.bucket("lake")
        assert {"07", "+ 6 more"} <= set(texts(picture))
        assert boxes_lie_inside(picture)

    def test_many_prefixes_are_counted(self, s3: Any) -> None:
        for number in range(30):
            s3.put_object(Bucket="lake", Key=f"{number:02}/k", Body=b"1")
        picture = diagrams.bucket("lake")
        assert "and 21 more prefixes" in texts(picture)
        assert boxes_lie_inside(picture)

    def test_a_prefix_chooses_and_odd_keys_are_text(self, s3: Any) -> None:
        s3.put_object(Bucket="lake", Key="a/<b>&.txt", Body=b"1")
        s3.put_object(Bucket="lake", Key="a/", Body=b"")
        s3.put_object(Bucket="lake", Key="b/other", Body=b"")
        shown = texts(diagrams.bucket("lake", "a/"))
        assert {"<b>&.txt", "/"} <= set(shown)
        assert "other" not in shown

    def test_a_missing_bucket_is_said_so(self) -> None:
        with pytest.raises(BucketNotFound, match=r"no bucket 'attic'\. \(AWS: NoSuchBucket\)"):
            diagrams.bucket("attic")
        with pytest.raises(BucketNotFound):
            diagrams.lifecycle("attic")


class TestLifecycle:
    def test_rules_become_bars_of_days_and_classes(self, s3: Any) -> None:
        cool = {
            "ID": "cool",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "flights/", "ObjectSizeGreaterThan": 1024}},
            "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}, {"Days": 30, "StorageClass": "STANDARD_IA"}],
            "Expiration": {"Days": 365},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 2},
        }
        tidy = {
            "ID": "tidy",
            "Status": "Disabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
        }
        s3.put_bucket_lifecycle_configuration(Bucket="lake", LifecycleConfiguration={"Rules": [cool, tidy]})
        picture = diagrams.lifecycle("lake")
        assert picture.alt == (
            "Lifecycle of lake. Rule cool (flights/, over 1 KB, enabled): current STANDARD from day 0, "
            "STANDARD_IA from day 30, GLACIER from day 90, deleted on day 365; "
            "noncurrent STANDARD from day 0, deleted on day 7, 2 newest kept. "
            "Rule tidy (all objects, disabled): unfinished uploads aborted after 3 days."
        )
        assert {"0", "7", "30", "90", "365", "disabled"} <= set(texts(picture))
        assert boxes_lie_inside(picture)

    def test_no_rules_are_no_error(self, s3: Any) -> None:
        assert diagrams.lifecycle("lake").alt == "Lifecycle of lake: no rules, objects stay where they are put."


class TestTable:
    @pytest.fixture
    def ddb(self) -> Any:
        client = session.client("dynamodb")
        client.create_table(
            TableName="Departments",
            KeySchema=[{"AttributeName": "guid", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "guid", "AttributeType": "S"},
                {"AttributeName": "at", "AttributeType": "N"},
                {"AttributeName": "county", "AttributeType": "S"},
            ],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 2},
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-county",
                    "KeySchema": [{"AttributeName": "county", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["officers"]},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                }
            ],
            LocalSecondaryIndexes=[
                {
                    "IndexName": "by-place",
                    "KeySchema": [
                        {"AttributeName": "guid", "KeyType": "HASH"},
                        {"AttributeName": "county", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        return client

    def test_keys_attributes_and_indexes(self, ddb: Any) -> None:
        item = {"guid": {"S": "7e"}, "at": {"N": "1"}, "county": {"S": "San Benito"}, "officers": {"N": "3"}}
        ddb.put_item(TableName="Departments", Item=item)
        picture = diagrams.table("Departments")
        assert "provisioned 5 RCU and 2 WCU" in picture.alt
        assert picture.alt.endswith(
            "Keys: guid (partition key), at (sort key). Other attributes: county, officers. "
            "Indexes: by-county (global index by county, projects keys and officers), "
            "by-place (local index by guid and county, projects keys only)."
        )
        assert {"officers", "by-county", "number"} <= set(texts(picture))
        assert boxes_lie_inside(picture)

    def test_many_attributes_are_counted(self, ddb: Any) -> None:
        item = {"guid": {"S": "7e"}, "at": {"N": "1"}, **{f"a{number:02}": {"S": "x"} for number in range(20)}}
        ddb.put_item(TableName="Departments", Item=item)
        assert "+ 11 more attributes" in texts(diagrams.table("Departments"))

    def test_a_missing_table_is_said_so(self) -> None:
        with pytest.raises(TableNotFound, match="AWS: ResourceNotFoundException"):
            diagrams.table("Attic")


class TestPartitions:
    HEAT = pd.DataFrame({"0 s": [100, 50], "1 s": [1000, 60], "2 s": [1001, 70]}, index=["hot", "cold"])

    def test_above_the_limit_is_marked_and_at_it_is_not(self) -> None:
        picture = diagrams.partitions(self.HEAT, limit=1000, unit="WCU", title="One key is hot")
        assert picture.alt == (
            "One key is hot. 2 partitions, 3 moments, limit 1,000 WCU. Above it: hot (1 of 3 moments, at most 1,001)."
        )
        assert {"1,000", "1,001", "over 1,000: throttled"} <= set(texts(picture))

    def test_many_moments_keep_their_names_apart(self) -> None:
        wide = pd.DataFrame({f"{second} s": [1] for second in range(60)}, index=["one"])
        picture = diagrams.partitions(wide, limit=1000, unit="WCU")
        named = [text for text in texts(picture) if text.endswith(" s")]
        assert 10 <= len(named) <= 20
        assert boxes_lie_inside(picture)


class TestPipeline:
    def test_steps_and_counts_in_order(self) -> None:
        picture = diagrams.pipeline(["Schedule", "Producer: scan", "SQS: jobs"], [1, 329], title="Case study")
        assert picture.alt == "Case study: Schedule, 1 to Producer (scan), 329 to SQS (jobs)."
        assert texts(picture) == ["Case study", "Schedule", "Producer", "scan", "SQS", "jobs", "1", "329"]

    def test_a_long_one_goes_on_in_the_next_row(self) -> None:
        picture = diagrams.pipeline([f"step {number}" for number in range(7)], [None, 5])
        assert boxes_lie_inside(picture)
        assert "step 6" in texts(picture)

    def test_it_may_be_short_or_bare(self) -> None:
        assert diagrams.pipeline(["A"]).alt == "Pipeline: A."
        assert diagrams.pipeline([]).alt == "Pipeline: no steps."


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 B"), (1023, "1,023 B"), (1024, "1 KB"), (2**30 * 3, "3 GB"), (2**50, "1,024 TB")]
)
def test_bytes_as_people_say_them(size: int, said: str) -> None:
    assert amount(size) == said


def test_long_names_keep_their_ends() -> None:
    short = _canvas.clip("a-very-long-name-of-an-object-2013-07.parquet", 120)
    assert short.startswith("a-")
    assert short.endswith("07.parquet")
    assert _canvas.width_of(short, 12) <= 120
    assert _canvas.clip("short", 120) == "short"


class TestCatalog:
    @pytest.fixture
    def base(self, s3: Any) -> str:
        for day in (1, 2):
            s3.put_object(Bucket="lake", Key=f"late/day={day}/a.csv", Body=b"1")
        base = catalog.create_database("air")
        columns = {"carrier": "string", "dep_delay": "int", "tailnum": "string"}
        catalog.create_table(base, "late", columns, "s3://lake/late/", "csv", partitions={"day": "string"})
        catalog.create_partitions(base, "late", ["1"])
        return base

    def test_tables_partitions_and_what_no_query_finds(self, base: str) -> None:
        picture = diagrams.catalog(base, title="Two days, one entry")
        assert picture.alt == (
            "Two days, one entry. Database air, 1 table. Table late (csv): 3 columns, 2 folders at s3://lake/late/; "
            "not in the catalog: day=2."
        )
        assert {"late", "day=1", "1 file", "not in the catalog", "s3://lake/late/", "day string (key)"} <= set(
            texts(picture)
        )
        assert boxes_lie_inside(picture)
        assert diagrams.catalog(base, title="Two days, one entry").svg == picture.svg

    def test_what_changed_is_marked(self, s3: Any, base: str) -> None:
        catalog.create_table(base, "old", {"id": "int"}, "s3://lake/old/", "json")
        before = catalog.describe(base)
        assert not {"new", "gone", "changed"} & set(texts(diagrams.catalog(base, since=before)))
        glue = session.client("glue")
        glue.delete_table(DatabaseName=base, Name="old")
        glue.delete_partition(DatabaseName=base, TableName="late", PartitionValues=["1"])
        s3.delete_object(Bucket="lake", Key="late/day=1/a.csv")
        catalog.create_partitions(base, "late", ["2", "3"])
        catalog.update_columns(base, "late", {"carrier": "string", "dep_delay": "bigint", "gate": "int"})
        catalog.create_table(base, "plan", {"id": "int"}, "s3://lake/plan/", "json")
        picture = diagrams.catalog(base, since=before)
        assert picture.alt.split(". ")[2:] == [
            "Table late (csv, changed): 3 columns (dep_delay bigint changed, gate int new, tailnum string gone), 2 "
            "folders at s3://lake/late/; gone: day=1; new: day=2; no files: day=3",
            "Table old (json, gone): 1 column, no files at s3://lake/old/",
            "Table plan (json, new): 1 column, no files at s3://lake/plan/.",
        ]
        assert {"gate int, new", "tailnum string, gone", "no files"} <= set(texts(picture))
        assert boxes_lie_inside(picture)

    def test_many_partitions_and_columns_are_counted(self, base: str) -> None:
        wide = {f"c{number}": "int" for number in range(30)}
        catalog.create_table(base, "wide", wide, "s3://lake/wide/", "orc", partitions={"day": "int"})
        catalog.create_partitions(base, "wide", [str(number) for number in range(100)])
        picture = diagrams.catalog(base)
        assert {"+ 21 more columns", "+ 88 more"} <= set(texts(picture))
        assert boxes_lie_inside(picture)
        assert "wide" not in texts(diagrams.catalog(base, tables=["late"]))

    def test_a_view_has_no_place(self, base: str) -> None:
        columns = [{"Name": "carrier", "Type": "string"}]
        view = {"Name": "tardy", "TableType": "VIRTUAL_VIEW", "StorageDescriptor": {"Columns": columns}}
        session.client("glue").create_table(DatabaseName=base, TableInput=view)
        told = diagrams.catalog(base, tables=["tardy"])
        assert told.alt.endswith("Table tardy (view): 1 column, no place in S3.")

    def test_an_empty_database_and_none(self, base: str) -> None:
        catalog.create_database("empty")
        assert diagrams.catalog("empty").alt == "Catalog. Database empty, 0 tables."
        with pytest.raises(DatabaseNotFound):
            diagrams.catalog("nowhere")


def test_a_timeline_shows_spans_and_moments() -> None:
    rows = [("Bulk", "thawing", 0, 8), ("Bulk", "readable", 8, 40), ("Expedited", "thawing", 0, 0.05)]
    spans = pd.DataFrame(rows, columns=["what", "state", "start", "end"])
    picture = diagrams.timeline(spans, title="Thaw", unit="hours since the request", marks={"asked": 0, "over": 40})
    assert boxes_lie_inside(picture)
    shown = texts(picture)
    assert {"Thaw", "Bulk", "Expedited", "thawing", "readable", "asked", "over", "hours since the request"} <= set(
        shown
    )
    assert "Expedited: thawing 0 to 0.05." in picture.alt
    assert "asked at 0. over at 40." in picture.alt
    assert shown.count("0") == 1


@pytest.mark.parametrize("last", [0.05, 0.9, 3, 30, 100, 5000])
def test_a_timeline_has_round_numbers_at_every_scale(last: float) -> None:
    spans = pd.DataFrame([("a", "on", 0, last)], columns=["what", "state", "start", "end"])
    picture = diagrams.timeline(spans, title="T", unit="weeks")
    ticks = [float(text) for text in texts(picture) if text.replace(".", "").isdigit()]
    assert 4 <= len(ticks) <= 12
    assert max(ticks) <= last
    assert boxes_lie_inside(picture)


def test_a_grid_names_its_cells_and_marks() -> None:
    marked = pd.DataFrame({"SQL": [2, 0], "keys": [1, 2]}, index=["sum", "look up one of millions by its key"])
    picture = diagrams.grid(marked, title="Choose by the question", note="as of Nov 2026")
    told = "sum: SQL made for it, keys can do it; look up one of millions by its key: keys made for it."
    assert picture.alt == f"Choose by the question. {told}"
    assert "as of Nov 2026" in picture.svg
    assert ">2<" not in picture.svg, "numbers are drawn as circles"
    words = pd.DataFrame({"file": ["two bytes"], "object": ["all of it, from its beginning to its end"]}, index=["x"])
    told = "x: file two bytes, object all of it, from its beginning to its end."
    assert diagrams.grid(words, title="T.").alt == f"T. {told}"


def test_a_timeline_of_hours_is_read_by_clock_and_day() -> None:
    spans = pd.DataFrame([("a", "frozen", 0, 120)], columns=["what", "state", "start", "end"])
    picture = diagrams.timeline(spans, title="T", unit="hours since the request")
    assert [text for text in texts(picture) if text.isdigit()] == ["0", "24", "48", "72", "96", "120"]
    drill = pd.DataFrame([("a", "good", 0, 28)], columns=["what", "state", "start", "end"])
    assert {"6", "12", "18", "24"} <= set(texts(diagrams.timeline(drill, title="T")))

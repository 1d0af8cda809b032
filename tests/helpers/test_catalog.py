"""Databases, tables and partitions of the catalog."""

from __future__ import annotations

import doctest
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from helpers import catalog, session
from helpers.errors import CatalogNameTaken, DatabaseNotFound, PartitionsNotCreated, SchemaRefused, TableChanged

pytestmark = pytest.mark.usefixtures("started")

COLUMNS = {"carrier": "string", "dep_delay": "int"}


@pytest.fixture
def base() -> str:
    return catalog.create_database("Flights")


def test_the_examples_run() -> None:
    for name in catalog.__all__:
        session.start(seed=7)
        found = doctest.DocTestFinder().find(getattr(catalog, name), name, globs=vars(catalog).copy())
        for each in found:
            assert doctest.DocTestRunner().run(each).failed == 0


def test_names_are_folded(base: str) -> None:
    assert base == "flights"
    assert catalog.create_table(base, "Late", COLUMNS, "s3://lake/late/", "csv") == "late"
    assert catalog.list_tables("FLIGHTS")["table"].tolist() == ["late"]


@pytest.mark.parametrize(
    ("format", "library"),
    [("parquet", "ParquetHiveSerDe"), ("orc", "OrcSerde"), ("avro", "AvroSerDe"), ("json", "JsonSerDe"),
     ("csv", "LazySimpleSerDe")],
)  # fmt: skip
def test_a_table_names_the_classes_of_its_format(base: str, format: str, library: str) -> None:
    catalog.create_table(base, "late", COLUMNS, "s3://lake/late/", format)
    table = session.client("glue").get_table(DatabaseName=base, Name="late")["Table"]
    assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith(library)
    assert table["Parameters"]["classification"] == format
    assert ("skip.header.line.count" in table["Parameters"]) == (format == "csv")


def test_a_table_may_say_less_than_helpers_write(base: str) -> None:
    glue = session.client("glue")
    glue.create_table(DatabaseName=base, TableInput={"Name": "bare"})
    untyped = {"Columns": [{"Name": "id"}], "Location": "s3://lake/untyped/"}
    glue.create_table(DatabaseName=base, TableInput={"Name": "untyped", "StorageDescriptor": untyped})
    assert catalog.list_columns(base, "bare").empty
    assert catalog.list_columns(base, "untyped").to_numpy().tolist() == [["id", "", False]]
    assert set(catalog.list_tables(base)["table"]) == {"bare", "untyped"}
    assert {name for _, name in catalog.describe(base).tables} == {"bare", "untyped"}


def test_an_unknown_format_is_refused_before_any_call(base: str) -> None:
    with pytest.raises(ValueError, match="one of parquet, orc, avro, json, csv, not 'xml'"):
        catalog.create_table(base, "late", COLUMNS, "s3://lake/late/", "xml")
    assert catalog.list_tables(base).empty


def test_many_tables_and_none(base: str) -> None:
    columns = ["table", "format", "columns", "partition_keys", "location"]
    assert catalog.list_tables(base).columns.tolist() == columns
    for number in range(101):
        catalog.create_table(base, f"t{number:03}", COLUMNS, "s3://lake/", "orc", partitions={"month": "int"})
    found = catalog.list_tables(base)
    assert len(found) == 101, "a page holds 100"
    assert found.iloc[0].tolist() == ["t000", "orc", 3, "month", "s3://lake/"]


def test_partitions_with_their_keys(base: str) -> None:
    catalog.create_table(base, "late", COLUMNS, "s3://lake/", "csv", partitions={"year": "int", "month": "int"})
    assert catalog.list_partitions(base, "late").columns.tolist() == ["year", "month", "location"]
    glue = session.client("glue")
    glue.create_partition(
        DatabaseName=base,
        TableName="late",
        PartitionInput={"Values": ["2013", "6"], "StorageDescriptor": {"Location": "s3://lake/year=2013/month=6/"}},
    )
    found = catalog.list_partitions(base, "late")
    assert found.to_numpy().tolist() == [["2013", "6", "s3://lake/year=2013/month=6/"]]


def test_what_is_missing_or_taken_is_explained(base: str) -> None:
    with pytest.raises(CatalogNameTaken, match=r"'flights' exists.*AlreadyExistsException") as taken:
        catalog.create_database("flights")
    assert isinstance(taken.value.__cause__, ClientError)
    with pytest.raises(DatabaseNotFound, match="EntityNotFoundException"):
        catalog.list_tables("nowhere")
    with pytest.raises(DatabaseNotFound, match="'nothing'"):
        catalog.list_partitions(base, "nothing")
    with pytest.raises(DatabaseNotFound):
        catalog.create_table("nowhere", "late", COLUMNS, "s3://lake/", "csv")
    with pytest.raises(DatabaseNotFound):
        catalog.delete_database("nowhere")


def test_a_database_goes_with_its_tables_and_cleanup_knows_both(base: str) -> None:
    catalog.create_table(base, "late", COLUMNS, "s3://lake/", "csv")
    assert set(session.describe()["kind"]) == {"database", "table"}
    assert catalog.delete_database(base) == 1
    catalog.create_database(base)
    catalog.create_table(base, "late", COLUMNS, "s3://lake/", "csv")
    cleaned = session.cleanup()
    assert cleaned.left.empty
    assert {"database", "table"} <= set(cleaned.deleted["kind"])


class TestPartitions:
    @pytest.fixture
    def late(self, base: str) -> str:
        return catalog.create_table(base, "late", COLUMNS, "s3://lake/late", "csv", partitions={"day": "string"})

    def test_more_than_a_batch_and_again(self, base: str, late: str) -> None:
        days = [f"2013-{number:04}" for number in range(250)]
        assert catalog.create_partitions(base, late, days) == 250
        assert catalog.create_partitions(base, late, [*days, "2014-0000"]) == 1, "those that exist are not counted"
        assert catalog.list_partitions(base, late)["location"].iloc[0] == "s3://lake/late/day=2013-0000/"

    def test_the_catalog_chooses(self, base: str, late: str) -> None:
        catalog.create_partitions(base, late, ["2013-06-01", "2013-06-02", "2013-06-03"])
        assert catalog.list_partitions(base, late, "day >= '2013-06-02'")["day"].tolist() == [
            "2013-06-02",
            "2013-06-03",
        ]
        assert catalog.list_partitions(base, late, "day = 'never'").columns.tolist() == ["day", "location"]
        with pytest.raises(ClientError, match="InvalidInputException"):
            catalog.list_partitions(base, late, "nonsense !")

    def test_an_odd_place(self, base: str, late: str) -> None:
        assert catalog.create_partitions(base, late, [("2012",)], location="s3://attic/{day}/") == 1
        assert catalog.list_partitions(base, late)["location"].tolist() == ["s3://attic/2012/"]

    def test_what_does_not_fit_is_refused_before_any_call(self, base: str, late: str) -> None:
        with pytest.raises(ValueError, match=r"has the keys \['day'\]; \['2013', '06'\] does not fit"):
            catalog.create_partitions(base, late, [("2013", "06")])
        with pytest.raises(DatabaseNotFound):
            catalog.create_partitions(base, "nothing", ["2013"])

    def test_an_answer_of_success_with_failures_inside_is_an_error(
        self, base: str, late: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        glue = session.client("glue")
        detail = {"ErrorCode": "InternalServiceException", "ErrorMessage": "try again"}
        answer: dict[str, Any] = {"Errors": [{"PartitionValues": ["2013"], "ErrorDetail": detail}]}
        monkeypatch.setattr(glue, "batch_create_partition", lambda **_: answer)
        with pytest.raises(PartitionsNotCreated, match="1 partitions were not created \\(try again\\)") as refused:
            catalog.create_partitions(base, late, ["2013"], client=glue)
        assert refused.value.failed == [["2013"]]


class TestVersions:
    def test_columns_change_and_old_versions_stay(self, base: str) -> None:
        catalog.create_table(base, "late", COLUMNS, "s3://lake/late/", "csv", partitions={"day": "string"})
        assert catalog.update_columns(base, "late", {**COLUMNS, "gate": "int"}) == "1"
        assert catalog.list_versions(base, "late").to_numpy().tolist() == [
            ["0", "carrier string, dep_delay int"],
            ["1", "carrier string, dep_delay int, gate int"],
        ]
        assert catalog.list_columns(base, "late")["column"].tolist() == ["carrier", "dep_delay", "gate", "day"]
        assert catalog.list_columns(base, "late", "0")["is_key"].tolist() == [False, False, True]
        table = session.client("glue").get_table(DatabaseName=base, Name="late")["Table"]
        assert table["Parameters"]["skip.header.line.count"] == "1", "everything but the columns stays"

    def test_a_stale_writer_is_refused_and_nothing_is_written(self, base: str) -> None:
        catalog.create_table(base, "late", COLUMNS, "s3://lake/late/", "csv")
        catalog.update_columns(base, "late", {**COLUMNS, "gate": "int"}, version="0")
        with pytest.raises(TableChanged, match=r"since version 0; read it again.*ConcurrentModificationException"):
            catalog.update_columns(base, "late", {**COLUMNS, "seat": "int"}, version="0")
        assert "seat" not in catalog.list_columns(base, "late")["column"].tolist()

    def test_what_is_missing_is_explained(self, base: str) -> None:
        for call in (catalog.list_columns, catalog.list_versions):
            with pytest.raises(DatabaseNotFound, match="'nothing'"):
                call(base, "nothing")  # type: ignore[operator]
        with pytest.raises(DatabaseNotFound):
            catalog.update_columns(base, "nothing", COLUMNS)


def test_search_looks_into_all_databases_and_columns(base: str) -> None:
    catalog.create_table(catalog.create_database("other"), "rain", {"wind_speed": "double"}, "s3://lake/rain/", "json")
    catalog.create_table(base, "late", COLUMNS, "s3://lake/late/", "csv")
    assert catalog.search_tables("wind").to_numpy().tolist() == [["other", "rain", "json", "s3://lake/rain/"]]
    for number in range(120):
        catalog.create_table(base, f"t{number}", {"seat": "int"}, "s3://lake/", "orc")
    assert len(catalog.search_tables("seat")) == 120, "more than a page"
    assert catalog.search_tables("nowhere").columns.tolist() == ["database", "table", "format", "location"]


FLIGHT: dict[str, Any] = {"type": "record", "name": "flight", "fields": [{"name": "carrier", "type": "string"}]}


class TestSchemas:
    @pytest.fixture
    def registry(self) -> str:
        glue = session.client("glue")
        glue.create_registry(RegistryName="events")
        named = {"SchemaName": "flight", "DataFormat": "AVRO", "Compatibility": "BACKWARD"}
        definition = json.dumps(FLIGHT)
        glue.create_schema(RegistryId={"RegistryName": "events"}, SchemaDefinition=definition, **named)
        return "events"

    def test_a_field_with_a_default_passes_and_one_without_does_not(self, registry: str) -> None:
        gate = {"name": "gate", "type": ["null", "int"], "default": None}
        fields = [*FLIGHT["fields"], gate]
        assert catalog.register_schema(registry, "flight", {**FLIGHT, "fields": fields}) == 2
        assert catalog.register_schema(registry, "flight", FLIGHT) == 1, "a known one keeps its number"
        bad = {**FLIGHT, "fields": [*fields, {"name": "seat", "type": "int"}]}
        with pytest.raises(SchemaRefused, match="not compatible by BACKWARD"):
            catalog.register_schema(registry, "flight", bad)

    def test_what_is_missing_is_explained(self, registry: str) -> None:
        with pytest.raises(DatabaseNotFound, match="no schema 'nothing' in a registry 'events'"):
            catalog.register_schema(registry, "nothing", FLIGHT)

    def test_cleanup_knows_registry_schema_and_crawler(self, registry: str, base: str) -> None:
        glue, iam = session.client("glue"), session.client("iam")
        role = iam.create_role(RoleName="crawler", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        target = {"S3Targets": [{"Path": "s3://lake/"}]}
        glue.create_crawler(Name="crawler", Role=role, DatabaseName=base, Targets=target)
        assert {"registry", "schema", "crawler"} <= set(session.describe()["kind"])
        assert session.cleanup().left.empty


class TestState:
    def test_the_catalog_beside_s3(self, base: str) -> None:
        s3 = session.client("s3")
        for bucket in ("lake", "attic"):
            s3.create_bucket(Bucket=bucket)
        for key in ("day=1/a", "day=1/deep/b", "day=3/a", "day=3/_temporary", "day=3/.crc"):
            s3.put_object(Bucket="lake", Key=f"late/{key}", Body=b"1")
        s3.put_object(Bucket="attic", Key="0/a", Body=b"1")
        catalog.create_table(base, "late", COLUMNS, "s3://lake/late/", "csv", partitions={"day": "string"})
        catalog.create_partitions(base, "late", ["1", "2"])
        catalog.create_partitions(base, "late", ["0"], location="s3://attic/{day}/")
        state = catalog.describe(base)
        found = [(f.label, f.files, f.is_known) for f in state.tables[base, "late"].folders]
        assert found == [("day=0", 1, True), ("day=1", 2, True), ("day=2", 0, True), ("day=3", 1, False)]
        assert repr(state) == "1 tables, 3 partitions known, 1 not"

    def test_tables_without_partitions_views_and_places_that_are_gone(self, base: str) -> None:
        session.client("glue").create_table(DatabaseName=base, TableInput={"Name": "view"})
        catalog.create_table(base, "late", COLUMNS, "s3://no-such-bucket/late/", "csv")
        state = catalog.describe(base)
        assert (state.tables[base, "view"].format, state.tables[base, "late"].folders) == ("view", ())

    def test_projected_partitions_are_known(self, base: str) -> None:
        s3 = session.client("s3")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="late/day=1/a", Body=b"1")
        catalog.create_table(base, "late", COLUMNS, "s3://lake/late/", "csv", partitions={"day": "string"})
        glue = session.client("glue")
        table = glue.get_table(DatabaseName=base, Name="late")["Table"]
        kept = {name: table[name] for name in ("Name", "StorageDescriptor", "PartitionKeys", "TableType")}
        glue.update_table(DatabaseName=base, TableInput={**kept, "Parameters": {"projection.enabled": "true"}})
        (table_state,) = catalog.describe(base).tables.values()
        assert table_state.is_projected
        assert [folder.is_known for folder in table_state.folders] == [True]

    def test_a_missing_database(self) -> None:
        with pytest.raises(DatabaseNotFound):
            catalog.describe("nowhere")

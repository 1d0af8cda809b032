"""Databases, tables and partitions of the catalog."""

from __future__ import annotations

import doctest

import pytest
from botocore.exceptions import ClientError

from helpers import catalog, session
from helpers.errors import CatalogNameTaken, DatabaseNotFound

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

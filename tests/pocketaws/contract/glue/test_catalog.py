"""The catalog: names, versions, partitions and their filters, indexes, search, statistics."""

from __future__ import annotations

from typing import Any

import pytest

API = "https://docs.aws.amazon.com/glue/latest/webapi/API_"
GUIDE = "https://docs.aws.amazon.com/glue/latest/dg/"
KEYS = [{"Name": "year", "Type": "int"}, {"Name": "day", "Type": "date"}, {"Name": "city", "Type": "string"}]
PARTITIONS = [
    ["2025", "2025-12-31", "Oslo"],
    ["2026", "2026-01-01", "Oslo"],
    ["2026", "2026-01-02", "Rome"],
    ["10000", "2026-01-03", "San Jose"],
]


@pytest.fixture
def trips(glue: Any, database: str) -> dict[str, str]:
    """A table with four partitions."""
    table = {"Name": "Trips", "PartitionKeys": KEYS, "StorageDescriptor": {"Columns": [{"Name": "km", "Type": "int"}]}}
    glue.create_table(DatabaseName=database, TableInput=table)
    entries = [{"Values": values, "StorageDescriptor": {"Location": f"s3://b/{values[1]}"}} for values in PARTITIONS]
    answer = glue.batch_create_partition(DatabaseName=database, TableName="trips", PartitionInputList=entries)
    assert answer["Errors"] == []
    return {"DatabaseName": database, "TableName": "trips"}


@pytest.mark.aws(f"{GUIDE}aws-glue-api-catalog-tables.html", operation="CreateTable, GetTable, CreateDatabase")
def test_names_are_folded_to_lower_case(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "Sales"})
    glue.create_table(DatabaseName="SALES", TableInput={"Name": "Orders"})
    assert glue.get_database(Name="sales")["Database"]["Name"] == "sales"
    table = glue.get_table(DatabaseName="Sales", Name="ORDERS")["Table"]
    assert (table["Name"], table["DatabaseName"], table["VersionId"]) == ("orders", "sales", "0")


@pytest.mark.aws(f"{API}UpdateTable.html", operation="UpdateTable")
def test_a_stale_version_is_refused(glue: Any, database: str, refused: Any) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "t"})
    glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": "first"}, VersionId="0")
    late = {"DatabaseName": database, "TableInput": {"Name": "t", "Description": "second"}, "VersionId": "0"}
    code, _ = refused(glue.update_table, **late)
    assert code == "ConcurrentModificationException"
    assert glue.get_table(DatabaseName=database, Name="t")["Table"]["Description"] == "first"


@pytest.mark.aws(f"{API}GetTableVersions.html", operation="GetTableVersions, DeleteTableVersion, UpdateTable")
def test_versions_are_kept_unless_the_archive_is_skipped(glue: Any, database: str, refused: Any) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "t"})
    for skip in (False, True, False):
        glue.update_table(DatabaseName=database, TableInput={"Name": "t"}, SkipArchive=skip)
    table = {"DatabaseName": database, "TableName": "t"}
    assert [each["VersionId"] for each in glue.get_table_versions(**table)["TableVersions"]] == ["3", "2", "0"]
    glue.delete_table_version(**table, VersionId="0")
    assert refused(glue.delete_table_version, **table, VersionId="0")[0] == "EntityNotFoundException"
    errors = glue.batch_delete_table_version(**table, VersionIds=["2", "9"])["Errors"]
    assert [(each["VersionId"], each["ErrorDetail"]["ErrorCode"]) for each in errors] == [
        ("9", "EntityNotFoundException")
    ]


@pytest.mark.aws(f"{API}GetPartitions.html", operation="GetPartitions")
@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("year = 2026", ["01", "02"]),
        ("year > 2026", ["03"]),
        ("NOT year = 2026", ["31", "03"]),
        ("year <> '2026' AND city = 'Oslo'", ["31"]),
        ("city IN ('Rome', 'San Jose')", ["02", "03"]),
        ("city NOT IN ('Rome')", ["31", "01", "03"]),
        ("day BETWEEN '2026-01-01' AND '2026-01-02'", ["01", "02"]),
        ("city LIKE '%o%' and not (city like 'Os%' or year < 2026)", ["02", "03"]),
        ("2026 <= year AND (city = 'Rome' OR day = DATE '2026-01-03')", ["02", "03"]),
        ("", ["31", "01", "02", "03"]),
    ],
)
def test_partitions_are_filtered_by_the_types_of_their_keys(
    glue: Any, trips: dict[str, str], expression: str, days: list[str]
) -> None:
    found = glue.get_partitions(**trips, Expression=expression)["Partitions"]
    assert [each["Values"][1][-2:] for each in found] == days


@pytest.mark.aws(f"{API}GetPartitions.html", operation="GetPartitions")
def test_partitions_are_filtered_to_the_nanosecond_and_by_decimals(glue: Any, database: str) -> None:
    keys = [{"Name": "at", "Type": "timestamp"}, {"Name": "price", "Type": "decimal(10,2)"}]
    glue.create_table(DatabaseName=database, TableInput={"Name": "ticks", "PartitionKeys": keys})
    ticks = {"DatabaseName": database, "TableName": "ticks"}
    for values in (["2026-01-01 00:00:00.000000001", "2.6"], ["2026-01-01 00:00:00", "300"]):
        glue.create_partition(**ticks, PartitionInput={"Values": values})
    for expression in ("at > '2026-01-01 00:00:00.0'", "price BETWEEN 2 AND 2.6e1", "price IN ('2.60', 7)"):
        found = glue.get_partitions(**ticks, Expression=expression)["Partitions"]
        assert [each["Values"][1] for each in found] == ["2.6"], expression


@pytest.mark.aws(f"{API}GetPartitions.html", operation="GetPartitions")
@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        ("km = 3", "InvalidInputException", "Invalid partition expression!"),
        ("year = 'x'", "InvalidInputException", '"x" is not an integer.'),
        ("year IN (2.5)", "InvalidInputException", '"2.5" is not an integer.'),
        ("day = '2026-02-32'", "InvalidInputException", "2026-02-32 is not a date."),
        ("year LIKE '2%'", "InvalidInputException", "Integral data type doesn't support operation 'LIKE'"),
        ("speed = 3.5", "InvalidInputException", "Unknown type : 'double'"),
        ("lap = 1", "InvalidStateException", '"one" is not an integer.'),
    ],
)
def test_a_refused_expression_says_why(
    glue: Any, database: str, refused: Any, expression: str, code: str, message: str
) -> None:
    types = {"year": "int", "day": "date", "speed": "double", "lap": "int"}
    keys = [{"Name": name, "Type": kind} for name, kind in types.items()]
    glue.create_table(DatabaseName=database, TableInput={"Name": "runs", "PartitionKeys": keys})
    runs = {"DatabaseName": database, "TableName": "runs"}
    glue.create_partition(**runs, PartitionInput={"Values": ["2026", "2026-01-01", "3.5", "one"]})
    assert refused(glue.get_partitions, **runs, Expression=expression) == (code, message)


@pytest.mark.aws(f"{API}GetPartitions.html", operation="GetPartitions")
@pytest.mark.parametrize("expression", ["year = ", "km = 3", "year = 'x'", "year ~ 3", "(year = 1", "year = 1 2"])
def test_an_expression_that_makes_no_sense_is_refused(
    glue: Any, trips: dict[str, str], refused: Any, expression: str
) -> None:
    assert refused(glue.get_partitions, **trips, Expression=expression)[0] == "InvalidInputException"


@pytest.mark.aws(f"{API}GetPartitions.html", operation="GetPartitions")
def test_segments_share_the_partitions_and_pages_hold_a_thousand(glue: Any, trips: dict[str, str]) -> None:
    segments = [{"SegmentNumber": number, "TotalSegments": 3} for number in range(3)]
    found = [
        each["Values"] for segment in segments for each in glue.get_partitions(**trips, Segment=segment)["Partitions"]
    ]
    assert sorted(found) == sorted(PARTITIONS)
    pages = glue.get_paginator("get_partitions").paginate(**trips, PaginationConfig={"PageSize": 3})
    assert [len(page["Partitions"]) for page in pages] == [3, 1]


@pytest.mark.aws(f"{API}BatchCreatePartition.html", operation="BatchCreatePartition, BatchDeletePartition")
def test_a_batch_says_which_entries_failed(glue: Any, trips: dict[str, str]) -> None:
    entries = [{"Values": PARTITIONS[0]}, {"Values": ["2027", "2027-01-01", "Bonn"]}, {"Values": ["2027"]}]
    errors = glue.batch_create_partition(**trips, PartitionInputList=entries)["Errors"]
    assert [(each["PartitionValues"], each["ErrorDetail"]["ErrorCode"]) for each in errors] == [
        (PARTITIONS[0], "AlreadyExistsException"),
        (["2027"], "InvalidInputException"),
    ]
    gone = [{"Values": PARTITIONS[0]}, {"Values": ["1", "1", "1"]}]
    errors = glue.batch_delete_partition(**trips, PartitionsToDelete=gone)["Errors"]
    assert [each["ErrorDetail"]["ErrorCode"] for each in errors] == ["EntityNotFoundException"]


@pytest.mark.aws(f"{API}UpdatePartition.html", operation="UpdatePartition, BatchUpdatePartition, BatchGetPartition")
def test_a_partition_can_move_to_other_values(glue: Any, trips: dict[str, str], refused: Any) -> None:
    moved = ["2030", "2030-01-01", "Bern"]
    glue.update_partition(**trips, PartitionValueList=PARTITIONS[0], PartitionInput={"Values": moved})
    assert glue.get_partition(**trips, PartitionValues=moved)["Partition"]["Values"] == moved
    assert refused(glue.get_partition, **trips, PartitionValues=PARTITIONS[0])[0] == "EntityNotFoundException"
    entry = {"PartitionValueList": ["0", "0", "0"], "PartitionInput": {"Values": ["0", "0", "0"]}}
    assert len(glue.batch_update_partition(**trips, Entries=[entry])["Errors"]) == 1
    asked = [{"Values": moved}, {"Values": PARTITIONS[0]}]
    assert len(glue.batch_get_partition(**trips, PartitionsToGet=asked)["Partitions"]) == 1


@pytest.mark.aws(
    f"{GUIDE}partition-indexes.html", operation="CreatePartitionIndex, GetPartitionIndexes, DeletePartitionIndex"
)
def test_a_table_has_up_to_three_partition_indexes(glue: Any, trips: dict[str, str], refused: Any) -> None:
    for key in ("year", "day", "city"):
        glue.create_partition_index(**trips, PartitionIndex={"IndexName": f"by-{key}", "Keys": [key]})
    found = glue.get_partition_indexes(**trips)["PartitionIndexDescriptorList"]
    assert [(each["IndexName"], each["IndexStatus"]) for each in found] == [
        ("by-year", "ACTIVE"),
        ("by-day", "ACTIVE"),
        ("by-city", "ACTIVE"),
    ]
    more = {"IndexName": "more", "Keys": ["year"]}
    assert (
        refused(glue.create_partition_index, **trips, PartitionIndex=more)[0] == "ResourceNumberLimitExceededException"
    )
    glue.delete_partition_index(**trips, IndexName="by-year")
    assert len(glue.get_partition_indexes(**trips)["PartitionIndexDescriptorList"]) == 2


@pytest.mark.aws(f"{API}SearchTables.html", operation="SearchTables")
def test_tables_are_found_by_text_and_by_property(glue: Any, trips: dict[str, str]) -> None:
    glue.create_table(DatabaseName="lake", TableInput={"Name": "stops", "Parameters": {"classification": "csv"}})
    assert [each["Name"] for each in glue.search_tables(SearchText="km")["TableList"]] == ["trips"]
    condition = {"Key": "classification", "Value": "csv", "Comparator": "EQUALS"}
    assert [each["Name"] for each in glue.search_tables(Filters=[condition])["TableList"]] == ["stops"]
    ordered = glue.search_tables(SortCriteria=[{"FieldName": "Name", "Sort": "DESC"}])["TableList"]
    assert [each["Name"] for each in ordered] == ["trips", "stops"]


@pytest.mark.aws(
    f"{API}UpdateColumnStatisticsForTable.html",
    operation="UpdateColumnStatisticsForTable, GetColumnStatisticsForTable, DeleteColumnStatisticsForTable",
)
def test_statistics_of_columns_are_kept(glue: Any, trips: dict[str, str]) -> None:
    data = {
        "Type": "LONG",
        "LongColumnStatisticsData": {"MinimumValue": 1, "NumberOfNulls": 0, "NumberOfDistinctValues": 3},
    }
    given = {"ColumnName": "km", "ColumnType": "int", "AnalyzedTime": 0, "StatisticsData": data}
    assert glue.update_column_statistics_for_table(**trips, ColumnStatisticsList=[given])["Errors"] == []
    answer = glue.get_column_statistics_for_table(**trips, ColumnNames=["km", "x"])
    assert answer["ColumnStatisticsList"][0]["StatisticsData"]["LongColumnStatisticsData"]["MinimumValue"] == 1
    assert [each["ColumnName"] for each in answer["Errors"]] == ["x"]
    glue.delete_column_statistics_for_table(**trips, ColumnName="km")
    assert glue.get_column_statistics_for_table(**trips, ColumnNames=["km"])["ColumnStatisticsList"] == []


@pytest.mark.aws(f"{API}GetPartitions.html", operation="GetPartitions")
def test_another_catalog_is_not_there(glue: Any, trips: dict[str, str], refused: Any) -> None:
    wrong = {**trips, "CatalogId": "999999999999"}
    assert refused(glue.get_partitions, **wrong)[0] == "EntityNotFoundException"
    assert len(glue.get_partitions(**trips, CatalogId="123456789012")["Partitions"]) == 4

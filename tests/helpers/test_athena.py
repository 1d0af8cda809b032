"""SQL through Athena: typed rows, bytes, dollars, failures."""

from __future__ import annotations

import doctest

import pandas as pd
import pytest

from helpers import athena, catalog, s3, session
from helpers.errors import QueryFailed

pytestmark = pytest.mark.usefixtures("started")


@pytest.fixture
def output() -> str:
    bucket = s3.create_bucket("lake-for-tests")
    catalog.create_database("flights")
    s3.put_object(bucket, "late/1.csv", "carrier,dep_delay\nUA,2\nB6,\nDL,-6\n")
    catalog.create_table("flights", "late", {"carrier": "string", "dep_delay": "int"}, f"s3://{bucket}/late/", "csv")
    return f"s3://{bucket}/results/"


@pytest.mark.parametrize("name", athena.__all__)
def test_the_examples_run(name: str) -> None:
    for each in doctest.DocTestFinder().find(getattr(athena, name), name, globs=vars(athena).copy()):
        assert doctest.DocTestRunner().run(each).failed == 0


def test_rows_are_typed_and_missing_values_missing(output: str) -> None:
    found = athena.query("SELECT * FROM late ORDER BY carrier", database="flights", output=output)
    assert found["carrier"].tolist() == ["B6", "DL", "UA"]
    assert found["dep_delay"].dtype == "Int64"
    assert found["dep_delay"].isna().tolist() == [True, False, False]
    assert found["dep_delay"].sum() == -4


def test_each_type_becomes_pandas_own(output: str) -> None:
    sql = "SELECT 1.5e0 AS f, true AS b, DATE '2013-06-13' AS d, 'x' AS t, CAST(1 AS bigint) AS i"
    row = athena.query(sql, database="flights", output=output).iloc[0]
    assert row["f"] == 1.5
    assert bool(row["b"]) is True
    assert row["d"] == pd.Timestamp("2013-06-13")
    assert (row["t"], row["i"]) == ("x", 1)


def test_no_rows_keep_their_columns(output: str) -> None:
    found = athena.query("SELECT * FROM late WHERE carrier = 'ZZ'", database="flights", output=output)
    assert found.empty
    assert found.columns.tolist() == ["carrier", "dep_delay"]


def test_more_rows_than_a_page_holds(output: str) -> None:
    sql = "SELECT n FROM UNNEST(sequence(1, 2500)) AS t (n)"
    assert athena.query(sql, database="flights", output=output)["n"].sum() == 2500 * 2501 // 2


def test_a_scan_is_counted_and_priced(output: str) -> None:
    result = athena.run("SELECT avg(dep_delay) FROM late", database="flights", output=output)
    assert result.scanned_bytes == len("carrier,dep_delay\nUA,2\nB6,\nDL,-6\n")
    assert result.dollars == athena.dollars(0), "the least is 10 MB"
    assert result.milliseconds >= 0


def test_descriptions_are_free(output: str) -> None:
    result = athena.run("SHOW TABLES", database="flights", output=output)
    assert (result.scanned_bytes, result.dollars) == (0, 0.0)
    assert result.frame.iloc[:, 0].tolist() == ["late"]


@pytest.mark.parametrize(("scanned", "megabytes"), [(0, 10), (10 * 2**20, 10), (10 * 2**20 + 1, 11), (2**40, 2**20)])
def test_bytes_are_rounded_up_to_megabytes(scanned: int, megabytes: int) -> None:
    assert athena.dollars(scanned) == pytest.approx(5 * megabytes / 2**20)


def test_a_failure_carries_athenas_words(output: str) -> None:
    with pytest.raises(QueryFailed, match=r"COLUMN_NOT_FOUND: line 1:8: Column 'nope'") as failed:
        athena.query("SELECT nope FROM late", database="flights", output=output)
    assert failed.value.kind == "COLUMN_NOT_FOUND"


def test_a_stray_text_is_bad_data(output: str) -> None:
    bucket = output.split("/")[2]
    s3.put_object(bucket, "late/2.csv", "carrier,dep_delay\nAA,late\n")
    with pytest.raises(QueryFailed) as failed:
        athena.query("SELECT avg(dep_delay) FROM late", database="flights", output=output)
    assert failed.value.kind == "HIVE_BAD_DATA"
    assert session.describe()["kind"].tolist() == ["bucket", "database", "table"], "state intact"

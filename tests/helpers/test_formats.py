"""Every format writes and reads the same rows, and fetches what it must."""

from __future__ import annotations

import doctest
import io

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from helpers import diagrams, formats, s3, trace

TABLE = pa.table({"carrier": ["UA", "B6", None] * 2_000, "dep_delay": pa.array(range(6_000), pa.int32())})
each_format = pytest.mark.parametrize("format", formats.WRITERS)


@pytest.mark.parametrize("name", formats.__all__)
def test_the_examples_run(name: str) -> None:
    for each in doctest.DocTestFinder().find(getattr(formats, name), name, globs=vars(formats).copy()):
        assert doctest.DocTestRunner().run(each).failed == 0


@each_format
def test_rows_come_back(format: str) -> None:
    found = formats.read(io.BytesIO(formats.write(TABLE, format)), format)
    expected = TABLE.to_pylist()
    if format.startswith("csv"):  # text has no missing value of its own
        expected = [{**row, "carrier": row["carrier"] or ""} for row in expected]
    assert found.to_pylist() == expected


@each_format
def test_columns_and_rows_are_chosen(format: str) -> None:
    file = io.BytesIO(formats.write(TABLE, format))
    found = formats.read(file, format, columns=["carrier"], where=pc.field("carrier") == "B6")
    assert found.column_names == ["carrier"]
    assert found.num_rows == 2_000


@pytest.mark.parametrize("format", ["orc", "parquet"])
def test_a_condition_may_name_a_column_that_is_not_read(format: str) -> None:
    file = io.BytesIO(formats.write(TABLE, format))
    assert formats.read(file, format, columns=["carrier"], where=pc.field("dep_delay") < 3).num_rows == 3


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="not 'xml'"):
        formats.write(TABLE, "xml")
    with pytest.raises(ValueError, match="not 'xml'"):
        formats.read(io.BytesIO(b""), "xml")


@pytest.mark.usefixtures("started")
class TestInS3:
    def test_parquet_fetches_only_the_row_groups_that_may_match(self) -> None:
        bucket = s3.create_bucket("lake-for-tests")
        rows = pa.table({"n": pa.array(range(200_000), pa.int64())})
        s3.put_object(bucket, "n.parquet", formats.write(rows, "parquet", row_group_size=20_000))
        with trace.calls() as seen:
            found = formats.read(s3.open_object(bucket, "n.parquet"), "parquet", where=pc.field("n") == 70_000)
        assert found.to_pylist() == [{"n": 70_000}]
        size = int(s3.list_objects(bucket)["size"].iloc[0])
        assert seen.table()["received"].sum() < size / 3

    def test_the_picture_says_what_a_question_fetches(self) -> None:
        bucket = s3.create_bucket("lake-for-tests")
        rows = pa.table({"n": pa.array(range(100_000)), "tail": ["N1"] * 100_000})
        s3.put_object(bucket, "n.parquet", formats.write(rows, "parquet", row_group_size=5_000))
        whole = diagrams.parquet(bucket, "n.parquet")
        assert "100,000 rows in 20 row groups, 12 of them drawn" in whole.alt
        asked = diagrams.parquet(bucket, "n.parquet", columns=["tail"], where={"n": 42_000})
        assert "with columns tail and n = 42000 fetches 1 of 20 row groups" in asked.alt
        assert asked.svg == diagrams.parquet(bucket, "n.parquet", columns=["tail"], where={"n": 42_000}).svg

    def test_a_truncated_file_is_no_parquet(self) -> None:
        bucket = s3.create_bucket("lake-for-tests")
        s3.put_object(bucket, "n.parquet", formats.write(TABLE, "parquet")[:-20])
        with pytest.raises(pa.ArrowInvalid, match="magic bytes"):
            diagrams.parquet(bucket, "n.parquet")

    def test_an_object_is_a_file_that_fetches_what_is_read(self) -> None:
        bucket = s3.create_bucket("lake-for-tests")
        s3.put_object(bucket, "n.txt", "0123456789")
        file = s3.open_object(bucket, "n.txt")
        with trace.calls() as seen:
            assert (file.seek(4), file.read(3), file.tell()) == (4, b"456", 7)
            assert (file.seek(-2, 2), file.read(), file.read(5)) == (8, b"89", b"")
        assert seen.table()["received"].sum() == 5

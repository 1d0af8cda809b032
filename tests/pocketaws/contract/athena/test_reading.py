"""What a query reads and how it counts: fields of structs, columns of ORC by place, large tables, many partitions."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

COLUMNAR = "https://docs.aws.amazon.com/athena/latest/ug/columnar-storage.html"
ORC = "https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html"
DECIMAL = "https://trino.io/docs/current/functions/decimal.html"
START = "StartQueryExecution"


@pytest.mark.aws(COLUMNAR, operation=START)
def test_a_field_of_a_struct_is_scanned_without_the_others(query: Any, put: Any) -> None:
    kind = pa.struct([("name", pa.string()), ("age", pa.int32()), ("home", pa.struct([("town", pa.string())]))])
    people = [{"name": f"person {n}", "age": n, "home": {"town": f"t{n}"}} for n in range(500)] + [None]
    out = io.BytesIO()
    pq.write_table(pa.table({"id": list(range(501)), "who": pa.array(people, kind)}), out)
    put("nested/a.parquet", out.getvalue())
    query(
        "CREATE EXTERNAL TABLE nested (id bigint, who struct<name:string,age:int,home:struct<town:string>>) "
        "STORED AS PARQUET LOCATION 's3://lake/nested/'"
    )
    group = pq.ParquetFile(io.BytesIO(out.getvalue())).metadata.row_group(0)
    size = {group.column(n).path_in_schema: group.column(n).total_compressed_size for n in range(group.num_columns)}
    assert query("SELECT sum(who.age), count(who.age) FROM nested") == [["124750", "500"]]
    assert query.scanned == size["who.age"]
    assert query("SELECT n.who.home.town FROM nested n WHERE n.who.age = 7") == [["t7"]]
    assert query.scanned == size["who.age"] + size["who.home.town"]
    assert query("SELECT who FROM nested WHERE id = 3") == [["{name=person 3, age=3, home={town=t3}}"]]
    assert query.scanned == sum(size.values())
    assert query("SELECT count(*) FROM nested WHERE who IS NULL") == [["1"]]


@pytest.mark.aws(ORC, operation=START)
def test_orc_goes_by_the_place_of_a_column_unless_told(query: Any, put: Any) -> None:
    from pyarrow import orc

    out = io.BytesIO()
    orc.write_table(pa.table({"old": [1, 2], "text": ["a", "b"]}), out)
    put("placed/a.orc", out.getvalue())
    columns = "(renamed bigint, text string, later string)"
    query(f"CREATE EXTERNAL TABLE placed {columns} STORED AS ORC LOCATION 's3://lake/placed/'")
    assert query("SELECT * FROM placed ORDER BY 1") == [["1", "a", None], ["2", "b", None]]
    query(
        f"CREATE EXTERNAL TABLE named {columns} ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.orc.OrcSerde' "
        "WITH SERDEPROPERTIES ('orc.column.index.access' = 'false') STORED AS ORC LOCATION 's3://lake/placed/'"
    )
    assert query("SELECT * FROM named ORDER BY 2") == [[None, "a", None], [None, "b", None]]


@pytest.mark.aws(DECIMAL, operation=START)
@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("1.0 / 3", "0.3"),
        ("1.00 / 7.0", "0.14"),
        ("-2.00 / 3", "-0.67"),
        ("CAST(10 AS decimal(10, 2)) / CAST(4 AS decimal(10, 3))", "2.500"),
        ("100.0 * 2 / 3", "66.7"),
        ("CAST(12345678901234567890.12 AS decimal(22, 2)) / 2", "6172839450617283945.06"),
        ("TRY(1.0 / 0)", None),
        ("1.0e0 / 4", "0.25"),
        ("7 / 2", "3"),
    ],
)
def test_decimals_divide_to_decimals(query: Any, sql: str, value: str | None) -> None:
    assert query(f"SELECT {sql}") == [[value]]


@pytest.mark.aws(DECIMAL, operation=START)
def test_a_decimal_is_not_divided_by_zero(query: Any) -> None:
    assert query.reason("SELECT 1.5 / 0").startswith("DIVISION_BY_ZERO")


BY_KEYS = "SELECT month, tail, sum(delay), min(dist) FROM flights WHERE delay > 4 GROUP BY 1, 2 ORDER BY 1, 2"
QUERIES = [
    BY_KEYS,
    "SELECT count(*) FROM flights",
    "SELECT * FROM flights WHERE month >= 2 ORDER BY month, delay",
    "SELECT a.tail, b.delay FROM flights a JOIN flights b ON a.day = b.day AND a.month = b.month WHERE b.tail = 'N1' "
    "ORDER BY 1, 2",
    "WITH f AS (SELECT * FROM flights) SELECT count(*) FROM f x JOIN f y ON x.month = y.month WHERE y.month = 3",
    "SELECT month FROM flights WHERE delay = (SELECT max(delay) FROM flights)",
    "SELECT tail FROM flights LIMIT 2",
]


@pytest.mark.parametrize("sql", QUERIES)
def test_large_tables_answer_and_count_as_small_ones(flights: Any, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """DuckDB reads large Parquet tables by itself; what comes of it and what counts as scanned is the same."""
    pytest.importorskip("fsspec")
    from pocketaws.engines.athena.query import direct

    through_arrow, scanned = flights(sql), flights.scanned
    monkeypatch.setattr(direct, "SMALLEST", 1)
    assert flights(sql) == through_arrow
    assert flights.scanned == scanned


def test_a_large_table_whose_files_differ_fails_as_a_small_one(
    flights: Any, put: Any, parquet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pocketaws.engines.athena.query import direct

    put("flights/month=3/b.parquet", parquet({"tail": ["N3"], "delay": ["late"], "dist": [0.5], "day": ["x"]}))
    monkeypatch.setattr(direct, "SMALLEST", 1)
    assert flights.reason("SELECT sum(delay) FROM flights").startswith("HIVE_BAD_DATA: Field delay's type string")
    assert flights("SELECT count(tail) FROM flights WHERE month = 3") == [["3"]]
    put("flights/month=3/b.parquet", parquet({"tail": ["N3"]})[:-9])
    assert flights.reason("SELECT tail FROM flights").startswith("HIVE_CANNOT_OPEN_SPLIT")


TROUBLE = "https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html"


@pytest.mark.aws(TROUBLE, operation=START)
@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT tail,\n  dely FROM flights", "COLUMN_NOT_FOUND: line 2:3: Column 'dely' cannot be resolved"),
        ("SELECT tail FROM\n flihgts", "TABLE_NOT_FOUND: line 2:2: Table 'awsdatacatalog.air.flihgts' does not exist"),
        ("SELECT summ(delay) FROM flights", "FUNCTION_NOT_FOUND: line 1:8: Function 'summ' not registered"),
    ],
)
def test_a_typo_is_told_with_its_place(flights: Any, sql: str, reason: str) -> None:
    assert flights.reason(sql).startswith(reason)


@pytest.mark.aws(TROUBLE, operation=START)
def test_a_malformed_query_is_refused_with_its_place(flights: Any, athena: Any) -> None:
    with pytest.raises(ClientError, match=r"line 1:8: mismatched input 'FROM'") as caught:
        flights("SELECT FROM flights")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"
    assert flights("SELECT count(*) FROM flights") == [["9"]]


@pytest.mark.aws(TROUBLE, operation=START)
def test_columns_that_change_in_the_middle_of_a_csv(query: Any, put: Any) -> None:
    put("shift/a.csv", b"1,a,1.5\n2,b\n3,c,2.5,more\n")
    put("shift/b.csv", b"4,d\n")
    query(
        "CREATE EXTERNAL TABLE shift (id int, name string, x double) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
        "LOCATION 's3://lake/shift/'"
    )
    assert query("SELECT * FROM shift ORDER BY id") == [
        ["1", "a", "1.5"],
        ["2", "b", None],
        ["3", "c", "2.5"],
        ["4", "d", None],
    ]


@pytest.mark.aws(TROUBLE, operation=START)
def test_an_empty_prefix_and_empty_files_have_no_rows(query: Any, put: Any) -> None:
    query("CREATE EXTERNAL TABLE nothing (id int) STORED AS PARQUET LOCATION 's3://lake/empty/'")
    assert query("SELECT id FROM nothing") == []
    put("empty/", b"")
    put("empty/_SUCCESS", b"done")
    assert query("SELECT count(*) FROM nothing") == [["0"]]


@pytest.mark.aws(TROUBLE, operation=START)
def test_ten_thousand_partitions(query: Any, put: Any, glue: Any, parquet: Any) -> None:
    query(
        "CREATE EXTERNAL TABLE wide (id bigint) PARTITIONED BY (day int) STORED AS PARQUET LOCATION 's3://lake/wide/'"
    )
    storage = glue.get_table(DatabaseName="air", Name="wide")["Table"]["StorageDescriptor"]
    for start in range(0, 10_000, 100):
        inputs = [
            {"Values": [str(day)], "StorageDescriptor": {**storage, "Location": f"s3://lake/wide/day={day}/"}}
            for day in range(start, start + 100)
        ]
        assert (
            glue.batch_create_partition(DatabaseName="air", TableName="wide", PartitionInputList=inputs)["Errors"] == []
        )
    for day in (7, 4_000, 9_999):
        put(f"wide/day={day}/a.parquet", parquet({"id": [day]}))
    began = time.perf_counter()
    assert query("SELECT id FROM wide WHERE day = 4000") == [["4000"]]
    assert query("SELECT count(*), max(day) FROM wide") == [["3", "9999"]]
    assert time.perf_counter() - began < 60


def test_a_forked_process_asks_and_ends_in_peace() -> None:
    """Graders fork kernels from a process that has asked already."""
    if not hasattr(os, "fork"):
        pytest.skip("this system does not fork")
    code = """
import os, sys
from pocketaws.engines.athena.query.database import connect

def ask():
    with connect([]) as connection:
        assert connection.execute("SELECT 41 + 1").fetchall() == [(42,)]

ask()
child = os.fork()
ask()
if child:
    sys.exit(os.waitpid(child, 0)[1])
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

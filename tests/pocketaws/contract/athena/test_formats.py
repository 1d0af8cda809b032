"""Files: every format, partitions and projections, and what cannot be read."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pyarrow as pa
import pytest

OPEN_CSV = "https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html"
LAZY = "https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html"
JSON = "https://docs.aws.amazon.com/athena/latest/ug/json-serde.html"
ORC = "https://docs.aws.amazon.com/athena/latest/ug/orc-serde.html"
PROJECTION = "https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html"
TROUBLE = "https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html"
ARCHIVED = "https://docs.aws.amazon.com/athena/latest/ug/querying-glacier.html"
PATH = "https://docs.aws.amazon.com/athena/latest/ug/select.html"
START = "StartQueryExecution"


@pytest.mark.aws(OPEN_CSV, operation=START)
def test_open_csv_knows_quotes_and_gives_texts(query: Any, put: Any) -> None:
    content = b'id,name,price\n1,"a, ""b""",1.5\n2,c,\n'
    put("csv/a.csv", content)
    query(
        "CREATE EXTERNAL TABLE csv (id string, name string, price string) "
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://lake/csv/' "
        "TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    assert query("SELECT * FROM csv") == [["1", 'a, "b"', "1.5"], ["2", "c", ""]]
    assert query.scanned == len(content)
    assert query("SELECT sum(cast(id AS integer)) FROM csv") == [["3"]]


@pytest.mark.aws(LAZY, operation=START)
def test_lazy_text_has_types_and_missing_fields(query: Any, put: Any) -> None:
    content = gzip.compress(b"1;a;1.5;true\n2;\\N;;x\n3;d\n4;e;2.5;false;surplus\n")
    put("lazy/a.csv.gz", content)
    query(
        "CREATE EXTERNAL TABLE lazy (id int, name string, price double, ok boolean) "
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ';' LOCATION 's3://lake/lazy/'"
    )
    assert query("SELECT * FROM lazy ORDER BY id") == [
        ["1", "a", "1.5", "true"],
        ["2", None, None, None],
        ["3", "d", None, None],
        ["4", "e", "2.5", "false"],
    ]
    assert query.scanned == len(content)


@pytest.mark.aws(TROUBLE, operation=START)
def test_a_text_in_a_float_column_is_bad_data(query: Any, put: Any) -> None:
    put("stray/a.csv", b"1,1.5\n2,oops\n")
    query(
        "CREATE EXTERNAL TABLE stray (id int, x double) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
        "LOCATION 's3://lake/stray/'"
    )
    reason = "HIVE_BAD_DATA: Error parsing field value 'oops' for field 1: For input string: \"oops\""
    assert query.reason("SELECT * FROM stray") == reason
    assert query("SELECT id FROM stray ORDER BY 1") == [["1"], ["2"]]


@pytest.mark.aws(JSON, operation=START)
@pytest.mark.parametrize("serde", ["org.openx.data.jsonserde.JsonSerDe", "org.apache.hive.hcatalog.data.JsonSerDe"])
def test_json_lines_nest(query: Any, put: Any, serde: str) -> None:
    lines = (
        '{"Id": 1, "tags": ["x", "y"], "who": {"Name": "n", "age": 3}, "m": {"k": 1}, "at": "2020-01-02 03:04:05"}\n'
        '{"id": 2, "tags": null, "other": true}\n'
    )
    put("json/a.json", lines.encode())
    query(
        "CREATE EXTERNAL TABLE js (id int, tags array<string>, who struct<name:string,age:int>, m map<string,int>, "
        f"at timestamp) ROW FORMAT SERDE '{serde}' LOCATION 's3://lake/json/'"
    )
    assert query("SELECT id, who, m, tags, at FROM js ORDER BY id") == [
        ["1", "{name=n, age=3}", "{k=1}", "[x, y]", "2020-01-02 03:04:05.000"],
        ["2", None, None, None, None],
    ]
    assert query("SELECT t, who.age + 1, m['k'] FROM js CROSS JOIN UNNEST(tags) AS u(t) ORDER BY 1") == [
        ["x", "4", "1"],
        ["y", "4", "1"],
    ]
    put("json/b.json", b'{"id": \n')
    assert query.reason("SELECT id FROM js").startswith("HIVE_CURSOR_ERROR: Row is not a valid JSON Object")


@pytest.mark.aws(ORC, operation=START)
def test_orc_reads_columns(query: Any, put: Any) -> None:
    from pyarrow import orc

    out = io.BytesIO()
    orc.write_table(pa.table({"id": list(range(5000)), "text": [f"row {each * each}" for each in range(5000)]}), out)
    put("orc/a.orc", out.getvalue())
    query("CREATE EXTERNAL TABLE o (id bigint, text string) STORED AS ORC LOCATION 's3://lake/orc/'")
    assert query("SELECT sum(id) FROM o WHERE id < 10") == [["45"]]
    assert 0 < query.scanned < len(out.getvalue()) / 2
    assert query("SELECT text FROM o WHERE id = 4") == [["row 16"]]


@pytest.mark.aws(TROUBLE, operation=START)
def test_a_truncated_parquet_file_cannot_be_opened(flights: Any, put: Any, parquet: Any) -> None:
    put("flights/month=2/a.parquet", parquet({"tail": ["N1"]})[:-20])
    assert flights.reason("SELECT tail FROM flights").startswith(
        "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://lake/flights/month=2/a.parquet (offset=0, length="
    )
    assert flights.last["Status"]["AthenaError"]["ErrorType"] == 1001
    assert flights("SELECT count(*) FROM flights WHERE month = 1") == [["3"]]


@pytest.mark.aws(TROUBLE, operation=START)
def test_a_type_that_the_file_does_not_have_is_bad_data(query: Any, put: Any, parquet: Any) -> None:
    put("typed/a.parquet", parquet({"id": ["one"]}))
    query("CREATE EXTERNAL TABLE typed (id double) STORED AS PARQUET LOCATION 's3://lake/typed/'")
    reason = query.reason("SELECT id FROM typed")
    assert reason.startswith("HIVE_BAD_DATA: Field id's type")
    assert "incompatible with type double defined in table schema" in reason


@pytest.mark.aws(TROUBLE, operation=START)
def test_a_location_that_is_gone_gives_no_rows(query: Any) -> None:
    query("CREATE EXTERNAL TABLE gone (id int) STORED AS PARQUET LOCATION 's3://lake/nothing/'")
    assert query("SELECT * FROM gone") == []
    query("CREATE EXTERNAL TABLE lost (id int) STORED AS PARQUET LOCATION 's3://no-such-bucket/nothing/'")
    assert query("SELECT count(*) FROM lost") == [["0"]]


@pytest.mark.aws(PATH, operation=START)
def test_the_hidden_path(flights: Any) -> None:
    assert flights('SELECT DISTINCT "$path" FROM flights WHERE month = 2') == [["s3://lake/flights/month=2/a.parquet"]]
    assert len(flights("SELECT * FROM flights WHERE month = 2")[0]) == 5


@pytest.mark.aws(PROJECTION, operation=START)
def test_projected_partitions_need_no_catalog(flights: Any) -> None:
    flights(
        "CREATE EXTERNAL TABLE projected (tail string, delay bigint) PARTITIONED BY (month int) STORED AS PARQUET "
        "LOCATION 's3://lake/flights/' TBLPROPERTIES ('projection.enabled' = 'true', "
        "'projection.month.type' = 'integer', 'projection.month.range' = '1,12')"
    )
    assert flights("SELECT month, count(*) FROM projected WHERE month >= 2 GROUP BY 1 ORDER BY 1") == [
        ["2", "3"],
        ["3", "3"],
    ]
    flights(
        "CREATE EXTERNAL TABLE wanted (tail string) PARTITIONED BY (kind string, month string) STORED AS PARQUET "
        "LOCATION 's3://lake/flights/' TBLPROPERTIES ('projection.enabled' = 'true', 'projection.kind.type' = 'enum', "
        "'projection.kind.values' = 'flights,other', 'projection.month.type' = 'injected', "
        "'storage.location.template' = 's3://lake/${kind}/month=${month}')"
    )
    assert flights("SELECT count(*) FROM wanted WHERE month = '2'") == [["3"]]
    assert flights.reason("SELECT count(*) FROM wanted").startswith("CONSTRAINT_VIOLATION: For the injected projected")


@pytest.mark.aws(PROJECTION, operation=START)
def test_projected_dates_end_with_the_clock(query: Any, put: Any, parquet: Any, clock: Any) -> None:
    for day in ("01", "02", "03"):
        put(f"daily/2026/11/{day}/a.parquet", parquet({"id": [int(day)]}))
    query(
        "CREATE EXTERNAL TABLE daily (id bigint) PARTITIONED BY (day string) STORED AS PARQUET "
        "LOCATION 's3://lake/daily/' TBLPROPERTIES ('projection.enabled' = 'true', 'projection.day.type' = 'date', "
        "'projection.day.format' = "
        "'yyyy/MM/dd', 'projection.day.range' = '2026/10/01,NOW', "
        "'storage.location.template' = 's3://lake/daily/${day}')"
    )
    assert query("SELECT id, day FROM daily WHERE day >= '2026/11/01' ORDER BY 1") == [
        ["1", "2026/11/01"],
        ["2", "2026/11/02"],
    ]
    clock.advance(days=1)
    assert query("SELECT count(*) FROM daily") == [["3"]]


@pytest.mark.aws(ARCHIVED, operation=START)
def test_archived_objects_are_passed_over(flights: Any, s3: Any) -> None:
    source = {"Bucket": "lake", "Key": "flights/month=3/a.parquet"}
    s3.copy_object(Bucket="lake", Key=source["Key"], CopySource=source, StorageClass="GLACIER")
    assert flights("SELECT count(*) FROM flights") == [["6"]]


@pytest.mark.aws(PATH, operation=START)
def test_a_filter_on_ten_thousand_partitions_reads_one(query: Any, put: Any, parquet: Any) -> None:
    put("many/p=5000/a.parquet", parquet({"id": [7]}))
    query(
        "CREATE EXTERNAL TABLE many (id bigint) PARTITIONED BY (p int) STORED AS PARQUET LOCATION 's3://lake/many/' "
        "TBLPROPERTIES ('projection.enabled' = 'true', 'projection.p.type' = 'integer', "
        "'projection.p.range' = '1,10000')"
    )
    assert query("SELECT id FROM many WHERE p = 5000") == [["7"]]

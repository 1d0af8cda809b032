"""Statements other than queries: DDL, CREATE TABLE AS, INSERT, UNLOAD, views, prepared statements."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

DDL = "https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html"
CREATE = "https://docs.aws.amazon.com/athena/latest/ug/create-table.html"
MSCK = "https://docs.aws.amazon.com/athena/latest/ug/msck-repair-table.html"
CTAS = "https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html"
INSERT = "https://docs.aws.amazon.com/athena/latest/ug/insert-into.html"
UNLOAD = "https://docs.aws.amazon.com/athena/latest/ug/unload.html"
VIEWS = "https://docs.aws.amazon.com/athena/latest/ug/create-view.html"
PREPARED = "https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html"
START = "StartQueryExecution"


def keys(s3: Any, prefix: str) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket="lake", Prefix=prefix).get("Contents", [])]


@pytest.mark.aws(DDL, operation=START)
def test_databases_come_and_go(query: Any, glue: Any) -> None:
    query("CREATE SCHEMA IF NOT EXISTS Sea COMMENT 'ships' LOCATION 's3://lake/sea/'")
    assert glue.get_database(Name="sea")["Database"]["Description"] == "ships"
    assert query("SHOW DATABASES") == [["air"], ["default"], ["sea"]]
    assert query("SHOW DATABASES LIKE 's*'") == [["sea"]]
    assert "already exists" in query.reason("CREATE DATABASE sea")
    query("CREATE DATABASE IF NOT EXISTS sea")
    query("DROP DATABASE sea")
    assert "Database does not exist: sea" in query.reason("DROP DATABASE sea")
    query("DROP DATABASE IF EXISTS sea")


@pytest.mark.aws(DDL, operation=START)
def test_a_database_that_holds_tables_is_dropped_by_cascade(flights: Any, s3: Any) -> None:
    assert "is not empty" in flights.reason("DROP DATABASE air")
    flights("DROP DATABASE air CASCADE")
    assert flights("SHOW DATABASES") == [["default"]]
    assert len(keys(s3, "flights/")) == 3


@pytest.mark.aws(CREATE, operation=START)
def test_a_table_reaches_the_catalog(query: Any, glue: Any) -> None:
    query(
        """CREATE EXTERNAL TABLE IF NOT EXISTS `Logs` (
             `id` bigint COMMENT 'it''s the key', who struct<name:string, tags:array<string>>,  price decimal(10, 2),
             m map<string,int>)
           COMMENT 'a log' PARTITIONED BY (day string COMMENT 'ISO', hour int) -- two keys
           ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\'
           LINES TERMINATED BY '\\n' NULL DEFINED AS ''
           STORED AS TEXTFILE LOCATION 's3://lake/logs/' TBLPROPERTIES ('skip.header.line.count' = '1')"""
    )
    found = glue.get_table(DatabaseName="air", Name="logs")["Table"]
    assert [(each["Name"], each["Type"]) for each in found["StorageDescriptor"]["Columns"]] == [
        ("id", "bigint"),
        ("who", "struct<name:string,tags:array<string>>"),
        ("price", "decimal(10,2)"),
        ("m", "map<string,int>"),
    ]
    assert found["StorageDescriptor"]["Columns"][0]["Comment"] == "it's the key"
    assert [each["Name"] for each in found["PartitionKeys"]] == ["day", "hour"]
    serde = found["StorageDescriptor"]["SerdeInfo"]
    assert serde["SerializationLibrary"].endswith("LazySimpleSerDe")
    assert serde["Parameters"]["field.delim"] == "\t"
    assert serde["Parameters"]["serialization.null.format"] == ""
    assert found["Parameters"]["skip.header.line.count"] == "1"
    assert found["TableType"] == "EXTERNAL_TABLE"
    assert "already exists" in query.reason("CREATE EXTERNAL TABLE logs (a int) LOCATION 's3://lake/x/'")


@pytest.mark.aws(CREATE, operation=START)
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("CREATE EXTERNAL TABLE t (a int)", "No location was specified for table"),
        ("CREATE EXTERNAL TABLE t (a strin) LOCATION 's3://lake/x/'", "no viable alternative at input 'strin'"),
        ("CREATE EXTERNAL TABLE t (a int, a int) LOCATION 's3://lake/x/'", "Duplicate column name: a"),
        (
            "CREATE EXTERNAL TABLE t (a int LOCATION 's3://lake/x/'",
            r"mismatched input ''s3://lake/x/''|mismatched input",
        ),
        ("CREATE EXTERNAL TABLE t (a int) STORED AS XLS LOCATION 's3://lake/x/'", "Unrecognized file format"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 'file:///etc/'", "S3 location must start with"),
        ("CREATE TABLE t (a int) LOCATION 's3://lake/x/'", "External table is required"),
    ],
)
def test_a_malformed_table_is_refused(query: Any, sql: str, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        query(sql)


@pytest.mark.aws(MSCK, operation=START)
def test_partitions_are_found_added_and_dropped(flights: Any, put: Any, parquet: Any, glue: Any) -> None:
    put("flights/month=4/a.parquet", parquet({"tail": ["N4"], "delay": [4], "dist": [1.0], "day": ["2013-04-01"]}))
    assert flights("SELECT count(*) FROM flights") == [["9"]]
    assert flights("MSCK REPAIR TABLE flights") == [
        ["Partitions not in metastore:\tflights:month=4"],
        ["Repair: Added partition to metastore flights:month=4"],
    ]
    assert flights("SELECT count(*) FROM flights") == [["10"]]
    flights("ALTER TABLE flights DROP PARTITION (month = 4), PARTITION (month = 3)")
    assert flights("SHOW PARTITIONS flights") == [["month=1"], ["month=2"]]
    flights(
        "ALTER TABLE flights ADD IF NOT EXISTS PARTITION (month = 1) PARTITION (month = 7) LOCATION 's3://lake/seven/'"
    )
    found = glue.get_partition(DatabaseName="air", TableName="flights", PartitionValues=["7"])["Partition"]
    assert found["StorageDescriptor"]["Location"] == "s3://lake/seven/"
    assert "already exists" in flights.reason("ALTER TABLE flights ADD PARTITION (month = 7)")
    flights("ALTER TABLE flights PARTITION (month = 7) SET LOCATION 's3://lake/flights/month=4/'")
    assert flights("SELECT tail FROM flights WHERE month = 7") == [["N4"]]


@pytest.mark.aws(DDL, operation=START)
def test_columns_and_properties_change(flights: Any, glue: Any) -> None:
    flights("ALTER TABLE flights ADD COLUMNS (carrier string COMMENT 'new')")
    assert flights("SELECT carrier, tail FROM flights WHERE month = 1 ORDER BY 2 LIMIT 1") == [[None, "N1"]]
    flights("ALTER TABLE flights SET TBLPROPERTIES ('owner' = 'me')")
    assert glue.get_table(DatabaseName="air", Name="flights")["Table"]["Parameters"]["owner"] == "me"
    assert "Duplicate column name: tail" in flights.reason("ALTER TABLE flights ADD COLUMNS (tail string)")
    assert "Table not found air.nowhere" in flights.reason("ALTER TABLE nowhere ADD COLUMNS (x int)")


@pytest.mark.aws(DDL, operation=START)
def test_show_and_describe(flights: Any) -> None:
    flights("CREATE VIEW late AS SELECT tail FROM flights WHERE delay > 5")
    assert flights("SHOW TABLES") == [["flights"], ["late"]]
    assert flights("SHOW TABLES IN air 'f*'") == [["flights"]]
    assert flights("SHOW VIEWS") == [["late"]]
    assert [row[0].strip() for row in flights("SHOW COLUMNS IN flights")] == ["tail", "delay", "dist", "day", "month"]
    described = [[cell.strip() for cell in row[0].split("\t")] for row in flights("DESCRIBE flights")]
    assert described[0] == ["tail", "string", "the plane"]
    assert described[-1] == ["month", "int", ""]
    statement = "\n".join(row[0] for row in flights("SHOW CREATE TABLE flights"))
    flights("DROP TABLE flights")
    flights(statement.replace("`air.flights`", "flights"))
    assert flights("MSCK REPAIR TABLE flights")
    assert flights("SELECT count(*) FROM flights") == [["9"]]
    assert flights("SELECT table_name FROM information_schema.tables WHERE table_schema = 'air' ORDER BY 1") == [
        ["flights"],
        ["late"],
    ]
    assert flights("EXPLAIN SELECT * FROM flights")


@pytest.mark.aws(CTAS, operation=START)
@pytest.mark.parametrize("form", ["PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE"])
def test_a_table_made_from_a_query(flights: Any, s3: Any, glue: Any, form: str) -> None:
    flights(
        f"CREATE TABLE made WITH (format = '{form}', external_location = 's3://lake/made/', "
        "partitioned_by = ARRAY['month']) AS SELECT tail, delay, dist, date(day) AS day, month FROM flights"
    )
    assert [key.split("/")[1] for key in keys(s3, "made/")] == ["month=1", "month=2", "month=3"]
    assert flights.last["SubstatementType"] == "CREATE_TABLE_AS_SELECT"
    assert flights.last["Statistics"]["DataManifestLocation"].endswith("-manifest.csv")
    assert flights("SELECT tail, delay, dist, month FROM made WHERE month = 2 ORDER BY tail") == [
        ["N1", "20", "1.5", "2"],
        ["N2", "5", "2.25", "2"],
        [None, None, "1.0E8", "2"],
    ]
    assert flights("SELECT max(day) FROM made") == [["2013-03-01"]]
    assert [each["Type"] for each in glue.get_table(DatabaseName="air", Name="made")["Table"]["PartitionKeys"]] == [
        "int"
    ]


@pytest.mark.aws(CTAS, operation=START)
@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE flights AS SELECT 1 AS a", "TABLE_ALREADY_EXISTS"),
        ("CREATE TABLE x AS SELECT 1", "COLUMN_NAME_NOT_SPECIFIED"),
        ("CREATE TABLE x AS SELECT 1 AS a, 2 AS a", "DUPLICATE_COLUMN_NAME"),
        ("CREATE TABLE x WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a, 2 AS b", "HIVE_COLUMN_ORDER_MISMATCH"),
        ("CREATE TABLE x WITH (external_location = 's3://lake/flights/') AS SELECT 1 AS a", "HIVE_PATH_ALREADY_EXISTS"),
        (
            "CREATE TABLE x WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS a, p FROM UNNEST(sequence(1, 101)) t(p)",
            "HIVE_TOO_MANY_OPEN_PARTITIONS",
        ),
    ],
)
def test_a_table_that_cannot_be_made(flights: Any, sql: str, reason: str) -> None:
    assert flights.reason(sql).startswith(reason)
    assert ["x"] not in flights("SHOW TABLES")


@pytest.mark.aws(INSERT, operation=START)
def test_rows_are_inserted(flights: Any, s3: Any) -> None:
    flights("INSERT INTO flights SELECT 'N9', 9, 9.5, '2013-09-01', 9")
    flights("INSERT INTO flights (tail, month) VALUES ('N8', 1)")
    assert flights("SHOW PARTITIONS flights") == [["month=1"], ["month=2"], ["month=3"], ["month=9"]]
    assert flights("SELECT tail, delay FROM flights WHERE tail IN ('N8', 'N9') ORDER BY 1") == [
        ["N8", None],
        ["N9", "9"],
    ]
    assert len(keys(s3, "flights/month=1/")) == 2
    assert flights.reason("INSERT INTO flights VALUES ('x')").startswith("TYPE_MISMATCH: Insert query has mismatched")
    wrong = "INSERT INTO flights VALUES ('x', 'late', 1.0, 'd', 1)"
    assert flights.reason(wrong).startswith("TYPE_MISMATCH: Insert query has mismatched column types")
    assert flights.reason("INSERT INTO nowhere VALUES (1)").startswith("TABLE_NOT_FOUND")


@pytest.mark.aws(UNLOAD, operation=START)
def test_a_result_is_unloaded(flights: Any, s3: Any) -> None:
    sql = "UNLOAD (SELECT tail, delay FROM flights WHERE month = 1) TO 's3://lake/out/' WITH (format = 'JSON')"
    flights(sql)
    [key] = keys(s3, "out/")
    rows = gzip.decompress(s3.get_object(Bucket="lake", Key=key)["Body"].read()).decode().splitlines()
    assert json.loads(rows[0]) == {"tail": "N1", "delay": 10}
    manifest = s3.get_object(Bucket="athena-results", Key=f"out/{flights.last['QueryExecutionId']}-manifest.csv")
    assert manifest["Body"].read().decode() == f"s3://lake/{key}\n"
    assert flights.reason(sql).startswith("HIVE_PATH_ALREADY_EXISTS")


@pytest.mark.aws(VIEWS, operation=START)
def test_views(flights: Any, glue: Any) -> None:
    flights("CREATE VIEW late AS SELECT tail, delay * 2 AS twice, month FROM flights WHERE delay > 5")
    entry = glue.get_table(DatabaseName="air", Name="late")["Table"]
    assert entry["TableType"] == "VIRTUAL_VIEW"
    text = entry["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    assert json.loads(base64.b64decode(text))["columns"][1] == {"name": "twice", "type": "bigint"}
    assert flights("SELECT twice FROM late WHERE month = 2") == [["40"]]
    one_month = flights.scanned
    flights("SELECT twice FROM late")
    assert flights.scanned > one_month
    assert flights.reason("CREATE VIEW late AS SELECT 1 AS a").startswith("ALREADY_EXISTS")
    flights("CREATE OR REPLACE VIEW late AS SELECT 1 AS a")
    assert flights("SELECT * FROM late") == [["1"]]
    flights("CREATE OR REPLACE VIEW late AS SELECT * FROM air.late")
    assert flights.reason("SELECT * FROM late").startswith("INVALID_VIEW")
    assert "DROP VIEW" in flights.reason("DROP TABLE late")
    flights("DROP VIEW late")
    assert flights.reason("SELECT * FROM late").startswith("TABLE_NOT_FOUND")


@pytest.mark.aws(
    PREPARED,
    operation="StartQueryExecution, CreatePreparedStatement, GetPreparedStatement, ListPreparedStatements, "
    "BatchGetPreparedStatement, UpdatePreparedStatement, DeletePreparedStatement",
)
def test_prepared_statements(flights: Any, athena: Any) -> None:
    flights("PREPARE by_tail FROM SELECT delay FROM flights WHERE tail = ? AND month = ?")
    assert flights("EXECUTE by_tail USING 'N1', 2") == [["20"]]
    assert flights("EXECUTE by_tail", ExecutionParameters=["'N1'", "3"]) == [["30"]]
    with pytest.raises(ClientError, match="Incorrect number of parameters: expected 2 but found 1"):
        flights("EXECUTE by_tail USING 'N1'")
    kept = athena.get_prepared_statement(StatementName="by_tail", WorkGroup="primary")["PreparedStatement"]
    assert kept["QueryStatement"] == "SELECT delay FROM flights WHERE tail = ? AND month = ?"
    flights("DEALLOCATE PREPARE by_tail")
    with pytest.raises(ClientError, match="PreparedStatement by_tail was not found in workGroup primary"):
        flights("EXECUTE by_tail USING 'N1', 2")
    athena.create_prepared_statement(StatementName="one", WorkGroup="primary", QueryStatement="SELECT ? + 1")
    assert athena.list_prepared_statements(WorkGroup="primary")["PreparedStatements"][0]["StatementName"] == "one"
    assert flights("EXECUTE one USING 41") == [["42"]]
    athena.update_prepared_statement(StatementName="one", WorkGroup="primary", QueryStatement="SELECT ? + 2")
    batch = athena.batch_get_prepared_statement(PreparedStatementNames=["one", "none"], WorkGroup="primary")
    assert batch["PreparedStatements"][0]["QueryStatement"] == "SELECT ? + 2"
    assert batch["UnprocessedPreparedStatementNames"][0]["StatementName"] == "none"
    athena.delete_prepared_statement(StatementName="one", WorkGroup="primary")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        athena.get_prepared_statement(StatementName="one", WorkGroup="primary")
    assert flights("SELECT ? || 'b'", ExecutionParameters=["'a?'"]) == [["a?b"]]

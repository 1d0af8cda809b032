"""Queries: what they give, what they read, how they fail."""

from __future__ import annotations

import csv
import io
from typing import Any

import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError, ParamValidationError

SELECT = "https://docs.aws.amazon.com/athena/latest/ug/select.html"
FUNCTIONS = "https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html"
TYPES = "https://docs.aws.amazon.com/athena/latest/ug/data-types.html"
COLUMNAR = "https://docs.aws.amazon.com/athena/latest/ug/columnar-storage.html"
PARTITIONS = "https://docs.aws.amazon.com/athena/latest/ug/partitions.html"
RESULT = "https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html"
START = "https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html"
STOP = "https://docs.aws.amazon.com/athena/latest/APIReference/API_StopQueryExecution.html"
RESULTS_API = "https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html"
REUSE = "https://docs.aws.amazon.com/athena/latest/ug/reusing-query-results.html"
ERRORS = "https://docs.aws.amazon.com/athena/latest/ug/error-reference.html"


@pytest.mark.aws(SELECT, operation="StartQueryExecution")
def test_a_query_returns_the_rows(flights: Any) -> None:
    assert flights("SELECT tail, delay, month FROM flights WHERE month = 2 ORDER BY tail") == [
        ["N1", "20", "2"],
        ["N2", "5", "2"],
        [None, None, "2"],
    ]
    assert flights("SELECT month, sum(delay) s FROM flights GROUP BY month HAVING sum(delay) > 20 ORDER BY 2 DESC") == [
        ["3", "35"],
        ["2", "25"],
    ]
    joined = "SELECT a.tail, b.delay FROM flights a JOIN flights b USING (month) WHERE month = 1 AND b.delay > 5"
    assert flights(f"{joined} AND a.tail = 'N2'") == [["N2", "10"]]
    assert flights("WITH flights AS (SELECT * FROM flights WHERE month = 3) SELECT count(*) FROM flights") == [["3"]]
    assert flights("VALUES (1, 'a'), (2, 'b')") == [["1", "a"], ["2", "b"]]


@pytest.mark.aws(COLUMNAR, operation="GetQueryExecution")
def test_only_needed_columns_and_partitions_are_scanned(flights: Any, s3: Any) -> None:
    def chunk(month: int, *columns: str) -> int:
        body = s3.get_object(Bucket="lake", Key=f"flights/month={month}/a.parquet")["Body"].read()
        group = pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0)
        chunks = [group.column(number) for number in range(group.num_columns)]
        return sum(each.total_compressed_size for each in chunks if each.path_in_schema in columns)

    flights("SELECT sum(delay) FROM flights")
    assert flights.scanned == sum(chunk(month, "delay") for month in (1, 2, 3))
    flights("SELECT sum(delay) FROM flights WHERE month = 1")
    assert flights.scanned == chunk(1, "delay")
    flights("SELECT tail FROM flights WHERE month % 2 = 1 AND dist > 2")
    assert flights.scanned == chunk(1, "tail", "dist") + chunk(3, "tail", "dist")
    flights("SELECT month, count(*) FROM flights GROUP BY month")
    assert flights.scanned == 0
    flights("SELECT * FROM flights WHERE month = 99")
    assert flights.scanned == 0
    flights("SHOW PARTITIONS flights")
    assert flights.scanned == 0


@pytest.mark.aws(COLUMNAR, operation="GetQueryExecution")
def test_row_groups_that_cannot_match_are_not_scanned(query: Any, put: Any, parquet: Any) -> None:
    content = parquet({"id": list(range(10_000)), "x": [0.5 * each for each in range(10_000)]}, row_group_size=1000)
    put("sorted/a.parquet", content)
    query("CREATE EXTERNAL TABLE sorted (id bigint, x double) STORED AS PARQUET LOCATION 's3://lake/sorted/'")
    assert query("SELECT count(*), max(x) FROM sorted WHERE id BETWEEN 2500 AND 2599") == [["100", "1299.5"]]
    group = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(2)
    assert query.scanned == group.column(0).total_compressed_size + group.column(1).total_compressed_size


@pytest.mark.aws(TYPES, operation="GetQueryResults")
def test_results_have_types(flights: Any, athena: Any) -> None:
    flights(
        "SELECT true AS b, tinyint '1' AS t, 1 AS i, bigint '1' AS l, 1.50 AS d, 1e0 AS f, cast(1 AS real) AS r, "
        "'x' AS v, date '2020-01-02' AS dt, timestamp '2020-01-02 03:04:05' AS ts, array[1, NULL] AS a, "
        "map(array['k'], array[2]) AS m, cast(row(1, 'y') AS row(p integer, q varchar)) AS s, "
        "sum(delay) AS total FROM flights"
    )
    found = athena.get_query_results(QueryExecutionId=flights.last["QueryExecutionId"])["ResultSet"]
    info = found["ResultSetMetadata"]["ColumnInfo"]
    assert [each["Type"] for each in info] == [
        "boolean", "tinyint", "integer", "bigint", "decimal", "double", "float", "varchar", "date", "timestamp",
        "array", "map", "row", "bigint",
    ]  # fmt: skip
    assert (info[4]["Precision"], info[4]["Scale"]) == (3, 2)
    assert (info[7]["Precision"], info[7]["CaseSensitive"], info[7]["Nullable"]) == (2147483647, True, "UNKNOWN")
    assert [each.get("VarCharValue") for each in found["Rows"][1]["Data"]] == [
        "true", "1", "1", "1", "1.50", "1.0", "1.0", "x", "2020-01-02", "2020-01-02 03:04:05.000", "[1, null]", "{k=2}",
        "{p=1, q=y}", "75",
    ]  # fmt: skip


@pytest.mark.aws(FUNCTIONS, operation="StartQueryExecution")
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2e0", "3.5"),
        ("7 % 4", "3"),
        ("try(1 / 0)", None),
        ("try_cast('x' AS integer)", None),
        ("date_format(timestamp '2013-01-05 06:07:08', '%Y/%m/%d %H:%i:%s')", "2013/01/05 06:07:08"),
        ("date_parse('2013-01-05', '%Y-%m-%d')", "2013-01-05 00:00:00.000"),
        ("date_diff('month', date '2020-01-31', date '2020-02-01')", "0"),
        ("date_diff('day', date '2020-01-31', date '2020-02-01')", "1"),
        ("date_add('month', 1, date '2020-01-31')", "2020-02-29"),
        ("date '2020-01-31' + interval '1' day", "2020-02-01"),
        ("date_trunc('month', date '2020-01-31')", "2020-01-01"),
        ("day_of_week(date '2026-11-01')", "7"),
        ("week(date '2026-11-02')", "45"),
        ("extract(year FROM date '2020-01-31')", "2020"),
        ("to_unixtime(timestamp '1970-01-01 00:00:10')", "10.0"),
        ("from_unixtime(0)", "1970-01-01 00:00:00.000 UTC"),
        ("to_iso8601(date '2020-01-31')", "2020-01-31"),
        ("current_date", "2026-11-02"),
        ("now()", "2026-11-02 09:00:00.000 UTC"),
        ("element_at(map(array['a'], array[1]), 'b')", None),
        ("element_at(array[1, 2], -1)", "2"),
        ("cardinality(array[1, 2])", "2"),
        ("transform(array[1, 2], x -> x * 2)", "[2, 4]"),
        ("filter(array[1, 2, 3], x -> x > 1)", "[2, 3]"),
        ("reduce(array[1, 2, 3], 0, (s, x) -> s + x, s -> s * 2)", "12"),
        ("any_match(array[1, 2], x -> x = 2)", "true"),
        ("contains(array[1, 2], 3)", "false"),
        ("array_join(array['a', 'b'], '-')", "a-b"),
        ("array_sort(array[2, 1, 3])", "[1, 2, 3]"),
        ("sequence(1, 3)", "[1, 2, 3]"),
        ("slice(array[1, 2, 3], 2, 2)", "[2, 3]"),
        ("split('a,b', ',')", "[a, b]"),
        ("split_part('a-b', '-', 2)", "b"),
        ("strpos('abc', 'c')", "3"),
        ("regexp_extract('abc12', '([0-9]+)', 1)", "12"),
        ("regexp_extract('abc', '[0-9]+')", None),
        ("regexp_like('abc', 'b')", "true"),
        ("regexp_replace('a1b2', '([0-9])', '[$1]')", "a[1]b[2]"),
        ("json_extract_scalar('{\"a\": {\"b\": 1}}', '$.a.b')", "1"),
        ("json_extract_scalar('{\"a\": {\"b\": 1}}', '$.a')", None),
        ("json_extract('{\"a\": [1, 2]}', '$.a')", "[1,2]"),
        ("url_extract_host('https://example.com/p?q=1')", "example.com"),
        ("url_extract_parameter('https://example.com/p?q=1', 'q')", "1"),
        ("coalesce(NULL, 'x')", "x"),
        ("if(1 > 2, 'a', 'b')", "b"),
        ("greatest(1, 2)", "2"),
        ("truncate(1.9e0)", "1.0"),
        ("bitwise_and(6, 3)", "2"),
        ("to_hex(x'6869')", "6869"),
        ("typeof(1)", "integer"),
        ("1e10", "1.0E10"),
        ("1e-4", "1.0E-4"),
        ("infinity()", "Infinity"),
    ],
)
def test_functions_of_trino(query: Any, expression: str, value: str | None) -> None:
    assert query(f"SELECT {expression}") == [[value]]


@pytest.mark.aws(FUNCTIONS, operation="StartQueryExecution")
def test_aggregates_of_trino(flights: Any) -> None:
    assert flights(
        "SELECT count(*), count(tail), count_if(delay > 5), approx_distinct(tail), max_by(tail, delay), "
        "min_by(tail, delay), arbitrary(month) FROM flights WHERE month = 2"
    ) == [["3", "2", "1", "2", "N1", "N2", "2"]]
    assert flights("SELECT array_agg(delay ORDER BY delay) FROM flights WHERE month = 2 AND delay > 0") == [["[5, 20]"]]
    assert flights(
        "SELECT tail, row_number() OVER (ORDER BY delay DESC), lag(delay) OVER (ORDER BY delay) FROM flights "
        "WHERE month = 3 AND tail IS NOT NULL ORDER BY 1"
    ) == [["N1", "1", "5"], ["N2", "2", None]]
    assert flights("SELECT u.x FROM (VALUES array[1, 2]) AS t(a) CROSS JOIN UNNEST(a) AS u(x)") == [["1"], ["2"]]


@pytest.mark.aws(RESULT, operation="StartQueryExecution")
def test_the_result_lies_in_the_output_location(flights: Any, s3: Any) -> None:
    flights("""SELECT tail, 'a "quoted", text' AS text, delay / 7 FROM flights WHERE month = 1 ORDER BY 1""")
    name = flights.last["QueryExecutionId"]
    assert flights.last["ResultConfiguration"]["OutputLocation"] == f"s3://athena-results/out/{name}.csv"
    body = s3.get_object(Bucket="athena-results", Key=f"out/{name}.csv")["Body"].read().decode()
    assert body.splitlines()[0] == '"tail","text","_col2"'
    assert body.splitlines()[1] == '"N1","a ""quoted"", text","1"'
    assert body.splitlines()[3] == ',"a ""quoted"", text",'
    assert len(list(csv.reader(io.StringIO(body)))) == 4
    assert s3.head_object(Bucket="athena-results", Key=f"out/{name}.csv.metadata")["ContentLength"] > 0


@pytest.mark.aws(RESULTS_API, operation="GetQueryResults")
def test_results_come_in_pages(query: Any, athena: Any) -> None:
    query("SELECT x FROM UNNEST(sequence(1, 2500)) AS t(x) ORDER BY 1")
    name = query.last["QueryExecutionId"]
    first = athena.get_query_results(QueryExecutionId=name, MaxResults=2)
    assert [row["Data"][0]["VarCharValue"] for row in first["ResultSet"]["Rows"]] == ["x", "1"]
    second = athena.get_query_results(QueryExecutionId=name, MaxResults=2, NextToken=first["NextToken"])
    assert [row["Data"][0]["VarCharValue"] for row in second["ResultSet"]["Rows"]] == ["2", "3"]
    pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=name))
    assert [len(page["ResultSet"]["Rows"]) for page in pages] == [1000, 1000, 501]
    with pytest.raises(ClientError, match="InvalidRequestException"):
        athena.get_query_results(QueryExecutionId=name, MaxResults=1001)


@pytest.mark.aws(ERRORS, operation="GetQueryExecution")
@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT tail, nope FROM flights", "COLUMN_NOT_FOUND: line 1:14: Column 'nope' cannot be resolved"),
        ("SELECT *\nFROM nowhere", "TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.air.nowhere' does not exist"),
        ("SELECT * FROM sea.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'sea' does not exist"),
        ("SELECT sqrtt(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'sqrtt' not registered"),
        (
            "SELECT at_timezone(now(), 'Asia/Tokyo')",
            "NOT_SUPPORTED: line 1:8: Function 'at_timezone' is not supported by pocketaws",
        ),
        ("SELECT tail, count(*) FROM flights", "EXPRESSION_NOT_AGGREGATE: line 1:8: 'tail' must be an aggregate"),
        ("SELECT * FROM flights WHERE tail = 5", "TYPE_MISMATCH: line 1:34: Cannot apply operator: varchar = integer"),
        ("SELECT cast(tail AS integer) FROM flights", "INVALID_CAST_ARGUMENT: Cannot cast 'N1' to integer"),
        ("SELECT 1 / (month - 1) FROM flights", "DIVISION_BY_ZERO: Division by zero"),
    ],
)
def test_a_wrong_query_fails_with_its_reason(flights: Any, sql: str, reason: str) -> None:
    assert flights.reason(sql).startswith(reason)
    status = flights.last["Status"]
    assert status["AthenaError"]["ErrorCategory"] == 2
    assert status["AthenaError"]["ErrorMessage"] == status["StateChangeReason"]


@pytest.mark.aws(START, operation="StartQueryExecution")
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", "line 1:1: mismatched input 'SELEC'"),
        ("SELECT FROM WHERE", "mismatched input"),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed"),
        ("", "Invalid length"),
        ("DELETE FROM flights", "not supported"),
    ],
)
def test_a_malformed_statement_is_refused_at_once(query: Any, sql: str, message: str) -> None:
    with pytest.raises((ClientError, ParamValidationError), match=message):
        query(sql)


@pytest.mark.aws(START, operation="StartQueryExecution")
def test_a_query_needs_a_place_for_its_result(query: Any, athena: Any) -> None:
    with pytest.raises(ClientError) as caught:
        athena.start_query_execution(QueryString="SELECT 1")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"
    assert caught.value.response["Error"]["Message"].startswith("No output location provided. An output location is")
    with pytest.raises(ClientError, match="Unable to verify/create output bucket"):
        query("SELECT 1", ResultConfiguration={"OutputLocation": "s3://not-there/x/"})


@pytest.mark.aws(START, operation="StartQueryExecution")
def test_a_token_starts_one_query(query: Any, athena: Any) -> None:
    wish = {
        "QueryString": "SELECT 1",
        "ClientRequestToken": "a-token-of-at-least-32-characters",
        "ResultConfiguration": {"OutputLocation": "s3://athena-results/"},
    }
    first = athena.start_query_execution(**wish)["QueryExecutionId"]
    assert athena.start_query_execution(**wish)["QueryExecutionId"] == first
    with pytest.raises(ClientError, match="Idempotent parameters do not match"):
        athena.start_query_execution(**{**wish, "QueryString": "SELECT 2"})


@pytest.mark.aws(
    "https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryRuntimeStatistics.html",
    operation="GetQueryRuntimeStatistics",
)
def test_the_statistics_of_a_query_count_rows_and_bytes(flights: Any, athena: Any) -> None:
    flights("SELECT tail FROM flights WHERE month = 1")
    name = flights.last["QueryExecutionId"]
    told = athena.get_query_runtime_statistics(QueryExecutionId=name)["QueryRuntimeStatistics"]["Rows"]
    assert (told["InputRows"], told["OutputRows"]) == (3, 3)
    assert told["InputBytes"] == flights.scanned > 0


@pytest.mark.aws(STOP, operation="StartQueryExecution")
def test_a_query_finds_what_one_started_before_it_has_made(query: Any, athena: Any) -> None:
    wish = {"ResultConfiguration": {"OutputLocation": "s3://athena-results/"}}
    athena.start_query_execution(QueryString="CREATE DATABASE sea", **wish)  # and nobody waits for it
    assert ["sea"] in query("SHOW DATABASES")


@pytest.mark.aws(STOP, operation="StopQueryExecution")
def test_a_query_can_be_stopped_before_it_runs(query: Any, athena: Any, clock: Any) -> None:
    wish = {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "s3://athena-results/"}}
    name = athena.start_query_execution(**wish)["QueryExecutionId"]
    athena.stop_query_execution(QueryExecutionId=name)
    clock.advance(minutes=1)
    status = athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]["Status"]
    assert (status["State"], status["StateChangeReason"]) == ("CANCELLED", "Query cancelled by user")
    with pytest.raises(ClientError, match="Final query state: CANCELLED"):
        athena.get_query_results(QueryExecutionId=name)


@pytest.mark.aws(STOP, operation="StartQueryExecution, ListQueryExecutions, BatchGetQueryExecution")
def test_a_query_that_nobody_asks_for_runs_by_the_clock(query: Any, athena: Any, clock: Any, s3: Any) -> None:
    wish = {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "s3://athena-results/alone/"}}
    name = athena.start_query_execution(**wish)["QueryExecutionId"]
    clock.advance(minutes=1)
    assert s3.get_object(Bucket="athena-results", Key=f"alone/{name}.csv")["Body"].read() == b'"_col0"\n"1"\n'
    status = athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]["Status"]
    assert (status["CompletionDateTime"] - status["SubmissionDateTime"]).total_seconds() == 1
    assert athena.list_query_executions()["QueryExecutionIds"][0] == name
    batch = athena.batch_get_query_execution(QueryExecutionIds=[name, "nobody"])
    assert batch["QueryExecutions"][0]["Status"]["State"] == "SUCCEEDED"
    assert batch["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == "nobody"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/athena/latest/ug/reusing-query-results.html", operation="StartQueryExecution"
)
def test_a_result_can_be_used_again(flights: Any) -> None:
    reuse = {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}}}
    sql = "SELECT sum(delay) FROM flights"
    assert flights(sql, **reuse) == [["75"]]
    assert flights.scanned > 0
    assert flights(sql, **reuse) == [["75"]]
    assert flights.scanned == 0
    assert flights.last["Statistics"]["ResultReuseInformation"] == {"ReusedPreviousResult": True}


_OUT = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM 'https://example.com/a.parquet'",
    "SELECT getenv('HOME')",
    "SELECT \"getenv\"('HOME')",
    "SELECT current_setting('home_directory')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM query('SELECT 1')",
    "WITH read_csv(a) AS (SELECT 1) SELECT * FROM read_csv('/etc/passwd')",
    "WITH x AS (SELECT * FROM read_parquet('/x')) SELECT 1",
    "CREATE TABLE x AS SELECT * FROM read_csv('/etc/passwd')",
    "INSERT INTO flights SELECT * FROM read_csv('/etc/passwd')",
    "UNLOAD (SELECT * FROM read_csv('/etc/passwd')) TO 's3://lake/x/' WITH (format = 'JSON')",
    "CREATE VIEW x AS SELECT * FROM read_csv('/etc/passwd')",
    "COPY (SELECT 1) TO 'x.csv'",
    "ATTACH 'x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA version",
    "SET threads = 1",
    "CALL pragma_version()",
    "EXPORT DATABASE 'x'",
    "SELECT * FROM inner_table",
    "SELECT * FROM wish",
]


@pytest.mark.aws(SELECT, operation="StartQueryExecution")
@pytest.mark.parametrize("sql", _OUT)
def test_no_query_reaches_beyond_the_tables(query: Any, sql: str) -> None:
    with pytest.raises(Exception, match=r"NOT_FOUND|InvalidRequestException|not registered|does not exist"):
        query(sql)


def test_duckdb_itself_reaches_nothing() -> None:
    """Even a query that passed all checks would meet a locked DuckDB."""
    import duckdb

    from pocketaws.engines.athena.query.database import connect

    secret = object()
    with connect([]) as connection:
        for sql in (
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM glob('/*')",
            "COPY (SELECT 1) TO 'x.csv'",
            "ATTACH 'x.db'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SET threads = 1",
            "SELECT * FROM secret",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(sql).fetchall()
    assert secret is not None

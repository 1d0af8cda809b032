"""Programs that people use: awswrangler, PyAthena, pyiceberg and the AWS CLI, unchanged, against a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

AWSWRANGLER = "https://aws-sdk-pandas.readthedocs.io/en/stable/stubs/awswrangler.athena.read_sql_query.html"


@pytest.fixture
def lake(door: Any, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """A bucket, and the environment that sends every client of the test to the door."""
    if door.endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", door.endpoint)
    door.client("s3").create_bucket(Bucket="lake")
    return str(door.endpoint) if door.endpoint else None


@pytest.mark.aws(AWSWRANGLER, operation="StartQueryExecution")
@pytest.mark.filterwarnings("ignore")
def test_awswrangler_writes_and_reads(lake: str | None) -> None:
    import awswrangler as wr

    wr.catalog.create_database("air")
    frame = pd.DataFrame({"id": [1, 2, 3], "name": ["a", None, "c"], "x": [0.5, 1.5, None], "part": ["p", "q", "q"]})
    wr.s3.to_parquet(frame, path="s3://lake/t/", dataset=True, database="air", table="t", partition_cols=["part"])
    ways = (
        {"ctas_approach": False},
        {"ctas_approach": True},
        {"ctas_approach": False, "unload_approach": True, "s3_output": "s3://lake/unloaded/"},
    )
    for way in ways:
        options = {"database": "air", "s3_output": "s3://lake/out/", **way}
        found = wr.athena.read_sql_query("SELECT * FROM t WHERE part = 'q' ORDER BY id", **options)
        assert found["id"].tolist() == [2, 3]
        assert found["name"].isna().tolist() == [True, False]
        assert found["x"].iloc[0] == 1.5
    assert wr.athena.describe_table("t", database="air", s3_output="s3://lake/out/")["Type"].tolist() == [
        "bigint",
        "string",
        "double",
        "string",
    ]
    assert wr.athena.repair_table("t", database="air", s3_output="s3://lake/out/") == "SUCCEEDED"


@pytest.mark.aws(AWSWRANGLER, operation="StartQueryExecution")
@pytest.mark.filterwarnings("ignore")
def test_a_cursor_of_pyathena(lake: str | None) -> None:
    pyathena = pytest.importorskip("pyathena")
    with pyathena.connect(
        s3_staging_dir="s3://lake/out/", region_name="us-east-1", endpoint_url=lake, poll_interval=0.01
    ) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT x, x * 1.5e0 AS y FROM UNNEST(ARRAY[1, 2]) AS t(x) ORDER BY x")
        assert [column[0] for column in cursor.description] == ["x", "y"]
        assert cursor.fetchall() == [(1, 1.5), (2, 3.0)]
        cursor.execute("SELECT %(name)s", {"name": "it's"})
        assert cursor.fetchone() == ("it's",)


@pytest.fixture
def aws(lake: str | None) -> Callable[..., Any]:
    """``aws("glue", "get-databases")`` runs the command line and returns its JSON."""
    if lake is None:
        pytest.skip("the CLI is a program of its own: it needs the server")

    def run(*arguments: str) -> Any:
        command = [str(Path(sys.executable).with_name("aws")), *arguments, "--output", "json"]
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
        return json.loads(told.stdout or "null")

    return run


@pytest.mark.aws(AWSWRANGLER, operation="StartQueryExecution")
def test_the_command_line_asks_athena(aws: Callable[..., Any]) -> None:
    options = ["--query-string", "SELECT 6 * 7 AS answer", "--result-configuration", "OutputLocation=s3://lake/out/"]
    name = aws("athena", "start-query-execution", *options)["QueryExecutionId"]
    told = aws("athena", "get-query-execution", "--query-execution-id", name)["QueryExecution"]
    assert told["Status"]["State"] == "SUCCEEDED"
    rows = aws("athena", "get-query-results", "--query-execution-id", name)["ResultSet"]["Rows"]
    assert rows[1]["Data"][0]["VarCharValue"] == "42"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/cli/latest/reference/glue/start-crawler.html", operation="glue:StartCrawler"
)
def test_the_command_line_crawls(aws: Callable[..., Any], door: Any) -> None:
    door.client("s3").put_object(Bucket="lake", Key="raw/a.csv", Body=b"id,name\n1,x\n2,y\n")
    aws("glue", "create-database", "--database-input", "Name=air")
    target = ["--database-name", "air", "--targets", "S3Targets=[{Path=s3://lake/raw/}]"]
    aws("glue", "create-crawler", "--name", "c", "--role", "arn:aws:iam::123456789012:role/glue", *target)
    aws("glue", "start-crawler", "--name", "c")
    for _ in range(20):
        crawler = aws("glue", "get-crawler", "--name", "c")["Crawler"]
        if crawler["State"] == "READY":
            break
    assert crawler["LastCrawl"]["Status"] == "SUCCEEDED"
    table = aws("glue", "get-table", "--database-name", "air", "--name", "raw")["Table"]
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["id", "name"]


@pytest.mark.aws(
    "https://docs.aws.amazon.com/cli/latest/reference/glue/start-job-run.html", operation="glue:StartJobRun"
)
def test_the_command_line_runs_a_job(aws: Callable[..., Any], door: Any) -> None:
    script = b"import boto3\nboto3.client('s3').put_object(Bucket='lake', Key='made', Body=b'by a job')\n"
    door.client("s3").put_object(Bucket="lake", Key="scripts/j.py", Body=script)
    command = "Name=pythonshell,ScriptLocation=s3://lake/scripts/j.py,PythonVersion=3.9"
    aws("glue", "create-job", "--name", "j", "--role", "r", "--command", command)
    run = aws("glue", "start-job-run", "--job-name", "j")["JobRunId"]
    for _ in range(40):
        state = aws("glue", "get-job-run", "--job-name", "j", "--run-id", run)["JobRun"]["JobRunState"]
        if state in ("SUCCEEDED", "FAILED", "TIMEOUT"):
            break
    assert state == "SUCCEEDED"
    assert door.client("s3").get_object(Bucket="lake", Key="made")["Body"].read() == b"by a job"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html", operation="glue:UpdateTable"
)
@pytest.mark.filterwarnings("ignore")
def test_an_iceberg_table_of_pyiceberg(lake: str | None) -> None:
    catalogs = pytest.importorskip("pyiceberg.catalog")
    if lake is None:
        pytest.skip("its readers of S3 are not boto3: they need the server")
    import pyarrow as pa

    keys = {f"{prefix}.{name}": "test" for prefix in ("s3", "glue") for name in ("access-key-id", "secret-access-key")}
    settings = {"s3.endpoint": lake, "glue.endpoint": lake, "s3.region": "us-east-1", "glue.region": "us-east-1"}
    catalog = catalogs.load_catalog("glue", type="glue", warehouse="s3://lake/warehouse", **keys, **settings)
    catalog.create_namespace("air")
    rows = pa.table({"carrier": ["UA", "B6"], "delay": pa.array([2, 5], pa.int64())})
    table = catalog.create_table("air.flights", schema=rows.schema)
    table.append(rows)
    first = table.current_snapshot().snapshot_id
    table.append(pa.table({"carrier": ["DL"], "delay": pa.array([-6], pa.int64())}))
    table.delete("carrier = 'UA'")
    again = catalog.load_table("air.flights")
    assert sorted(again.scan().to_arrow()["carrier"].to_pylist()) == ["B6", "DL"]
    assert sorted(again.scan(snapshot_id=first).to_arrow()["carrier"].to_pylist()) == ["B6", "UA"]
    assert again.scan(row_filter="delay < 0").to_arrow()["carrier"].to_pylist() == ["DL"]
    catalog.drop_table("air.flights")
    assert catalog.list_tables("air") == []

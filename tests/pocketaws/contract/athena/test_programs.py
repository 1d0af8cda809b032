"""Programs that people use: awswrangler, PyAthena and the AWS CLI, unchanged, against a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


@pytest.mark.aws(AWSWRANGLER, operation="StartQueryExecution")
def test_the_command_line(lake: str | None) -> None:
    if lake is None:
        pytest.skip("the CLI is a program of its own: it needs the server")

    def aws(*arguments: str) -> Any:
        command = [str(Path(sys.executable).with_name("aws")), "athena", *arguments, "--output", "json"]
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
        return json.loads(told.stdout)

    options = ["--query-string", "SELECT 6 * 7 AS answer", "--result-configuration", "OutputLocation=s3://lake/out/"]
    name = aws("start-query-execution", *options)["QueryExecutionId"]
    assert aws("get-query-execution", "--query-execution-id", name)["QueryExecution"]["Status"]["State"] == "SUCCEEDED"
    rows = aws("get-query-results", "--query-execution-id", name)["ResultSet"]["Rows"]
    assert rows[1]["Data"][0]["VarCharValue"] == "42"

"""Crawlers, jobs, workflows and quality rules in small calls."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from helpers import catalog, diagrams, glue, s3, session
from helpers.errors import (
    CrawlerNotFound,
    CrawlFailed,
    DatabaseNotFound,
    GlueNameTaken,
    JobFailed,
    JobNotFound,
    WorkflowFailed,
)

pytestmark = pytest.mark.usefixtures("started")


@pytest.fixture
def lake() -> str:
    bucket = s3.create_bucket("lake")
    s3.put_object(bucket, "raw/flights/day=1/a.csv", b"carrier,delay\nUA,2\nB6,5\n")
    s3.put_object(bucket, "raw/flights/day=2/a.csv", b"carrier,delay\nUA,7\n")
    return bucket


@pytest.fixture
def base() -> str:
    return catalog.create_database("flights")


def test_the_examples_run() -> None:
    for name in glue.__all__:
        session.start(seed=7)
        found = doctest.DocTestFinder().find(
            getattr(glue, name), name, globs=vars(sys.modules[getattr(glue, name).__module__]).copy()
        )
        for each in found:
            assert doctest.DocTestRunner().run(each).failed == 0


def test_a_crawl_says_what_it_changed(lake: str, base: str) -> None:
    glue.create_crawler("raw", base, f"s3://{lake}/raw/", role="r")
    assert glue.crawl("raw") == glue.Crawl(created=1, updated=0, deleted=0, partitions=2)
    s3.put_object(lake, "raw/flights/day=3/a.csv", b"carrier,delay\nUA,7\n")
    assert glue.crawl("raw").partitions == 1
    with pytest.raises(GlueNameTaken, match="AlreadyExistsException"):
        glue.create_crawler("raw", base, f"s3://{lake}/raw/", role="r")


def test_a_crawl_that_fails_says_why(base: str) -> None:
    glue.create_crawler("gone", base, "s3://no-such-bucket-anywhere/", role="r")
    with pytest.raises(CrawlFailed, match="bucket does not exist"):
        glue.crawl("gone")
    glue.delete_crawler("gone")
    with pytest.raises(CrawlerNotFound, match="'gone'") as missing:
        glue.crawl("gone")
    assert isinstance(missing.value.__cause__, ClientError)


def test_cleanup_knows_what_glue_makes(lake: str, base: str) -> None:
    client = session.client("glue")
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{lake}/a.py"}
    glue.create_crawler("raw", base, f"s3://{lake}/raw/", role="r")
    client.create_classifier(CsvClassifier={"Name": "csv", "Delimiter": ","})
    client.create_job(Name="job", Role="r", Command=command)
    client.create_workflow(Name="flow")
    client.create_trigger(Name="go", WorkflowName="flow", Type="ON_DEMAND", Actions=[{"JobName": "job"}])
    kinds = {"bucket", "database", "crawler", "classifier", "job", "workflow", "trigger"}
    assert set(session.describe()["kind"]) == kinds
    assert session.cleanup().left.empty
    assert session.describe().empty


def job(lake: str, name: str, script: str, **settings: Any) -> str:
    return glue.create_job(name, script, f"s3://{lake}/scripts/{name}.py", role="r", settings=settings)


def test_a_run_tells_its_logs_or_its_error(lake: str) -> None:
    run = glue.run_job(job(lake, "good", "import sys\nprint('out')\nprint('err', file=sys.stderr)"))
    assert (run.seconds >= 1, run.dpus) == (True, 0.0625)
    assert (glue.logs("good", run.id), glue.logs("good", run.id, "error")) == ("out", "err")
    with pytest.raises(JobFailed, match="ValueError: bad day") as failed:
        glue.run_job(job(lake, "bad", "raise ValueError('bad day')", MaxRetries=1))
    assert (failed.value.state, failed.value.run[-9:]) == ("FAILED", "attempt_1")
    assert "Traceback" in glue.logs("bad", failed.value.run, "error")
    assert glue.logs("bad", failed.value.run) == ""
    with pytest.raises(GlueNameTaken):
        job(lake, "bad", "")
    with pytest.raises(JobNotFound, match="'none'"):
        glue.run_job("none")
    runs = glue.list_runs("good")
    assert runs[["state", "attempt", "trigger", "error"]].values.tolist() == [["SUCCEEDED", 0, "", ""]]


def test_a_run_is_billed_by_the_second_from_a_minute_on() -> None:
    assert glue.dollars(1, 0.0625) == pytest.approx(0.44 / 16 / 60)
    assert glue.dollars(600, 10, "glue.dpu_hour_6") == pytest.approx(0.308 * 10 / 6)


@pytest.fixture
def flow(lake: str, base: str) -> str:
    """raw -> clean -> report."""
    client = session.client("glue")
    glue.create_crawler("raw", base, f"s3://{lake}/raw/", role="r")
    job(lake, "clean", "print(1)")
    job(lake, "report", "print(1)")
    client.create_workflow(Name="flow")
    client.create_trigger(Name="start", WorkflowName="flow", Type="ON_DEMAND", Actions=[{"CrawlerName": "raw"}])
    crawled = {"LogicalOperator": "EQUALS", "CrawlerName": "raw", "CrawlState": "SUCCEEDED"}
    cleaned = {"LogicalOperator": "EQUALS", "JobName": "clean", "State": "SUCCEEDED"}
    for name, condition, action in (("crawled", crawled, "clean"), ("cleaned", cleaned, "report")):
        options: Any = {"WorkflowName": "flow", "Type": "CONDITIONAL", "StartOnCreation": True}
        options |= {"Predicate": {"Conditions": [condition]}, "Actions": [{"JobName": action}]}
        client.create_trigger(Name=name, **options)
    return "flow"


def test_a_workflow_runs_and_is_drawn(lake: str, flow: str) -> None:
    bare = diagrams.workflow(flow)
    assert bare.alt == (
        "Workflow flow: trigger start (on demand), then crawler raw (not run), then trigger crawled (succeeded), "
        "then job clean (not run), then trigger cleaned (succeeded), then job report (not run)."
    )
    glue.run_workflow(flow)
    assert glue.list_actions(flow)["state"].tolist() == ["SUCCEEDED"] * 3
    assert "run completed: trigger start (on demand), then crawler raw (succeeded)" in diagrams.workflow(flow).alt
    s3.put_object(lake, "scripts/clean.py", b"raise ValueError('bad day')")
    with pytest.raises(WorkflowFailed, match="clean is FAILED: ValueError: bad day") as failed:
        glue.run_workflow(flow)
    drawn = diagrams.workflow(flow, failed.value.run)
    assert "job clean (failed), then trigger cleaned (succeeded), then job report (not run)" in drawn.alt
    assert drawn.svg != diagrams.workflow(flow, title="Other").svg
    assert drawn.svg == diagrams.workflow(flow).svg


def test_rules_are_checked(lake: str, base: str) -> None:
    glue.create_crawler("raw", base, f"s3://{lake}/raw/", role="r")
    glue.crawl("raw")
    table = {"DatabaseName": base, "TableName": "flights"}
    rules = 'Rules = [ IsComplete "carrier", ColumnValues "delay" < 7 ]'
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        glue.check_quality("rules", role="r")
    name = catalog.list_tables(base)["table"].iloc[0]
    session.client("glue").create_data_quality_ruleset(
        Name="rules", Ruleset=rules, TargetTable={**table, "TableName": name}
    )
    found = glue.check_quality("rules", role="r")
    assert found["result"].tolist() == ["PASS", "FAIL"]
    assert found["message"].tolist() == ["", "Value: 7.0 does not meet the constraint requirement!"]


@pytest.mark.parametrize("kind", ["pythonshell", "glueetl"])
def test_a_script_is_made_and_edited(base: str, kind: str) -> None:
    columns = {"carrier": "string", "delay": "string"}
    catalog.create_table(base, "flights", columns, "s3://lake/raw/", "csv", partitions={"day": "string"})
    script = glue.generate_script(base, "flights", kind=kind, types={"delay": "bigint"}, partitions=["day"])
    assert '    ("delay", "string", "delay", "bigint"),\n    ("day", "string", "day", "string"),\n]' in script
    assert 'PARTITIONS = ["day"]' in script

    def transform(rows: Any, read_table: Any) -> Any:
        return rows.head(1)

    edited = glue.edit_script(script, transform)
    assert [node.name for node in ast.parse(edited).body if isinstance(node, ast.FunctionDef)] == [
        node.name for node in ast.parse(script).body if isinstance(node, ast.FunctionDef)
    ]
    assert "rows.head(1)" in edited
    with pytest.raises(ValueError, match="no function convert2"):
        glue.edit_script(script, "def convert2(): pass")


def test_no_script_without_a_table_or_a_kind(base: str) -> None:
    with pytest.raises(DatabaseNotFound, match="'none'"):
        glue.generate_script(base, "none")
    with pytest.raises(ValueError, match="one of pythonshell, glueetl"):
        glue.generate_script(base, "none", kind="ray")
    catalog.create_table(base, "flights", {"carrier": "string"}, "s3://lake/raw/", "csv")
    with pytest.raises(ValueError, match="no column 'delay'"):
        glue.generate_script(base, "flights", types={"delay": "bigint"})


@pytest.fixture
def raw(lake: str, base: str) -> str:
    """Two tables of raw files, as lesson 3.8 has them."""
    s3.put_object(lake, "csv/flights/date=2013-01-31/a.csv", b"carrier,time,hour,delay\nUA,0515,5,2\nB6,0600,6,NA\n")
    s3.put_object(lake, "csv/weather/date=2013-01-31/a.csv", b"hour,temp\n5,39.0\n6,38.5\n")
    for table, columns in (
        ("flights", {"carrier": "string", "time": "string", "hour": "string", "delay": "string"}),
        ("weather", {"hour": "string", "temp": "double"}),
    ):
        place = f"s3://{lake}/csv/{table}/"
        catalog.create_table(base, table, columns, place, "csv", partitions={"date": "string"})
    glue.create_crawler("csv", base, f"s3://{lake}/csv/", role="r")
    for table in ("flights", "weather"):
        partition = {
            "Values": ["2013-01-31"],
            "StorageDescriptor": {"Location": f"s3://{lake}/csv/{table}/date=2013-01-31/"},
        }
        session.client("glue").create_partition(DatabaseName=base, TableName=table, PartitionInput=partition)
    return lake


EDITS = {
    "pythonshell": """
def transform(rows, read_table):
    weather = read_table("weather")[["hour", "temp"]].astype({"temp": float})
    return rows.merge(weather, on="hour").assign(month=lambda made: made["date"].str[:7])
""",
    "glueetl": """
def transform(rows, read_table):
    weather = read_table("weather").select("hour", "temp")
    return rows.join(weather, "hour").withColumn("month", rows["date"].substr(1, 7))
""",
}


def converted(raw: str, base: str, kind: str) -> pd.DataFrame:
    """Run the generated and edited script twice, the second time with one file more."""
    options = {"types": {"delay": "bigint"}, "partitions": ["month"]}
    script = glue.edit_script(glue.generate_script(base, "flights", kind=kind, **options), EDITS[kind])  # type: ignore[arg-type]
    arguments = {"--target": f"s3://{raw}/{kind}/", "--bookmark": f"s3://{raw}/bookmarks/{kind}.json"}
    arguments["--job-bookmark-option"] = "job-bookmark-enable"
    path = f"s3://{raw}/scripts/{kind}.py"
    settings = {"Command": {"Name": kind, "ScriptLocation": path}}
    glue.create_job(kind, script, path, role="r", arguments=arguments, settings=settings)
    glue.run_job(kind)
    s3.put_object(raw, "csv/flights/date=2013-02-01/a.csv", b"carrier,time,hour,delay\nAA,0545,5,-3\n")
    glue.run_job(kind)
    glue.run_job(kind)
    keys = s3.list_objects(raw, f"{kind}/")["key"]
    assert [key.split("/")[1] for key in sorted(keys)] == ["month=2013-01", "month=2013-02"]
    frames = [s3.read_parquet(raw, key) for key in sorted(keys)]
    columns = ["carrier", "time", "hour", "delay", "date", "temp"]
    found = pd.concat(frames)[columns].sort_values("time").reset_index(drop=True)
    return found.astype({"delay": "Int64"})


def test_the_python_shell_script_takes_only_new_files(raw: str, base: str) -> None:
    found = converted(raw, base, "pythonshell")
    assert found["time"].tolist() == ["0515", "0545", "0600"]
    assert found["delay"].astype("Int64").tolist() == [2, -3, pd.NA]
    assert found["temp"].tolist() == [39.0, 39.0, 38.5]


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="needs pyspark")
def test_the_spark_script_gives_the_same_rows(raw: str, base: str) -> None:
    spark = converted(raw, base, "glueetl")
    shell = converted_again(raw, base)
    pd.testing.assert_frame_equal(spark.astype(str), shell.astype(str))


def converted_again(raw: str, base: str) -> pd.DataFrame:
    s3.delete_objects(raw, ["csv/flights/date=2013-02-01/a.csv"])
    return converted(raw, base, "pythonshell")


def test_the_scripts_are_files_of_the_package() -> None:
    folder = Path(glue.__file__).parent / "scripts"
    assert sorted(path.name for path in folder.iterdir()) == ["python_shell.py.txt", "spark.py.txt"]


def test_while_policies_are_enforced_a_run_may_do_what_its_role_may(lake: str) -> None:
    def allow(*actions: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [statement]}

    iam = session.client("iam")
    for role in ("reader", "nobody"):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(allow("sts:AssumeRole")))
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=json.dumps(allow("s3:ListBucket")))
    script = f"import boto3\nprint(boto3.client('s3').list_objects_v2(Bucket='{lake}', Prefix='raw/')['KeyCount'])"
    with session.acting_under(allow("s3:PutObject", "glue:*", "logs:*", "iam:PassRole")):
        for role in ("reader", "nobody"):
            glue.create_job(role, script, f"s3://{lake}/scripts/list.py", role=role)
        assert glue.logs("reader", glue.run_job("reader").id) == "2"
        with pytest.raises(JobFailed, match=r"AccessDenied.*not authorized to perform: s3:ListBucket"):
            glue.run_job("nobody")

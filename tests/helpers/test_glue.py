"""Crawlers, jobs, workflows and quality rules in small calls."""

from __future__ import annotations

import doctest

import pytest
from botocore.exceptions import ClientError

from helpers import catalog, glue, s3, session
from helpers.errors import CrawlerNotFound, CrawlFailed, GlueNameTaken

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
        found = doctest.DocTestFinder().find(getattr(glue, name), name, globs=vars(glue).copy())
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

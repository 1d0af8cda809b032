"""What the tests of Glue share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

BUCKET = "lake-of-tests"
ROLE = "arn:aws:iam::123456789012:role/glue"


@pytest.fixture
def glue(door: Any) -> Any:
    return door.client("glue")


@pytest.fixture
def bucket(s3: Any) -> str:
    s3.create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.fixture
def database(glue: Any) -> str:
    glue.create_database(DatabaseInput={"Name": "lake"})
    return "lake"


@pytest.fixture
def put(s3: Any, bucket: str) -> Callable[[str, str | bytes], None]:
    """``put("raw/a.csv", "a,b\\n1,2\\n")`` stores an object."""

    def store(key: str, content: str | bytes) -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=content)

    return store


@pytest.fixture
def crawl(glue: Any, bucket: str, database: str) -> Callable[..., Any]:
    """``crawl("raw/")`` crawls a prefix to the end and returns the tables by name."""

    def run(path: str, *, name: str = "crawler", **options: Any) -> dict[str, Any]:
        if name not in glue.list_crawlers()["CrawlerNames"]:
            target = {"Path": f"s3://{bucket}/{path}", **options.pop("target", {})}
            glue.create_crawler(Name=name, Role=ROLE, DatabaseName=database, Targets={"S3Targets": [target]}, **options)
        glue.start_crawler(Name=name)
        while glue.get_crawler(Name=name)["Crawler"]["State"] != "READY":
            pass
        return {table["Name"]: table for table in glue.get_tables(DatabaseName=database)["TableList"]}

    return run


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(glue.get_table, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call

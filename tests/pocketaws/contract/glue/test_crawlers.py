"""Crawlers: what they make of files and folders, their policies, their states."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/glue/latest/dg/"
FOLDERS = f"{GUIDE}crawler-s3-folder-table-partition.html"
CLASSIFIERS = f"{GUIDE}add-classifier.html"
CSV = "id,name,price\n1,ada,2.5\n2,bob,3\n"
LOG = {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}


def columns(table: dict[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Type"] for each in table["StorageDescriptor"]["Columns"]}


def keys(table: dict[str, Any]) -> list[str]:
    return [each["Name"] for each in table["PartitionKeys"]]


@pytest.mark.aws(CLASSIFIERS, operation="StartCrawler")
def test_csv_with_a_header(crawl: Any, put: Any) -> None:
    put("raw/a.csv", CSV)
    table = crawl("raw/")["raw"]
    assert columns(table) == {"id": "bigint", "name": "string", "price": "double"}
    parameters = table["Parameters"]
    assert parameters["classification"] == "csv"
    assert parameters["skip.header.line.count"] == "1"
    assert parameters["delimiter"] == ","
    assert (parameters["recordCount"], parameters["objectCount"], parameters["sizeKey"]) == ("2", "1", str(len(CSV)))
    assert parameters["UPDATED_BY_CRAWLER"] == "crawler"
    assert table["StorageDescriptor"]["Location"].endswith("/raw/")


@pytest.mark.aws(CLASSIFIERS, operation="StartCrawler")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\nx,y\nz,w\n", {"col0": "string", "col1": "string"}),
        ("1;2.5\n2;3\n", {"col0": "bigint", "col1": "double"}),
        ("id|ok\n1|true\n2|false\n", {"id": "bigint", "ok": "boolean"}),
        ("zip\tn\n00501\t1\n", {"zip": "bigint", "n": "bigint"}),
    ],
)
def test_headers_and_delimiters_are_told_by_the_data(crawl: Any, put: Any, text: str, expected: dict[str, str]) -> None:
    put("raw/a.csv", text)
    assert columns(crawl("raw/")["raw"]) == expected


@pytest.mark.aws(CLASSIFIERS, operation="StartCrawler")
def test_json_lines_nest_and_widen(crawl: Any, put: Any) -> None:
    rows = [{"Id": 1, "at": {"lat": 1, "tags": ["x"]}}, {"Id": 3000000000, "at": {"lat": 1.5, "lon": 2}}]
    put("raw/a.json.gz", gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    table = crawl("raw/")["raw"]
    assert columns(table) == {"id": "bigint", "at": "struct<lat:double,tags:array<string>,lon:int>"}
    assert table["Parameters"]["compressionType"] == "gzip"


@pytest.mark.aws(CLASSIFIERS, operation="StartCrawler")
def test_parquet_orc_and_avro_bring_their_schema(crawl: Any, put: Any) -> None:
    import fastavro
    import pyarrow as pa
    from pyarrow import orc, parquet

    data = pa.table({"Id": pa.array([1], pa.int32()), "tags": pa.array([["a"]], pa.list_(pa.string()))})
    for name, write in (("parquet", parquet.write_table), ("orc", orc.write_table)):
        sink = io.BytesIO()
        write(data, sink)
        put(f"lake/{name}/a", sink.getvalue())
    schema = {"type": "record", "name": "r", "fields": [{"name": "at", "type": ["null", "long"]}]}
    sink = io.BytesIO()
    fastavro.writer(sink, schema, [{"at": 1}])
    put("lake/avro/a", sink.getvalue())
    tables = crawl("lake/")
    assert {name: table["Parameters"]["classification"] for name, table in tables.items()} == {
        "avro": "avro",
        "orc": "orc",
        "parquet": "parquet",
    }
    assert columns(tables["parquet"]) == columns(tables["orc"]) == {"id": "int", "tags": "array<string>"}
    assert columns(tables["avro"]) == {"at": "bigint"}


@pytest.mark.aws(FOLDERS, operation="StartCrawler")
def test_folders_of_like_files_are_partitions(glue: Any, crawl: Any, put: Any, database: str) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        put(f"raw/flights/day={day}/a.csv", CSV)
        put(f"raw/weather/2026/{day[-2:]}/a.json", '{"city": "Oslo", "mm": 3}')
    tables = crawl("raw/")
    assert sorted(tables) == ["flights", "weather"]
    assert keys(tables["flights"]) == ["day"]
    assert keys(tables["weather"]) == ["partition_0", "partition_1"]
    found = glue.get_partitions(DatabaseName=database, TableName="weather")["Partitions"]
    assert [each["Values"] for each in found] == [["2026", "01"], ["2026", "02"]]
    assert found[0]["StorageDescriptor"]["Location"].endswith("raw/weather/2026/01/")


@pytest.mark.aws(f"{GUIDE}crawler-grouping-policy.html", operation="CreateCrawler")
def test_combining_compatible_schemas_makes_one_table(crawl: Any, put: Any) -> None:
    put("raw/a/a.json", '{"x": 1}')
    put("raw/b/b.json", '{"y": 1}')
    combine = {"Version": 1.0, "Grouping": {"TableGroupingPolicy": "CombineCompatibleSchemas"}}
    assert sorted(crawl("raw/", TablePrefix="t_")) == ["t_a", "t_b"]
    assert columns(crawl("raw/", name="other", Configuration=json.dumps(combine))["raw"]) == {"x": "int", "y": "int"}


@pytest.mark.aws(f"{GUIDE}define-crawler-choose-data-sources.html", operation="CreateCrawler")
def test_exclusions_and_hidden_files_are_left_out(crawl: Any, put: Any) -> None:
    put("raw/a.csv", CSV)
    put("raw/old/b.json", '{"x": 1}')
    put("raw/_SUCCESS", "done")
    assert list(crawl("raw/", target={"Exclusions": ["old/**"]})) == ["raw"]


@pytest.mark.aws(f"{GUIDE}crawler-schema-changes-prevent.html", operation="StartCrawler")
def test_a_new_column_is_a_new_version(glue: Any, crawl: Any, put: Any, database: str) -> None:
    put("raw/day=1/a.csv", CSV)
    assert crawl("raw/")["raw"]["VersionId"] == "0"
    assert crawl("raw/")["raw"]["VersionId"] == "0"
    put("raw/day=2/a.csv", "id,name,price,city\n1,ada,2.5,Oslo\n")
    table = crawl("raw/")["raw"]
    assert (table["VersionId"], list(columns(table))) == ("1", ["id", "name", "price", "city"])
    assert len(glue.get_partitions(DatabaseName=database, TableName="raw")["Partitions"]) == 2


@pytest.mark.aws(f"{GUIDE}crawler-schema-changes-prevent.html", operation="StartCrawler")
@pytest.mark.parametrize("behavior", ["LOG", "DELETE_FROM_DATABASE", "DEPRECATE_IN_DATABASE"])
def test_a_table_whose_data_is_gone(crawl: Any, put: Any, s3: Any, bucket: str, behavior: str) -> None:
    put("raw/a.csv", CSV)
    policy = {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": behavior}
    crawl("raw/", SchemaChangePolicy=policy)
    s3.delete_object(Bucket=bucket, Key="raw/a.csv")
    tables = crawl("raw/")
    assert ("raw" in tables) is (behavior != "DELETE_FROM_DATABASE")
    if tables:
        assert ("DEPRECATED_BY_CRAWLER" in tables["raw"]["Parameters"]) is (behavior == "DEPRECATE_IN_DATABASE")


@pytest.mark.aws(f"{GUIDE}incremental-crawls.html", operation="CreateCrawler, StartCrawler")
def test_new_folders_only(glue: Any, crawl: Any, put: Any, database: str, refused: Any) -> None:
    recrawl = {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}
    put("raw/day=1/a.csv", CSV)
    targets = {"S3Targets": [{"Path": "s3://b/raw/"}]}
    code, _ = refused(
        glue.create_crawler, Name="c", Role="r", DatabaseName=database, Targets=targets, RecrawlPolicy=recrawl
    )
    assert code == "InvalidInputException"
    crawl("raw/", RecrawlPolicy=recrawl, SchemaChangePolicy=LOG)
    put("raw/day=2/a.csv", CSV)
    put("raw/day=1/b.csv", "id,name,price,late\n1,x,1,2\n")
    assert list(columns(crawl("raw/")["raw"])) == ["id", "name", "price"]
    assert len(glue.get_partitions(DatabaseName=database, TableName="raw")["Partitions"]) == 2


@pytest.mark.aws(f"{GUIDE}custom-classifier.html", operation="CreateClassifier, GetClassifier")
def test_custom_classifiers_come_first(glue: Any, crawl: Any, put: Any, refused: Any) -> None:
    put("raw/a.log", "10.0.0.1 GET 200\n10.0.0.2 PUT 404\n")
    pattern = "%{IP:client} %{WORD:verb} %{INT:status:int}"
    bad = {"Name": "bad", "Classification": "x", "GrokPattern": "%{NOPE:a}"}
    assert refused(glue.create_classifier, GrokClassifier=bad)[0] == "InvalidInputException"
    glue.create_classifier(GrokClassifier={"Name": "access", "Classification": "access", "GrokPattern": pattern})
    glue.create_classifier(
        CsvClassifier={
            "Name": "zips",
            "Delimiter": "~",
            "CustomDatatypeConfigured": True,
            "CustomDatatypes": ["STRING", "LONG"],
        }
    )
    table = crawl("raw/", Classifiers=["access"])["raw"]
    assert columns(table) == {"client": "string", "verb": "string", "status": "int"}
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["input.format"] == pattern
    put("zip/a.csv", "zip~n\n00501~1\n")
    assert columns(crawl("zip/", name="z", Classifiers=["zips"])["zip"]) == {"zip": "string", "n": "bigint"}


@pytest.mark.aws(f"{GUIDE}aws-glue-api-crawler-crawling.html", operation="CreateCrawler")
def test_a_dynamodb_table_is_crawled(glue: Any, dynamodb: Any, database: str) -> None:
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    names = [{"AttributeName": "id", "AttributeType": "S"}]
    dynamodb.create_table(TableName="Cops", KeySchema=key, AttributeDefinitions=names, BillingMode="PAY_PER_REQUEST")
    dynamodb.put_item(TableName="Cops", Item={"id": {"S": "a"}, "n": {"N": "3"}, "m": {"M": {"x": {"BOOL": True}}}})
    glue.create_crawler(Name="c", Role="r", DatabaseName=database, Targets={"DynamoDBTargets": [{"Path": "Cops"}]})
    glue.start_crawler(Name="c")
    table = glue.get_table(DatabaseName=database, Name="cops")["Table"]
    assert columns(table) == {"id": "string", "n": "bigint", "m": "struct<x:boolean>"}
    assert table["Parameters"]["classification"] == "dynamodb"


@pytest.mark.aws(f"{GUIDE}aws-glue-api-crawler-crawling.html", operation="GetCrawler, ListCrawls, GetCrawlerMetrics")
def test_runs_are_told(glue: Any, crawl: Any, put: Any, door: Any, refused: Any) -> None:
    put("raw/a.csv", CSV)
    crawl("raw/")
    last = glue.get_crawler(Name="crawler")["Crawler"]["LastCrawl"]
    assert (last["Status"], last["LogGroup"]) == ("SUCCEEDED", "/aws-glue/crawlers")
    crawls = glue.list_crawls(CrawlerName="crawler")["Crawls"]
    assert [each["State"] for each in crawls] == ["COMPLETED"]
    lacking = {"FieldName": "CRAWL_ID", "FilterOperator": "NE"}
    code, message = refused(glue.list_crawls, CrawlerName="crawler", Filters=[lacking])
    assert (code, "FieldValue: null" in message) == ("InvalidInputException", True)
    assert glue.get_crawler_metrics()["CrawlerMetricsList"][0]["TablesCreated"] == 1
    events = door.client("logs").get_log_events(logGroupName="/aws-glue/crawlers", logStreamName="crawler")["events"]
    assert "finished running" in events[-1]["message"]


@pytest.mark.aws(f"{GUIDE}aws-glue-api-crawler-crawling.html", operation="StartCrawler, UpdateCrawler, DeleteCrawler")
def test_a_missing_bucket_fails_the_crawl_and_a_truncated_file_is_left_out(glue: Any, crawl: Any, put: Any) -> None:
    put("raw/a.parquet", b"PAR1 but no more")
    assert crawl("raw/") == {}
    assert glue.get_crawler(Name="crawler")["Crawler"]["LastCrawl"]["Status"] == "SUCCEEDED"
    glue.update_crawler(Name="crawler", Targets={"S3Targets": [{"Path": "s3://not-there-at-all/"}]})
    crawl("raw/")
    crawler = glue.get_crawler(Name="crawler")["Crawler"]
    assert (crawler["LastCrawl"]["Status"], crawler["Version"]) == ("FAILED", 2)
    assert "bucket does not exist" in crawler["LastCrawl"]["ErrorMessage"]
    glue.delete_crawler(Name="crawler")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.start_crawler(Name="crawler")


@pytest.mark.aws(
    f"{GUIDE}schedule-crawler.html", operation="StartCrawlerSchedule, StopCrawlerSchedule, UpdateCrawlerSchedule"
)
def test_a_schedule_crawls_by_the_clock(glue: Any, crawl: Any, put: Any, clock: Any, refused: Any) -> None:
    put("raw/a.csv", CSV)
    crawl("raw/", Schedule="cron(0 3 * * ? *)")
    clock.advance(days=3)
    assert len(glue.list_crawls(CrawlerName="crawler")["Crawls"]) == 4
    glue.stop_crawler_schedule(CrawlerName="crawler")
    clock.advance(days=3)
    assert len(glue.list_crawls(CrawlerName="crawler")["Crawls"]) == 4
    wrong = {"CrawlerName": "crawler", "Schedule": "cron(0 3 * * * *)"}
    assert refused(glue.update_crawler_schedule, **wrong)[0] == "InvalidInputException"
    glue.update_crawler_schedule(CrawlerName="crawler", Schedule="cron(0 */12 * * ? *)")
    clock.advance(days=1)
    assert len(glue.list_crawls(CrawlerName="crawler")["Crawls"]) == 6


@pytest.mark.aws(f"{GUIDE}aws-glue-api-crawler-crawling.html", operation="StartCrawler, StopCrawler")
def test_states_move_by_a_running_clock_and_not_by_reads(glue: Any, put: Any, bucket: str, refused: Any) -> None:
    import pocketaws

    if not pocketaws.is_running():
        pytest.skip("the clock of the server is frozen in tests")
    pocketaws.clock.run()
    put("raw/a.csv", CSV)
    targets = {"S3Targets": [{"Path": f"s3://{bucket}/raw/"}]}
    glue.create_crawler(Name="c", Role="r", DatabaseName="lake", Targets=targets)
    glue.start_crawler(Name="c")
    assert {glue.get_crawler(Name="c")["Crawler"]["State"] for _ in range(20)} == {"RUNNING"}
    assert refused(glue.start_crawler, Name="c")[0] == "CrawlerRunningException"
    glue.stop_crawler(Name="c")
    assert glue.get_crawler(Name="c")["Crawler"]["State"] == "STOPPING"
    pocketaws.clock.advance(seconds=2)
    crawler = glue.get_crawler(Name="c")["Crawler"]
    assert (crawler["State"], crawler["LastCrawl"]["Status"]) == ("READY", "CANCELLED")


def test_a_sampled_crawl_reads_one_object_a_partition(glue: Any, put: Any, bucket: str, crawl: Any, door: Any) -> None:
    if door.name != "in-process":
        pytest.skip("counts requests inside")
    from pocketaws.engines.glue.state import backend_of, of

    for day in range(20):
        for hour in range(30):
            put(f"raw/day={day}/{hour}.csv", CSV)
    crawl("raw/")
    run = of(backend_of("123456789012", "us-east-1")).crawlers["crawler"].runs[-1]
    assert (run.lists, run.reads, run.partitions) == (1, 20, 20)


@pytest.mark.aws(f"{GUIDE}add-classifier.html", operation="StartCrawler")
def test_an_empty_prefix_and_columns_that_change_in_the_middle_make_no_table(
    glue: Any, crawl: Any, put: Any, database: str
) -> None:
    put("raw/.keep", "")
    assert crawl("nothing/") == {}
    put("torn/a.csv", "id,n\n1,2\n2,3\n3,4,extra\n4,5,extra\n")
    assert crawl("torn/", name="torn") == {}
    for name in ("crawler", "torn"):
        assert glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]["Status"] == "SUCCEEDED"
    put("torn/b.csv", "id,n\n1,2\n2,3\n")
    assert list(crawl("torn/", name="torn")) == ["torn"]

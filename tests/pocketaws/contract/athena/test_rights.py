"""With enforced policies a query reads and writes with the rights of its caller."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

CALLER = "https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html"
DATA = "https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html"
CATALOG = "https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html"
RESULTS = "https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html"
GLUE = "arn:aws:glue:us-east-1:123456789012:"
WHO = "User: arn:aws:iam::123456789012:user/crew is not authorized to perform: "

#: What a SELECT on the table of flights needs beside Athena's own actions.
READS = {
    "glue:GetTable": [f"{GLUE}catalog", f"{GLUE}database/air", f"{GLUE}table/air/flights"],
    "glue:GetPartitions": [f"{GLUE}catalog", f"{GLUE}database/air", f"{GLUE}table/air/flights"],
    "s3:ListBucket": ["arn:aws:s3:::lake"],
    "s3:GetObject": ["arn:aws:s3:::lake/flights/*", "arn:aws:s3:::athena-results/*"],
    "s3:GetBucketLocation": ["arn:aws:s3:::athena-results"],
    "s3:PutObject": ["arn:aws:s3:::athena-results/*"],
}
COUNT = "SELECT count(*) FROM flights WHERE delay > 0"


def statements(rights: dict[str, list[str]]) -> list[dict[str, Any]]:
    allowed = [{"Effect": "Allow", "Action": action, "Resource": arns} for action, arns in rights.items()]
    return [{"Effect": "Allow", "Action": "athena:*", "Resource": "*"}, *allowed]


@pytest.fixture
def crew(flights: Any, acting: Any) -> Callable[..., Any]:
    """``crew(READS)``: runs queries as a user who has these rights alone."""

    def user(rights: dict[str, list[str]], *more: dict[str, Any]) -> Any:
        return type(flights)(acting(*statements(rights), *more)("athena"))

    return user


@pytest.mark.aws(CALLER, operation="StartQueryExecution, GetQueryResults")
def test_a_query_needs_no_more_than_what_it_touches(crew: Any) -> None:
    assert crew(READS)(COUNT) == [["6"]]


@pytest.mark.aws(CATALOG, operation="StartQueryExecution")
@pytest.mark.parametrize("action", ["glue:GetTable", "glue:GetPartitions"])
def test_a_query_without_a_right_in_the_catalog_fails(crew: Any, action: str) -> None:
    reason = crew({name: arns for name, arns in READS.items() if name != action}).reason(COUNT)
    assert reason.startswith(f"{WHO}{action} on resource: {GLUE}catalog because no identity-based policy allows")
    assert "Service: AmazonDataCatalog" in reason


@pytest.mark.aws(CATALOG, operation="StartQueryExecution")
def test_the_right_to_a_table_is_none_to_another(crew: Any) -> None:
    other = [f"{GLUE}catalog", f"{GLUE}database/air", f"{GLUE}table/air/other"]
    assert f"on resource: {GLUE}table/air/flights" in crew({**READS, "glue:GetTable": other}).reason(COUNT)


@pytest.mark.aws(DATA, operation="StartQueryExecution")
@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:GetObject"])
def test_a_query_without_a_right_to_the_data_fails(crew: Any, action: str) -> None:
    query = crew({name: arns for name, arns in READS.items() if name != action})
    reason = query.reason(COUNT)
    assert reason.startswith(f"PERMISSION_DENIED: {WHO}{action} on resource: arn:aws:s3:::lake")
    assert "Status Code: 403" in reason
    assert query.last["Status"]["State"] == "FAILED"


@pytest.mark.aws(DATA, operation="StartQueryExecution")
@pytest.mark.parametrize("size", [3, 500_000])
def test_a_query_that_reads_only_what_is_allowed_succeeds(
    flights: Any, crew: Any, put: Any, parquet: Any, size: int
) -> None:
    for month in (1, 2, 3):
        put(f"flights/month={month}/a.parquet", parquet({"delay": range(size)}, compression="NONE"))
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/flights/month=3/*"}
    query = crew(READS, deny)
    assert query("SELECT count(delay) FROM flights WHERE month < 3") == [[str(2 * size)]]
    assert "with an explicit deny in an identity-based policy" in query.reason("SELECT sum(delay) FROM flights")


@pytest.mark.aws(DATA, operation="StartQueryExecution")
def test_the_policy_of_a_bucket_speaks_to_queries_too(flights: Any, s3: Any) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*/month=3/*"}
    s3.put_bucket_policy(Bucket="lake", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    assert flights("SELECT count(*) FROM flights WHERE month < 3 AND delay > 0") == [["4"]]
    assert "with an explicit deny in a resource-based policy" in flights.reason(COUNT)


@pytest.mark.aws(DATA, operation="StartQueryExecution")
def test_a_result_is_written_with_the_rights_of_the_caller(crew: Any) -> None:
    query = crew({name: arns for name, arns in READS.items() if name != "s3:PutObject"})
    assert query.reason(COUNT).startswith("Access denied when writing to location: s3://athena-results/out/")
    assert query.last["Status"]["AthenaError"]["ErrorType"] == 401


@pytest.mark.aws(DATA, operation="StartQueryExecution")
def test_the_place_of_results_must_be_known_to_the_caller(crew: Any) -> None:
    query = crew({name: arns for name, arns in READS.items() if name != "s3:GetBucketLocation"})
    with pytest.raises(ClientError, match="Unable to verify/create output bucket athena-results"):
        query(COUNT)


@pytest.mark.aws(RESULTS, operation="GetQueryResults")
def test_who_reads_results_must_be_allowed_to_read_their_object(crew: Any) -> None:
    query = crew({**READS, "s3:GetObject": ["arn:aws:s3:::lake/flights/*"]})
    with pytest.raises(ClientError, match=r"InvalidRequestException.*s3:GetObject on resource: arn:aws:s3:::athena-re"):
        query(COUNT)
    assert query.last["Status"]["State"] == "SUCCEEDED"


@pytest.mark.aws(CATALOG, operation="StartQueryExecution")
@pytest.mark.parametrize(
    ("sql", "action"),
    [
        ("CREATE EXTERNAL TABLE rain (day int) LOCATION 's3://lake/rain/'", "glue:CreateTable"),
        ("CREATE TABLE late WITH (external_location = 's3://lake/late/') AS SELECT 1 AS n", "glue:CreateTable"),
        ("CREATE DATABASE sea", "glue:CreateDatabase"),
        ("CREATE OR REPLACE VIEW slow AS SELECT * FROM flights", "glue:CreateTable"),
        ("ALTER TABLE flights ADD PARTITION (month = 4)", "glue:BatchCreatePartition"),
        ("ALTER TABLE flights DROP PARTITION (month = 1)", "glue:DeletePartition"),
        ("ALTER TABLE flights SET TBLPROPERTIES ('a' = 'b')", "glue:UpdateTable"),
        ("DROP TABLE flights", "glue:DeleteTable"),
        ("SHOW DATABASES", "glue:GetDatabases"),
        ("SHOW TABLES", "glue:GetTables"),
    ],
)
def test_a_statement_without_its_right_changes_nothing(crew: Any, glue: Any, sql: str, action: str) -> None:
    deny = {"Effect": "Deny", "Action": action, "Resource": "*"}
    query = crew({"glue:*": ["*"], "s3:*": ["*"]}, deny)
    assert query.reason(sql).startswith(f"{WHO}{action} on resource: {GLUE}catalog with an explicit deny")
    assert query("SELECT count(*) FROM flights") == [["9"]]


@pytest.mark.aws(DATA, operation="StartQueryExecution")
def test_unload_writes_with_the_rights_of_the_caller(crew: Any) -> None:
    sql = "UNLOAD (SELECT tail FROM flights) TO 's3://lake/out/' WITH (format = 'JSON')"
    assert crew(READS).reason(sql).startswith("Access denied when writing to location: s3://lake/out/")


@pytest.mark.aws(CALLER, operation="StartQueryExecution")
def test_a_session_of_a_role_has_the_rights_of_the_role(flights: Any, door: Any, enforced: Any) -> None:
    iam = door.client("iam")
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    without_lists = statements({name: arns for name, arns in READS.items() if name != "s3:ListBucket"})
    document = json.dumps({"Version": "2012-10-17", "Statement": without_lists})
    iam.put_role_policy(RoleName="reader", PolicyName="only", PolicyDocument=document)
    keys = door.client("sts").assume_role(RoleArn=role, RoleSessionName="night")["Credentials"]
    enforced(True)
    athena = door.client(
        "athena",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    reason = type(flights)(athena).reason(COUNT)
    assert "User: arn:aws:sts::123456789012:assumed-role/reader/night is not authorized" in reason
    assert "s3:ListBucket" in reason


@pytest.mark.aws(
    "https://docs.aws.amazon.com/athena/latest/APIReference/API_GetTableMetadata.html",
    operation="GetTableMetadata, ListDatabases",
)
def test_the_catalog_is_shown_to_those_who_may_see_it(crew: Any) -> None:
    athena = crew(READS).client
    table = {"CatalogName": "AwsDataCatalog", "DatabaseName": "air", "TableName": "flights"}
    assert athena.get_table_metadata(**table)["TableMetadata"]["Name"] == "flights"
    with pytest.raises(ClientError, match=r"MetadataException.*glue:GetDatabases"):
        athena.list_databases(CatalogName="AwsDataCatalog")

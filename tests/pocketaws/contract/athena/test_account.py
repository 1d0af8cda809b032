"""Work groups, named queries, tags, and the catalog as Athena shows it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

GROUPS = "https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html"
LIMITS = "https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html"
CATALOG = "https://docs.aws.amazon.com/athena/latest/APIReference/API_GetTableMetadata.html"
NAMED = "https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html"
TAGS = "https://docs.aws.amazon.com/athena/latest/ug/workgroups-tags.html"
ALL_GROUPS = "CreateWorkGroup, UpdateWorkGroup, GetWorkGroup, ListWorkGroups, DeleteWorkGroup"


@pytest.mark.aws(GROUPS, operation=ALL_GROUPS)
def test_the_settings_of_a_work_group_win(query: Any, athena: Any) -> None:
    shared = {"ResultConfiguration": {"OutputLocation": "s3://athena-results/shared/"}}
    athena.create_work_group(Name="team", Configuration=shared, Description="us")
    query("SELECT 1", WorkGroup="team")
    assert query.last["ResultConfiguration"]["OutputLocation"].startswith("s3://athena-results/shared/")
    athena.update_work_group(WorkGroup="team", ConfigurationUpdates={"EnforceWorkGroupConfiguration": False})
    query("SELECT 1", WorkGroup="team")
    assert query.last["ResultConfiguration"]["OutputLocation"].startswith("s3://athena-results/out/")
    found = athena.get_work_group(WorkGroup="team")["WorkGroup"]
    assert (found["State"], found["Description"]) == ("ENABLED", "us")
    assert found["Configuration"]["ResultConfiguration"] == shared["ResultConfiguration"]
    assert [each["Name"] for each in athena.list_work_groups()["WorkGroups"]] == ["primary", "team"]
    with pytest.raises(ClientError, match="WorkGroup is already created"):
        athena.create_work_group(Name="team")
    athena.update_work_group(WorkGroup="team", State="DISABLED")
    with pytest.raises(ClientError, match="WorkGroup team is disabled"):
        query("SELECT 1", WorkGroup="team")
    with pytest.raises(ClientError, match="WorkGroup is not empty"):
        athena.delete_work_group(WorkGroup="team")
    athena.delete_work_group(WorkGroup="team", RecursiveDeleteOption=True)
    with pytest.raises(ClientError, match="WorkGroup team is not found"):
        athena.get_work_group(WorkGroup="team")
    with pytest.raises(ClientError, match="InvalidRequestException"):
        athena.delete_work_group(WorkGroup="primary")


@pytest.mark.aws(GROUPS, operation="CreateWorkGroup, GetWorkGroup")
def test_a_work_group_gets_what_its_settings_leave_open(athena: Any) -> None:
    athena.create_work_group(Name="team")
    assert athena.get_work_group(WorkGroup="team")["WorkGroup"]["Configuration"] == {
        "ResultConfiguration": {},
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": False,
        "RequesterPaysEnabled": False,
        "EnableMinimumEncryptionConfiguration": False,
        "EngineVersion": {
            "SelectedEngineVersion": "AUTO",
            "EffectiveEngineVersion": "Athena engine version 3",
        },
    }


@pytest.mark.aws(LIMITS, operation="StartQueryExecution")
def test_a_query_over_the_limit_is_cancelled(query: Any, athena: Any, put: Any) -> None:
    put("big/a.csv", b"12345678,x\n" * 1_000_000)
    query(
        "CREATE EXTERNAL TABLE big (id int, x string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
        "LOCATION 's3://lake/big/'"
    )
    athena.create_work_group(Name="small", Configuration={"BytesScannedCutoffPerQuery": 10_000_000})
    assert query.reason("SELECT count(id) FROM big", WorkGroup="small") == "Bytes scanned limit was exceeded"
    assert query.last["Status"]["State"] == "CANCELLED"
    assert query("SELECT count(id) FROM big") == [["1000000"]]
    assert query.scanned == 11_000_000


@pytest.mark.aws(
    CATALOG,
    operation="GetTableMetadata, ListTableMetadata, GetDatabase, ListDatabases, ListDataCatalogs, GetDataCatalog",
)
def test_the_catalog_is_glues(flights: Any, athena: Any, glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "sea", "Description": "ships"})
    names = athena.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]
    assert [each["Name"] for each in names] == ["air", "default", "sea"]
    assert athena.get_database(CatalogName="AwsDataCatalog", DatabaseName="sea")["Database"]["Description"] == "ships"
    found = athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="air", TableName="FLIGHTS")
    metadata = found["TableMetadata"]
    assert metadata["Columns"][0] == {"Name": "tail", "Type": "string", "Comment": "the plane"}
    assert metadata["PartitionKeys"] == [{"Name": "month", "Type": "int"}]
    assert metadata["Parameters"]["location"] == "s3://lake/flights/"
    listed = athena.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="air", Expression="fl.*")
    assert [each["Name"] for each in listed["TableMetadataList"]] == ["flights"]
    assert athena.list_data_catalogs()["DataCatalogsSummary"] == [{"CatalogName": "AwsDataCatalog", "Type": "GLUE"}]
    assert athena.get_data_catalog(Name="AwsDataCatalog")["DataCatalog"]["Type"] == "GLUE"
    with pytest.raises(ClientError, match="MetadataException"):
        athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="air", TableName="nowhere")


@pytest.mark.aws(
    NAMED, operation="CreateNamedQuery, GetNamedQuery, ListNamedQueries, BatchGetNamedQuery, UpdateNamedQuery, "
    "DeleteNamedQuery"
)  # fmt: skip
def test_named_queries(query: Any, athena: Any) -> None:
    name = athena.create_named_query(Name="one", Database="air", QueryString="SELECT 1")["NamedQueryId"]
    assert athena.list_named_queries()["NamedQueryIds"] == [name]
    athena.update_named_query(NamedQueryId=name, Name="two", QueryString="SELECT 2")
    assert athena.get_named_query(NamedQueryId=name)["NamedQuery"]["QueryString"] == "SELECT 2"
    batch = athena.batch_get_named_query(NamedQueryIds=[name, "nobody"])
    assert [each["Name"] for each in batch["NamedQueries"]] == ["two"]
    assert batch["UnprocessedNamedQueryIds"][0]["NamedQueryId"] == "nobody"
    athena.delete_named_query(NamedQueryId=name)
    with pytest.raises(ClientError, match="was not found"):
        athena.get_named_query(NamedQueryId=name)


@pytest.mark.aws(TAGS, operation="CreateWorkGroup, CreateDataCatalog, resourcegroupstaggingapi:GetResources")
def test_tags_are_found_across_services(athena: Any, door: Any) -> None:
    tags = [{"Key": "lesson", "Value": "3.3"}]
    athena.create_work_group(Name="team", Tags=tags)
    athena.create_data_catalog(Name="ours", Type="GLUE", Parameters={"catalog-id": "123456789012"}, Tags=tags)
    tagging, prefix = door.client("resourcegroupstaggingapi"), "arn:aws:athena:us-east-1:123456789012:"
    found = tagging.get_resources(TagFilters=[{"Key": "lesson"}], ResourceTypeFilters=["athena"])
    arns = {each["ResourceARN"] for each in found["ResourceTagMappingList"]}
    assert arns == {f"{prefix}workgroup/team", f"{prefix}datacatalog/ours"}
    tagging.untag_resources(ResourceARNList=[f"{prefix}workgroup/team"], TagKeys=["lesson"])
    assert athena.list_tags_for_resource(ResourceARN=f"{prefix}workgroup/team")["Tags"] == []


@pytest.mark.aws("https://docs.aws.amazon.com/athena/latest/ug/engine-versions.html", operation="ListEngineVersions")
def test_engine_versions(athena: Any) -> None:
    found = athena.list_engine_versions()["EngineVersions"]
    assert [each["SelectedEngineVersion"] for each in found] == ["AUTO", "Athena engine version 3"]


@pytest.mark.aws(
    "https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateDataCatalog.html",
    operation="CreateDataCatalog, GetDataCatalog, ListDataCatalogs, DeleteDataCatalog",
)
def test_a_data_catalog_is_kept(athena: Any) -> None:
    athena.create_data_catalog(Name="ours", Type="GLUE", Parameters={"catalog-id": "123456789012"})
    assert athena.get_data_catalog(Name="ours")["DataCatalog"]["Type"] == "GLUE"
    names = [each["CatalogName"] for each in athena.list_data_catalogs()["DataCatalogsSummary"]]
    assert names == ["AwsDataCatalog", "ours"]
    athena.delete_data_catalog(Name="ours")
    with pytest.raises(ClientError, match="InvalidRequestException"):
        athena.get_data_catalog(Name="ours")


@pytest.mark.aws(TAGS, operation="TagResource, UntagResource, ListTagsForResource")
def test_tags_of_a_work_group(athena: Any) -> None:
    athena.create_work_group(Name="team", Tags=[{"Key": "lesson", "Value": "3.3"}])
    arn = "arn:aws:athena:us-east-1:123456789012:workgroup/team"
    athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "owner", "Value": "me"}])
    athena.untag_resource(ResourceARN=arn, TagKeys=["lesson"])
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "owner", "Value": "me"}]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        athena.list_tags_for_resource(ResourceARN=f"{arn}-2")

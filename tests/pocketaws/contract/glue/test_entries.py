"""Entries of every kind are made, found, listed, changed and deleted as AWS does it."""

from __future__ import annotations

import json
from typing import Any

import pytest

API = "https://docs.aws.amazon.com/glue/latest/webapi/API_"
GUIDE = "https://docs.aws.amazon.com/glue/latest/dg/"
GONE = "EntityNotFoundException"
TABLE = {"StorageDescriptor": {"Columns": [{"Name": "km", "Type": "int"}]}}


@pytest.mark.aws(f"{API}DeleteDatabase.html", operation="GetDatabase, GetDatabases, UpdateDatabase, DeleteDatabase")
def test_a_database_takes_its_tables_with_it(glue: Any, database: str, refused: Any) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "trips", **TABLE})
    glue.update_database(Name=database, DatabaseInput={"Name": database, "Description": "of the course"})
    assert glue.get_database(Name=database)["Database"]["Description"] == "of the course"
    assert [each["Name"] for each in glue.get_databases()["DatabaseList"]] == [database]
    glue.delete_database(Name=database)
    assert refused(glue.get_database, Name=database)[0] == GONE
    assert refused(glue.delete_database, Name=database)[0] == GONE
    glue.create_database(DatabaseInput={"Name": database})
    assert glue.get_tables(DatabaseName=database)["TableList"] == []


@pytest.mark.aws(f"{API}GetTables.html", operation="GetTables, DeleteTable, BatchDeleteTable")
def test_tables_are_listed_by_a_pattern_and_deleted(glue: Any, database: str, refused: Any) -> None:
    for name in ("trips_2025", "trips_2026", "stops"):
        glue.create_table(DatabaseName=database, TableInput={"Name": name, **TABLE})
    found = glue.get_tables(DatabaseName=database, Expression="trips_.*")["TableList"]
    assert sorted(each["Name"] for each in found) == ["trips_2025", "trips_2026"]
    glue.delete_table(DatabaseName=database, Name="trips_2025")
    assert refused(glue.delete_table, DatabaseName=database, Name="trips_2025")[0] == GONE
    errors = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["stops", "none"])["Errors"]
    assert [(each["TableName"], each["ErrorDetail"]["ErrorCode"]) for each in errors] == [("none", GONE)]
    assert [each["Name"] for each in glue.get_tables(DatabaseName=database)["TableList"]] == ["trips_2026"]


@pytest.mark.aws(f"{API}GetTableVersion.html", operation="GetTableVersion, BatchDeleteTableVersion")
def test_a_version_shows_the_table_as_it_was(glue: Any, database: str, refused: Any) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "trips", "Description": "old"})
    glue.update_table(DatabaseName=database, TableInput={"Name": "trips", "Description": "new"})
    trips = {"DatabaseName": database, "TableName": "trips"}
    seen = [glue.get_table_version(**trips, VersionId=each)["TableVersion"]["Table"] for each in ("0", "1")]
    assert [each["Description"] for each in seen] == ["old", "new"]
    assert glue.batch_delete_table_version(**trips, VersionIds=["0"])["Errors"] == []
    assert refused(glue.get_table_version, **trips, VersionId="0")[0] == GONE


@pytest.mark.aws(f"{API}CreatePartition.html", operation="CreatePartition, GetPartition, DeletePartition")
def test_a_partition_is_there_once(glue: Any, database: str, refused: Any) -> None:
    keys = [{"Name": "day", "Type": "string"}]
    glue.create_table(DatabaseName=database, TableInput={"Name": "trips", "PartitionKeys": keys, **TABLE})
    trips = {"DatabaseName": database, "TableName": "trips"}
    glue.create_partition(**trips, PartitionInput={"Values": ["01"]})
    assert refused(glue.create_partition, **trips, PartitionInput={"Values": ["01"]})[0] == "AlreadyExistsException"
    code, told = refused(glue.create_partition, **trips, PartitionInput={"Values": ["01", "02"]})
    assert (code, told) == (
        "InvalidInputException",
        "The number of partition keys do not match the number of partition values",
    )
    assert glue.get_partition(**trips, PartitionValues=["01"])["Partition"]["TableName"] == "trips"
    glue.delete_partition(**trips, PartitionValues=["01"])
    assert refused(glue.get_partition, **trips, PartitionValues=["01"])[0] == GONE
    assert refused(glue.delete_partition, **trips, PartitionValues=["01"])[0] == GONE


@pytest.mark.aws(
    f"{GUIDE}aws-glue-api-catalog-functions.html",
    operation="CreateUserDefinedFunction, GetUserDefinedFunction, GetUserDefinedFunctions, "
    "UpdateUserDefinedFunction, DeleteUserDefinedFunction",
)
def test_functions_of_a_database(glue: Any, database: str, refused: Any) -> None:
    wish = {"FunctionName": "miles", "ClassName": "course.Miles", "OwnerName": "us", "OwnerType": "USER"}
    glue.create_user_defined_function(DatabaseName=database, FunctionInput=wish)
    named = {"DatabaseName": database, "FunctionName": "miles"}
    glue.update_user_defined_function(**named, FunctionInput={**wish, "ClassName": "course.Better"})
    assert glue.get_user_defined_function(**named)["UserDefinedFunction"]["ClassName"] == "course.Better"
    found = glue.get_user_defined_functions(DatabaseName=database, Pattern="m.*")["UserDefinedFunctions"]
    assert [each["FunctionName"] for each in found] == ["miles"]
    glue.delete_user_defined_function(**named)
    assert refused(glue.get_user_defined_function, **named)[0] == GONE


@pytest.mark.aws(
    f"{API}UpdateColumnStatisticsForPartition.html",
    operation="UpdateColumnStatisticsForPartition, GetColumnStatisticsForPartition, DeleteColumnStatisticsForPartition",
)
def test_statistics_of_a_partition_are_its_own(glue: Any, database: str, refused: Any) -> None:
    keys = [{"Name": "day", "Type": "string"}]
    glue.create_table(DatabaseName=database, TableInput={"Name": "trips", "PartitionKeys": keys, **TABLE})
    trips = {"DatabaseName": database, "TableName": "trips"}
    for day in ("01", "02"):
        glue.create_partition(**trips, PartitionInput={"Values": [day]})
    data = {"Type": "LONG", "LongColumnStatisticsData": {"NumberOfNulls": 7, "NumberOfDistinctValues": 3}}
    given = {"ColumnName": "km", "ColumnType": "int", "AnalyzedTime": 0, "StatisticsData": data}
    first = {**trips, "PartitionValues": ["01"]}
    assert glue.update_column_statistics_for_partition(**first, ColumnStatisticsList=[given])["Errors"] == []
    asked = {"ColumnNames": ["km"]}
    (told,) = glue.get_column_statistics_for_partition(**first, **asked)["ColumnStatisticsList"]
    assert told["StatisticsData"]["LongColumnStatisticsData"]["NumberOfNulls"] == 7
    other = glue.get_column_statistics_for_partition(**{**first, "PartitionValues": ["02"]}, **asked)
    assert [each["ColumnName"] for each in other["Errors"]] == ["km"]
    glue.delete_column_statistics_for_partition(**first, ColumnName="km")
    assert glue.get_column_statistics_for_partition(**first, **asked)["ColumnStatisticsList"] == []
    assert refused(glue.delete_column_statistics_for_partition, **first, ColumnName="km")[0] == GONE


@pytest.mark.aws(
    f"{GUIDE}aws-glue-api-crawler-crawling.html", operation="ListCrawlers, GetCrawlers, BatchGetCrawlers, DeleteCrawler"
)
def test_crawlers_are_listed(glue: Any, database: str, bucket: str, refused: Any) -> None:
    targets = {"S3Targets": [{"Path": f"s3://{bucket}/raw/"}]}
    for name in ("a", "b"):
        glue.create_crawler(Name=name, Role="glue", DatabaseName=database, Targets=targets)
    assert glue.list_crawlers()["CrawlerNames"] == ["a", "b"]
    assert [each["Name"] for each in glue.get_crawlers(MaxResults=1)["Crawlers"]] == ["a"]
    batch = glue.batch_get_crawlers(CrawlerNames=["b", "none"])
    assert ([each["Name"] for each in batch["Crawlers"]], batch["CrawlersNotFound"]) == (["b"], ["none"])
    glue.delete_crawler(Name="a")
    assert refused(glue.delete_crawler, Name="a")[0] == GONE


@pytest.mark.aws(f"{GUIDE}aws-glue-api-crawler-crawling.html", operation="CreateCrawler")
def test_a_crawler_without_a_target_is_refused(glue: Any, database: str, refused: Any) -> None:
    wish = {"Name": "c", "Role": "glue", "DatabaseName": database, "Targets": {"S3Targets": []}}
    assert refused(glue.create_crawler, **wish)[0] == "InvalidInputException"


@pytest.mark.aws(f"{GUIDE}custom-classifier.html", operation="GetClassifiers, UpdateClassifier, DeleteClassifier")
def test_classifiers_are_changed_and_deleted(glue: Any, refused: Any) -> None:
    glue.create_classifier(GrokClassifier={"Name": "log", "Classification": "log", "GrokPattern": "%{WORD:level}"})
    glue.update_classifier(GrokClassifier={"Name": "log", "GrokPattern": "%{NUMBER:code}"})
    (found,) = glue.get_classifiers()["Classifiers"]
    assert (found["GrokClassifier"]["GrokPattern"], found["GrokClassifier"]["Version"]) == ("%{NUMBER:code}", 2)
    glue.delete_classifier(Name="log")
    assert glue.get_classifiers()["Classifiers"] == []
    assert refused(glue.delete_classifier, Name="log")[0] == GONE


@pytest.mark.aws(f"{GUIDE}aws-glue-api-jobs-job.html", operation="GetJobs, BatchGetJobs, CreateJob")
def test_jobs_are_found(glue: Any, bucket: str, refused: Any) -> None:
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/a.py"}
    for name in ("a", "b"):
        glue.create_job(Name=name, Role="glue", Command=command)
    assert [each["Name"] for each in glue.get_jobs()["Jobs"]] == ["a", "b"]
    batch = glue.batch_get_jobs(JobNames=["b", "none"])
    assert ([each["Name"] for each in batch["Jobs"]], batch["JobsNotFound"]) == (["b"], ["none"])
    glue.create_job(Name="spark", Role="glue", Command={**command, "Name": "glueetl"})
    run = glue.start_job_run(JobName="spark", AllocatedCapacity=5)["JobRunId"]
    assert glue.get_job_run(JobName="spark", RunId=run)["JobRun"]["MaxCapacity"] == 5
    both = {"JobName": "spark", "AllocatedCapacity": 5, "MaxCapacity": 5}
    assert refused(glue.start_job_run, **both)[0] == "InvalidInputException"
    wrong = {"Name": "c", "Role": "glue", "Command": {**command, "Name": "bash"}}
    assert refused(glue.create_job, **wrong)[0] == "InvalidInputException"


@pytest.mark.aws(f"{GUIDE}about-triggers.html", operation="GetTriggers, ListTriggers, BatchGetTriggers, DeleteTrigger")
def test_triggers_are_found_by_the_job_they_start(glue: Any, bucket: str, refused: Any) -> None:
    for name in ("a", "b"):
        command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/{name}.py"}
        glue.create_job(Name=name, Role="glue", Command=command)
        actions = [{"JobName": name}]
        glue.create_trigger(Name=f"run-{name}", Type="ON_DEMAND", Actions=actions, Tags={"lesson": name})
    assert glue.list_triggers(DependentJobName="a")["TriggerNames"] == ["run-a"]
    assert glue.list_triggers(Tags={"lesson": "b"})["TriggerNames"] == ["run-b"]
    assert [each["Name"] for each in glue.get_triggers()["Triggers"]] == ["run-a", "run-b"]
    batch = glue.batch_get_triggers(TriggerNames=["run-b", "none"])
    assert ([each["Name"] for each in batch["Triggers"]], batch["TriggersNotFound"]) == (["run-b"], ["none"])
    glue.delete_trigger(Name="run-a")
    assert refused(glue.get_trigger, Name="run-a")[0] == GONE


@pytest.mark.aws(
    f"{GUIDE}workflows_overview.html",
    operation="GetWorkflow, ListWorkflows, BatchGetWorkflows, UpdateWorkflow, DeleteWorkflow, GetWorkflowRuns, "
    "PutWorkflowRunProperties, GetWorkflowRunProperties",
)
def test_workflows_are_found_and_their_runs_keep_properties(glue: Any, bucket: str, refused: Any) -> None:
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/a.py"}
    glue.create_job(Name="a", Role="glue", Command=command)
    glue.create_workflow(Name="flow", DefaultRunProperties={"mode": "full"})
    glue.update_workflow(Name="flow", Description="nightly")
    glue.create_trigger(Name="go", Type="ON_DEMAND", WorkflowName="flow", Actions=[{"JobName": "a"}])
    assert glue.list_workflows()["Workflows"] == ["flow"]
    assert glue.get_workflow(Name="flow")["Workflow"]["Description"] == "nightly"
    batch = glue.batch_get_workflows(Names=["flow", "none"])
    assert ([each["Name"] for each in batch["Workflows"]], batch["MissingWorkflows"]) == (["flow"], ["none"])
    run = {"Name": "flow", "RunId": glue.start_workflow_run(Name="flow")["RunId"]}
    glue.put_workflow_run_properties(**run, RunProperties={"rows": "9"})
    assert glue.get_workflow_run_properties(**run)["RunProperties"] == {"mode": "full", "rows": "9"}
    assert [each["WorkflowRunId"] for each in glue.get_workflow_runs(Name="flow")["Runs"]] == [run["RunId"]]
    glue.delete_workflow(Name="flow")
    assert refused(glue.get_workflow, Name="flow")[0] == GONE


@pytest.mark.aws(
    f"{GUIDE}aws-glue-api-schema-registry-api.html",
    operation="CreateRegistry, GetRegistry, ListRegistries, DeleteRegistry, GetSchemaVersion, GetSchemaByDefinition, "
    "UpdateSchema, DeleteSchema",
)
def test_a_registry_holds_schemas_and_their_versions(glue: Any, refused: Any) -> None:
    definition = json.dumps({"type": "record", "name": "order", "fields": [{"name": "id", "type": "long"}]})
    glue.create_registry(RegistryName="shop", Description="orders")
    registry = glue.get_registry(RegistryId={"RegistryName": "shop"})
    assert (registry["Status"], registry["CreatedTime"]) == ("AVAILABLE", "2026-11-02T09:00:00.000Z")
    assert "shop" in [each["RegistryName"] for each in glue.list_registries()["Registries"]]
    made = {"SchemaName": "order", "DataFormat": "AVRO", "Compatibility": "NONE", "SchemaDefinition": definition}
    made = glue.create_schema(RegistryId={"RegistryName": "shop"}, **made)
    schema = {"SchemaId": {"SchemaName": "order", "RegistryName": "shop"}}
    glue.update_schema(**schema, SchemaVersionNumber={"LatestVersion": True}, Compatibility="BACKWARD")
    found = glue.get_schema(**schema)
    assert (found["Compatibility"], found["UpdatedTime"]) == ("BACKWARD", "2026-11-02T09:00:00.000Z")
    version = glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])
    assert (version["SchemaDefinition"], version["VersionNumber"]) == (definition, 1)
    found = glue.get_schema_by_definition(**schema, SchemaDefinition=definition)
    assert found["SchemaVersionId"] == made["SchemaVersionId"]
    glue.delete_schema(**schema)
    assert refused(glue.get_schema, **schema)[0] == GONE
    glue.delete_registry(RegistryId={"RegistryName": "shop"})
    assert refused(glue.get_registry, RegistryId={"RegistryName": "shop"})[0] == GONE


@pytest.mark.aws(f"{GUIDE}monitor-tags.html", operation="TagResource, GetTags, UntagResource")
def test_tags_of_a_job(glue: Any, bucket: str) -> None:
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/a.py"}
    glue.create_job(Name="a", Role="glue", Command=command, Tags={"lesson": "3.8"})
    arn = "arn:aws:glue:us-east-1:123456789012:job/a"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"owner": "us"})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"lesson": "3.8", "owner": "us"}
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["lesson"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"owner": "us"}

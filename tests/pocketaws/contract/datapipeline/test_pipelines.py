"""AWS Data Pipeline, as history: copies and shell commands on S3."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/"
API = "https://docs.aws.amazon.com/datapipeline/latest/APIReference/"
BUCKET = "history-of-pipelines"


def thing(id: str, references: dict[str, str] | None = None, **fields: str) -> dict[str, Any]:
    rows = [{"key": key, "stringValue": value} for key, value in fields.items()]
    rows += [{"key": key, "refValue": value} for key, value in (references or {}).items()]
    return {"id": id, "name": id, "fields": rows}


NODES = [
    thing("In", type="S3DataNode", directoryPath=f"s3://{BUCKET}/raw/"),
    thing("Out", type="S3DataNode", directoryPath=f"s3://{BUCKET}/out/"),
    thing("Machine", type="Ec2Resource", instanceType="t1.micro"),
]


@pytest.fixture
def pipelines(door: Any, s3: Any) -> Any:
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="raw/a.csv", Body=b"id,n\n1,2\n3,4\n")
    return door.client("datapipeline")


@pytest.fixture
def activate(pipelines: Any) -> Any:
    """Make a pipeline of objects, activate it and return its id."""

    def run(*objects: dict[str, Any], **default: str) -> str:
        id = str(pipelines.create_pipeline(name="old", uniqueId="one")["pipelineId"])
        whole = [thing("Default", **{"scheduleType": "ondemand", **default}), *NODES, *objects]
        told = pipelines.put_pipeline_definition(pipelineId=id, pipelineObjects=whole)
        assert not told["errored"], told
        pipelines.activate_pipeline(pipelineId=id)
        return id

    return run


def instances(pipelines: Any, id: str, sphere: str = "INSTANCE") -> dict[str, dict[str, str]]:
    """Return the instances of a pipeline, when none is on its way."""
    found: dict[str, dict[str, str]] = {}
    for _ in range(200):
        ids = pipelines.query_objects(pipelineId=id, sphere=sphere)["ids"]
        rows = pipelines.describe_objects(pipelineId=id, objectIds=ids)["pipelineObjects"] if ids else []
        found = {
            row["id"]: {each["key"]: each.get("stringValue", each.get("refValue")) for each in row["fields"]}
            for row in rows
        }
        if all(each["@status"] != "RUNNING" for each in found.values()):
            break
        time.sleep(0.1)
    return found


@pytest.mark.aws(f"{GUIDE}dp-object-copyactivity.html", operation="CreatePipeline, PutPipelineDefinition")
@pytest.mark.aws(f"{API}API_ActivatePipeline.html", operation="ActivatePipeline, QueryObjects, DescribeObjects")
def test_a_copy_copies(pipelines: Any, activate: Any, s3: Any) -> None:
    id = activate(thing("Copy", {"input": "In", "output": "Out", "runsOn": "Machine"}, type="CopyActivity"))
    (copy,) = instances(pipelines, id).values()
    assert (copy["@status"], copy["@componentParent"]) == ("FINISHED", "Copy")
    assert s3.get_object(Bucket=BUCKET, Key="out/a.csv")["Body"].read() == b"id,n\n1,2\n3,4\n"
    state = pipelines.describe_pipelines(pipelineIds=[id])["pipelineDescriptionList"][0]["fields"]
    assert {"key": "@pipelineState", "stringValue": "FINISHED"} in state
    assert pipelines.create_pipeline(name="old", uniqueId="one")["pipelineId"] == id


@pytest.mark.aws(f"{GUIDE}dp-object-shellcommandactivity.html", operation="PutPipelineDefinition")
def test_a_command_runs_between_its_folders_and_leaves_logs(pipelines: Any, activate: Any, s3: Any) -> None:
    command = "wc -l < $INPUT1_STAGING_DIR/a.csv > $OUTPUT1_STAGING_DIR/lines.txt; echo told; env | cut -d= -f1 >&2"
    count = thing(
        "Count",
        {"input": "In", "output": "Out", "runsOn": "Machine"},
        type="ShellCommandActivity",
        command=command,
        stage="true",
    )
    id = activate(count, pipelineLogUri=f"s3://{BUCKET}/logs/")
    (found,) = instances(pipelines, id).values()
    assert found["@status"] == "FINISHED", found
    assert s3.get_object(Bucket=BUCKET, Key="out/lines.txt")["Body"].read().strip() == b"3"
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="logs/")["Contents"]]
    logs = {key.rpartition("/")[2]: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}
    assert logs["Stdout"] == "told\n"
    assert "COURSE" not in logs["Stderr"]
    assert "FINISHED" in logs["Activity.log"]


@pytest.mark.aws(f"{GUIDE}dp-managing-pipeline.html", operation="QueryObjects, DescribeObjects")
def test_a_failure_is_tried_again_and_stops_what_depends_on_it(pipelines: Any, activate: Any) -> None:
    on = {"runsOn": "Machine"}
    bad = thing("Bad", on, type="ShellCommandActivity", command="echo sorry >&2; no-such-command", maximumRetries="1")
    after = thing("After", {**on, "dependsOn": "Bad"}, type="ShellCommandActivity", command="true")
    id = activate(after, bad)
    found = {each["@componentParent"]: each for each in instances(pipelines, id).values()}
    assert (found["Bad"]["@status"], found["Bad"]["@attemptCount"]) == ("FAILED", "2")
    assert "exit code 127" in found["Bad"]["errorMessage"]
    assert found["After"]["@status"] == "CASCADE_FAILED"
    failed = {"selectors": [{"fieldName": "@status", "operator": {"type": "EQ", "values": ["FAILED"]}}]}
    assert len(pipelines.query_objects(pipelineId=id, sphere="ATTEMPT", query=failed)["ids"]) == 2


@pytest.mark.aws(f"{GUIDE}dp-object-schedule.html", operation="ActivatePipeline, DeactivatePipeline, DeletePipeline")
def test_a_schedule_runs_at_the_end_of_each_interval(pipelines: Any, activate: Any, s3: Any, clock: Any) -> None:
    day = "s3://" + BUCKET + "/days/#{format(@scheduledStartTime,'YYYY-MM-dd')}/"
    daily = thing("Daily", type="Schedule", period="1 day", startDateTime="2026-11-02T00:00:00", occurrences="5")
    dated = thing("Dated", type="S3DataNode", directoryPath=day)
    copy = {"input": "In", "output": "Dated", "runsOn": "Machine", "schedule": "Daily"}
    id = activate(daily, dated, thing("Copy", copy, type="CopyActivity"), scheduleType="timeseries")
    assert {each["@status"] for each in instances(pipelines, id).values()} == {"WAITING_ON_DEPENDENCIES"}
    clock.advance(days=3)
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="days/")["Contents"]]
    assert keys == [f"days/2026-11-0{day}/a.csv" for day in (2, 3, 4)]
    first = next(iter(instances(pipelines, id).values()))
    assert (first["@status"], first["@actualStartTime"]) == ("FINISHED", "2026-11-03T00:00:00")
    pipelines.deactivate_pipeline(pipelineId=id)
    clock.advance(days=5)
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="days/")["KeyCount"] == 3
    pipelines.delete_pipeline(pipelineId=id)
    assert pipelines.list_pipelines()["pipelineIdList"] == []
    with pytest.raises(ClientError, match="PipelineNotFoundException"):
        pipelines.activate_pipeline(pipelineId=id)


@pytest.mark.aws(f"{API}API_ValidatePipelineDefinition.html", operation="ValidatePipelineDefinition")
@pytest.mark.aws(f"{API}API_GetPipelineDefinition.html", operation="GetPipelineDefinition, ListPipelines")
@pytest.mark.parametrize(
    ("objects", "id", "part"),
    [
        ([thing("Copy", {"output": "Out", "runsOn": "Machine"}, type="CopyActivity")], "Copy", "input"),
        ([thing("Hive", type="HiveActivity")], "Hive", "not supported by pocketaws"),
        ([thing("Do", {"runsOn": "Gone"}, type="ShellCommandActivity", command="x")], "Do", "not in the definition"),
        ([thing("Do", {"runsOn": "Machine"}, type="ShellCommandActivity")], "Do", "command or scriptUri"),
        (
            [thing("Do", {"runsOn": "Machine", "dependsOn": "Do"}, type="ShellCommandActivity", command="x")],
            "Do",
            "in a circle",
        ),
    ],
)
def test_a_wrong_definition_is_not_kept(pipelines: Any, objects: Any, id: str, part: str) -> None:
    made = pipelines.create_pipeline(name="old", uniqueId="one")["pipelineId"]
    whole = [thing("Default", scheduleType="ondemand"), *NODES, *objects]
    for check in (pipelines.validate_pipeline_definition, pipelines.put_pipeline_definition):
        told = check(pipelineId=made, pipelineObjects=whole)
        assert told["errored"]
        assert any(part in " ".join(row["errors"]) for row in told["validationErrors"] if row["id"] == id), told
    assert pipelines.get_pipeline_definition(pipelineId=made)["pipelineObjects"] == []
    with pytest.raises(ClientError, match="InvalidRequestException"):
        pipelines.activate_pipeline(pipelineId=made)
    assert [each["id"] for each in pipelines.list_pipelines()["pipelineIdList"]] == [made]
    with pytest.raises(ClientError, match="UnknownOperationException"):
        pipelines.set_status(pipelineId=made, objectIds=["x"], status="RERUN")

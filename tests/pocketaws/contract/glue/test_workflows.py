"""Triggers and workflows: on demand, by schedule, on condition; their graph and statistics."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/glue/latest/dg/"
TRIGGERS = f"{GUIDE}about-triggers.html"
WORKFLOWS = f"{GUIDE}workflows_overview.html"


@pytest.fixture
def jobs(glue: Any, put: Any, bucket: str) -> Callable[..., None]:
    """``jobs(clean="print(1)")`` makes jobs of scripts."""

    def make(**scripts: str) -> None:
        for name, script in scripts.items():
            put(f"scripts/{name}.py", script)
            command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/scripts/{name}.py"}
            glue.create_job(Name=name, Role="r", Command=command)

    return make


def until(what: Callable[[], Any]) -> Any:
    for _ in range(600):
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it does not come")


def states(glue: Any, job: str) -> list[str]:
    return [run["JobRunState"] for run in glue.get_job_runs(JobName=job)["JobRuns"]]


def when(job: str, state: str = "SUCCEEDED") -> dict[str, Any]:
    return {"LogicalOperator": "EQUALS", "JobName": job, "State": state}


@pytest.mark.aws(TRIGGERS, operation="CreateTrigger, StartTrigger, GetTrigger, StopTrigger")
def test_on_demand_and_on_condition(glue: Any, jobs: Any) -> None:
    jobs(first="print(1)", second="print(2)", third="print(3)")
    glue.create_trigger(Name="go", Type="ON_DEMAND", Actions=[{"JobName": "first"}])
    predicate = {"Conditions": [when("first")]}
    options = {"Type": "CONDITIONAL", "Predicate": predicate}
    glue.create_trigger(Name="then", Actions=[{"JobName": "second"}], StartOnCreation=True, **options)
    glue.create_trigger(Name="asleep", Actions=[{"JobName": "third"}], **options)
    assert glue.get_trigger(Name="asleep")["Trigger"]["State"] == "CREATED"
    glue.start_job_run(JobName="first")
    until(lambda: states(glue, "first") == ["SUCCEEDED"])
    assert states(glue, "second") == []  # nobody's trigger has started the first
    glue.start_trigger(Name="go")
    until(lambda: states(glue, "second") == ["SUCCEEDED"])
    assert glue.get_job_runs(JobName="second")["JobRuns"][0]["TriggerName"] == "then"
    assert states(glue, "third") == []


@pytest.mark.aws(f"{GUIDE}aws-glue-api-jobs-trigger.html", operation="CreateTrigger")
@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (None, "Predicate cannot be null or empty"),
        ({"LogicalOperator": "EQUALS"}, "JobName or CrawlerName in condition cannot be null or empty"),
        ({"JobName": "none", "State": "FAILED"}, "Logical operator cannot be null or empty"),
        ({"JobName": "none", "LogicalOperator": "EQUALS"}, "[SUCCEEDED, STOPPED, FAILED, TIMEOUT]"),
        ({"CrawlerName": "none", "LogicalOperator": "EQUALS"}, "[SUCCEEDED, FAILED, CANCELLED]"),
    ],
)
def test_a_condition_that_lacks_something_is_refused(
    glue: Any, refused: Any, condition: dict[str, str] | None, message: str
) -> None:
    predicate = {"Predicate": {"Conditions": [condition]}} if condition else {}
    wish = {"Name": "then", "Type": "CONDITIONAL", "Actions": [{"JobName": "none"}], **predicate}
    code, told = refused(glue.create_trigger, **wish)
    assert code == "InvalidInputException"
    assert message in told


@pytest.mark.aws(f"{GUIDE}aws-glue-api-jobs-trigger.html", operation="CreateTrigger")
def test_an_action_starts_a_job_or_a_crawler_and_not_both(glue: Any, refused: Any) -> None:
    both = {"Name": "go", "Type": "ON_DEMAND", "Actions": [{"JobName": "none", "CrawlerName": "none"}]}
    assert refused(glue.create_trigger, **both)[0] == "InvalidInputException"


@pytest.mark.aws(TRIGGERS, operation="CreateTrigger, UpdateTrigger")
def test_a_schedule_runs_each_day_after_the_day_before(
    glue: Any, jobs: Any, clock: Any, s3: Any, bucket: str, refused: Any
) -> None:
    jobs(daily=f"import boto3, uuid\nboto3.client('s3').put_object(Bucket='{bucket}', Key='day/' + uuid.uuid4().hex)")
    action = {"Actions": [{"JobName": "daily"}], "Type": "SCHEDULED"}
    assert refused(glue.create_trigger, Name="x", Schedule="cron(nope)", StartOnCreation=True, **action)[0] == (
        "InvalidInputException"
    )
    glue.create_trigger(Name="daily", Schedule="cron(0 3 * * ? *)", StartOnCreation=True, **action)
    clock.advance(days=3)
    runs = glue.get_job_runs(JobName="daily")["JobRuns"]
    assert [(run["JobRunState"], f"{run['StartedOn']:%d %H}") for run in runs] == [
        ("SUCCEEDED", "05 03"),
        ("SUCCEEDED", "04 03"),
        ("SUCCEEDED", "03 03"),
    ]
    written = s3.list_objects_v2(Bucket=bucket, Prefix="day/")["Contents"]
    assert sorted(f"{each['LastModified']:%d %H}" for each in written) == ["03 03", "04 03", "05 03"]
    glue.stop_trigger(Name="daily")
    clock.advance(days=3)
    assert len(states(glue, "daily")) == 3


@pytest.fixture
def flow(glue: Any, jobs: Any, put: Any, bucket: str, database: str) -> str:
    """crawl -> clean and count -> report."""
    put("raw/a.csv", "id,n\n1,2\n")
    jobs(clean="print(1)", count="print(1)", report="print(1)")
    targets = {"S3Targets": [{"Path": f"s3://{bucket}/raw/"}]}
    glue.create_crawler(Name="raw", Role="r", DatabaseName=database, Targets=targets)
    glue.create_workflow(Name="flow", DefaultRunProperties={"day": "1", "mode": "full"})
    glue.create_trigger(Name="start", WorkflowName="flow", Type="ON_DEMAND", Actions=[{"CrawlerName": "raw"}])
    crawled = {"LogicalOperator": "EQUALS", "CrawlerName": "raw", "CrawlState": "SUCCEEDED"}
    conditional = {"WorkflowName": "flow", "Type": "CONDITIONAL", "StartOnCreation": True}
    actions = [{"JobName": "clean"}, {"JobName": "count"}]
    glue.create_trigger(Name="crawled", Predicate={"Conditions": [crawled]}, Actions=actions, **conditional)
    both = {"Logical": "AND", "Conditions": [when("clean"), when("count")]}
    glue.create_trigger(Name="both", Predicate=both, Actions=[{"JobName": "report"}], **conditional)
    return "flow"


def complete(glue: Any, run_id: str) -> dict[str, Any]:
    def over() -> Any:
        run = glue.get_workflow_run(Name="flow", RunId=run_id, IncludeGraph=True)["Run"]
        return run if run["Status"] not in ("RUNNING", "STOPPING") else None

    found: dict[str, Any] = until(over)
    return found


@pytest.mark.aws(WORKFLOWS, operation="StartWorkflowRun, GetWorkflowRun, GetWorkflowRunProperties")
def test_a_workflow_runs_along_its_graph(glue: Any, flow: str) -> None:
    run = complete(glue, glue.start_workflow_run(Name=flow, RunProperties={"day": "2"})["RunId"])
    assert run["Status"] == "COMPLETED"
    assert run["WorkflowRunProperties"] == {"day": "2", "mode": "full"}
    assert (run["Statistics"]["TotalActions"], run["Statistics"]["SucceededActions"]) == (4, 4)
    nodes = {node["UniqueId"]: node for node in run["Graph"]["Nodes"]}
    names = {node["Name"]: node for node in nodes.values()}
    edges = {(nodes[e["SourceId"]]["Name"], nodes[e["DestinationId"]]["Name"]) for e in run["Graph"]["Edges"]}
    assert ("raw", "crawled") in edges
    assert ("both", "report") in edges
    assert names["raw"]["CrawlerDetails"]["Crawls"][0]["State"] == "SUCCEEDED"
    report = names["report"]["JobDetails"]["JobRuns"][0]
    assert {each["JobName"] for each in report["PredecessorRuns"]} == {"clean", "count"}


@pytest.mark.aws(f"{GUIDE}resuming-workflow.html", operation="ResumeWorkflowRun")
def test_a_failed_node_stops_its_branch_and_can_be_resumed(glue: Any, flow: str, put: Any, refused: Any) -> None:
    put("scripts/count.py", "raise ValueError('no')")
    run = complete(glue, glue.start_workflow_run(Name=flow)["RunId"])
    assert (run["Statistics"]["FailedActions"], run["Statistics"]["TotalActions"]) == (1, 3)
    put("scripts/count.py", "print(1)")
    node = next(each["UniqueId"] for each in run["Graph"]["Nodes"] if each["Name"] == "count")
    again = glue.resume_workflow_run(Name=flow, RunId=run["WorkflowRunId"], NodeIds=[node])["RunId"]
    run = complete(glue, again)
    assert run["Statistics"]["SucceededActions"] == 4
    assert states(glue, "clean") == ["SUCCEEDED"]
    assert states(glue, "count") == ["SUCCEEDED", "FAILED"]
    assert refused(glue.stop_workflow_run, Name=flow, RunId=again)[0] == "IllegalWorkflowStateException"


@pytest.mark.aws(WORKFLOWS, operation="StopWorkflowRun, StartWorkflowRun, CreateWorkflow")
def test_runs_are_stopped_and_limited(glue: Any, flow: str, put: Any, refused: Any) -> None:
    put("scripts/clean.py", "import time\nwhile True: time.sleep(1)")
    glue.update_workflow(Name=flow, MaxConcurrentRuns=1)
    run_id = glue.start_workflow_run(Name=flow)["RunId"]
    assert refused(glue.start_workflow_run, Name=flow)[0] == "ConcurrentRunsExceededException"
    glue.stop_workflow_run(Name=flow, RunId=run_id)
    run = complete(glue, run_id)
    assert run["Status"] == "STOPPED"
    assert run["Statistics"]["StoppedActions"] >= 1
    assert refused(glue.start_workflow_run, Name="none")[0] == "EntityNotFoundException"


@pytest.mark.aws(WORKFLOWS, operation="CreateTrigger")
def test_a_cycle_is_refused(glue: Any, flow: str, refused: Any) -> None:
    back = {"Name": "back", "WorkflowName": flow, "Type": "CONDITIONAL", "Actions": [{"CrawlerName": "raw"}]}
    code, _ = refused(glue.create_trigger, Predicate={"Conditions": [when("report")]}, **back)
    assert code == "InvalidInputException"

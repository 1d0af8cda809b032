"""Tasks: calls of services, jobs that are waited for, failures that are retried or caught."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"
ERRORS = f"{GUIDE}concepts-error-handling.html"


def task(resource: str, parameters: Any, **more: Any) -> dict[str, Any]:
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}
    return {"StartAt": "Do", "States": {"Do": state}}


@pytest.fixture
def jobs(door: Any, s3: Any) -> Any:
    """``jobs(good="print(1)")`` makes Glue jobs of scripts; the fixture is Glue's client."""
    glue = door.client("glue")
    s3.create_bucket(Bucket="scripts-of-states")

    def make(**scripts: str) -> Any:
        for name, script in scripts.items():
            s3.put_object(Bucket="scripts-of-states", Key=f"{name}.py", Body=script.encode())
            command = {"Name": "pythonshell", "ScriptLocation": f"s3://scripts-of-states/{name}.py"}
            glue.create_job(Name=name, Role="r", Command=command)
        return glue

    return make


@pytest.mark.aws(f"{GUIDE}connect-glue.html", operation="StartExecution")
def test_sync_waits_for_the_glue_job(run: Any, jobs: Any) -> None:
    glue = jobs(good="import sys; print(sys.argv[-1])", bad="raise ValueError('torn')")
    sync = "arn:aws:states:::glue:startJobRun.sync"
    found = run(task(sync, {"JobName": "good", "Arguments": {"--day.$": "$.day"}}), {"day": "2013-01-01"})
    assert found["status"] == "SUCCEEDED"
    assert found["output"]["JobRunState"] == "SUCCEEDED"
    assert found["output"]["Arguments"] == {"--day": "2013-01-01"}
    assert glue.get_job_runs(JobName="good")["JobRuns"][0]["Id"] == found["output"]["Id"]
    found = run(task(sync, {"JobName": "bad"}))
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert "torn" in json.loads(found["cause"])["ErrorMessage"]
    assert run(task(sync, {"JobName": "none"}))["error"] == "Glue.EntityNotFoundException"
    started = run(task("arn:aws:states:::glue:startJobRun", {"JobName": "good"}))
    assert list(started["output"]) == ["JobRunId"]


@pytest.mark.aws(f"{GUIDE}supported-services-awssdk.html", operation="StartExecution")
def test_any_operation_of_a_service_can_be_called(run: Any, s3: Any, dynamodb: Any, door: Any) -> None:
    s3.create_bucket(Bucket="notes-of-states")
    put = {"Bucket": "notes-of-states", "Key": "a.json", "Body": {"x.$": "$.x"}}
    assert "ETag" in run(task("arn:aws:states:::aws-sdk:s3:putObject", put), {"x": 1})["output"]
    read = run(task("arn:aws:states:::aws-sdk:s3:getObject", {"Bucket": "notes-of-states", "Key": "a.json"}))
    assert json.loads(read["output"]["Body"]) == {"x": 1}
    missing = task("arn:aws:states:::aws-sdk:s3:getObject", {"Bucket": "notes-of-states", "Key": "none"})
    assert run(missing)["error"] == "S3.NoSuchKeyException"
    keys = [{"AttributeName": "id", "KeyType": "HASH"}]
    attributes = [{"AttributeName": "id", "AttributeType": "S"}]
    dynamodb.create_table(
        TableName="notes", KeySchema=keys, AttributeDefinitions=attributes, BillingMode="PAY_PER_REQUEST"
    )
    item = {"TableName": "notes", "Item": {"id": {"S.$": "$.id"}, "n": {"N": "1"}}}
    run(task("arn:aws:states:::dynamodb:putItem", item), {"id": "a"})
    assert dynamodb.get_item(TableName="notes", Key={"id": {"S": "a"}})["Item"]["n"] == {"N": "1"}
    guarded = {**item, "ConditionExpression": "attribute_not_exists(id)"}
    again = run(task("arn:aws:states:::dynamodb:putItem", guarded), {"id": "a"})
    assert again["error"] == "DynamoDB.ConditionalCheckFailedException"
    queue = door.client("sqs").create_queue(QueueName="notes")["QueueUrl"]
    run(task("arn:aws:states:::sqs:sendMessage", {"QueueUrl": queue, "MessageBody.$": "$"}), {"hello": 1})
    body = door.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"]
    assert json.loads(body) == {"hello": 1}
    assert "not supported" in run(task("arn:aws:states:::sqs:sendMessage", {"Queue": queue}))["cause"]


@pytest.mark.aws(f"{GUIDE}connect-athena.html", operation="StartExecution")
def test_sync_waits_for_the_athena_query(run: Any, s3: Any) -> None:
    s3.create_bucket(Bucket="results-of-states")
    place = {"OutputLocation": "s3://results-of-states/"}
    sync = "arn:aws:states:::athena:startQueryExecution.sync"
    found = run(task(sync, {"QueryString": "SELECT 1", "ResultConfiguration": place}))
    assert found["output"]["QueryExecution"]["Status"]["State"] == "SUCCEEDED"
    assert run(task(sync, {"QueryString": "SELEC 1", "ResultConfiguration": place}))["status"] == "FAILED"


@pytest.mark.aws(f"{GUIDE}connect-stepfunctions.html", operation="StartExecution")
def test_a_machine_runs_another(run: Any, create: Any) -> None:
    inner = create({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": {"n": 1}, "End": True}}}, "inner")
    parameters = {"StateMachineArn": inner, "Input": {"x": 1}}
    found = run(task("arn:aws:states:::states:startExecution.sync:2", parameters))
    assert (found["output"]["Status"], found["output"]["Output"]) == ("SUCCEEDED", {"n": 1})


@pytest.mark.aws(ERRORS, operation="StartExecution, GetExecutionHistory")
def test_failures_are_retried_with_backoff_then_caught(states: Any, create: Any, settled: Any, clock: Any) -> None:
    retry = [{"ErrorEquals": ["Glue.EntityNotFoundException"], "IntervalSeconds": 60, "MaxAttempts": 2}]
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "Tell"}]
    machine = task("arn:aws:states:::glue:startJobRun", {"JobName": "none"}, Retry=retry, Catch=catch)
    machine["States"]["Tell"] = {"Type": "Pass", "OutputPath": "$.why.Error", "End": True}
    arn = states.start_execution(stateMachineArn=create(machine))["executionArn"]
    assert settled(arn)["status"] == "RUNNING"
    clock.advance(minutes=1)
    settled(arn)
    clock.advance(minutes=2)
    found = settled(arn)
    assert json.loads(found["output"]) == "Glue.EntityNotFoundException"
    events = states.get_execution_history(executionArn=arn)["events"]
    tries = [event["timestamp"].minute for event in events if event["type"] == "TaskFailed"]
    assert tries == [0, 1, 3]


@pytest.mark.aws(ERRORS, operation="StartExecution")
def test_a_job_that_takes_too_long_is_stopped(states: Any, create: Any, jobs: Any, clock: Any, settled: Any) -> None:
    glue = jobs(endless="import time\nwhile True: time.sleep(1)")
    sync = "arn:aws:states:::glue:startJobRun.sync"
    machine = create(task(sync, {"JobName": "endless"}, TimeoutSeconds=600))
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    while not glue.get_job_runs(JobName="endless")["JobRuns"]:
        pass
    clock.advance(minutes=11)
    found = settled(arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.Timeout")
    while (state := glue.get_job_runs(JobName="endless")["JobRuns"][0]["JobRunState"]) == "STOPPING":
        pass
    assert state == "STOPPED"


@pytest.mark.aws(f"{GUIDE}connect-to-resource.html", operation="SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat")
def test_a_task_waits_until_somebody_calls_back(
    states: Any, create: Any, settled: Any, door: Any, clock: Any, refused: Any
) -> None:
    sqs = door.client("sqs")
    queue = sqs.create_queue(QueueName="approvals")["QueueUrl"]
    body = {"token.$": "$$.Task.Token", "ask.$": "$.ask"}
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    machine = create(task(resource, {"QueueUrl": queue, "MessageBody": body}, HeartbeatSeconds=3600))

    def ask() -> tuple[str, str]:
        arn = states.start_execution(stateMachineArn=machine, input='{"ask": "ok?"}')["executionArn"]
        while not (found := sqs.receive_message(QueueUrl=queue).get("Messages")):
            pass
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=found[0]["ReceiptHandle"])
        return arn, json.loads(found[0]["Body"])["token"]

    arn, token = ask()
    clock.advance(minutes=50)
    states.send_task_heartbeat(taskToken=token)
    clock.advance(minutes=50)
    states.send_task_success(taskToken=token, output='{"yes": true}')
    assert json.loads(settled(arn)["output"]) == {"yes": True}
    told = refused(states.send_task_success, taskToken=token, output="no JSON")
    assert told == ("InvalidToken", "Invalid Token: 'Invalid token'")
    arn, token = ask()
    states.send_task_failure(taskToken=token, error="No", cause="too dear")
    assert settled(arn)["error"] == "No"
    arn, _ = ask()
    clock.advance(hours=2)
    assert settled(arn)["error"] == "States.HeartbeatTimeout"


@pytest.mark.aws(
    f"{GUIDE}concepts-amazon-states-language.html",
    operation="StopExecution, ListExecutions, DescribeStateMachineForExecution",
)
def test_executions_are_stopped_listed_and_named_once(
    states: Any, create: Any, settled: Any, refused: Any, jobs: Any, clock: Any
) -> None:
    glue = jobs(endless="import time\nwhile True: time.sleep(1)")
    machine = create(task("arn:aws:states:::glue:startJobRun.sync", {"JobName": "endless"}))
    arn = states.start_execution(stateMachineArn=machine, name="first", input="{}")["executionArn"]
    assert states.start_execution(stateMachineArn=machine, name="first", input="{}")["executionArn"] == arn
    code, _ = refused(states.start_execution, stateMachineArn=machine, name="first", input='{"a": 1}')
    assert code == "ExecutionAlreadyExists"
    while not glue.get_job_runs(JobName="endless")["JobRuns"]:
        pass
    states.stop_execution(executionArn=arn, error="Enough", cause="of it")
    found = settled(arn)
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "Enough", "of it")
    while (state := glue.get_job_runs(JobName="endless")["JobRuns"][0]["JobRunState"]) in ("RUNNING", "STOPPING"):
        pass
    assert state == "STOPPED"
    listed = states.list_executions(stateMachineArn=machine, statusFilter="ABORTED")["executions"]
    assert [each["name"] for each in listed] == ["first"]
    for text in ("{", ""):
        assert refused(states.start_execution, stateMachineArn=machine, input=text)[0] == "InvalidExecutionInput"
    assert refused(states.list_executions, stateMachineArn=machine, nextToken="x")[0] == "InvalidToken"
    described = states.describe_state_machine_for_execution(executionArn=arn)
    assert described["definition"] == states.describe_state_machine(stateMachineArn=machine)["definition"]
    assert refused(states.start_execution, stateMachineArn=f"{machine}x")[0] == "StateMachineDoesNotExist"
    assert refused(states.describe_execution, executionArn=f"{arn}x")[0] == "ExecutionDoesNotExist"


@pytest.mark.aws(f"{GUIDE}concepts-amazon-states-language.html", operation="StartExecution, DeleteStateMachine")
def test_an_execution_times_out_by_the_clock(states: Any, create: Any, settled: Any, clock: Any) -> None:
    nap = {"StartAt": "Nap", "TimeoutSeconds": 60, "States": {"Nap": {"Type": "Wait", "Seconds": 600, "End": True}}}
    machine = create(nap)
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    settled(arn)
    clock.advance(minutes=5)
    found = settled(arn)
    assert (found["status"], found["stopDate"].minute) == ("TIMED_OUT", 1)
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    states.delete_state_machine(stateMachineArn=machine)
    assert settled(arn)["status"] == "ABORTED"

"""Functions: created from the text of a module, called, connected to a queue, told of objects; errors explained."""

from __future__ import annotations

import json

import pytest

from helpers import functions, queues, session
from helpers.errors import FunctionFailed, FunctionNameTaken, FunctionNotFound, WaitTimedOut

pytestmark = pytest.mark.usefixtures("started")
SHOUT = "def handler(event, context):\n    print('heard', event)\n    return event['text'].upper()\n"
PICKY = (
    "def handler(event, context):\n"
    "    for record in event['Records']: print(record['body'])\n"
    "    bad = [record['messageId'] for record in event['Records'] if record['body'] == 'bad']\n"
    "    return {'batchItemFailures': [{'itemIdentifier': each} for each in bad]}\n"
)


@pytest.fixture
def role() -> str:
    return functions.create_role("tester", {"*": ["s3:GetObject"]})


def test_a_function_answers_and_fails_with_its_reason(role: str) -> None:
    functions.create_function("shout", SHOUT, role=role)
    assert functions.logs("shout").columns.tolist() == ["time", "message"]
    assert functions.invoke("shout", {"text": "ahoy"}) == "AHOY"
    assert functions.logs("shout")["message"].tolist() == ["heard {'text': 'ahoy'}"]
    with pytest.raises(FunctionFailed, match="'text'") as caught:
        functions.invoke("shout", {})
    assert caught.value.kind == "KeyError"
    assert "heard {}" in caught.value.log
    assert len(functions.logs("shout", own=False)) > len(functions.logs("shout"))


def test_names_that_are_taken_or_unknown(role: str) -> None:
    functions.create_function("shout", SHOUT, role=role)
    with pytest.raises(FunctionNameTaken, match="ResourceConflictException"):
        functions.create_function("shout", SHOUT, role=role)
    with pytest.raises(FunctionNotFound, match="no function 'none'"):
        functions.invoke("none")


def test_a_role_that_is_not_there_is_waited_for_and_then_reported() -> None:
    with pytest.raises(Exception, match="role of shout"):
        functions.create_function("shout", SHOUT, role="arn:aws:iam::123456789012:role/nobody")


def test_a_role_without_the_right_to_read_is_waited_for_and_then_reported() -> None:
    queue = queues.create_queue("work")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    with session.acting_under(everything):
        functions.create_function("picky", PICKY, role=functions.create_role("reader", {}))
        with pytest.raises(WaitTimedOut, match="role of picky to have the right to read arn:aws:sqs:"):
            functions.connect("picky", queue)
        may = {"*": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]}
        functions.create_function("allowed", PICKY, role=functions.create_role("other", may))
        functions.connect("allowed", queue)
        queues.send_messages(queue, ["good"])
        assert queues.count_messages(queue) == 0


def test_several_services_may_take_one_role(role: str) -> None:
    functions.create_role("shared", {"*": ["s3:GetObject"]}, service=["glue.amazonaws.com", "states.amazonaws.com"])
    answer = session.client("iam").get_role(RoleName="shared")["Role"]["AssumeRolePolicyDocument"]
    assert answer["Statement"][0]["Principal"] == {"Service": ["glue.amazonaws.com", "states.amazonaws.com"]}


def test_a_queue_calls_a_function_and_keeps_what_failed(role: str) -> None:
    functions.create_function("picky", PICKY, role=role)
    queue = queues.create_queue("work", hidden=30)
    functions.connect("picky", queue, settings={"BatchSize": 10})
    queues.send_messages(queue, ["good", "bad"])
    assert queues.count_messages(queue) == 1
    assert functions.logs("picky")["message"].tolist() == ["good", "bad"]
    session.advance(seconds=31)
    assert functions.logs("picky")["message"].tolist()[2:] == ["bad"]


def test_a_bucket_calls_a_function(role: str) -> None:
    source = (
        "def handler(event, context):\n    for r in event['Records']: print(r['eventName'], r['s3']['object']['key'])"
    )
    functions.create_function("porter", source, role=role)
    s3 = session.client("s3")
    s3.create_bucket(Bucket="harbor")
    functions.listen("harbor", "porter", "raw/")
    s3.put_object(Bucket="harbor", Key="raw/a.csv", Body=b"1")
    s3.put_object(Bucket="harbor", Key="other.csv", Body=b"1")
    assert functions.logs("porter")["message"].tolist() == ["ObjectCreated:Put raw/a.csv"]


def test_cleanup_deletes_functions_and_what_calls_them(role: str) -> None:
    functions.create_function("picky", PICKY, role=role)
    functions.connect("picky", queues.create_queue("work"))
    functions.invoke("picky", {"Records": []})
    assert session.cleanup().left.empty
    groups = session.client("logs").describe_log_groups()["logGroups"]
    assert json.dumps([group["logGroupName"] for group in groups]) == "[]"

"""Who may hear of a topic: queues and functions, and nothing outside this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address outside pocketaws, and what was sent to it."""
    heard: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


@pytest.mark.aws(GUIDE, operation="Subscribe, sns:Publish")
def test_a_queue_hears_of_a_topic(client: Callable[..., Any]) -> None:
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="news")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="hello", Subject="greeting")
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    body = json.loads(message["Body"])
    assert (body["Type"], body["Message"], body["Subject"]) == ("Notification", "hello", "greeting")


@pytest.mark.aws(GUIDE, operation="Subscribe")
def test_nothing_is_sent_to_an_address_outside(client: Callable[..., Any], listener: tuple[str, list[str]]) -> None:
    address, heard = listener
    sns = client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    code, message = refusal(sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=f"{address}/news")
    assert (code, "nothing of it leaves this machine by http" in message) == ("InvalidParameter", True)
    sns.publish(TopicArn=topic, Message="hello")
    assert sns.list_subscriptions()["Subscriptions"] == heard == []


@pytest.mark.aws(GUIDE, operation="Subscribe")
@pytest.mark.parametrize("protocol", ["email", "sms", "application", "firehose"])
def test_what_is_not_delivered_is_refused(client: Callable[..., Any], protocol: str) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    wish = {"TopicArn": topic, "Protocol": protocol, "Endpoint": "ada@example.com"}
    assert refusal(sns.subscribe, **wish)[0] == "InvalidParameter"


@pytest.mark.aws("https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html", operation="Subscribe")
def test_a_protocol_that_is_none(client: Callable[..., Any]) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    code, message = refusal(sns.subscribe, TopicArn=topic, Protocol="pigeon", Endpoint="roof")
    assert code == "InvalidParameter"
    assert message == "Invalid parameter: Amazon SNS does not support this protocol string: pigeon"


@pytest.mark.aws("https://docs.aws.amazon.com/sns/latest/api/API_Publish.html", operation="Publish")
def test_no_text_messages_are_sent(client: Callable[..., Any]) -> None:
    code, message = refusal(client("sns").publish, PhoneNumber="+15555550100", Message="hello")
    assert (code, "sends no text messages" in message) == ("InvalidParameter", True)


@pytest.mark.aws(
    "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
    operation="Publish, sns:SetSubscriptionAttributes",
)
def test_a_subscriber_that_is_gone_fails_alone(client: Callable[..., Any]) -> None:
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="news")["TopicArn"]
    queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("gone", "dead", "inbox")}
    arns = {name: f"arn:aws:sqs:us-east-1:{topic.split(':')[4]}:{name}" for name in queues}
    for name in ("gone", "inbox"):
        arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns[name])["SubscriptionArn"]
        policy = json.dumps({"deadLetterTargetArn": arns["dead"]})
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="RedrivePolicy", AttributeValue=policy)
    sqs.delete_queue(QueueUrl=queues["gone"])
    sns.publish(TopicArn=topic, Message="hello")
    for name in ("dead", "inbox"):
        (message,) = sqs.receive_message(QueueUrl=queues[name])["Messages"]
        assert json.loads(message["Body"])["Message"] == "hello"

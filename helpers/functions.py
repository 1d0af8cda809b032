"""AWS Lambda in small calls: functions from the text of a module, their answers, logs, and what calls them."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd
from botocore.exceptions import ClientError

from helpers import session
from helpers._waiting import wait_until
from helpers._wiring import notify, queue_arn
from helpers.errors import FunctionFailed, FunctionNameTaken, FunctionNotFound, explained

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient

__all__ = ["connect", "create_function", "create_role", "invoke", "listen", "logs"]

Answer = TypeVar("Answer")
RUNTIME = "python3.13"
LOGS = ["time", "message"]
#: What AWS says of a role of which it does not know everywhere that it is there, and what it may do.
NOT_YET = ("cannot be assumed by Lambda", "does not have permissions to call", "Please ensure the role can perform")


def create_role(
    role: str,
    allow: Mapping[str, Sequence[str]],
    *,
    service: str | Sequence[str] = "lambda.amazonaws.com",
    client: IAMClient | None = None,
) -> str:
    """Create a role in whose name services of AWS may do some things and nothing else.

    Parameters
    ----------
    role
        Its name.
    allow
        Resource to actions, for example ``{"arn:aws:s3:::harbor/*": ["s3:GetObject"]}``.
    service
        Who may take the role: one, or several.
    client
        IAM client; by default the session's.

    Returns
    -------
    The ARN.

    Examples
    --------
    >>> create_role("reader", {"arn:aws:s3:::harbor/*": ["s3:GetObject"]}).split("/")[-1]
    'reader'
    """
    client = client or session.client("iam")
    who = service if isinstance(service, str) else list(service)
    trust = {"Effect": "Allow", "Principal": {"Service": who}, "Action": "sts:AssumeRole"}
    arn = client.create_role(RoleName=role, AssumeRolePolicyDocument=_document([trust]))["Role"]["Arn"]
    statements = [{"Effect": "Allow", "Action": list(allow[each]), "Resource": each} for each in allow]
    statements += [{"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream"], "Resource": "*"}]
    statements += [{"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}]
    client.put_role_policy(RoleName=role, PolicyName="may", PolicyDocument=_document(statements))
    return arn


def create_function(
    function: str,
    source: str,
    *,
    role: str,
    settings: Mapping[str, Any] | None = None,
    client: LambdaClient | None = None,
) -> str:
    """Create a function from the text of a module that has a function ``handler(event, context)``.

    Parameters
    ----------
    function
        Its name.
    source
        The text of the module.
    role
        ARN of the role in whose name it runs.
    settings
        Further parameters of CreateFunction, for example ``{"Timeout": 30, "MemorySize": 512}``.
    client
        Lambda client; by default the session's.

    Returns
    -------
    The ARN.

    Raises
    ------
    FunctionNameTaken
        There is a function of this name.

    Examples
    --------
    >>> double = "def handler(event, context): return 2 * event"
    >>> create_function("double", double, role=create_role("doubler", {})).split(":")[-1]
    'double'
    """
    client = client or session.client("lambda")
    wanted: Any = {"FunctionName": function, "Role": role, "Runtime": RUNTIME, "Handler": "index.handler"}
    wanted |= {"Code": {"ZipFile": _zipped(source)}, **(settings or {})}
    taken = FunctionNameTaken(f"There is a function {function!r}.")
    with explained({"ResourceConflictException": taken}):
        return _once_it_may(lambda: client.create_function(**wanted), f"the role of {function}")["FunctionArn"]


def invoke(function: str, event: Any = None, *, client: LambdaClient | None = None) -> Any:
    """Call a function, wait for its answer and return it.

    Parameters
    ----------
    function
        Name or ARN.
    event
        What the handler is given, anything that is JSON.
    client
        Lambda client; by default the session's.

    Raises
    ------
    FunctionNotFound
        There is no such function.
    FunctionFailed
        It raised an exception, or ran out of time or memory.

    Examples
    --------
    >>> source = "def handler(event, context): return 3 * event"
    >>> _ = create_function("triple", source, role=create_role("tripler", {}))
    >>> invoke("triple", 14)
    42
    """
    client = client or session.client("lambda")
    with explained({"ResourceNotFoundException": FunctionNotFound(f"There is no function {function!r}.")}):
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event), LogType="Tail")
    found = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        log = base64.b64decode(answer.get("LogResult", "")).decode()
        raise FunctionFailed(found.get("errorMessage", ""), kind=found.get("errorType", ""), log=log)
    return found


def connect(
    function: str, source: str, *, settings: Mapping[str, Any] | None = None, client: LambdaClient | None = None
) -> str:
    """Let Lambda read a queue or a stream and call a function with what arrives there.

    A function connected to a queue may name in ``batchItemFailures`` the messages that failed; only these come back.

    Parameters
    ----------
    function
        Name or ARN.
    source
        ARN of a stream of Kinesis or DynamoDB, or of a queue; of a queue the URL will do.
    settings
        Further parameters of CreateEventSourceMapping, for example ``{"BatchSize": 5}``.
    client
        Lambda client; by default the session's.

    Returns
    -------
    The UUID of the event source mapping.

    Examples
    --------
    >>> from helpers import queues
    >>> _ = create_function("wash", "def handler(event, context): ...", role=create_role("washer", {}))
    >>> len(connect("wash", queues.create_queue("laundry")))
    36
    """
    client = client or session.client("lambda")
    arn = queue_arn(source) if source.startswith("http") else source
    is_queue = ":sqs:" in arn
    options: Any = {"StartingPosition": "TRIM_HORIZON"} if not is_queue else {}
    options |= {"FunctionResponseTypes": ["ReportBatchItemFailures"]} if is_queue else {}
    options |= {"FunctionName": function, "EventSourceArn": arn, **(settings or {})}
    what = f"the role of {function} to have the right to read {arn}"
    return _once_it_may(lambda: client.create_event_source_mapping(**options), what)["UUID"]


def listen(bucket: str, function: str, prefix: str = "", *, client: LambdaClient | None = None) -> list[str]:
    """Let a bucket call a function with what is created in it and removed from it.

    The function's policy allows S3 to call it, then the bucket's notifications, all of them, are replaced by this one.

    Parameters
    ----------
    bucket
        Bucket name.
    function
        Name of the function.
    prefix
        Tell only of keys that begin with this text.
    client
        Lambda client; by default the session's.

    Returns
    -------
    The kinds of events that are sent.

    Examples
    --------
    >>> from helpers import s3
    >>> _ = create_function("thumb", "def handler(event, context): ...", role=create_role("painter", {}))
    >>> listen(s3.create_bucket("harbor"), "thumb")
    ['s3:ObjectCreated:*', 's3:ObjectRemoved:*']
    """
    client = client or session.client("lambda")
    allowed: Any = {"Principal": "s3.amazonaws.com", "SourceArn": f"arn:aws:s3:::{bucket}"}
    client.add_permission(FunctionName=function, StatementId=bucket, Action="lambda:InvokeFunction", **allowed)
    arn = client.get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    return notify(bucket, "LambdaFunctionConfigurations", {"LambdaFunctionArn": arn}, prefix)


def logs(function: str, *, own: bool = True) -> pd.DataFrame:
    """Return what a function wrote to CloudWatch Logs, the oldest first.

    Parameters
    ----------
    function
        Its name.
    own
        Leave out Lambda's own lines, which tell where each call begins, ends, and how long it took.

    Returns
    -------
    Columns ``time``, ``message``; a function that was never called has no rows.

    Examples
    --------
    >>> _ = create_function("hi", "def handler(event, context): print('hi')", role=create_role("greeter", {}))
    >>> invoke("hi")
    >>> logs("hi")["message"].tolist()
    ['hi']
    """
    client, found = session.client("logs"), []
    try:
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{function}"):
            found += [(pd.Timestamp(each["timestamp"], unit="ms"), each["message"]) for each in page["events"]]
    except client.exceptions.ResourceNotFoundException:
        pass
    told = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")
    rows = [(time, text.rstrip("\n")) for time, text in found if not (own and text.startswith(told))]
    return pd.DataFrame(rows, columns=LOGS)


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _zipped(source: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("index.py"), source)
    return content.getvalue()


def _once_it_may(call: Callable[[], Answer], what: str) -> Answer:
    """Call, and call again while a role, just made, is not known everywhere in AWS."""

    def ask() -> Answer | None:
        try:
            return call()
        except ClientError as error:
            if any(text in str(error) for text in NOT_YET):
                return None
            raise

    return wait_until(ask, what=what, every=2, at_most=30)

"""Functions run: answers, errors, logs, timeouts, memory, versions, layers, code from S3."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from typing import Any

import pytest
from function_packages import zipped

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"
API = "https://docs.aws.amazon.com/lambda/latest/api/"
INVOKE = f"{API}API_Invoke.html"


@pytest.mark.aws(INVOKE, operation="Invoke, CreateFunction")
def test_a_function_answers_and_writes_to_s3(function: Any, invoke: Any, s3: Any) -> None:
    s3.create_bucket(Bucket="results-of-functions")
    function(
        "import boto3\n"
        "s3 = boto3.client('s3')\n"
        "def handler(event, context):\n"
        "    s3.put_object(Bucket='results-of-functions', Key=event['key'], Body=b'done')\n"
        "    return {'key': event['key'], 'name': context.function_name}\n"
    )
    assert invoke({"key": "a"}) == ({"key": "a", "name": "fn"}, None)
    assert s3.get_object(Bucket="results-of-functions", Key="a")["Body"].read() == b"done"


@pytest.mark.aws(f"{GUIDE}python-exceptions.html", operation="Invoke")
@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("def handler(event, context):\n    raise ValueError('bad day')", "ValueError", "bad day"),
        (
            "import not_there",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'not_there'",
        ),
        ("def f(:\n", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index'"),
        ("def other(): ...", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"),
        ("def handler(event, context): return {1}", "Runtime.MarshalError", "Unable to marshal response"),
        ("import os\ndef handler(event, context): os._exit(4)", "Runtime.ExitError", "exit status 4"),
    ],
)
def test_a_failure_tells_why(function: Any, invoke: Any, source: str, kind: str, text: str) -> None:
    function(source)
    answer, error = invoke()
    assert (error, answer["errorType"]) == ("Unhandled", kind)
    assert text in answer["errorMessage"]


@pytest.mark.aws(f"{GUIDE}python-exceptions.html", operation="Invoke")
def test_an_exception_carries_its_stack(function: Any, invoke: Any) -> None:
    function("def deep():\n    raise KeyError('x')\n\ndef handler(event, context):\n    deep()\n")
    stack = invoke()[0]["stackTrace"]
    assert [line.split("\n")[0] for line in stack] == [
        '  File "/var/task/index.py", line 5, in handler',
        '  File "/var/task/index.py", line 2, in deep',
    ]


@pytest.mark.aws(f"{GUIDE}configuration-timeout.html", operation="Invoke")
def test_a_function_that_never_returns_is_ended(function: Any, invoke: Any) -> None:
    function("def handler(event, context):\n    while event.get('loop'): pass\n    return 'ok'", Timeout=1)
    begun = time.monotonic()
    answer, error = invoke({"loop": True})
    assert (error, answer["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert answer["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert time.monotonic() - begun < 30
    assert invoke() == ("ok", None)


@pytest.mark.aws(f"{GUIDE}configuration-memory.html", operation="Invoke")
def test_a_function_that_takes_too_much_memory_is_ended(function: Any, invoke: Any) -> None:
    function("def handler(event, context):\n    held = []\n    while True: held.append(b'x' * 1_000_000)", Timeout=20)
    answer, error = invoke()
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.OutOfMemory")


@pytest.mark.aws(f"{GUIDE}lambda-runtime-environment.html", operation="Invoke")
def test_an_environment_stays_warm_until_the_code_changes(function: Any, invoke: Any, awslambda: Any) -> None:
    source = "calls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    return calls"
    function(source)
    assert [invoke()[0], invoke()[0]] == [1, 2]
    awslambda.update_function_code(FunctionName="fn", ZipFile=zipped(source + " * 10"))
    assert invoke()[0] == 10


@pytest.mark.aws(f"{GUIDE}configuration-envvars.html", operation="Invoke, UpdateFunctionConfiguration")
def test_a_function_gets_its_variables_and_nothing_of_the_machine(
    function: Any, invoke: Any, refused: Any, awslambda: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "s")
    source = "import os\ndef handler(event, context): return [os.environ.get(name) for name in event]"
    function(source, Environment={"Variables": {"STAGE": "test"}})
    names = ["STAGE", "MY_SECRET", "AWS_LAMBDA_FUNCTION_NAME", "AWS_REGION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    assert invoke(names)[0] == ["test", None, "fn", "us-east-1", "128"]
    wrong = {"Variables": {"AWS_REGION": "moon"}}
    code, message = refused(awslambda.update_function_configuration, FunctionName="fn", Environment=wrong)
    assert code == "InvalidParameterValueException"
    assert "Reserved keys used in this request: AWS_REGION" in message


@pytest.mark.aws(INVOKE, operation="Invoke")
def test_logs_are_kept_and_their_tail_is_answered(function: Any, awslambda: Any, said: Any) -> None:
    function("import logging\ndef handler(event, context):\n    print('plain')\n    logging.warning('careful')")
    answer = awslambda.invoke(FunctionName="fn", LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert tail[0].startswith("START RequestId: ")
    assert tail[0].endswith(" Version: $LATEST")
    assert tail[1] == "plain"
    assert tail[2].startswith("[WARNING]\t")
    assert tail[-1].startswith("REPORT RequestId: ")
    assert "Memory Size: 128 MB" in tail[-1]
    assert said()[0] == "plain"


@pytest.mark.aws(INVOKE, operation="Invoke")
def test_requests_that_are_refused(function: Any, awslambda: Any, refused: Any) -> None:
    function("def handler(event, context): return 1")
    assert refused(awslambda.invoke, FunctionName="none")[0] == "ResourceNotFoundException"
    assert refused(awslambda.invoke, FunctionName="fn", Payload="{no json")[0] == "InvalidRequestContentException"
    large = json.dumps("x" * (6 * 2**20))
    assert refused(awslambda.invoke, FunctionName="fn", Payload=large)[0] == "RequestTooLargeException"
    assert awslambda.invoke(FunctionName="fn", InvocationType="DryRun")["StatusCode"] == 204
    awslambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    assert refused(awslambda.invoke, FunctionName="fn")[0] == "TooManyRequestsException"


@pytest.mark.aws(INVOKE, operation="Invoke")
def test_other_runtimes_are_not_run(function: Any, awslambda: Any, refused: Any) -> None:
    function("exports.handler = 1", Runtime="nodejs22.x")
    code, message = refused(awslambda.invoke, FunctionName="fn")
    assert code == "InvalidRuntimeException"
    assert "nodejs22.x is not supported" in message


@pytest.mark.aws(INVOKE, operation="Invoke")
def test_an_answer_that_is_too_large(function: Any, invoke: Any) -> None:
    function("def handler(event, context): return 'x' * 20_000_000", MemorySize=1024)
    answer, error = invoke()
    assert (error, answer["errorType"]) == ("Unhandled", "Function.ResponseSizeTooLarge")


@pytest.mark.aws(f"{GUIDE}configuration-versions.html", operation="PublishVersion, CreateAlias, Invoke")
def test_versions_keep_their_code(function: Any, invoke: Any, awslambda: Any) -> None:
    function("def handler(event, context): return context.function_version + ' one'")
    awslambda.publish_version(FunctionName="fn")
    awslambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    awslambda.update_function_code(FunctionName="fn", ZipFile=zipped("def handler(event, context): return 'two'"))
    assert invoke()[0] == "two"
    assert invoke(Qualifier="1")[0] == "1 one"
    assert invoke(Qualifier="live")[0] == "1 one"
    assert invoke(name="fn:live")[0] == "1 one"


@pytest.mark.aws(f"{GUIDE}python-layers.html", operation="PublishLayerVersion, CreateFunction")
def test_layers_are_on_the_path(function: Any, invoke: Any, awslambda: Any) -> None:
    content = zipped("ANSWER = 42", name="python/tools.py")
    layer = awslambda.publish_layer_version(LayerName="tools", Content={"ZipFile": content})["LayerVersionArn"]
    function("import tools\ndef handler(event, context): return tools.ANSWER", Layers=[layer])
    assert invoke() == (42, None)


@pytest.mark.aws(f"{API}API_CreateFunction.html", operation="CreateFunction, UpdateFunctionCode")
def test_code_comes_from_s3(function: Any, invoke: Any, awslambda: Any, s3: Any, refused: Any, role: str) -> None:
    s3.create_bucket(Bucket="code-of-functions")
    s3.put_object(Bucket="code-of-functions", Key="a.zip", Body=zipped("def handler(event, context): return 'a'"))
    function("", Code={"S3Bucket": "code-of-functions", "S3Key": "a.zip"})
    assert invoke()[0] == "a"
    missing = {"FunctionName": "fn", "S3Bucket": "code-of-functions", "S3Key": "none.zip"}
    code, message = refused(awslambda.update_function_code, **missing)
    assert code == "InvalidParameterValueException"
    assert "S3 Error Code: NoSuchKey" in message


def _bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.py", b"")
        archive.writestr("zeros.bin", bytes(251 * 2**20))
    return content.getvalue()


@pytest.mark.aws(f"{GUIDE}gettingstarted-limits.html", operation="CreateFunction")
@pytest.mark.parametrize(
    ("code", "text"),
    [
        (b"no zip", "Could not unzip uploaded file"),
        (zipped("x = 1", name="../../climb.py"), "lies outside of the package"),
        (zipped("x = 1", name="/etc/climb.py"), "lies outside of the package"),
        (_bomb(), "Unzipped size must be smaller than 262144000 bytes"),
    ],
    ids=["no zip", "climbs", "absolute", "bomb"],
)
def test_packages_that_are_refused(awslambda: Any, refused: Any, role: str, code: bytes, text: str) -> None:
    settings = {"FunctionName": "fn", "Runtime": "python3.13", "Handler": "index.handler", "Role": role}
    kind, message = refused(awslambda.create_function, Code={"ZipFile": code}, **settings)
    assert kind == "InvalidParameterValueException"
    assert text in message


@pytest.mark.aws(f"{API}API_CreateFunction.html", operation="CreateFunction")
def test_settings_that_are_refused(awslambda: Any, function: Any, refused: Any, role: str) -> None:
    settings = {
        "FunctionName": "fn",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": zipped("")},
    }
    unknown = "arn:aws:iam::123456789012:role/nobody"
    assert refused(awslambda.create_function, Role=unknown, **settings)[0] == "InvalidParameterValueException"
    assert refused(awslambda.create_function, Role=role, Timeout=901, **settings)[0] == "ValidationException"
    function("def handler(event, context): return 1")
    assert refused(awslambda.create_function, Role=role, **settings)[0] == "ResourceConflictException"

"""Every operation of the services in the README that pocketaws does not have says so, in both doors.

Which these are is not listed here: whatever the installed botocore knows and neither the contract suite nor
``pocketaws/operations.toml`` claims, so an operation that AWS adds tomorrow is asked too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import Shape

SUITE = Path(__file__).parent
NOTES = tomllib.loads((SUITE.parents[2] / "pocketaws" / "operations.toml").read_text())
SERVICES = tuple(NOTES)
#: How AWS says, in the protocols of its services, that there is no such operation.
REFUSALS = {("NotImplemented", 501), ("UnknownOperationException", 400), ("InvalidAction", 400)}
#: What the SDK looks into before it sends.
ARNS = {"ResourceARN": "stream", "StreamARN": "stream", "ChannelARN": "channel", "QueueARN": "queue"}
MODELS = {service: botocore.session.get_session().get_service_model(service) for service in SERVICES}
#: Texts that are nothing but operations, as in the tests' marks: "s3:PutObject, GetTable".
MARKED = re.compile(r'"((?:(?:[\w-]+:)?[A-Z]\w+(?:, )?)+)"')
#: What the suite itself asks; a mark without a service belongs to its test's folder.
HELD = {
    name if ":" in name else f"{path.parent.name}:{name}"
    for path in SUITE.rglob("test_*.py")
    for names in MARKED.findall(path.read_text())
    for name in names.rstrip(", ").split(", ")
}


def absent() -> list[tuple[str, str]]:
    return [
        (service, operation)
        for service in SERVICES
        for operation in MODELS[service].operation_names
        if f"{service}:{operation}" not in HELD
        and operation not in NOTES[service]["untested"]
        and operation not in NOTES[service]["limited"]
    ]


def minimal(shape: Shape, name: str = "") -> Any:
    """Return the least value of a shape that botocore takes."""
    if shape.type_name == "structure":
        needed = shape.required_members or (list(shape.members)[:1] if shape.is_tagged_union else [])
        return {member: minimal(shape.members[member], member) for member in needed}
    if shape.type_name == "list":
        return [minimal(shape.member)] * max(1, shape.metadata.get("min", 0))
    if shape.type_name == "string":
        if name in ARNS:
            return f"arn:aws:kinesis:us-east-1:123456789012:{ARNS[name]}/contract"
        word = {"Bucket": "contract-bucket", "Key": "key"}.get(name, "contract")
        return shape.enum[0] if shape.enum else word.ljust(shape.metadata.get("min", 0), "x")
    least = max(1, shape.metadata.get("min", 0))
    plain: dict[str, Any] = {
        "map": {}, "integer": least, "long": 1, "float": 1.0, "double": 1.0, "boolean": True, "blob": b"x",
        "timestamp": datetime(2026, 11, 2, 9, tzinfo=timezone.utc),
    }  # fmt: skip
    return plain[shape.type_name]


def answer(client: Any, operation: str) -> str:
    """Call an operation; return what it answered instead of AWS's refusal, or nothing."""
    model = client.meta.service_model.operation_model(operation)
    try:
        got = getattr(client, xform_name(operation))(**(minimal(model.input_shape) if model.input_shape else {}))
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        refused = (code, status) in REFUSALS
        return "" if refused else f"{operation}: {error}"
    return f"{operation}: {got}"


@pytest.mark.parametrize("service", SERVICES)
def test_absent_operations_say_so(client: Callable[..., Any], service: str) -> None:
    client("s3").create_bucket(Bucket="contract-bucket")
    asked = client(service, config=Config(inject_host_prefix=False))
    wrong = [told for name, operation in absent() if name == service and (told := answer(asked, operation))]
    assert not wrong, "\n".join(wrong)


def test_what_is_called_absent_is_asked() -> None:
    called = {(service, operation) for service in SERVICES for operation in NOTES[service]["absent"]}
    known = {(service, operation) for service in SERVICES for operation in MODELS[service].operation_names}
    assert called & known <= set(absent())
    assert len(absent()) >= 30

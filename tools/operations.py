"""Write the table of operations into pocketaws/README.md: what is real, limited, absent.

``python tools/operations.py`` collects the marks ``@pytest.mark.aws(document, operation="s3:PutObject")`` of the
contract suite and the notes of ``pocketaws/operations.toml``; ``--check`` only says whether the table has drifted.

An operation is *real* when the contract suite holds it, *limited* when operations.toml says what is missing, and
*absent* when it answers with an AWS error.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import botocore.session
import pytest
from _notebooks import ROOT

README = ROOT / "pocketaws" / "README.md"
NOTES = ROOT / "pocketaws" / "operations.toml"
BEGIN = "<!-- operations: made by tools/operations.py -->"
END = "<!-- end of operations -->"
TITLES = {
    "s3": "S3",
    "glacier": "Glacier vaults",
    "dynamodb": "DynamoDB",
    "dynamodbstreams": "DynamoDB Streams",
    "glue": "Glue",
    "athena": "Athena",
    "stepfunctions": "Step Functions",
    "events": "EventBridge",
    "scheduler": "EventBridge Scheduler",
    "kinesis": "Kinesis Data Streams",
    "firehose": "Data Firehose",
    "iot-data": "IoT Core, messages",
    "datapipeline": "Data Pipeline (history)",
    "sqs": "SQS",
    "sns": "SNS",
    "lambda": "Lambda",
    "batch": "Batch",
    "emr": "EMR",
    "emr-serverless": "EMR Serverless",
}
BEYOND_THE_SDK = {"s3:PostObject"}  # a form in a browser sends it
UNTESTED = "as moto does it; the contract suite does not hold it yet"


@dataclass(eq=False)
class Collected:
    """A pytest plugin: operation -> the AWS documents of its contract tests, one entry a test.

    A mark may name several, ``"s3:PutObject, s3:GetObject"``; one without a service belongs to its test's folder.
    """

    documents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def pytest_itemcollected(self, item: Any) -> None:
        """Note the marks of one test."""
        for mark in item.iter_markers("aws"):
            for operation in mark.kwargs["operation"].split(", "):
                named = operation if ":" in operation else f"{item.path.parent.name}:{operation}"
                self.documents[named].append(mark.args[0])


def contract() -> dict[str, list[str]]:
    """Return what the contract suite holds."""
    seen, told = Collected(), io.StringIO()
    with contextlib.redirect_stdout(told):
        suite = str(ROOT / "tests" / "pocketaws" / "contract")
        outcome = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", f"--rootdir={ROOT}", suite], [seen])
    if outcome != pytest.ExitCode.OK:
        sys.exit(f"The contract suite cannot be collected:\n{told.getvalue()[-2000:]}")
    return seen.documents


def notes() -> dict[str, dict[str, Any]]:
    """Return operations.toml: service -> limited (operation -> what is missing), untested, absent."""
    return tomllib.loads(NOTES.read_text(encoding="utf-8"))


def modeled(service: str) -> set[str]:
    """Return the operations that the installed botocore knows."""
    return set(botocore.session.get_session().get_service_model(service).operation_names)


def mistakes(held: dict[str, list[str]], noted: dict[str, dict[str, Any]], *, complete: bool) -> list[str]:
    """Return what is wrong in marks and notes, a sentence each; ``complete``: no operation of botocore's may lack."""
    found = []
    for operation in held:
        service, _, name = operation.partition(":")
        unknown = service in TITLES and operation not in BEYOND_THE_SDK and name not in modeled(service)
        if not name or unknown:
            found.append(f"A contract test is marked with operation={operation!r}; AWS has none such.")
    for service in TITLES:
        tested = {operation.partition(":")[2] for operation in held if operation.startswith(f"{service}:")}
        absent, untested = set(noted[service]["absent"]), set(noted[service]["untested"])
        limited = set(noted[service]["limited"])
        found += [f"{service}:{name} is called absent, but has a contract test." for name in sorted(absent & tested)]
        found += [f"{service}:{name} is called untested, but has one." for name in sorted(untested & tested)]
        found += [f"{service}:{name} stands in two lists." for name in sorted((absent | limited) & untested)]
        known = absent | untested | limited | tested
        if complete:
            found += [f"{service}:{name} is in no list." for name in sorted(modeled(service) - known)]
    return found


def table(service: str, held: dict[str, list[str]], noted: dict[str, Any]) -> str:
    """Return one service's part of the README."""
    tested = {operation.partition(":")[2] for operation in held if operation.startswith(f"{service}:")}
    missing: dict[str, str] = {**dict.fromkeys(noted["untested"], UNTESTED), **noted["limited"]}
    rows = []
    for name in sorted(tested | set(missing)):
        documents = held.get(f"{service}:{name}", [])
        state = "limited" if name in missing else "real"
        source = f"[AWS]({documents[0]})" if documents else ""
        rows.append(f"| {name} | {state} | {missing.get(name, '')} | {source} |")
    real = len(tested - set(missing))
    absent = ", ".join(f"`{name}`" for name in sorted(noted["absent"])) or "none"
    head = f"### {TITLES[service]}: {real} real, {len(missing)} limited, {len(noted['absent'])} absent"
    columns = "| operation | state | what is missing | source |\n| --- | --- | --- | --- |"
    return "\n".join([head, "", columns, *rows, "", f"Absent: {absent}."])


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="say whether the table has drifted and write nothing")
    options = parser.parse_args()
    held, noted = contract(), notes()
    wrong = mistakes(held, noted, complete=not options.check)  # a newer botocore is no drift
    if wrong:
        sys.exit("\n".join([*wrong, "Mend the mark, or pocketaws/operations.toml."]))
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    tables = "\n\n".join(table(service, held, noted[service]) for service in TITLES)
    wanted = f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"
    if options.check:
        if wanted != text:
            sys.exit("pocketaws/README.md's table of operations has drifted; run: .venv/bin/python tools/operations.py")
    else:
        README.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()

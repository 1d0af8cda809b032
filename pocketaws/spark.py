"""spark-submit as EMR and EMR Serverless run it: a PySpark script from S3, with Spark on this machine.

No jar of Hadoop's is needed to read ``s3://``: see ``pocketaws.engines.glue.jobs.shim.spark_runner``.
"""

from __future__ import annotations

import gzip
import importlib.util
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pocketaws import calls, processes
from pocketaws.tasks import CannotRun, Ended

__all__ = ["NO_SPARK", "Submission", "fetch", "keep_logs", "parse", "submit_args"]

RUNNER = Path(__file__).parent / "engines" / "glue" / "jobs" / "shim" / "spark_runner.py"
NO_SPARK = (
    "Spark jobs need pyspark and Java on this machine: install them with 'pip install pyspark' and a Java runtime "
    "(17 or newer), then start the job again."
)
#: A job of the course takes seconds: a compiler that is soon done and one thread to collect garbage halve them.
QUICK = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "spark.ui.enabled": "false"}
_FLAGS = {"--verbose", "-v", "--supervise"}
_ABSENT = {"--class", "--jars", "--packages", "--repositories"}


@dataclass
class Submission:
    """What spark-submit is asked to run."""

    script: str = ""
    arguments: list[str] = field(default_factory=list)
    configuration: dict[str, str] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def command(self) -> list[str]:
        """Return the command, which finds its files in its folder.

        Raises
        ------
        CannotRun
            pyspark or Java is missing, or the script is none of Python's.
        """
        if not (importlib.util.find_spec("pyspark") and processes.java()):
            raise CannotRun(NO_SPARK)
        if not self.script.endswith(".py"):
            raise CannotRun(f"pocketaws runs scripts of PySpark; {self.script or 'nothing'} is not supported.")
        return [sys.executable, str(RUNNER), _name(self.script), *self.arguments]

    def variables(self) -> dict[str, str]:
        """Return what the environment of the script holds."""
        return {
            "PYSPARK_SUBMIT_ARGS": submit_args(self.configuration),
            "PYTHONPATH": ":".join([".", *map(_name, self.modules)]),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }

    def contents(self, region: str, account: str) -> dict[str, bytes]:
        """Fetch the script and what goes with it.

        Raises
        ------
        CannotRun
            Something is not in S3.
        """
        return {_name(path): fetch(path, region, account) for path in [self.script, *self.modules, *self.files]}


def submit_args(configuration: Mapping[str, str] | None = None) -> str:
    """Return what ``PYSPARK_SUBMIT_ARGS`` has to say for a job on this machine.

    Parameters
    ----------
    configuration
        Settings of Spark's; they win over ours.
    """
    wanted = {**QUICK, **(configuration or {})}
    settings = "".join(f"--conf {shlex.quote(f'{name}={value}')} " for name, value in wanted.items())
    return f"--master local[*] {settings}pyspark-shell"


def parse(words: Sequence[str]) -> Submission:
    """Read what stands after ``spark-submit``.

    Examples
    --------
    >>> parse(["--conf", "spark.app.name=x", "s3://b/job.py", "2026"]).arguments
    ['2026']
    """
    found, left = Submission(), list(words)
    while left and left[0].startswith("-"):
        name = left.pop(0)
        if name in _FLAGS:
            continue
        name, given, value = name.partition("=")
        value = value if given else left.pop(0) if left else ""
        if name in _ABSENT:
            raise CannotRun(f"pocketaws runs scripts of PySpark without further jars; {name} is not supported.")
        if name in ("--conf", "-c"):
            key, _, text = value.partition("=")
            if key not in ("spark.master", "spark.submit.deployMode"):
                found.configuration[key] = text
        elif name == "--py-files":
            found.modules = value.split(",")
        elif name == "--files":
            found.files = value.split(",")
    found.script, found.arguments = (left[0], left[1:]) if left else ("", [])
    return found


def fetch(path: str, region: str, account: str) -> bytes:
    """Return an object that a job needs.

    Raises
    ------
    CannotRun
        It is not there.
    """
    bucket, _, key = path.partition("://")[2].partition("/")
    if not (path.startswith(("s3://", "s3a://")) and key):
        raise CannotRun(f"{path} is no path in S3, such as s3://bucket/script.py")
    try:
        answer = calls.call("s3", "GetObject", {"Bucket": bucket, "Key": key}, region=region, account=account)
    except calls.CallFailed as failure:
        raise CannotRun(f"Cannot read {path}: {failure.message} ({failure.code})") from None
    content: bytes = answer["Body"].read()
    return content


def keep_logs(uri: str, ended: Ended, region: str, account: str) -> None:
    """Write what a job wrote to S3, packed, where its logs are wanted; a bucket that is gone loses them."""
    bucket, _, prefix = uri.partition("://")[2].partition("/")
    for name, text in (("stdout", ended.output), ("stderr", ended.errors)):
        wanted = {"Bucket": bucket, "Key": f"{prefix.rstrip('/')}/{name}.gz".lstrip("/"), "Body": _packed(text)}
        try:
            calls.call("s3", "PutObject", wanted, region=region, account=account)
        except calls.CallFailed:
            return


def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]

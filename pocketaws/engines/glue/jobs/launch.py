"""The folder, the arguments and the environment of a run.

For Spark on this machine no jar of Hadoop's is needed to read ``s3://``: ``shim/spark_runner.py`` copies what a script
reads to the run's folder first, and what it writes from there to S3 afterwards.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

from pocketaws import credentials, processes, roles
from pocketaws.engines.glue.jobs.records import Run
from pocketaws.engines.glue.objects import Missing, Store, split
from pocketaws.spark import submit_args

__all__ = ["BOOKMARK", "CannotStart", "launch"]

SHIM = Path(__file__).parent / "shim"
#: The run's bookmark, in its folder: what the shim reads when the job begins and writes when it commits.
BOOKMARK = "bookmark.json"
_NO_SPARK = (
    "Spark jobs need pyspark and Java on this machine: install them with 'pip install pyspark' and a Java runtime "
    "(17 or newer), then start the job again; Python shell jobs need neither."
)


class CannotStart(Exception):
    """A run that fails before its script begins; the text is its error message."""


def launch(run: Run, folder: Path, account: str, region: str) -> Any:
    """Fetch the script and start its process.

    Parameters
    ----------
    run
        The run; its arguments are those of the job and its own.
    folder
        An empty folder.
    account, region
        Whose S3 holds the script.

    Raises
    ------
    CannotStart
        The script is not there, or this machine cannot run it.
    """
    if sys.platform == "emscripten":
        raise CannotStart("Jobs run in processes, which Python in a browser does not have.")
    spark = run.job.kind == "glueetl"
    if spark and not (importlib.util.find_spec("pyspark") and processes.java()):
        raise CannotStart(_NO_SPARK)
    store, command = Store(account), run.job.settings["Command"]
    script = folder / (split(command["ScriptLocation"])[1].rsplit("/", 1)[-1] or "script.py")
    script.write_bytes(_fetch(store, command["ScriptLocation"]))
    library = folder / "lib"
    library.mkdir()
    paths = [str(SHIM), str(library), *_extra(store, run.arguments.get("--extra-py-files", ""), library)]
    _check_modules(run.arguments.get("--additional-python-modules", ""))
    (folder / BOOKMARK).write_text(json.dumps(run.job.bookmark))
    rights = roles.environment(_role(run, account), region, account)
    environment = processes.environment(folder, region) | rights
    environment |= credentials.issue(run.id, rights.get("AWS_ACCESS_KEY_ID"))
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "GLUE_BOOKMARK": str(folder / BOOKMARK)}
    environment |= {"PYSPARK_SUBMIT_ARGS": submit_args()} if spark else {}
    runner = [str(SHIM / "spark_runner.py")] if spark else []
    return processes.start(
        [sys.executable, *runner, str(script), *_arguments(run)], folder=folder, environment=environment
    )


def _role(run: Run, account: str) -> str | None:
    """Return the ARN of the job's role, which jobs also give by its name."""
    role = run.job.settings.get("Role")
    return f"arn:aws:iam::{account}:role/{role}" if role and not str(role).startswith("arn:") else role


def _arguments(run: Run) -> list[str]:
    own = {"--JOB_NAME": run.job.name, "--JOB_RUN_ID": run.id}
    if run.workflow_run:
        workflow, run_id = run.workflow_run.split("/", 1)
        own |= {"--WORKFLOW_NAME": workflow, "--WORKFLOW_RUN_ID": run_id}
    return [part for name, value in {**own, **run.arguments}.items() for part in (name, str(value))]


def _fetch(store: Store, path: str) -> bytes:
    try:
        return store.get(path)
    except Missing as missing:
        bucket, key = split(path)
        text = f"LAUNCH ERROR | Error downloading from S3 for bucket: {bucket}, key: {key}. {missing}"
        raise CannotStart(text) from None


def _extra(store: Store, given: str, library: Path) -> list[str]:
    """Fetch extra modules; archives are put on the path themselves."""
    found = []
    for path in filter(None, (part.strip() for part in given.split(","))):
        target = library / path.rsplit("/", 1)[-1]
        target.write_bytes(_fetch(store, path))
        if target.suffix != ".py":
            found.append(str(target))
    return found


def _check_modules(given: str) -> None:
    for name in filter(None, (part.strip().split("=")[0].rstrip("<>~! ") for part in given.split(","))):
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            text = f"--additional-python-modules: {name} is not installed on this machine; pip install {name}"
            raise CannotStart(text) from None

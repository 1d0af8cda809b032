"""Workflows: a run waited for, and what became of each of its crawlers and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers.errors import WorkflowFailed
from helpers.glue._waiting import wait_for_work

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["list_actions", "run_workflow", "wait_for_workflow"]

BAD = ("FailedActions", "TimeoutActions", "StoppedActions", "ErroredActions")
COLUMNS = ["action", "kind", "state", "attempts", "error"]


def run_workflow(
    workflow: str, properties: Mapping[str, str] | None = None, *, client: GlueClient | None = None
) -> str:
    """Start a run of a workflow and wait until nothing of it is left to do.

    Parameters
    ----------
    workflow
        Its name.
    properties
        Properties of this run, which its jobs can read.
    client
        Glue client; by default the session's.

    Returns
    -------
    The id of the run.

    Raises
    ------
    WorkflowFailed
        Some crawler or job in it did not succeed; the message names it, ``run`` is the id.

    Examples
    --------
    >>> from helpers import s3
    >>> from helpers.glue import create_job
    >>> path = f"s3://{s3.create_bucket('harbor-scripts')}/hello.py"
    >>> _ = create_job("hello", "print('hello')", path, role="GlueRole")
    >>> _ = session.client("glue").create_workflow(Name="daily")
    >>> start = {"Name": "start", "WorkflowName": "daily", "Type": "ON_DEMAND", "Actions": [{"JobName": "hello"}]}
    >>> _ = session.client("glue").create_trigger(**start)
    >>> list_actions("daily", run_workflow("daily"))[["action", "kind", "state"]]
      action kind      state
    0  hello  job  SUCCEEDED
    """
    client = client or session.client("glue")
    run = client.start_workflow_run(Name=workflow, RunProperties=dict(properties or {}))["RunId"]
    return wait_for_workflow(workflow, run, client=client)


def wait_for_workflow(workflow: str, run: str, *, client: GlueClient | None = None) -> str:
    """Wait until a run of a workflow is over.

    Parameters
    ----------
    workflow, run
        Name of the workflow and id of the run.
    client
        Glue client; by default the session's.

    Returns
    -------
    The id of the run.

    Raises
    ------
    WorkflowFailed
        Some crawler or job in it did not succeed; the message names it, ``run`` is the id.
    """
    client = client or session.client("glue")

    def over() -> Any:
        found = client.get_workflow_run(Name=workflow, RunId=run)["Run"]
        return found if found["Status"] not in {"RUNNING", "STOPPING"} else None

    statistics = wait_for_work(over, what=f"a run of the workflow {workflow}").get("Statistics", {})
    if any(statistics.get(name) for name in BAD):
        actions = list_actions(workflow, run, client=client)
        wrong = actions[~actions["state"].isin(["SUCCEEDED", ""])]
        told = "; ".join(f"{row.action} is {row.state}: {row.error}" for row in wrong.itertuples())
        raise WorkflowFailed(told or f"The run of {workflow} failed.", run=run)
    return run


def list_actions(workflow: str, run: str | None = None, *, client: GlueClient | None = None) -> pd.DataFrame:
    """List the crawlers and jobs of a workflow and what a run has made of them.

    Parameters
    ----------
    workflow
        Its name.
    run
        Id of the run; by default the last one.
    client
        Glue client; by default the session's.

    Returns
    -------
    Columns ``action``, ``kind``, ``state`` (empty: not reached), ``attempts``, ``error``.
    """
    client = client or session.client("glue")
    run = run or client.get_workflow_runs(Name=workflow)["Runs"][0]["WorkflowRunId"]
    graph = client.get_workflow_run(Name=workflow, RunId=run, IncludeGraph=True)["Run"]["Graph"]
    rows = [_row(node) for node in graph["Nodes"] if node["Type"] != "TRIGGER"]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(node: Any) -> list[Any]:
    kind = node["Type"].lower()
    runs = node.get("JobDetails", {}).get("JobRuns") or node.get("CrawlerDetails", {}).get("Crawls") or []
    latest: Any = max(runs, key=lambda run: run.get("Attempt", 0), default={})
    state = latest.get("JobRunState") or latest.get("State") or ""
    return [node["Name"], kind, state, len(runs), latest.get("ErrorMessage", "")]

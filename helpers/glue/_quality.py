"""Data quality: the rules of a ruleset, evaluated on its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers._waiting import wait_until
from helpers.errors import GlueError

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["check_quality"]

COLUMNS = ["rule", "result", "message"]


def check_quality(ruleset: str, *, role: str, client: GlueClient | None = None) -> pd.DataFrame:
    """Evaluate a ruleset on the table that it was created for.

    Calls StartDataQualityRulesetEvaluationRun, waits, and reads the result.

    Parameters
    ----------
    ruleset
        Its name; it must have a target table.
    role
        Name or ARN of the IAM role that may read the table.
    client
        Glue client; by default the session's.

    Returns
    -------
    Columns ``rule``, ``result`` (``PASS``, ``FAIL`` or ``ERROR``), ``message``.

    Raises
    ------
    GlueError
        The evaluation itself failed; the message is Glue's.
    """
    client = client or session.client("glue")
    target = client.get_data_quality_ruleset(Name=ruleset)["TargetTable"]
    source: Any = {"GlueTable": {name: target[name] for name in ("DatabaseName", "TableName")}}
    started = client.start_data_quality_ruleset_evaluation_run(DataSource=source, Role=role, RulesetNames=[ruleset])

    def over() -> Any:
        run = client.get_data_quality_ruleset_evaluation_run(RunId=started["RunId"])
        return run if run["Status"] not in {"STARTING", "RUNNING", "STOPPING"} else None

    run = wait_until(over, what=f"the rules {ruleset}", every=1, at_most=3600, growth=1.3)
    if run["Status"] != "SUCCEEDED":
        raise GlueError(run.get("ErrorString") or f"The evaluation of {ruleset} is {run['Status']}.")
    return _results(client, run["ResultIds"][0])


def _results(client: Any, result: str) -> pd.DataFrame:
    found = client.get_data_quality_result(ResultId=result)["RuleResults"]
    rows = [[rule["Description"], rule["Result"], rule.get("EvaluationMessage", "")] for rule in found]
    return pd.DataFrame(rows, columns=COLUMNS)

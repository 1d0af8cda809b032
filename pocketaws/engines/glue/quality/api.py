"""The operations on data quality rulesets, evaluation runs and results.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-data-quality-api.html
"""

from __future__ import annotations

from typing import Any

from pocketaws import clock
from pocketaws.engines.glue.errors import GlueError, already_exists, invalid, not_found
from pocketaws.engines.glue.paging import page
from pocketaws.engines.glue.quality import dqdl
from pocketaws.engines.glue.quality.runs import Evaluation, Result, Ruleset, start
from pocketaws.engines.glue.state import of

__all__ = ["OPERATIONS"]


def _ruleset(backend: Any, name: str) -> Ruleset:
    found: Ruleset | None = of(backend).rulesets.get(name)
    if found is None:
        raise not_found(f"Ruleset {name} not found.")
    return found


def _rules(text: str) -> list[dqdl.Node]:
    try:
        return dqdl.read(text)
    except dqdl.Malformed as wrong:
        raise invalid(f"Ruleset is not valid: {wrong}") from None


def _run(backend: Any, run_id: str) -> Evaluation:
    for run in of(backend).evaluations:
        if run.id == run_id:
            return run
    raise not_found(f"Data quality ruleset evaluation run {run_id} not found.")


def _results(backend: Any) -> dict[str, Result]:
    return {result.id: result for run in of(backend).evaluations for result in run.results}


def create_data_quality_ruleset(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateDataQualityRuleset``."""
    name, target = request["Name"], request.get("TargetTable")
    if name in of(backend).rulesets:
        raise already_exists(f"Another ruleset with the same name already exists: {name}")
    rules = _rules(request["Ruleset"])
    if target:
        backend.get_table(target["DatabaseName"], target["TableName"])
    of(backend).rulesets[name] = Ruleset(name, request["Ruleset"], rules, request.get("Description"), target)
    arn = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:dataQualityRuleset/{name}"
    backend.tag_resource(arn, request.get("Tags"))
    return {"Name": name}


def update_data_quality_ruleset(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateDataQualityRuleset``; what the request does not name stays."""
    found = _ruleset(backend, request["Name"])
    text = request.get("Ruleset") or found.text
    found.rules, found.text = _rules(text), text
    found.description = request.get("Description", found.description)
    found.changed = clock.now()
    return {"Name": found.name, "Description": found.description, "Ruleset": found.text}


def get_data_quality_ruleset(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetDataQualityRuleset``."""
    found = _ruleset(backend, request["Name"])
    return {**found.describe(), "Ruleset": found.text}


def delete_data_quality_ruleset(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeleteDataQualityRuleset``."""
    del of(backend).rulesets[_ruleset(backend, request["Name"]).name]


def list_data_quality_rulesets(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListDataQualityRulesets``."""
    wanted = request.get("Filter") or {}
    found = [
        {**each.describe(), "RuleCount": len(each.rules)}
        for each in of(backend).rulesets.values()
        if wanted.get("Name", each.name) == each.name and wanted.get("TargetTable", each.target) == each.target
    ]
    return page(found, request, "Rulesets")


def start_data_quality_ruleset_evaluation_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StartDataQualityRulesetEvaluationRun``."""
    table = request["DataSource"].get("GlueTable")
    if not table or request.get("AdditionalDataSources"):
        raise invalid("Data sources other than one GlueTable are not supported by pocketaws.")
    if (request.get("AdditionalRunOptions") or {}).get("CompositeRuleEvaluationMethod") == "ROW":
        raise invalid("Composite rules are evaluated by column; ROW is not supported by pocketaws.")
    backend.get_table(table["DatabaseName"], table["TableName"])
    run = Evaluation([_ruleset(backend, name) for name in request["RulesetNames"]], request)
    of(backend).evaluations.append(run)
    start(backend, run)
    return {"RunId": run.id}


def get_data_quality_ruleset_evaluation_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetDataQualityRulesetEvaluationRun``."""
    return _run(backend, request["RunId"]).describe()


def list_data_quality_ruleset_evaluation_runs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListDataQualityRulesetEvaluationRuns``, the newest first."""
    wanted = (request.get("Filter") or {}).get("DataSource")
    names = ("RunId", "Status", "StartedOn", "DataSource")
    runs = [each.describe() for each in reversed(of(backend).evaluations) if wanted in (None, each.source)]
    return page([{name: run[name] for name in names} for run in runs], request, "Runs")


def cancel_data_quality_ruleset_evaluation_run(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``CancelDataQualityRulesetEvaluationRun``."""
    run = _run(backend, request["RunId"])
    if run.completed:
        raise invalid(f"Run {run.id} is {run.state} and cannot be cancelled.")
    if run.step:
        run.step.cancel()
    run.end("STOPPED")


def get_data_quality_result(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetDataQualityResult``."""
    found = _results(backend).get(request["ResultId"])
    if found is None:
        raise GlueError("EntityNotFoundException", f"Data quality result {request['ResultId']} not found.")
    return found.describe()


def batch_get_data_quality_result(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetDataQualityResult``."""
    known, asked = _results(backend), request["ResultIds"]
    found = [known[each].describe() for each in asked if each in known]
    return {"Results": found, "ResultsNotFound": [each for each in asked if each not in known]}


def list_data_quality_results(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListDataQualityResults``, the newest first."""
    wanted = (request.get("Filter") or {}).get("DataSource")
    found = [
        {"ResultId": each.id, "DataSource": each.source, "StartedOn": each.started}
        for each in reversed(_results(backend).values())
        if wanted in (None, each.source)
    ]
    return page(found, request, "Results")


OPERATIONS = {
    "BatchGetDataQualityResult": batch_get_data_quality_result,
    "CancelDataQualityRulesetEvaluationRun": cancel_data_quality_ruleset_evaluation_run,
    "CreateDataQualityRuleset": create_data_quality_ruleset,
    "DeleteDataQualityRuleset": delete_data_quality_ruleset,
    "GetDataQualityResult": get_data_quality_result,
    "GetDataQualityRuleset": get_data_quality_ruleset,
    "GetDataQualityRulesetEvaluationRun": get_data_quality_ruleset_evaluation_run,
    "ListDataQualityResults": list_data_quality_results,
    "ListDataQualityRulesetEvaluationRuns": list_data_quality_ruleset_evaluation_runs,
    "ListDataQualityRulesets": list_data_quality_rulesets,
    "StartDataQualityRulesetEvaluationRun": start_data_quality_ruleset_evaluation_run,
    "UpdateDataQualityRuleset": update_data_quality_ruleset,
}

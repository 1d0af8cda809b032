"""The operations on triggers and workflows.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-workflow.html
"""

from __future__ import annotations

from typing import Any

from pocketaws import clock
from pocketaws.engines.glue import conditions, triggers, workflows
from pocketaws.engines.glue.crawlers.api import crawler_of
from pocketaws.engines.glue.errors import GlueError, already_exists, invalid, not_found
from pocketaws.engines.glue.jobs.api import job_of
from pocketaws.engines.glue.paging import page
from pocketaws.engines.glue.state import of
from pocketaws.engines.glue.triggers import Trigger
from pocketaws.engines.glue.workflows import Workflow, WorkflowRun

__all__ = ["OPERATIONS"]

_TYPES = ("ON_DEMAND", "SCHEDULED", "CONDITIONAL")


def _trigger(backend: Any, name: str) -> Trigger:
    trigger = of(backend).triggers.get(name)
    if trigger is None:
        raise not_found(f"Trigger {name} not found.")
    return trigger


def _workflow(backend: Any, name: str) -> Workflow:
    workflow = of(backend).workflows.get(name)
    if workflow is None:
        raise not_found(f"Entity not found: Workflow {name}")
    return workflow


def _run(backend: Any, request: dict[str, Any]) -> WorkflowRun:
    for run in _workflow(backend, request["Name"]).runs:
        if run.id == request["RunId"]:
            return run
    raise not_found(f"Entity not found: Workflow run {request['RunId']}")


def _check(backend: Any, trigger: Trigger) -> None:
    if trigger.kind not in _TYPES or trigger.settings.get("EventBatchingCondition"):
        raise invalid(f"Triggers of type {trigger.kind} are not supported by pocketaws.")
    if trigger.workflow:
        _workflow(backend, trigger.workflow)
    if not trigger.actions:
        raise invalid("Actions cannot be null or empty")
    if (trigger.kind == "SCHEDULED") != bool(trigger.settings.get("Schedule")):
        raise invalid("A schedule is needed by triggers of type SCHEDULED, and by no others")
    conditions.check(trigger.kind, trigger.settings)
    for kind, name in [(kind, name) for kind, name, _ in trigger.actions] + [each for each, _ in trigger.conditions]:
        (job_of if kind == "JOB" else crawler_of)(backend, name)
    others = [each for each in of(backend).triggers.values() if each.name != trigger.name]
    together = [each for each in [*others, trigger] if each.workflow == trigger.workflow]
    if _has_cycle(together):
        raise invalid(f"Trigger {trigger.name} would make a cycle: an action would start what it waits for.")


def _has_cycle(found: list[Trigger]) -> bool:
    """Whether some job or crawler would, over conditional triggers, start itself."""
    after: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for trigger in found:
        for watched, _ in trigger.conditions:
            after.setdefault(watched, set()).update((kind, name) for kind, name, _ in trigger.actions)
    for start in after:
        seen, waiting = set(), list(after[start])
        while waiting:
            each = waiting.pop()
            if each == start:
                return True
            if each not in seen:
                seen.add(each)
                waiting += after.get(each, ())
    return False


def create_trigger(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateTrigger``."""
    if request["Name"] in of(backend).triggers:
        raise already_exists(f"Trigger with name {request['Name']} already submitted with different configuration")
    trigger = Trigger({name: value for name, value in request.items() if name not in ("Tags", "StartOnCreation")})
    _check(backend, trigger)
    if request.get("StartOnCreation"):
        if trigger.kind == "ON_DEMAND":
            raise invalid("StartOnCreation is not supported for ON_DEMAND triggers")
        triggers.activate(backend, trigger)
    of(backend).triggers[trigger.name] = trigger
    arn = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:trigger/{trigger.name}"
    backend.tag_resource(arn, request.get("Tags"))
    return {"Name": trigger.name}


def update_trigger(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateTrigger``."""
    trigger = _trigger(backend, request["Name"])
    changed = Trigger({**trigger.settings, **request["TriggerUpdate"], "Name": trigger.name})
    _check(backend, changed)
    trigger.settings = changed.settings
    if trigger.state == "ACTIVATED":
        triggers.activate(backend, trigger)
    return {"Trigger": trigger.describe()}


def start_trigger(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StartTrigger``."""
    triggers.activate(backend, _trigger(backend, request["Name"]))
    return {"Name": request["Name"]}


def stop_trigger(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StopTrigger``."""
    trigger = _trigger(backend, request["Name"])
    if trigger.kind == "ON_DEMAND":
        raise invalid("Triggers of type ON_DEMAND cannot be stopped")
    triggers.deactivate(trigger)
    return {"Name": trigger.name}


def delete_trigger(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteTrigger``; a trigger that is not there is deleted already."""
    if trigger := of(backend).triggers.pop(request["Name"], None):
        triggers.deactivate(trigger)
    return {"Name": request["Name"]}


def get_trigger(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetTrigger``."""
    return {"Trigger": _trigger(backend, request["Name"]).describe()}


def _of_job(backend: Any, request: dict[str, Any]) -> list[Trigger]:
    wanted, found = request.get("DependentJobName"), list(of(backend).triggers.values())
    return [each for each in found if wanted is None or ("JOB", wanted) in [action[:2] for action in each.actions]]


def get_triggers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetTriggers``."""
    return page([each.describe() for each in _of_job(backend, request)], request, "Triggers", limit=200)


def list_triggers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListTriggers``."""
    wanted = (request.get("Tags") or {}).items()
    prefix = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:trigger/"
    names = [each.name for each in _of_job(backend, request)]
    names = [name for name in names if wanted <= backend.get_tags(prefix + name).items()]
    return page(names, request, "TriggerNames", limit=200)


def batch_get_triggers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetTriggers``."""
    known, names = of(backend).triggers, request["TriggerNames"]
    found = [known[name].describe() for name in names if name in known]
    return {"Triggers": found, "TriggersNotFound": [name for name in names if name not in known]}


def create_workflow(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateWorkflow``."""
    if request["Name"] in of(backend).workflows:
        raise already_exists(f"Workflow with name {request['Name']} already exists")
    of(backend).workflows[request["Name"]] = Workflow(
        {name: value for name, value in request.items() if name != "Tags"}
    )
    arn = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:workflow/{request['Name']}"
    backend.tag_resource(arn, request.get("Tags"))
    return {"Name": request["Name"]}


def update_workflow(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateWorkflow``."""
    workflow = _workflow(backend, request["Name"])
    workflow.settings = {**workflow.settings, **request}
    workflow.changed = clock.now()
    return {"Name": workflow.name}


def delete_workflow(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteWorkflow``: with its triggers."""
    of(backend).workflows.pop(request["Name"], None)
    for trigger in [each for each in of(backend).triggers.values() if each.workflow == request["Name"]]:
        delete_trigger(backend, {"Name": trigger.name})
    return {"Name": request["Name"]}


def _describe_run(backend: Any, run: WorkflowRun, with_graph: bool) -> dict[str, Any]:
    return {
        "Name": run.workflow,
        "WorkflowRunId": run.id,
        "PreviousRunId": run.previous,
        "WorkflowRunProperties": run.properties,
        "StartedOn": run.started,
        "CompletedOn": run.completed,
        "Status": run.state,
        "Statistics": run.statistics,
        "Graph": workflows.graph(backend, run.workflow, run) if with_graph else None,
    }


def get_workflow(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetWorkflow``."""
    workflow, with_graph = _workflow(backend, request["Name"]), bool(request.get("IncludeGraph"))
    last = _describe_run(backend, workflow.runs[-1], with_graph) if workflow.runs else None
    described = {"CreatedOn": workflow.created, "LastModifiedOn": workflow.changed, "LastRun": last}
    graph = workflows.graph(backend, workflow.name) if with_graph else None
    return {"Workflow": {**workflow.settings, **described, "Graph": graph}}


def list_workflows(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListWorkflows``."""
    return page(list(of(backend).workflows), request, "Workflows", limit=25)


def batch_get_workflows(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetWorkflows``."""
    known, names = of(backend).workflows, request["Names"]
    options = {"IncludeGraph": request.get("IncludeGraph")}
    found = [get_workflow(backend, {"Name": name, **options})["Workflow"] for name in names if name in known]
    return {"Workflows": found, "MissingWorkflows": [name for name in names if name not in known]}


def start_workflow_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StartWorkflowRun``: its triggers that wait for nothing fire."""
    workflow = _workflow(backend, request["Name"])
    mine = [each for each in of(backend).triggers.values() if each.workflow == workflow.name and not each.conditions]
    if not mine:
        raise invalid(f"Workflow {workflow.name} has no start trigger")
    return {"RunId": workflows.begin(backend, workflow, mine, properties=request.get("RunProperties") or {}).id}


def get_workflow_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetWorkflowRun``."""
    return {"Run": _describe_run(backend, _run(backend, request), bool(request.get("IncludeGraph")))}


def get_workflow_runs(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetWorkflowRuns``, the newest first."""
    runs, with_graph = reversed(_workflow(backend, request["Name"]).runs), bool(request.get("IncludeGraph"))
    return page([_describe_run(backend, run, with_graph) for run in runs], request, "Runs")


def stop_workflow_run(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``StopWorkflowRun``."""
    workflows.stop(backend, _run(backend, request))


def resume_workflow_run(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ResumeWorkflowRun``: a new run that takes the old one's results, but for the named nodes."""
    old = _run(backend, request)
    if old.state not in ("COMPLETED", "STOPPED"):
        raise GlueError("IllegalWorkflowStateException", f"Workflow run {old.id} is {old.state}, not over")
    asked = set(request["NodeIds"])
    again = [each for each in old.actions if workflows.node_id(each.kind, each.name) in asked]
    if len({(each.kind, each.name) for each in again}) < len(asked):
        raise invalid("NodeIds must be nodes of jobs and crawlers that were attempted in the run")
    known = of(backend).triggers
    found = [known[name] for name in dict.fromkeys(each.trigger for each in again) if name in known]
    kept = [each for each in old.actions if each not in again]
    run = workflows.begin(
        backend,
        _workflow(backend, old.workflow),
        found,
        properties=old.properties,
        previous=old.id,
        actions=kept,
        fired={each.trigger for each in kept},
        kept={(each.kind, each.name) for each in kept},
    )
    return {"RunId": run.id, "NodeIds": sorted(asked)}


def get_workflow_run_properties(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetWorkflowRunProperties``."""
    return {"RunProperties": _run(backend, request).properties}


def put_workflow_run_properties(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``PutWorkflowRunProperties``."""
    _run(backend, request).properties.update(request["RunProperties"])


OPERATIONS = {
    "BatchGetTriggers": batch_get_triggers,
    "BatchGetWorkflows": batch_get_workflows,
    "CreateTrigger": create_trigger,
    "CreateWorkflow": create_workflow,
    "DeleteTrigger": delete_trigger,
    "DeleteWorkflow": delete_workflow,
    "GetTrigger": get_trigger,
    "GetTriggers": get_triggers,
    "GetWorkflow": get_workflow,
    "GetWorkflowRun": get_workflow_run,
    "GetWorkflowRunProperties": get_workflow_run_properties,
    "GetWorkflowRuns": get_workflow_runs,
    "ListTriggers": list_triggers,
    "ListWorkflows": list_workflows,
    "PutWorkflowRunProperties": put_workflow_run_properties,
    "ResumeWorkflowRun": resume_workflow_run,
    "StartTrigger": start_trigger,
    "StartWorkflowRun": start_workflow_run,
    "StopTrigger": stop_trigger,
    "StopWorkflowRun": stop_workflow_run,
    "UpdateTrigger": update_trigger,
    "UpdateWorkflow": update_workflow,
}

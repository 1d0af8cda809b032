"""Work groups: settings and limits that queries share.

Source: https://docs.aws.amazon.com/athena/latest/ug/workgroups-manage-queries-control-costs.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.athena import tags
from pocketaws.engines.athena.errors import invalid_request
from pocketaws.engines.athena.paging import page
from pocketaws.engines.athena.state import Account, WorkGroup, with_defaults

__all__ = [
    "create_work_group",
    "delete_work_group",
    "find",
    "get_work_group",
    "list_engine_versions",
    "list_work_groups",
    "update_work_group",
]

_LEAST_CUTOFF = 10_000_000
_ENGINE = {"SelectedEngineVersion": "Athena engine version 3", "EffectiveEngineVersion": "Athena engine version 3"}


def find(account: Account, name: str | None) -> WorkGroup:
    """Return a work group; ``primary`` where none is named."""
    found = account.work_groups.get(name or "primary")
    if found is None:
        raise invalid_request(f"WorkGroup {name} is not found.")
    return found


def create_work_group(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateWorkGroup``."""
    name = request["Name"]
    if name in account.work_groups:
        raise invalid_request("WorkGroup is already created")
    configuration = request.get("Configuration") or {}
    _check(configuration)
    account.work_groups[name] = WorkGroup(name, with_defaults(configuration), request.get("Description", ""))
    tags.put(account, account.arn(f"workgroup/{name}"), request.get("Tags"))
    return {}


def _check(configuration: dict[str, Any]) -> None:
    cutoff = configuration.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and cutoff < _LEAST_CUTOFF:
        raise invalid_request(f"BytesScannedCutoffPerQuery must be at least {_LEAST_CUTOFF}")
    location = (configuration.get("ResultConfiguration") or {}).get("OutputLocation")
    if location is not None and not location.startswith("s3://"):
        raise invalid_request("outputLocation is not a valid S3 path.")


def update_work_group(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateWorkGroup``: what is named changes, ``Remove...`` takes away."""
    group = find(account, request["WorkGroup"])
    group.description = request.get("Description", group.description)
    group.state = request.get("State", group.state)
    updates = dict(request.get("ConfigurationUpdates") or {})
    results = dict(updates.pop("ResultConfigurationUpdates", None) or {})
    if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
        group.configuration.pop("BytesScannedCutoffPerQuery", None)
    kept = dict(group.configuration["ResultConfiguration"])
    for name in ("OutputLocation", "EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration"):
        if results.pop(f"Remove{name}", False):
            kept.pop(name, None)
    _check({**updates, "ResultConfiguration": results})
    group.configuration = with_defaults({**group.configuration, **updates, "ResultConfiguration": {**kept, **results}})
    return {}


def get_work_group(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetWorkGroup``."""
    group = find(account, request["WorkGroup"])
    return {"WorkGroup": {**_summary(group), "Configuration": group.configuration}}


def _summary(group: WorkGroup) -> dict[str, Any]:
    return {
        "Name": group.name,
        "State": group.state,
        "Description": group.description,
        "CreationTime": group.created,
    }


def list_work_groups(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListWorkGroups``."""
    found = [
        {**_summary(group), "EngineVersion": group.configuration["EngineVersion"]}
        for _, group in sorted(account.work_groups.items())
    ]
    shown, following = page(found, request)
    return {"WorkGroups": shown, **following}


def delete_work_group(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteWorkGroup``; one that still holds something needs ``RecursiveDeleteOption``."""
    name = find(account, request["WorkGroup"]).name
    if name == "primary":
        raise invalid_request("The primary workgroup cannot be deleted")
    used = any(execution.work_group.name == name for execution in account.executions.values())
    used = used or any(key[0] == name for key in account.prepared)
    used = used or any(each["WorkGroup"] == name for each in account.named.values())
    if used and not request.get("RecursiveDeleteOption"):
        raise invalid_request("WorkGroup is not empty")
    account.executions = {key: each for key, each in account.executions.items() if each.work_group.name != name}
    account.prepared = {key: each for key, each in account.prepared.items() if key[0] != name}
    account.named = {key: each for key, each in account.named.items() if each["WorkGroup"] != name}
    account.tags.pop(account.arn(f"workgroup/{name}"), None)
    del account.work_groups[name]
    return {}


def list_engine_versions(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListEngineVersions``."""
    return {"EngineVersions": [{**_ENGINE, "SelectedEngineVersion": "AUTO"}, _ENGINE]}

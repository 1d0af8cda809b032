"""Tags of work groups and data catalogs."""

from __future__ import annotations

from typing import Any

from pocketaws.engines.athena.errors import AthenaError
from pocketaws.engines.athena.paging import page
from pocketaws.engines.athena.state import Account

__all__ = ["list_tags_for_resource", "put", "tag_resource", "untag_resource"]


def put(account: Account, arn: str, tags: list[dict[str, str]] | None) -> None:
    """Tag a resource."""
    account.tags.setdefault(arn, {}).update({tag["Key"]: tag.get("Value", "") for tag in tags or ()})


def _of(account: Account, arn: str) -> dict[str, str]:
    if arn not in account.tags and arn != account.arn("workgroup/primary"):
        raise AthenaError("ResourceNotFoundException", f"Resource {arn} was not found", ResourceName=arn)
    return account.tags.setdefault(arn, {})


def tag_resource(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``TagResource``."""
    _of(account, request["ResourceARN"])
    put(account, request["ResourceARN"], request["Tags"])
    return {}


def untag_resource(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UntagResource``."""
    found = _of(account, request["ResourceARN"])
    for key in request["TagKeys"]:
        found.pop(key, None)
    return {}


def list_tags_for_resource(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListTagsForResource``."""
    found = [{"Key": key, "Value": value} for key, value in _of(account, request["ResourceARN"]).items()]
    shown, following = page(found, request, 75)
    return {"Tags": shown, **following}

"""Tags of work groups and data catalogs, which the Resource Groups Tagging API sees too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pocketaws.engines.athena.errors import AthenaError
from pocketaws.engines.athena.paging import page
from pocketaws.engines.athena.state import Account, accounts

__all__ = ["install", "list_tags_for_resource", "put", "tag_resource", "untag_resource"]


def put(account: Account, arn: str, tags: list[dict[str, str]] | None) -> None:
    """Tag a resource."""
    from moto.athena.models import athena_backends

    athena_backends[account.account_id][account.region_name]  # the tagging API asks only backends that are there
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


def install() -> None:
    """Let moto's Resource Groups Tagging API find and change our tags."""
    from moto.athena.models import AthenaBackend
    from moto.core.resource_tagging import TaggedResource

    def account_of(backend: Any) -> Account:
        found: Account = accounts[backend.account_id][backend.region_name]
        return found

    def iter_tagged_resources(backend: Any) -> Iterator[TaggedResource]:
        for arn, tags in account_of(backend).tags.items():
            kind = arn.rsplit(":", 1)[-1].partition("/")[0]
            yield TaggedResource(arn=arn, tags=tags, resource_type=f"athena:{kind}")

    def tag(backend: Any, arn: str, tags: dict[str, str]) -> None:
        _of(account_of(backend), arn).update(tags)

    def untag(backend: Any, arn: str, tag_keys: list[str]) -> None:
        untag_resource(account_of(backend), {"ResourceARN": arn, "TagKeys": tag_keys})

    AthenaBackend.iter_tagged_resources = iter_tagged_resources
    AthenaBackend.tag_resource, AthenaBackend.untag_resource = tag, untag
